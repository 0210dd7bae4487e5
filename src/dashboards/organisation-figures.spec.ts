import { type Count, type OrganisationCounts, type OrganisationFigures, organisationFigures } from './organisation-figures';
import { smallestGroup } from './small-groups';

/*
 * The attacker knows the rules of the domain and this folder's code, sees one answer, and thinks of every organisation that it could be of: people of a few
 * sorts, as many of each as there may be. What all of these have in common is what the answer tells. The skill is the only parameter, and figures of one
 * skill say nothing of another's; the CSV is made of the same answer (dashboards.tables.ts).
 */

/** A sort of people: all that the figures look at. */
interface Sort {
  /** The highest level in force, 0 for none. */
  readonly holds: number;
  /** Levels whose newest claim is approved; left out, all up to the one that is held: each was claimed on the way. */
  readonly approved?: readonly number[];
  /** How much of the level after the one that is held they show; left out, nothing. */
  readonly next?: 'all' | 'some';
  /** Whether their claim to the next level is submitted, and how it stands. */
  readonly submitted?: 'due' | 'overdue' | 'nobody';
  readonly target?: 'onTrack' | 'late' | 'reached';
}

/** The people of an organisation: how many of each sort, and how many of these the reader does not see by name. */
type People = readonly (readonly [Sort, Count])[];

const counted = (people: People, is: (sort: Sort) => boolean): Count =>
  people.reduce((sum, [sort, { people: n, unseen }]) => (is(sort) ? { people: sum.people + n, unseen: sum.unseen + unseen } : sum), {
    people: 0,
    unseen: 0,
  });

const upTo = (levels: number): number[] => Array.from({ length: levels }, (_, i) => i + 1);
const approvedOf = ({ holds, approved }: Sort): readonly number[] => approved ?? upTo(holds);
const extentOf = (sort: Sort, level: number): 'all' | 'some' | 'none' =>
  level <= sort.holds || approvedOf(sort).includes(level) ? 'all' : level === sort.holds + 1 ? (sort.next ?? 'none') : 'none';

const countsOf = (people: People, levels: number): OrganisationCounts => ({
  people: counted(people, () => true),
  holders: counted(people, ({ holds }) => holds > 0),
  submitted: counted(people, ({ submitted }) => submitted !== undefined),
  overdue: counted(people, ({ submitted }) => submitted === 'overdue'),
  nobodyCanDecide: counted(people, ({ submitted }) => submitted === 'nobody'),
  targets: {
    onTrack: counted(people, ({ target }) => target === 'onTrack'),
    late: counted(people, ({ target }) => target === 'late'),
    reached: counted(people, ({ target }) => target === 'reached'),
  },
  levels: upTo(levels).map((level) => ({
    level,
    total: 3,
    holders: counted(people, ({ holds }) => holds === level),
    submitted: counted(people, ({ submitted, holds }) => submitted !== undefined && holds + 1 === level),
    approved: counted(people, (sort) => approvedOf(sort).includes(level)),
    all: counted(people, (sort) => extentOf(sort, level) === 'all'),
    some: counted(people, (sort) => extentOf(sort, level) === 'some'),
  })),
});

/** Every figure of an answer by its name. */
function cellsOf({
  people,
  byLevel,
  submitted,
  overdue,
  nobodyCanDecide,
  targets,
  levels,
}: OrganisationFigures): Map<string, number | null> {
  const at = (level: number, figures: object): [string, number | null][] =>
    Object.entries(figures).map(([name, figure]) => [`${name} ${level}`, figure as number | null]);
  return new Map([
    ...Object.entries({ people, submitted, overdue, nobodyCanDecide, ...targets }),
    ...Object.entries(byLevel).map(([level, figure]): [string, number | null] => [`holds ${level}`, figure]),
    ...levels.flatMap((one) => at(one.level, { submitted: one.submitted, approved: one.approved, ...one.statements })),
  ]);
}

/** Every figure as it is, whether it is withheld or not. */
function truthOf({ people, holders, levels, targets, submitted, overdue, nobodyCanDecide }: OrganisationCounts): Map<string, number> {
  const all = people.people;
  const { onTrack, late, reached } = targets;
  return new Map([
    ['people', all],
    ['submitted', submitted.people],
    ['overdue', overdue.people],
    ['nobodyCanDecide', nobodyCanDecide.people],
    ['onTrack', onTrack.people],
    ['late', late.people],
    ['reached', reached.people],
    ['none', all - onTrack.people - late.people - reached.people],
    ['holds none', all - holders.people],
    ...levels.flatMap((one): [string, number][] => [
      [`holds ${one.level}`, one.holders.people],
      [`submitted ${one.level}`, one.submitted.people],
      [`approved ${one.level}`, one.approved.people],
      [`all ${one.level}`, one.all.people],
      [`some ${one.level}`, one.some.people],
      [`none ${one.level}`, all - one.all.people - one.some.people],
    ]),
  ]);
}

/** All ways to put at most `most` people into so many sorts. */
function* tables(sorts: number, most: number): Generator<number[]> {
  if (sorts === 0) {
    yield [];
    return;
  }
  for (let n = 0; n <= most; n += 1) for (const rest of tables(sorts - 1, most - n)) yield [n, ...rest];
}

/** Of each withheld figure of a small group, the fewest values that it could have had, over all organisations of people of these sorts. */
function fewestValues(sorts: readonly Sort[], levels: number, most: number, seen: readonly number[] = []): { fewest: number; of: string } {
  const possible = new Map<string, { cells: Map<string, Set<number>>; first: number[] }>();
  for (const unseen of tables(sorts.length, most)) {
    if (unseen.every((n) => n === 0)) continue;
    const counts = countsOf(
      sorts.map((sort, i) => [sort, { people: (unseen[i] ?? 0) + (seen[i] ?? 0), unseen: unseen[i] ?? 0 }]),
      levels,
    );
    const shown = cellsOf(organisationFigures(counts));
    const truth = truthOf(counts);
    const key = JSON.stringify([...shown.values()]);
    const known = possible.get(key) ?? { cells: new Map<string, Set<number>>(), first: unseen };
    possible.set(key, known);
    for (const [name, figure] of shown) {
      if (figure !== null && figure !== truth.get(name)) throw new Error(`${name} is ${figure} of ${unseen.join()}`);
      if (figure === null) known.cells.set(name, (known.cells.get(name) ?? new Set()).add(truth.get(name) ?? -1));
    }
  }
  const found = { fewest: Number.POSITIVE_INFINITY, of: '' };
  for (const [key, { cells, first }] of possible) {
    for (const [name, values] of cells) {
      const isSmall = [...values].some((n) => n > 0 && n < smallestGroup);
      if (isSmall && values.size < found.fewest)
        Object.assign(found, { fewest: values.size, of: `${name} of ${key}, as with ${first.join()}` });
    }
  }
  return found;
}

const climbed = (levels: number): Sort[] => [0, ...upTo(levels)].map((holds) => ({ holds }));

describe('what is withheld', () => {
  it.each<[string, Sort[], number, number]>([
    ['people who hold two levels and what is below', climbed(2), 2, 30],
    ['three levels', climbed(3), 3, 20],
    ['four levels', climbed(4), 4, 14],
    ['five levels', climbed(5), 5, 12],
    [
      'people with something of the next level',
      [{ holds: 0 }, { holds: 0, next: 'some' }, { holds: 0, next: 'all' }, { holds: 1 }, { holds: 1, next: 'all' }, { holds: 2 }],
      2,
      12,
    ],
    [
      'people whose level has lapsed, and who left one out',
      [{ holds: 0 }, { holds: 0, approved: [1] }, { holds: 1 }, { holds: 2 }, { holds: 2, approved: [2] }],
      2,
      13,
    ],
    [
      'people with submitted claims',
      [{ holds: 0 }, { holds: 0, submitted: 'due' }, { holds: 0, submitted: 'overdue' }, { holds: 1 }, { holds: 1, submitted: 'nobody' }],
      2,
      13,
    ],
    [
      'people with targets',
      [{ holds: 0 }, { holds: 0, target: 'late' }, { holds: 1 }, { holds: 1, target: 'reached' }, { holds: 1, target: 'late' }],
      1,
      13,
    ],
  ])('cannot be had from the other figures of the answer: %s', (_, sorts, levels, most) => {
    const { fewest, of } = fewestValues(sorts, levels, most);
    expect([of, fewest >= 2]).toEqual([of, true]);
  });

  it('nor by somebody who sees some of the people by name', () => {
    for (const seen of tables(3, 4)) {
      const { fewest, of } = fewestValues(climbed(2), 2, 14, seen);
      expect([seen, of, fewest >= 2]).toEqual([seen, of, true]);
    }
  });
});

test('what is counted of a level is shown where all that is withheld of who holds which is on one side of it', () => {
  const people = (...holders: number[]): People => holders.map((n, holds) => [{ holds }, { people: n, unseen: n }]);
  const figures = (...holders: number[]): OrganisationFigures['levels'] => organisationFigures(countsOf(people(...holders), 5)).levels;
  const shownAt = (...holders: number[]): boolean[] =>
    figures(...holders).map(({ approved, statements }) => approved !== null && statements.all !== null);
  expect(shownAt(20, 10, 10, 10, 10, 10)).toEqual([true, true, true, true, true]);
  // the pairs are none and 1, 2 and 3, 4 and 5; where one of them is too few people, another goes with it
  expect(shownAt(20, 3, 10, 10, 10, 10)).toEqual([false, true, true, true, true]);
  expect(shownAt(20, 10, 10, 4, 10, 10)).toEqual([true, true, false, true, true]);
  expect(shownAt(20, 10, 10, 10, 10, 1)).toEqual([true, true, true, true, false]);
  expect(shownAt(20, 10, 10, 10, 1, 1)).toEqual([false, false, false, false, false]);
});
