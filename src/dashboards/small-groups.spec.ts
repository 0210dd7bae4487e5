import * as fc from 'fast-check';
import { type Group, mayShow, smallestGroup, withheldIn } from './small-groups';

const groupsOf = (people: readonly number[], seen: readonly number[] = people.map(() => 0)): Group[] =>
  people.map((n, i) => ({ name: String(i), people: n, unseen: n - (seen[i] ?? 0) }));
const total = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0);

/** What a reader gets: the whole, and each group or null. */
function published(groups: readonly Group[]): { whole: number | null; shown: (number | null)[] } {
  const withheld = withheldIn(groups);
  const [people, unseen] = [total(groups.map((one) => one.people)), total(groups.map((one) => one.unseen))];
  return {
    whole: mayShow({ people, unseen }) ? people : null,
    shown: groups.map(({ name, people: n }) => (withheld.has(name) ? null : n)),
  };
}

/** All ways to put at most `most` people into so many groups. */
function* tables(groups: number, most: number): Generator<number[]> {
  if (groups === 0) {
    yield [];
    return;
  }
  for (const rest of tables(groups - 1, most)) {
    for (let n = 0; n <= most - total(rest); n += 1) yield [...rest, n];
  }
}

/** For each answer that there can be: every table that is answered so. What all of these have in common is what the answer tells. */
function tablesByAnswer(groups: number, most: number, seen: readonly number[]): Map<string, number[][]> {
  const byAnswer = new Map<string, number[][]>();
  for (const unseen of tables(groups, most)) {
    const people = unseen.map((n, i) => n + (seen[i] ?? 0));
    const key = JSON.stringify(published(groupsOf(people, seen)));
    const those = byAnswer.get(key);
    if (those === undefined) byAnswer.set(key, [people]);
    else those.push(people);
  }
  return byAnswer;
}

/** The fewest values that a withheld figure could have, over all answers, for somebody who knows the rules, the whole, and all that is shown. */
function fewestValues(groups: number, most: number, seen: readonly number[] = []): number {
  let fewest = Number.POSITIVE_INFINITY;
  for (const [key, those] of tablesByAnswer(groups, most, seen)) {
    const { whole, shown } = JSON.parse(key) as { whole: number | null; shown: (number | null)[] };
    // who sees everybody by name can count by themselves
    if (whole !== null && whole === total(seen)) continue;
    for (const [i, figure] of shown.entries()) {
      if (figure === null) fewest = Math.min(fewest, new Set(those.map((people) => people[i])).size);
    }
  }
  return fewest;
}

describe('what is withheld', () => {
  it.each([
    [2, 40],
    [3, 26],
    [4, 18],
    [5, 15],
    [6, 13],
  ])(
    'cannot be found out, by any of all tables of %i groups and up to %i people: it could be any number of a small group at least',
    (groups, most) => {
      expect(fewestValues(groups, most)).toBeGreaterThanOrEqual(smallestGroup - 1);
    },
  );

  it('cannot be found out by somebody who sees some of the people by name', () => {
    const seen = [...tables(2, 6)].map((those) => fewestValues(2, 24, those));
    seen.push(
      ...[...tables(3, 4)].map((those) => fewestValues(3, 16, those)),
      ...[...tables(4, 3)].map((those) => fewestValues(4, 12, those)),
    );
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(smallestGroup - 1);
  });

  it('is never the only one, and together no small group, in any large table', () => {
    const table = fc.array(fc.tuple(fc.oneof(fc.nat(8), fc.nat(10_000)), fc.nat(8)), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(table, (cells) => {
        const groups = cells.map(([unseen, seen], i) => ({ name: String(i), people: unseen + seen, unseen }));
        const { whole, shown } = published(groups);
        const hidden = groups.filter((_, i) => shown[i] === null);
        for (const group of groups) if (!mayShow(group)) expect(hidden).toContain(group);
        if (whole === null) expect(hidden).toHaveLength(groups.length);
        else if (hidden.length > 0) {
          expect(hidden.length).toBeGreaterThan(1);
          expect(total(hidden.map(({ people }) => people))).toBeGreaterThanOrEqual(smallestGroup);
          const unseen = total(hidden.map((one) => one.unseen));
          expect(unseen >= smallestGroup || total(groups.map((one) => one.unseen)) === 0).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('what is shown', () => {
  it('is everything where no group is small', () => {
    const large = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: smallestGroup, max: 10_000 })), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(large, (people) => {
        expect(withheldIn(groupsOf(people))).toEqual(new Set());
        expect(withheldIn(groupsOf(people, people))).toEqual(new Set());
      }),
    );
  });

  it('is nothing where the whole is a small group, or what the reader does not see of it', () => {
    expect(published(groupsOf([3, 1]))).toEqual({ whole: null, shown: [null, null] });
    expect(published(groupsOf([20, 30], [19, 28]))).toEqual({ whole: null, shown: [null, null] });
    expect(published(groupsOf([0, 0]))).toEqual({ whole: 0, shown: [0, 0] });
  });

  it('is the rest where something is withheld: its pair goes with it, and more where that is too few', () => {
    expect(published(groupsOf([100, 4, 20, 10])).shown).toEqual([null, null, 20, 10]);
    expect(published(groupsOf([100, 10, 3, 0, 9, 9])).shown).toEqual([null, null, null, null, 9, 9]);
    expect(published(groupsOf([100, 10, 4, 3, 9, 9, 7])).shown).toEqual([100, 10, null, null, 9, 9, 7]);
    // of ten here the reader sees six by name: the other four are a small group
    expect(published(groupsOf([100, 10, 20, 10], [0, 6, 0, 0])).shown).toEqual([null, null, 20, 10]);
  });
});
