import * as fc from 'fast-check';
import { currentLevelOf, figuresOf } from './progress';

describe('the current level', () => {
  it('is the highest that is held, whatever lies between, and null where none is', () => {
    expect(currentLevelOf([])).toBeNull();
    expect(currentLevelOf([{ level: 3, held: false }])).toBeNull();
    const levels = [
      { level: 4, held: true },
      { level: 1, held: true },
      { level: 5, held: false },
    ];
    expect(currentLevelOf(levels)).toBe(4);
  });
});

describe('the figures of a level', () => {
  it('are those of the sign-off while the level is held', () => {
    expect(figuresOf({ total: 8, accepted: 3, proposed: 5, signedOffAccepted: 8 })).toEqual({ total: 8, accepted: 8, proposed: 0 });
    // which of them are proposed is for who knows what the sign-off has
    expect(figuresOf({ total: 8, accepted: 3, proposed: 5, signedOffAccepted: 7 }, 0)).toEqual({ total: 8, accepted: 7, proposed: 0 });
    expect(figuresOf({ total: 8, accepted: 3, proposed: 5, signedOffAccepted: 7 }, 1)).toEqual({ total: 8, accepted: 7, proposed: 1 });
    expect(figuresOf({ total: 8, accepted: 3, proposed: 2, signedOffAccepted: null })).toEqual({ total: 8, accepted: 3, proposed: 2 });
  });

  it('never add up to more than the level has', () => {
    const counts = fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20), fc.option(fc.nat(20)));
    fc.assert(
      fc.property(counts, ([one, two, rest, signed]) => {
        const total = one + two + rest;
        const figures = figuresOf({
          total,
          accepted: one,
          proposed: two,
          signedOffAccepted: signed === null ? null : Math.min(signed, total),
        });
        expect(figures.proposed).toBeGreaterThanOrEqual(0);
        expect(figures.accepted + figures.proposed).toBeLessThanOrEqual(total);
      }),
    );
  });
});
