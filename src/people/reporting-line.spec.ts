import fc from 'fast-check';
import { type Managers, chainOf, closureOf, movedBy } from './reporting-line';

const people = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

/** Managers without a loop: everybody reports to somebody earlier in a random order, or to nobody. */
const lines: fc.Arbitrary<Managers> = fc
  .tuple(
    fc.shuffledSubarray(people, { minLength: people.length }),
    fc.array(fc.nat({ max: 9 }), { minLength: people.length, maxLength: people.length }),
  )
  .map(([order, picks]) => new Map(order.map((id, index) => [id, order.slice(0, index)[picks[index] ?? 0] ?? null])));

const sorted = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

describe('the reporting line', () => {
  it('names everybody above, the direct manager first', () => {
    const managers = new Map([
      ['a', null],
      ['b', 'a'],
      ['c', 'b'],
    ]);
    expect(chainOf(managers, 'c')).toEqual(['b', 'a']);
    expect(closureOf(managers, ['c'])).toEqual([
      { ancestor: 'b', descendant: 'c', depth: 1 },
      { ancestor: 'a', descendant: 'c', depth: 2 },
    ]);
  });

  it('knows a loop, for those in it and those below it', () => {
    const managers = new Map([
      ['a', 'b'],
      ['b', 'a'],
      ['c', 'b'],
      ['d', null],
    ]);
    expect(['a', 'b', 'c', 'd'].map((id) => chainOf(managers, id))).toEqual([null, null, null, []]);
    expect(() => closureOf(managers, ['c'])).toThrow(RangeError);
  });

  it('is the whole closure again when only those who moved are recomputed', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const moved = new Set(movedBy(before, after));
        const kept = closureOf(before, people).filter(({ descendant }) => !moved.has(descendant));
        expect(sorted([...kept, ...closureOf(after, moved)])).toEqual(sorted(closureOf(after, people)));
      }),
    );
  });

  it('moves nobody where nothing changes', () => {
    fc.assert(fc.property(lines, (line) => expect(movedBy(line, line)).toEqual([])));
  });
});
