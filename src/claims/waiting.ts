import { isEligible } from '../progress/eligible-sql';
import { isRedacted } from '../progress/redacted-sql';

/**
 * SQL, FROM and WHERE: submitted claims `c` that wait for the mentors in `judges j` (the last step of judges() in progress/eligible-sql.ts):
 * eligible at the level now, under the policy that the claim keeps, and not yet approved by them.
 * @param claims where the claims come from, as a join to `j`
 * @param level the claim's level, as an expression
 * @param lineManagerMayApprove what its policy says, as an expression
 */
export const waitingClaimsOf = (claims: string, level: string, lineManagerMayApprove: string): string => `
    FROM judges j
    ${claims}
   WHERE ${isEligible('j', level, lineManagerMayApprove)}
     AND NOT EXISTS (SELECT 1 FROM approval a WHERE a.engineer_id = c.engineer_id AND a.claim_id = c.claim_id
                        AND a.submission = c.submission AND a.mentor_id = j.mentor_id)`;

/** SQL, as waitingClaimsOf(): the claims read by their key. Names l (the skill level) and y (the policy) besides. */
export const waitingClaims = waitingClaimsOf(
  // at most one claim per engineer and skill is open: a seek for each, whatever the planner thinks of it
  `CROSS JOIN LATERAL (SELECT DISTINCT ON (o.engineer_id, o.skill_ref) o.* FROM claim o
                          WHERE o.engineer_id = j.engineer_id AND o.skill_ref = j.skill_ref AND o.state = 'submitted') c
    JOIN skill_level l ON l.skill_level_ref = c.skill_level_ref
    JOIN policy y ON y.skill_level_ref = c.skill_level_ref AND y.version = c.policy_version`,
  'l.level',
  'y.line_manager_may_approve',
);

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
