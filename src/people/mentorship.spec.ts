import { beginningOf, endOf, endedAt, inForce, isMoment, isOver } from './mentorship';

const zone = 'Europe/Berlin';

describe('the term of a mentorship', () => {
  it.each([
    ['2026-11-02', true],
    ['2026-02-29', false],
    ['2026-11-02T10:00:00Z', true],
    ['2026-11-02T10:00:00.123+05:30', true],
    ['2026-02-29T10:00:00Z', false],
    ['2026-11-02T24:00:00Z', false],
    ['2026-11-02T10:00:00', false],
    ['2026-11-02T10:00Z', false],
    ['+012026-11-02T10:00:00Z', false],
    ['tomorrow', false],
    ['', false],
  ])('is given by moments: %p is one: %p', (text, is) => {
    expect(isMoment(text)).toBe(is);
  });

  it('counts a day from its beginning to its end in the time zone, also where the clocks change', () => {
    expect(beginningOf('2026-11-02', zone).toISOString()).toBe('2026-11-01T23:00:00.000Z');
    expect(endOf('2026-11-02', zone).toISOString()).toBe('2026-11-02T23:00:00.000Z');
    expect(beginningOf('2026-10-25', zone).toISOString()).toBe('2026-10-24T22:00:00.000Z');
    expect(endOf('2026-10-25', zone).toISOString()).toBe('2026-10-25T23:00:00.000Z');
  });

  it('takes an instant as it is', () => {
    expect(beginningOf('2026-11-02T10:00:00+02:00', zone).toISOString()).toBe('2026-11-02T08:00:00.000Z');
    expect(endOf('2026-11-02T10:00:00Z', zone).toISOString()).toBe('2026-11-02T10:00:00.000Z');
  });

  it('is in force from its first instant up to, and without, its last', () => {
    const term = { from: new Date(1000), until: new Date(2000) };
    expect([999, 1000, 1999, 2000].map((at) => inForce(term, new Date(at)))).toEqual([false, true, true, false]);
    expect([1999, 2000].map((at) => isOver(term, new Date(at)))).toEqual([false, true]);
    expect(inForce({ ...term, until: null }, new Date(9e12))).toBe(true);
  });

  it('is no time at all when it is ended before it begins', () => {
    expect(endedAt({ from: new Date(1000), until: null }, new Date(500))).toEqual(new Date(1000));
    expect(endedAt({ from: new Date(1000), until: null }, new Date(1500))).toEqual(new Date(1500));
  });
});
