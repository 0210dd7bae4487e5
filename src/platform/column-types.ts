import { types } from 'pg';

const oids = { date: 1082, instant: 1184, texts: 1009 };

const parsersOfPg = {
  instant: types.getTypeParser(oids.instant) as (text: string) => Date,
  texts: types.getTypeParser(oids.texts) as (text: string) => (string | null)[],
};

/** `2026-11-02 09:30:00.5+00`, as Postgres writes an instant in a session in UTC; what is written otherwise is left to pg, which takes ten times as long. */
export const instantOf = (text: string): Date =>
  text.charCodeAt(10) === 32 && text.endsWith('+00') ? new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`) : parsersOfPg.instant(text);

/** `{alone,led}`; what has quotes, other braces or nulls in it is left to pg. */
export const textsOf = (text: string): (string | null)[] => {
  if (text === '{}') return [];
  const isPlain = !text.includes('"') && text.lastIndexOf('{') === 0 && !text.includes('NULL');
  return isPlain ? text.slice(1, -1).split(',') : parsersOfPg.texts(text);
};

/** Says how columns are read, for every connection of this process. */
export function readColumns(): void {
  // a day is a text, not an instant in whatever zone this process runs in
  types.setTypeParser(oids.date, (day) => day);
  types.setTypeParser(oids.instant, instantOf);
  types.setTypeParser(oids.texts, textsOf);
}
