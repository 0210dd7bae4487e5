import { addDays, dayOf, isDay } from './clock';

describe('dayOf', () => {
  // Berlin puts its clocks forward on 29 March 2026 and back on 25 October; Apia has no 30 December 2011
  it.each([
    ['UTC', '2026-11-02T23:59:59.999Z', '2026-11-02'],
    ['UTC', '2026-11-03T00:00:00.000Z', '2026-11-03'],
    ['UTC', '2026-11-02T00:00:00.000Z', '2026-11-02'],
    ['UTC', '2026-11-01T23:59:59.999Z', '2026-11-01'],
    ['Europe/Berlin', '2026-11-02T23:59:59.999Z', '2026-11-03'],
    ['Europe/Berlin', '2026-03-28T22:59:59.999Z', '2026-03-28'],
    ['Europe/Berlin', '2026-03-28T23:00:00.000Z', '2026-03-29'],
    ['Europe/Berlin', '2026-03-29T21:59:59.999Z', '2026-03-29'],
    ['Europe/Berlin', '2026-03-29T22:00:00.000Z', '2026-03-30'],
    ['Europe/Berlin', '2026-10-25T22:59:59.999Z', '2026-10-25'],
    ['Europe/Berlin', '2026-10-25T23:00:00.000Z', '2026-10-26'],
    ['Pacific/Apia', '2011-12-30T09:59:59.999Z', '2011-12-29'],
    ['Pacific/Apia', '2011-12-30T10:00:00.000Z', '2011-12-31'],
  ])('%s: %s is on %s, whatever was asked before', (zone, instant, day) => {
    expect(dayOf(new Date(instant), zone)).toBe(day);
    expect(dayOf(new Date(instant), zone)).toBe(day);
  });

  it('knows no day of no instant, and none of a zone that is not there', () => {
    expect(() => dayOf(new Date(Number.NaN), 'UTC')).toThrow('no such instant');
    expect(() => dayOf(new Date(), 'Nowhere/Land')).toThrow('no such instant or time zone');
  });
});

describe('isDay', () => {
  it('knows the days of the calendar, each time it is asked, and no others', () => {
    for (const text of ['2024-02-29', '1900-01-01', '9999-12-31', '2024-02-29']) expect([text, isDay(text)]).toEqual([text, true]);
    for (const text of ['2023-02-29', '2024-13-01', '1899-12-31', '2024-2-9', '2024-02-29T00:00', '', '2023-02-29'])
      expect([text, isDay(text)]).toEqual([text, false]);
  });

  it('still knows them after more than it remembers', () => {
    const days = Array.from({ length: 5_000 }, (_, i) => addDays('2001-01-01', i));
    expect(days.every(isDay)).toBe(true);
    expect(isDay('2001-01-01')).toBe(true);
    expect(isDay('2001-02-29')).toBe(false);
  });
});
