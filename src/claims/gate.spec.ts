import fc from 'fast-check';
import { defaultPolicy } from '../frameworks/policy';
import { addMonths } from '../kernel/clock';
import { type GateFacts, type GateSupport, evaluateGate, evidenceNeeded, isStepAllowed, restsOn, shortStatements } from './gate';

const statements = (n: number): GateFacts['statements'] =>
  Array.from({ length: n }, (_, i) => ({ ref: `f-1:SKIL.3.${i + 1}`, text: `Statement ${i + 1}.` }));
const s = (n: number): string => `f-1:SKIL.3.${n}`;
const today = '2026-11-22';

const support = (evidenceId: string, statement: string, over: Partial<GateSupport> = {}): GateSupport => ({
  evidenceId,
  statement,
  state: 'proposed',
  kind: 'work',
  archived: false,
  endedOn: '2026-10-01',
  ...over,
});

const facts = (over: Partial<GateFacts> = {}): GateFacts => ({
  policy: { ...defaultPolicy(3, 3), ...over.policy },
  level: 3,
  definedLevels: [1, 2, 3, 4, 5],
  levelsHeld: [],
  statements: statements(3),
  supports: [support('a', s(1)), support('b', s(2)), support('c', s(3))],
  leftOut: [],
  noOpportunity: [],
  measuredOn: today,
  eligibleMentors: ['m'],
  approvedBy: [],
  ...(({ policy: _, ...rest }) => rest)(over),
});

const codes = (given: GateFacts, blocks: 'submission' | 'approval'): string[] =>
  evaluateGate(given)
    .unmet.filter((one) => one.blocks === blocks)
    .map(({ code, statement }) => (statement === undefined ? code : `${code} ${statement.slice(-1)}`));

describe('the policy a level begins with', () => {
  test.each([
    [1, 2, 1, 1],
    [2, 3, 1, 1],
    [3, 6, 3, 1],
    [4, 8, 3, 1],
    [5, 5, 3, 2],
    [5, 2, 2, 2],
  ])('level %i of %i statements: %i pieces of evidence, %i approvals', (level, count, distinct, approvals) => {
    expect(defaultPolicy(level, count)).toEqual({
      acceptedPerStatement: 1,
      mayMiss: 0,
      distinctEvidence: distinct,
      maxAgeMonths: 24,
      approvals,
      stepping: 'any',
      lineManagerMayApprove: false,
      approversUseTotp: false,
      validMonths: null,
      reviewDays: 10,
    });
  });
});

describe('the gate', () => {
  test('is open for submission when every statement is shown, by enough evidence, with a mentor to judge it', () => {
    const verdict = evaluateGate(facts());
    expect(verdict.submittable).toBe(true);
    expect(verdict.approvable).toBe(false);
    expect(codes(facts(), 'approval')).toEqual([
      'statement-not-accepted 1',
      'statement-not-accepted 2',
      'statement-not-accepted 3',
      'too-few-items',
    ]);
  });

  test('is open for approval when all of it is accepted', () => {
    const accepted = facts({ supports: ['a', 'b', 'c'].map((id, i) => support(id, s(i + 1), { state: 'accepted' })) });
    expect(evaluateGate(accepted)).toEqual({ submittable: true, approvable: true, unmet: [] });
  });

  const all = facts().supports;
  test.each<[string, Partial<GateFacts>, string[]]>([
    ['a statement without evidence', { supports: all.slice(0, 2) }, ['statement-without-evidence 3', 'too-few-items']],
    [
      'a returned support',
      { supports: [...all.slice(0, 2), support('c', s(3), { state: 'returned' })] },
      ['statement-without-evidence 3', 'too-few-items'],
    ],
    [
      'training',
      { supports: [...all.slice(0, 2), support('c', s(3), { kind: 'training' })] },
      ['statement-without-evidence 3', 'too-few-items'],
    ],
    ['a lab', { supports: [...all.slice(0, 2), support('c', s(3), { kind: 'lab' })] }, ['statement-without-evidence 3', 'too-few-items']],
    [
      'archived evidence',
      { supports: [...all.slice(0, 2), support('c', s(3), { archived: true })] },
      ['statement-without-evidence 3', 'too-few-items'],
    ],
    ['evidence that is left out', { leftOut: [{ evidence: 'c', statement: s(3) }] }, ['statement-without-evidence 3', 'too-few-items']],
    [
      'work that ended too long ago',
      { supports: [...all.slice(0, 2), support('c', s(3), { endedOn: '2024-11-21' })] },
      ['evidence-too-old 3', 'too-few-items'],
    ],
    ['one piece of evidence for everything', { supports: [1, 2, 3].map((n) => support('a', s(n))) }, ['too-few-items']],
    ['nobody to judge it', { eligibleMentors: [] }, ['no-eligible-mentor']],
    ['a level below the one held', { levelsHeld: [4] }, ['level-skipped']],
    ['a level that is not defined', { level: 6 }, ['level-skipped']],
    [
      'support of another level only',
      { supports: [...all.slice(0, 2), support('c', 'f-1:SKIL.4.3')] },
      ['statement-without-evidence 3', 'too-few-items'],
    ],
  ])('is shut for submission by %s', (_, over, expected) => {
    expect(codes(facts(over), 'submission')).toEqual(expected);
  });

  test('counts work that goes on, and work that ended on the last day that counts', () => {
    const supports = [support('a', s(1), { endedOn: null }), support('b', s(2), { endedOn: '2024-11-22' }), support('c', s(3))];
    expect(codes(facts({ supports }), 'submission')).toEqual([]);
  });

  test('older evidence is ignored, not an obstacle, where newer shows the statement', () => {
    expect(codes(facts({ supports: [...all, support('d', s(3), { endedOn: '2010-01-01' })] }), 'submission')).toEqual([]);
  });

  test('ages are measured on the day given, so that waiting ages nothing', () => {
    const old = facts({ supports: [...all.slice(0, 2), support('c', s(3), { endedOn: '2024-11-10' })] });
    expect(codes(old, 'submission')).toContain('evidence-too-old 3');
    expect(codes({ ...old, measuredOn: '2026-11-10' }, 'submission')).toEqual([]);
  });

  test('a statement may be missed only with a reason, and only as many as the policy says', () => {
    const policy = { ...defaultPolicy(3, 3), mayMiss: 1, distinctEvidence: 1 };
    const supports = [support('a', s(1))];
    expect(codes(facts({ policy, supports, noOpportunity: [s(2)] }), 'submission')).toEqual(['statement-without-evidence 3']);
    expect(codes(facts({ policy, supports, noOpportunity: [s(2), s(3)] }), 'submission')).toEqual(['statement-without-evidence 3']);
    expect(codes(facts({ policy: { ...policy, mayMiss: 2 }, supports, noOpportunity: [s(2), s(3)] }), 'submission')).toEqual([]);
    expect(codes(facts({ policy: { ...policy, mayMiss: 2 }, supports }), 'submission')).toEqual([
      'statement-without-evidence 2',
      'statement-without-evidence 3',
    ]);
  });

  test('asks for more than one support where the policy does', () => {
    const policy = { ...defaultPolicy(3, 3), acceptedPerStatement: 2 };
    expect(codes(facts({ policy }), 'submission')).toEqual([
      'statement-without-evidence 1',
      'statement-without-evidence 2',
      'statement-without-evidence 3',
    ]);
    expect(
      codes(
        facts({ policy, supports: [1, 2, 3].flatMap((n) => [support('a', s(n)), support('b', s(n)), support('c', s(n))]) }),
        'submission',
      ),
    ).toEqual([]);
  });

  test('never asks for more different evidence than the level has statements', () => {
    expect(evidenceNeeded({ policy: { ...defaultPolicy(3, 3), distinctEvidence: 9 }, statements: statements(2) })).toBe(2);
  });

  test('for approval, those who approved and those who still may must together suffice', () => {
    const policy = { ...defaultPolicy(5, 3), distinctEvidence: 3 };
    const supports = ['a', 'b', 'c'].map((id, i) => support(id, s(i + 1), { state: 'accepted' }));
    const half = facts({ policy, supports, eligibleMentors: ['m'], approvedBy: ['n'] });
    expect(codes(half, 'approval')).toEqual([]);
    // who approved has done their part: to submit, as many must be there who can still judge
    expect(codes(half, 'submission')).toEqual(['no-eligible-mentor']);
    expect(evaluateGate(half)).toMatchObject({ submittable: false, approvable: true });
    expect(codes(facts({ policy, supports, eligibleMentors: ['m'], approvedBy: ['m'] }), 'approval')).toEqual(['no-eligible-mentor']);
  });

  test.each<['any' | 'one-at-a-time', number[], number, boolean]>([
    ['any', [], 5, true],
    ['any', [2], 5, true],
    ['any', [2], 2, true],
    ['any', [3], 2, false],
    ['any', [2, 4], 3, false],
    ['any', [], 6, false],
    ['one-at-a-time', [], 4, true],
    ['one-at-a-time', [2], 3, true],
    ['one-at-a-time', [2], 4, false],
    ['one-at-a-time', [2], 2, false],
    ['one-at-a-time', [5], 5, false],
  ])('stepping %s, holding %j, level %i: %s', (stepping, levelsHeld, level, allowed) => {
    expect(isStepAllowed({ policy: { ...defaultPolicy(3, 3), stepping }, level, definedLevels: [1, 2, 3, 4, 5], levelsHeld })).toBe(
      allowed,
    );
  });

  test('the next level one at a time skips levels that the skill does not define', () => {
    expect(
      isStepAllowed({ policy: { ...defaultPolicy(3, 3), stepping: 'one-at-a-time' }, level: 5, definedLevels: [2, 5], levelsHeld: [2] }),
    ).toBe(true);
  });
});

describe('what is unmet is said in a sentence', () => {
  const sentences = (given: GateFacts, blocks: 'submission' | 'approval' = 'submission'): string[] =>
    evaluateGate(given)
      .unmet.filter((one) => one.blocks === blocks)
      .map(({ detail }) => detail);
  const [first, second, third] = facts().supports as [GateSupport, GateSupport, GateSupport];
  const numbers = (over: Partial<GateFacts['policy']>): Partial<GateFacts> => ({ policy: { ...defaultPolicy(3, 3), ...over } });

  test('a statement: what it needs and what it has', () => {
    expect(sentences(facts({ supports: [first, second], ...numbers({ distinctEvidence: 1 }) }))).toEqual([
      'Statement SKIL.3.3 needs 1 support by evidence of work and has 0.',
    ]);
    expect(sentences(facts({ ...numbers({ acceptedPerStatement: 2 }) }))[0]).toBe(
      'Statement SKIL.3.1 needs 2 supports by evidence of work and has 1.',
    );
    const accepted = [{ ...first, state: 'accepted' as const }, second, third];
    expect(sentences(facts({ supports: accepted }), 'approval').slice(0, 1)).toEqual([
      'Statement SKIL.3.2 needs 1 accepted support and has 0.',
    ]);
    expect(sentences(facts({ supports: accepted, ...numbers({ acceptedPerStatement: 2 }) }), 'approval')[0]).toBe(
      'Statement SKIL.3.1 needs 2 accepted supports and has 1.',
    );
  });

  test('evidence that is too old: since when it counts, and for how long', () => {
    const old = { ...third, endedOn: '2024-11-21' };
    expect(sentences(facts({ supports: [first, second, old], ...numbers({ distinctEvidence: 1 }) }))).toEqual([
      'Statement SKIL.3.3 has evidence, but of work that ended before 2024-11-22: it counts for 24 months.',
    ]);
  });

  test('evidence: how much there must be', () => {
    const supports = [1, 2, 3].map((n) => support('a', s(n), { state: 'accepted' }));
    expect(sentences(facts({ supports }))).toEqual(['The claim must rest on at least 3 different pieces of evidence, and rests on 1.']);
    expect(sentences(facts({ supports }), 'approval')).toEqual([
      'The claim must rest on at least 3 different pieces of accepted evidence, and rests on 1.',
    ]);
  });

  test('the step: what is held and what may be claimed', () => {
    expect(sentences(facts({ levelsHeld: [2, 4] }))).toEqual([
      'Level 3 cannot be claimed now: level 4 is held, and the policy allows that level again or one above it.',
    ]);
    expect(sentences(facts({ level: 6 }))).toEqual([
      'Level 6 cannot be claimed now: none is held, and the policy allows that level again or one above it.',
    ]);
    expect(sentences(facts({ levelsHeld: [1], ...numbers({ stepping: 'one-at-a-time' }) }))).toEqual([
      'Level 3 cannot be claimed now: level 1 is held, and the policy allows the next defined level only.',
    ]);
  });

  test('mentors: how many must approve, and how many there are', () => {
    expect(sentences(facts({ eligibleMentors: [] }))).toEqual(['1 eligible mentor must approve, and there are 0.']);
    expect(sentences(facts({ ...numbers({ approvals: 2 }) }))).toEqual(['2 eligible mentors must approve, and there is 1.']);
    expect(sentences(facts({ eligibleMentors: ['m', 'n'], ...numbers({ approvals: 3 }) }))).toEqual([
      '3 eligible mentors must approve, and there are 2.',
    ]);
  });
});

const anySupport = fc.record({
  evidenceId: fc.constantFrom('a', 'b', 'c', 'd'),
  statement: fc.constantFrom(s(1), s(2), s(3), 'f-1:SKIL.4.1'),
  state: fc.constantFrom('proposed' as const, 'accepted' as const, 'returned' as const),
  kind: fc.constantFrom('work' as const, 'training' as const, 'lab' as const),
  archived: fc.boolean(),
  endedOn: fc.option(
    fc.integer({ min: 0, max: 48 }).map((months) => addMonths(today, -months)),
    { nil: null },
  ),
});

const anyFacts: fc.Arbitrary<GateFacts> = fc.record({
  policy: fc.record({
    acceptedPerStatement: fc.integer({ min: 1, max: 2 }),
    mayMiss: fc.integer({ min: 0, max: 2 }),
    distinctEvidence: fc.integer({ min: 1, max: 4 }),
    maxAgeMonths: fc.integer({ min: 1, max: 36 }),
    approvals: fc.integer({ min: 1, max: 2 }),
    stepping: fc.constantFrom('any' as const, 'one-at-a-time' as const),
    lineManagerMayApprove: fc.boolean(),
    approversUseTotp: fc.constant(false),
    validMonths: fc.constant(null),
    reviewDays: fc.constant(10),
  }),
  level: fc.integer({ min: 1, max: 7 }),
  definedLevels: fc.constant([1, 2, 3, 4, 5]),
  levelsHeld: fc.subarray([1, 2, 3, 4, 5]),
  statements: fc.constant(statements(3)),
  supports: fc.uniqueArray(anySupport, { maxLength: 10, selector: ({ evidenceId, statement }) => `${evidenceId} ${statement}` }),
  leftOut: fc.array(fc.record({ evidence: fc.constantFrom('a', 'b'), statement: fc.constantFrom(s(1), s(2)) }), { maxLength: 3 }),
  noOpportunity: fc.subarray([s(1), s(2), s(3)]),
  measuredOn: fc.constant(today),
  eligibleMentors: fc.subarray(['m', 'n', 'o']),
  approvedBy: fc.subarray(['m', 'n', 'p']),
});

describe('whatever the facts', () => {
  test('an open gate means that each statement is shown or excused, and that enough evidence and mentors are there', () => {
    fc.assert(
      fc.property(anyFacts, (given) => {
        const verdict = evaluateGate(given);
        if (!verdict.approvable) return;
        const accepted = given.supports.filter(
          (one) =>
            one.state === 'accepted' &&
            one.kind === 'work' &&
            !one.archived &&
            (one.endedOn === null || one.endedOn >= addMonths(today, -given.policy.maxAgeMonths)) &&
            !given.leftOut.some(({ evidence, statement }) => evidence === one.evidenceId && statement === one.statement),
        );
        const short = given.statements.filter(
          ({ ref }) => accepted.filter(({ statement }) => statement === ref).length < given.policy.acceptedPerStatement,
        );
        expect(short.length).toBeLessThanOrEqual(given.policy.mayMiss);
        for (const { ref } of short) expect(given.noOpportunity).toContain(ref);
        const items = new Set(
          accepted.filter(({ statement }) => given.statements.some(({ ref }) => ref === statement)).map(({ evidenceId }) => evidenceId),
        );
        expect(items.size).toBeGreaterThanOrEqual(Math.min(given.policy.distinctEvidence, 3));
        expect(new Set([...given.approvedBy, ...given.eligibleMentors]).size).toBeGreaterThanOrEqual(given.policy.approvals);
      }),
      { numRuns: 3000 },
    );
  });

  test('accepting one more support never shuts the gate, and returning one never opens it', () => {
    fc.assert(
      fc.property(anyFacts, fc.nat(), (given, at) => {
        const chosen = given.supports[at % Math.max(1, given.supports.length)];
        if (chosen === undefined) return;
        const withState = (state: GateSupport['state']): GateFacts => ({
          ...given,
          supports: given.supports.map((one) => (one === chosen ? { ...one, state } : one)),
        });
        if (evaluateGate(withState('proposed')).approvable) expect(evaluateGate(withState('accepted')).approvable).toBe(true);
        if (evaluateGate(withState('returned')).submittable) expect(evaluateGate(withState('proposed')).submittable).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('the verdict is its list: open exactly where nothing blocks, and short statements are all named', () => {
    fc.assert(
      fc.property(anyFacts, (given) => {
        const { submittable, approvable, unmet } = evaluateGate(given);
        expect(submittable).toBe(!unmet.some(({ blocks }) => blocks === 'submission'));
        expect(approvable).toBe(!unmet.some(({ blocks }) => blocks === 'approval'));
        for (const phase of ['submission', 'approval'] as const) {
          expect(
            unmet.filter(({ blocks, statement }) => blocks === phase && statement !== undefined).map(({ statement }) => statement),
          ).toEqual(shortStatements(given, phase));
        }
        expect(restsOn(given).every(({ state }) => state !== 'returned')).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
