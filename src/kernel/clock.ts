import { DateTime } from 'luxon';

/** A calendar day, `YYYY-MM-DD`, in the organisation's time zone. Days compare as text. */
export type Day = string;

/** Days that were found to be such, so many at most: the days that are written are nearly always those that were written before. */
const knownDays = new Set<Day>();
const mostKnownDays = 4_000;

/** Whether the text is a day that the calendar has. */
export function isDay(text: string): boolean {
  if (knownDays.has(text)) return true;
  const isOne = /^\d{4}-\d{2}-\d{2}$/.test(text) && text >= '1900-01-01' && DateTime.fromISO(text, { zone: 'utc' }).isValid;
  if (!isOne) return false;
  if (knownDays.size >= mostKnownDays) knownDays.clear();
  knownDays.add(text);
  return true;
}

/** By time zone the day that was last asked for, and from when until when it lasts: nearly always it is asked for again. */
const lastAsked = new Map<string, { readonly day: Day; readonly from: number; readonly until: number }>();

/** The day it is at an instant in a time zone. */
export function dayOf(instant: Date, timeZone: string): Day {
  const at = instant.getTime();
  const last = lastAsked.get(timeZone);
  if (last !== undefined && at >= last.from && at <= last.until) return last.day;
  const moment = DateTime.fromJSDate(instant, { zone: timeZone });
  const day = moment.toISODate();
  if (day === null) throw new Error(`no such instant or time zone: ${String(instant)}, ${timeZone}`);
  lastAsked.set(timeZone, { day, from: moment.startOf('day').toMillis(), until: moment.endOf('day').toMillis() });
  return day;
}

/** The instant at which a day begins in a time zone. */
export const startOfDay = (day: Day, timeZone: string): Date => DateTime.fromISO(day, { zone: timeZone }).startOf('day').toJSDate();

const utc = (day: Day): DateTime => DateTime.fromISO(day, { zone: 'utc' });
const asDay = (moment: DateTime): Day => {
  const day = moment.toISODate();
  if (day === null) throw new Error('not a day');
  return day;
};

/** The same day of another month, or that month's last day where it is shorter (31 March less one month is 28 or 29 February). */
export const addMonths = (day: Day, months: number): Day => asDay(utc(day).plus({ months }));

export const addDays = (day: Day, days: number): Day => asDay(utc(day).plus({ days }));

const isWorkday = (day: DateTime): boolean => day.weekday <= 5;

/** The day that is so many working days (Monday to Friday) after another; zero gives the day itself. */
export function addWorkdays(day: Day, workdays: number): Day {
  let moment = utc(day);
  for (let left = workdays; left > 0;) {
    moment = moment.plus({ days: 1 });
    if (isWorkday(moment)) left -= 1;
  }
  return asDay(moment);
}

/** How many working days lie after the first day, up to and with the second; zero if the second is not later. */
export function workdaysBetween(first: Day, second: Day): number {
  let count = 0;
  for (let moment = utc(first).plus({ days: 1 }); asDay(moment) <= second; moment = moment.plus({ days: 1 })) {
    if (isWorkday(moment)) count += 1;
  }
  return count;
}
