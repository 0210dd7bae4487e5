import { approvalsOfOpen, hasNotApproved } from '../claims/waiting';
import { isAuditorNow } from '../people/roles-sql';
import { inForce, todayIn } from '../progress/eligible-sql';
import { standingColumns, standingFigures } from '../progress/standing-sql';

const today = todayIn('$3');
const ofChosen = `(SELECT chosen.skill_ref FROM chosen)`;
const seesEverybody = `(SELECT caller.sees_everybody FROM caller)`;

/** SQL: how somebody's target stands; null where they have none. */
export const aimOf = (row: string): string =>
  `CASE WHEN ${row}.target_level IS NULL THEN NULL WHEN ${row}.current_level >= ${row}.target_level THEN 'reached' WHEN ${row}.target_by < ${today} THEN 'late' ELSE 'on-track' END`;

/** SQL: some people by what they are counted by, `people` and `known` of each. Rows of standing that no longer say how things stand are counted by themselves. */
const some = (people: string, known: string, from: string, grouped = ''): string => `
    SELECT ${standingColumns}, ${aimOf('s')} AS aim, ${people} AS people, ${known} AS known
      FROM ${from} WHERE s.skill_ref = ${ofChosen} AND (s.lapses_on IS NULL OR s.lapses_on >= ${today}) ${grouped}`;

/**
 * SQL, steps of a statement: everybody who is active, counted by where they stand in a skill. $1 the caller, $2 skill or null, $3 time zone.
 * - `caller (sees_everybody)`: an auditor does.
 * - `known (person_id)`: whom the caller sees by name somewhere: themselves, those below them in the line, those mentored by them in this skill.
 * - `standings (current_level, levels_all, levels_some, levels_approved, aim, people, unseen)`: how many stand alike, and how many of these the caller sees by name nowhere.
 *   All rows of standing are counted by an index that holds nothing else; who is not active is taken off again.
 */
export const counted = `
  caller AS MATERIALIZED (
    SELECT ${isAuditorNow('c')} AS sees_everybody FROM person c WHERE c.person_id = $1
  ), chosen AS MATERIALIZED (
    SELECT s.skill_ref FROM skill s WHERE s.skill_ref = coalesce($2, (SELECT min(g.skill_ref) FROM progress g), (SELECT min(f.skill_ref) FROM skill f))
  ), gone AS MATERIALIZED (
    SELECT p.person_id FROM person p WHERE NOT p.active
  ), known AS MATERIALIZED (
    SELECT p.person_id FROM person p
      JOIN (SELECT $1::uuid AS person_id
            UNION SELECT r.descendant_id FROM reporting_line r WHERE r.ancestor_id = $1
            UNION SELECT m.engineer_id FROM mentorship m JOIN mentorship_skill k USING (engineer_id, mentorship_id)
                   WHERE m.mentor_id = $1 AND k.skill_ref = ${ofChosen} AND m.from_at <= now() AND (m.until_at IS NULL OR m.until_at > now())) k USING (person_id)
     WHERE p.active
  ), lapsed AS MATERIALIZED (
    SELECT s.engineer_id, s.target_level, s.target_by, ${standingFigures('g', inForce('g', today))}
      FROM standing s JOIN progress g ON g.engineer_id = s.engineer_id AND g.skill_ref = s.skill_ref
     WHERE s.skill_ref = ${ofChosen} AND s.lapses_on < ${today} AND s.engineer_id NOT IN (SELECT gone.person_id FROM gone)
     GROUP BY s.engineer_id, s.skill_ref, s.target_level, s.target_by
  ), standings AS MATERIALIZED (
    SELECT ${standingColumns}, aim, sum(people)::int AS people, CASE WHEN ${seesEverybody} THEN 0 ELSE sum(people - known)::int END AS unseen
      FROM (${some('count(*)', '0', 'standing s', `GROUP BY ${standingColumns}, aim`)}
     UNION ALL ${some('-1', '0', 'gone JOIN standing s ON s.engineer_id = gone.person_id')}
     UNION ALL ${some('0', '1', 'known JOIN standing s ON s.engineer_id = known.person_id')}
     UNION ALL
    SELECT ${standingColumns}, ${aimOf('l')}, 1, (known.person_id IS NOT NULL)::int
      FROM lapsed l (engineer_id, target_level, target_by, ${standingColumns}) LEFT JOIN known ON known.person_id = l.engineer_id) x
     GROUP BY ${standingColumns}, aim
  )`;

/**
 * SQL, steps after `counted`: what waits for a decision.
 * - `open (engineer_id, claim_id, submission, level, line_manager_may_approve, overdue, unseen)`: submitted claims, of each person one at most.
 * - `decidable (engineer_id)`: whose claim waits for somebody: the rule of judges() and waitingClaims for everybody at once. What mentors hold is looked up only where their accreditation does not reach.
 */
export const waiting = `
  open AS MATERIALIZED (
    SELECT c.engineer_id, c.claim_id, c.submission, l.level, y.line_manager_may_approve, c.due_on < ${today} AS overdue,
           NOT ${seesEverybody} AND c.engineer_id NOT IN (SELECT known.person_id FROM known) AS unseen
      FROM claim c
      JOIN skill_level l ON l.skill_level_ref = c.skill_level_ref
      JOIN policy y ON y.skill_level_ref = c.skill_level_ref AND y.version = c.policy_version
     WHERE c.state = 'submitted' AND c.skill_ref = ${ofChosen} AND c.engineer_id NOT IN (SELECT gone.person_id FROM gone)
  ), ${approvalsOfOpen}, accredited AS MATERIALIZED (
    SELECT a.person_id, max(a.up_to_level) AS reach FROM accreditation a WHERE a.skill_ref = ${ofChosen} AND a.ended_at IS NULL GROUP BY a.person_id
  ), mentoring AS MATERIALIZED (
    SELECT o.engineer_id, m.mentor_id, o.level, coalesce(a.reach >= o.level, false) AS reaches
      FROM open o JOIN mentorship m ON m.engineer_id = o.engineer_id
      JOIN mentorship_skill k ON k.engineer_id = m.engineer_id AND k.mentorship_id = m.mentorship_id AND k.skill_ref = ${ofChosen}
      LEFT JOIN accredited a ON a.person_id = m.mentor_id
      LEFT JOIN reporting_line r ON r.ancestor_id = m.mentor_id AND r.descendant_id = m.engineer_id
     WHERE m.mentor_id <> m.engineer_id AND m.from_at <= now() AND (m.until_at IS NULL OR m.until_at > now())
       AND (o.line_manager_may_approve OR r.ancestor_id IS NULL)
       -- whoever may judge is active, and has not approved it before
       AND m.mentor_id NOT IN (SELECT gone.person_id FROM gone) AND ${hasNotApproved('m')}
  ), holding AS MATERIALIZED (
    SELECT g.engineer_id AS mentor_id, max(g.level) AS level FROM progress g
     WHERE g.engineer_id IN (SELECT m.mentor_id FROM mentoring m WHERE NOT m.reaches) AND g.skill_ref = ${ofChosen} AND ${inForce('g', today)} GROUP BY g.engineer_id
  ), decidable AS MATERIALIZED (
    SELECT m.engineer_id FROM mentoring m WHERE m.reaches
    UNION SELECT m.engineer_id FROM mentoring m JOIN holding h USING (mentor_id) WHERE NOT m.reaches AND h.level >= m.level
  )`;
