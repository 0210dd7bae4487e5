import { isEligible } from '../progress/eligible-sql';
import { isRedacted } from '../progress/redacted-sql';

/**
 * SQL, FROM and WHERE: submitted claims `c` that wait for the mentors in `judges j` (the last step of judges() in progress/eligible-sql.ts):
 * eligible at the level now, under the policy that the claim keeps, and not yet approved by them. Names l (the skill level) and y (the policy) besides.
 */
export const waitingClaims = `
    FROM judges j
    -- at most one claim per engineer and skill is open: a seek for each, whatever the planner thinks of it
   CROSS JOIN LATERAL (SELECT DISTINCT ON (o.engineer_id, o.skill_ref) o.* FROM claim o
                          WHERE o.engineer_id = j.engineer_id AND o.skill_ref = j.skill_ref AND o.state = 'submitted') c
    JOIN skill_level l ON l.skill_level_ref = c.skill_level_ref
    JOIN policy y ON y.skill_level_ref = c.skill_level_ref AND y.version = c.policy_version
   WHERE ${isEligible('j', 'l.level', 'y.line_manager_may_approve')}
     AND NOT EXISTS (SELECT 1 FROM approval a WHERE a.engineer_id = c.engineer_id AND a.claim_id = c.claim_id
                        AND a.submission = c.submission AND a.mentor_id = j.mentor_id)`;

/**
 * SQL, a step `approvals (engineer_id, mentor_id)`: who has approved the submitted claims of a step `open (engineer_id, claim_id, submission, …)`, of each
 * engineer one at most. Beside other steps Citus takes no NOT EXISTS of records.
 */
export const approvalsOfOpen = `approvals AS MATERIALIZED (
    SELECT a.engineer_id, a.mentor_id FROM open o JOIN approval a ON a.engineer_id = o.engineer_id AND a.claim_id = o.claim_id AND a.submission = o.submission
  )`;

/** SQL, a condition: whether a mentor of `m` has not approved the open claim of its engineer yet, by the step approvalsOfOpen. */
export const hasNotApproved = (m: string): string =>
  `(${m}.engineer_id, ${m}.mentor_id) NOT IN (SELECT given.engineer_id, given.mentor_id FROM approvals given)`;

/**
 * SQL, FROM and WHERE: proposed supports that wait for the mentors in `judges j` outside of any submission, by evidence that is neither archived nor redacted;
 * eligible at the statement's level now, under the newest policy. Names s (support), l (its skill level), e (its evidence).
 */
export const waitingSupports = `
    FROM judges j
    JOIN skill_level l ON l.skill_ref = j.skill_ref
    JOIN support s ON s.engineer_id = j.engineer_id AND s.skill_level_ref = l.skill_level_ref AND s.state = 'proposed'
    JOIN evidence e ON e.engineer_id = s.engineer_id AND e.evidence_id = s.evidence_id AND e.state = 'logged'
   WHERE ${isEligible(
     'j',
     'l.level',
     `(SELECT y.line_manager_may_approve FROM policy y WHERE y.skill_level_ref = l.skill_level_ref ORDER BY y.version DESC LIMIT 1)`,
   )}
     AND NOT ${isRedacted('e')}
     AND NOT EXISTS (SELECT 1 FROM claim_pin n
                       JOIN claim c ON c.engineer_id = n.engineer_id AND c.claim_id = n.claim_id AND c.submission = n.submission
                      WHERE n.engineer_id = s.engineer_id AND n.evidence_id = s.evidence_id AND n.statement_ref = s.statement_ref AND c.state = 'submitted')`;
