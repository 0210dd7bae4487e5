/** Kinds of entries that say where a support stands. */
const ofSupports = `'support.proposed', 'support.accepted', 'support.returned', 'support.reopened', 'support.withdrawn'`;

/**
 * SQL, two steps of a WITH that end in `granted (engineer_id, skill_level_ref, statement_ref)`: of levels that were granted without some of their statements,
 * those that they were granted with. It is told by what no redaction takes out: the pins of the submission, and the last word on each support before the
 * sign-off. A level that was granted with all of them needs none of this: its figures say so (`signed_off_accepted = total`).
 * @param missing a subquery `(engineer_id, skill_level_ref, sign_off_id)`: the rows of progress in question, of levels in force with fewer accepted than there are
 * @param engineer whose record it is, where the statement is about one: its parameter
 */
export const grantedStatements = (missing: string, engineer?: string): string => {
  const of = (row: string): string => engineer ?? `${row}.engineer_id`;
  // the subqueries keep these seeks by key for the few levels in question, whatever the planner thinks of it
  return `incomplete AS MATERIALIZED (
    SELECT g.engineer_id, g.skill_level_ref, o.claim_id, o.submission, e.seq, y.accepted_per_statement AS needed
      FROM (${missing}) g
     CROSS JOIN LATERAL (SELECT DISTINCT ON (x.engineer_id, x.sign_off_id) x.engineer_id, x.claim_id, x.submission FROM sign_off x
                          WHERE x.engineer_id = ${of('g')} AND x.sign_off_id = g.sign_off_id) o
     CROSS JOIN LATERAL (SELECT DISTINCT ON (x.engineer_id, x.claim_id) x.engineer_id, x.skill_level_ref, x.policy_version FROM claim x
                          WHERE x.engineer_id = ${of('o')} AND x.claim_id = o.claim_id) c
     CROSS JOIN LATERAL (SELECT DISTINCT ON (x.engineer_id, x.subject) x.engineer_id, x.seq FROM ledger_entry x
                          WHERE x.engineer_id = ${of('o')} AND x.subject = 'sign-offs/' || g.sign_off_id AND x.kind = 'sign-off.granted') e
      JOIN policy y ON y.skill_level_ref = c.skill_level_ref AND y.version = c.policy_version
  ), granted AS MATERIALIZED (
    SELECT i.engineer_id, i.skill_level_ref, n.statement_ref
      FROM incomplete i
     CROSS JOIN LATERAL (SELECT DISTINCT ON (x.engineer_id, x.evidence_id, x.statement_ref) x.engineer_id, x.evidence_id, x.statement_ref, x.revision FROM claim_pin x
                          WHERE x.engineer_id = ${of('i')} AND x.claim_id = i.claim_id AND x.submission = i.submission) n
     -- evidence that was redacted by then did not count, whatever was said of it before; words on a support that were, say nothing of where it stands
     CROSS JOIN LATERAL (SELECT DISTINCT ON (x.engineer_id) x.engineer_id, x.kind FROM ledger_entry x
                          WHERE x.engineer_id = ${of('n')} AND x.seq < i.seq AND x.kind IN (${ofSupports}, 'record.redacted')
                            AND x.subject = ANY (ARRAY['evidence/' || n.evidence_id || '/supports/' || n.statement_ref, 'evidence/' || n.evidence_id || '/revisions/' || n.revision])
                            AND (x.kind <> 'record.redacted' OR x.subject = 'evidence/' || n.evidence_id || '/revisions/' || n.revision)
                          ORDER BY x.engineer_id, x.kind = 'record.redacted' DESC, x.seq DESC) v
     WHERE v.kind = 'support.accepted'
     GROUP BY i.engineer_id, i.skill_level_ref, n.statement_ref, i.needed HAVING count(*) >= i.needed
  )`;
};
