import { apiLink } from '../kernel/link';
import { isAuditorNow } from '../people/roles-sql';

/** How many people a dashboard reads by one statement, and answers at once. Larger teams are read, and sent, some people at a time. */
export const atOnce = 1_000;

/** How many people of a larger team are in hand at a time: others have their turn between them. */
export const atATime = 100;

/** How a dashboard's statement is planned: direct reports are few, and planning would take longer than reading them; how best to read a whole line depends on which it is. */
export const planOf = (depth: TeamScope['depth']): 'kept' | 'weighed' => (depth === 'direct' ? 'kept' : 'weighed');

/** What is said of a team that is too large to be read at once. */
export const tooManyAtOnce = 'too many at once';

/**
 * SQL, a step: the people of a manager's team whom the caller may see now, `(engineer_id, name)`: what every dashboard of a team begins with.
 * Who is the manager or above them is above everybody in the team; so is asked once, not of each person.
 * $1 manager, $2 caller, $3 whether everybody below counts or direct reports only.
 */
const teamAs = (step: string): string => `${step} AS MATERIALIZED (
    SELECT r.descendant_id AS engineer_id, p.name
      FROM reporting_line r JOIN person p ON p.person_id = r.descendant_id
     WHERE r.ancestor_id = $1 AND ($3::boolean OR r.depth = 1) AND p.active
       AND (SELECT $1::uuid = $2::uuid OR ${isAuditorNow('c')} OR EXISTS (SELECT 1 FROM reporting_line above WHERE above.ancestor_id = $2 AND above.descendant_id = $1)
              FROM person c WHERE c.person_id = $2)
  )`;

/** SQL: those people, `seen`. */
export const seenPeople = teamAs('seen');

/** SQL: those people, `seen`, where they are few enough to be read at once; else `everybody` tells how many there are, and `seen` is nobody. */
export const seenAtOnce = `${teamAs('everybody')}, seen AS MATERIALIZED (
    SELECT everybody.engineer_id, everybody.name FROM everybody WHERE (SELECT count(*) FROM everybody) <= ${atOnce}
  )`;

/** SQL: `seen` where it was asked before whom the caller ($2) sees, and these are some of them: $3 their ids. */
export const seenBefore = `seen AS MATERIALIZED (
    SELECT p.person_id AS engineer_id, p.name FROM person p WHERE p.person_id = ANY ($3::uuid[]) AND $2::uuid IS NOT NULL
  )`;

/** SQL: the skill that is asked for, `chosen (skill_ref)`; without one ($4), the first that somebody in `seen` has something in, else the first of the catalogue. */
export const chosenSkill = `chosen AS MATERIALIZED (
    SELECT s.skill_ref FROM skill s
     WHERE s.skill_ref = coalesce($4, (SELECT min(g.skill_ref) FROM seen JOIN progress g ON g.engineer_id = seen.engineer_id),
                                  (SELECT min(f.skill_ref) FROM skill f))
  )`;

/** A statement that people are asked for, and where it stands. */
export interface StatementPlace {
  readonly ref: string;
  readonly skillLevel: string;
  readonly skill: string;
}

/** Which part of a team a dashboard is of. */
export interface TeamScope {
  readonly managerId: string;
  readonly depth: 'direct' | 'all';
}

/** A link to another view of the same part of a team. */
export const teamLink = (
  { managerId, depth }: TeamScope,
  view: 'dashboard' | 'claims' | 'sign-offs' | 'evidence',
  query: Readonly<Record<string, string | number | null>>,
): string => apiLink(`/teams/${managerId}/${view}`, { depth, ...query });
