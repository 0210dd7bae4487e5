import { type Member, type MemberFilter, inOrder, isAsked, isIn, memberStates, nextLevelOf, sortedBy } from './team-order';

const member = (name: string, rest: Partial<Member> = {}): Member => ({
  id: name,
  name,
  currentLevel: null,
  lastEvidenceOn: null,
  goingOn: false,
  target: null,
  claim: null,
  ...rest,
});
const target = (by: string, state: 'on-track' | 'late' | 'reached' = 'on-track') => ({ level: 3, by, state });
const everybody: MemberFilter = { level: null, nextLevel: null, state: null, shows: null, lacks: null };

describe('people of a team', () => {
  const people = [
    member('a', { currentLevel: 2, lastEvidenceOn: '2026-01-01', target: target('2027-03-01') }),
    member('b', { lastEvidenceOn: '2026-05-01', goingOn: true }),
    member('c', { currentLevel: 3, target: target('2027-01-01') }),
    member('d', { currentLevel: 2, lastEvidenceOn: '2026-02-01', target: target('2027-03-01') }),
  ];
  const names = (sort: Parameters<typeof inOrder>[1], order: 'asc' | 'desc'): string =>
    inOrder(people, sort, order)
      .map(({ name }) => name)
      .join('');

  it('come in the order asked for; who has no such thing comes last, equals by name', () => {
    expect([names('name', 'asc'), names('name', 'desc')]).toEqual(['abcd', 'dcba']);
    expect([names('currentLevel', 'asc'), names('currentLevel', 'desc')]).toEqual(['adcb', 'cadb']);
    expect([names('lastEvidenceOn', 'asc'), names('lastEvidenceOn', 'desc')]).toEqual(['adbc', 'bdac']);
    expect([names('target', 'asc'), names('target', 'desc')]).toEqual(['cadb', 'adcb']);
  });

  it('are in the states of their claim and of their target', () => {
    const states = (one: Partial<Member>): string => memberStates.filter((state) => isIn(state, member('x', one))).join(' ');
    expect(states({})).toBe('no-target');
    expect(states({ claim: { overdue: false, waitsOn: [1] }, target: target('2027-01-01') })).toBe('submitted on-track');
    expect(states({ claim: { overdue: true, waitsOn: [] }, target: target('2027-01-01', 'late') })).toBe(
      'submitted overdue nobody-can-decide late',
    );
    expect(states({ target: target('2027-01-01', 'reached') })).toBe('reached');
  });

  it('are narrowed by all that is asked at once', () => {
    const defined = [5, 2, 3];
    const asked = (filter: Partial<MemberFilter>, one: Partial<Member> = {}, shown: string[] = []): boolean =>
      isAsked({ ...everybody, ...filter }, member('x', one), defined, shown);
    expect(asked({})).toBe(true);
    expect([asked({ level: 0 }), asked({ level: 2 }), asked({ level: 2 }, { currentLevel: 2 })]).toEqual([true, false, true]);
    expect([asked({ nextLevel: 2 }), asked({ nextLevel: 3 }), asked({ nextLevel: 5 }, { currentLevel: 3 })]).toEqual([true, false, true]);
    expect([asked({ state: 'no-target' }), asked({ state: 'late' })]).toEqual([true, false]);
    expect([asked({ shows: 's' }), asked({ shows: 's' }, {}, ['s']), asked({ lacks: 's' }), asked({ lacks: 's' }, {}, ['s'])]).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(asked({ level: 0, state: 'late' })).toBe(false);
  });

  it('have the lowest defined level above theirs next, or none', () => {
    expect([nextLevelOf(null, [5, 2, 3]), nextLevelOf(2, [5, 2, 3]), nextLevelOf(5, [5, 2, 3])]).toEqual([2, 3, null]);
  });
});

test('things are sorted by one key after the other, equals as they came', () => {
  const things = ['b2', 'a1', 'b1', 'a2'];
  const letter = (one: string): string => one.slice(0, 1);
  const number = (one: string): number => Number(one.slice(1));
  expect(sortedBy(things, [letter, 'asc'])).toEqual(['a1', 'a2', 'b2', 'b1']);
  expect(sortedBy(things, [letter, 'desc'], [number, 'asc'])).toEqual(['b1', 'b2', 'a1', 'a2']);
  expect(sortedBy(things)).toEqual(things);
});
