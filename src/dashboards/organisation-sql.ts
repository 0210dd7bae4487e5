import { isAuditorNow } from '../people/roles-sql';
import { inForce, isEligible, todayIn } from '../progress/eligible-sql';

const ofChosen = `(SELECT chosen.skill_ref FROM chosen)`;
const today = todayIn('$3');

/** SQL: how many of a level's statements somebody shows, by their row of progress: all, some or none. While the level is held, the sign-off says. */
export function extentOf(progress: string): string {
  const accepted = `CASE WHEN ${inForce(progress, today)} THEN ${progress}.signed_off_accepted ELSE ${progress}.accepted END`;
  return `CASE WHEN ${accepted} >= ${progress}.total THEN 'all' WHEN ${accepted} > 0 THEN 'some' ELSE 'none' END`;
}

/**
 * SQL, steps of a statement: where everybody who is active stands in a skill. $1 the caller, $2 skill or null, $3 time zone.
 * - `counted (person_id, unseen)`: everybody; `unseen` are those whom the caller sees by name nowhere: not themselves, nor below them in the line, nor mentored by them in this
 *   skill. An auditor sees everybody.
 * - `highest (engineer_id, unseen, level)`: who holds a level, and the highest one.
 * - `open (engineer_id, unseen, level, overdue, …)`: submitted claims, of each person one at most.
 * - `decidable (engineer_id)`: whose submitted claim waits for somebody. The rule of judges() and waitingClaims for everybody at once: tables are joined whole, where those seek.
 * - `aims (engineer_id, unseen, state)`: who has a target, and how it stands.
 */
export const everybodyStands = `
  chosen AS MATERIALIZED (
    SELECT s.skill_ref FROM skill s WHERE s.skill_ref = coalesce($2, (SELECT min(g.skill_ref) FROM progress g), (SELECT min(f.skill_ref) FROM skill f))
  ), known AS MATERIALIZED (
    SELECT $1::uuid AS person_id
    UNION SELECT r.descendant_id FROM reporting_line r WHERE r.ancestor_id = $1
    UNION SELECT m.engineer_id FROM mentorship m JOIN mentorship_skill k USING (engineer_id, mentorship_id) JOIN chosen ON chosen.skill_ref = k.skill_ref
           WHERE m.mentor_id = $1 AND m.from_at <= now() AND (m.until_at IS NULL OR m.until_at > now())
  ), counted AS MATERIALIZED (
    SELECT p.person_id, known.person_id IS NULL AND NOT (SELECT ${isAuditorNow('c')} FROM person c WHERE c.person_id = $1) AS unseen
      FROM person p LEFT JOIN known ON known.person_id = p.person_id WHERE p.active
  ), highest AS MATERIALIZED (
    SELECT g.engineer_id, p.unseen, max(g.level) AS level FROM progress g JOIN counted p ON p.person_id = g.engineer_id
     WHERE g.skill_ref = ${ofChosen} AND ${inForce('g', today)} GROUP BY g.engineer_id, p.unseen
  ), open AS MATERIALIZED (
    SELECT c.engineer_id, p.unseen, c.claim_id, c.submission, l.level, y.line_manager_may_approve, c.due_on < ${today} AS overdue
      FROM claim c JOIN counted p ON p.person_id = c.engineer_id
      JOIN skill_level l ON l.skill_level_ref = c.skill_level_ref
      JOIN policy y ON y.skill_level_ref = c.skill_level_ref AND y.version = c.policy_version
     WHERE c.state = 'submitted' AND c.skill_ref = ${ofChosen}
  ), approvals AS MATERIALIZED (
    SELECT a.engineer_id, a.mentor_id FROM open o JOIN approval a ON a.engineer_id = o.engineer_id AND a.claim_id = o.claim_id AND a.submission = o.submission
  ), decidable AS MATERIALIZED (
    SELECT DISTINCT j.engineer_id FROM (
      SELECT o.engineer_id, o.level, o.line_manager_may_approve, greatest(h.level, a.up_to_level) AS reach, r.ancestor_id IS NOT NULL AS above
        FROM open o JOIN mentorship m ON m.engineer_id = o.engineer_id
        JOIN mentorship_skill k ON k.engineer_id = m.engineer_id AND k.mentorship_id = m.mentorship_id AND k.skill_ref = ${ofChosen}
        -- whoever may judge is active
        JOIN counted p ON p.person_id = m.mentor_id
        LEFT JOIN highest h ON h.engineer_id = m.mentor_id
        LEFT JOIN accreditation a ON a.person_id = m.mentor_id AND a.skill_ref = ${ofChosen} AND a.ended_at IS NULL
        LEFT JOIN reporting_line r ON r.ancestor_id = m.mentor_id AND r.descendant_id = m.engineer_id
       WHERE m.mentor_id <> m.engineer_id AND m.from_at <= now() AND (m.until_at IS NULL OR m.until_at > now())
         AND (m.engineer_id, m.mentor_id) NOT IN (SELECT given.engineer_id, given.mentor_id FROM approvals given)
    ) j WHERE ${isEligible('j', 'j.level', 'j.line_manager_may_approve')}
  ), aims AS MATERIALIZED (
    SELECT t.engineer_id, p.unseen, CASE WHEN h.level >= t.level THEN 'reached' WHEN t.reach_by < ${today} THEN 'late' ELSE 'on-track' END AS state
      FROM (SELECT DISTINCT ON (o.engineer_id) o.engineer_id, o.level, o.reach_by FROM target o WHERE o.skill_ref = ${ofChosen}
             ORDER BY o.engineer_id, o.revision DESC) t
      JOIN counted p ON p.person_id = t.engineer_id
      LEFT JOIN highest h ON h.engineer_id = t.engineer_id
     WHERE t.level IS NOT NULL
  )`;
