import * as fc from 'fast-check';
import { defaultPolicy } from '../frameworks/policy';
import { addDays, addMonths } from '../kernel/clock';
import { type GateFacts, type GateSupport, evaluateGate, isFresh } from './gate';
import { countsUntil, lapsingBy, statementsToGo } from './readiness';

const support = (statement: number, state: GateSupport['state'], rest: Partial<GateSupport> = {}): GateSupport => ({
  evidenceId: `e${statement}`,
  statement: `x-1:SKIL.3.${statement}`,
  state,
  kind: 'work',
  archived: false,
  endedOn: '2026-06-30',
  ...rest,
});
const facts = (supports: GateSupport[], acceptedPerStatement = 1): GateFacts => ({
  policy: { ...defaultPolicy(3, 3), acceptedPerStatement },
  level: 3,
  definedLevels: [3],
  levelsHeld: [],
  statements: [1, 2, 3].map((one) => ({ ref: `x-1:SKIL.3.${one}`, text: `Statement ${one}.` })),
  supports,
  leftOut: [],
  noOpportunity: [],
  measuredOn: '2026-10-01',
  eligibleMentors: ['m'],
  approvedBy: [],
});
const states = (of: GateFacts): string[] => statementsToGo(of).map(({ state }) => state);

describe('the statements of a level', () => {
  it('are accepted, wait, or are missing', () => {
    expect(states(facts([support(1, 'accepted'), support(2, 'proposed')]))).toEqual(['accepted', 'proposed', 'missing']);
  });

  it('count neither what was returned nor training nor what is too old or archived', () => {
    const none = facts([
      support(1, 'returned'),
      support(2, 'accepted', { kind: 'training' }),
      support(3, 'accepted', { endedOn: '2024-09-30' }),
      support(3, 'proposed', { archived: true }),
    ]);
    expect(states(none)).toEqual(['missing', 'missing', 'missing']);
  });

  it('need as many supports as the policy says', () => {
    const two = [support(1, 'accepted'), support(1, 'proposed', { evidenceId: 'other' }), support(2, 'accepted')];
    expect(states(facts(two, 2))).toEqual(['proposed', 'missing', 'missing']);
    expect(statementsToGo(facts(two)).map(({ accepted, proposed }) => [accepted, proposed])).toEqual([
      [1, 1],
      [1, 0],
      [0, 0],
    ]);
  });

  it('are missing exactly where the gate says so', () => {
    const anySupport = fc.record({
      statement: fc.integer({ min: 1, max: 3 }),
      state: fc.constantFrom('proposed', 'accepted', 'returned'),
      kind: fc.constantFrom('work', 'lab'),
      evidenceId: fc.constantFrom('a', 'b', 'c'),
      endedOn: fc.constantFrom(null, '2026-01-01', '2020-01-01'),
    });
    fc.assert(
      fc.property(fc.array(anySupport), fc.integer({ min: 1, max: 3 }), (some, needed) => {
        const those = facts(
          some.map(({ statement, state, ...rest }) => support(statement, state, rest as Partial<GateSupport>)),
          needed,
        );
        const short = (blocks: string): (string | undefined)[] =>
          evaluateGate(those)
            .unmet.filter((one) => one.blocks === blocks)
            .flatMap(({ statement }) => (statement === undefined ? [] : [statement]));
        const toGo = statementsToGo(those);
        expect(toGo.filter(({ state }) => state === 'missing').map(({ ref }) => ref)).toEqual(short('submission'));
        expect(toGo.filter(({ state }) => state !== 'accepted').map(({ ref }) => ref)).toEqual(short('approval'));
      }),
    );
  });
});

describe('what lapses', () => {
  it('counts today and no longer then; work going on never lapses', () => {
    const those = facts([
      support(1, 'accepted', { endedOn: '2024-10-31' }),
      support(2, 'accepted', { endedOn: '2024-09-30' }),
      support(3, 'proposed', { endedOn: null }),
    ]);
    expect(lapsingBy(those, '2026-10-31')).toEqual([]);
    expect(lapsingBy(those, '2026-11-01').map(({ statement }) => statement)).toEqual(['x-1:SKIL.3.1']);
  });

  it('counts until the last fresh day, ends of months included', () => {
    expect(countsUntil('2024-10-31', 24)).toBe('2026-10-31');
    expect(countsUntil('2025-02-28', 1)).toBe('2025-03-31');
    const day = fc.integer({ min: 0, max: 4000 }).map((days) => addDays('2020-01-01', days));
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: 40 }), (endedOn, months) => {
        const last = countsUntil(endedOn, months);
        expect(isFresh(endedOn, last, months)).toBe(true);
        expect(isFresh(endedOn, addDays(last, 1), months)).toBe(false);
        expect(last >= addMonths(endedOn, months)).toBe(true);
      }),
    );
  });
});
