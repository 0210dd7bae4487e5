import { todayIn } from '../progress/eligible-sql';

/** SQL: the organisation's day; $4 is its time zone. */
export const today = todayIn('$4');

/** SQL: how many days from Monday to Friday there are up to a day, counted from a Monday long ago; as workdaysBetween in kernel/clock.ts counts them. */
const workdaysUpTo = (day: string): string => `(((${day}) - date '1900-01-01') / 7 * 5 + least(((${day}) - date '1900-01-01') % 7, 4) + 1)`;

/** SQL: how many working days are left for a claim; below zero where its day has passed. */
export const waitingDays = (claim: string): string => `(${workdaysUpTo(`${claim}.due_on`)} - ${workdaysUpTo(today)})`;

/**
 * SQL: by how many working days a claim is past its day, on a day: what is past it is so by one at least, though it be Saturday. Policies give working days
 * to decide (`reviewDays`), and what was due on Friday is overdue from Saturday on.
 */
export const daysOverdue = (dueOn: string, day: string): string =>
  `CASE WHEN ${dueOn} < ${day} THEN greatest(1, ${workdaysUpTo(day)} - ${workdaysUpTo(dueOn)}) ELSE 0 END`;

/** SQL: whether a claim (with its `days_left`) is past its day, due today or within the next two working days, or in time. */
export const stateOfClaim = (claim: string): string =>
  `CASE WHEN ${claim}.due_on < ${today} THEN 'overdue' WHEN ${claim}.days_left <= 2 THEN 'due-soon' ELSE 'in-time' END`;

/**
 * SQL: the submitted claims of the people in `seen`, `open (engineer_id, name, claim_id, skill_level_ref, due_on)`. DISTINCT leaves nothing out, for at most
 * one claim per engineer and skill is open: it keeps this a seek for each person.
 * @param skill the placeholder of a skill or null for all
 * @param level the placeholder of a level or null for all
 */
export const openClaims = (skill: string, level: string): string => `open AS MATERIALIZED (
    SELECT c.engineer_id, seen.name, c.claim_id, c.skill_ref, c.skill_level_ref, c.due_on FROM seen
     CROSS JOIN LATERAL (SELECT DISTINCT ON (o.engineer_id, o.skill_ref) o.* FROM claim o WHERE o.engineer_id = seen.engineer_id AND o.state = 'submitted') c
      JOIN skill_level l ON l.skill_level_ref = c.skill_level_ref
     WHERE (${skill}::text IS NULL OR c.skill_ref = ${skill}) AND (${level}::int IS NULL OR l.level = ${level})
  )`;
