import { type Day, addDays, isDay, startOfDay } from '../kernel/clock';

/** From when until when; `until` is the first instant that no longer counts, null is for good. */
export interface Term {
  readonly from: Date;
  readonly until: Date | null;
}

// RFC 3339 with seconds and a zone; what the calendar or the clock does not have is caught by parsing it
const instantForm = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** Whether a text is an instant (RFC 3339, year 1900 or later) or a day (`YYYY-MM-DD`) that there is. */
export const isMoment = (text: string): boolean =>
  isDay(text) || (instantForm.test(text) && isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text)));

/** The instant at which something begins: a day begins with its midnight in the organisation's time zone. */
export const beginningOf = (moment: string, timeZone: string): Date => (isDay(moment) ? startOfDay(moment, timeZone) : new Date(moment));

/** The instant at which something is over: a day counts to its end. */
export const endOf = (moment: string, timeZone: string): Date => (isDay(moment) ? startOfDay(nextDay(moment), timeZone) : new Date(moment));

const nextDay = (day: Day): Day => addDays(day, 1);

/** The term of a mentorship that is ended at an instant: one that has not begun yet gets no time at all. */
export const endedAt = ({ from }: Term, at: Date): Date => (at < from ? from : at);

/** Whether a mentorship is in force at an instant. */
export const inForce = ({ from, until }: Term, at: Date): boolean => from <= at && (until === null || until > at);

/** Whether a mentorship is over at an instant. */
export const isOver = ({ until }: Term, at: Date): boolean => until !== null && until <= at;
