import { mayBeShown } from '../ledger/shown-content';

/** What a submission rests on: a support, at one revision of its evidence. */
export interface Pin {
  readonly evidenceId: string;
  /** `sfia-9:ITOP.4.2` */
  readonly statement: string;
  readonly revision: number;
}

/**
 * SQL: until when what happens to a support concerns claim `c`. While it is submitted that is now; once it is decided, evidence and supports are free
 * again, and what becomes of them is no longer what was decided on.
 */
export const concernedUntil = `CASE WHEN c.state = 'submitted' THEN 'infinity'::timestamptz ELSE c.changed_at END`;

/**
 * SQL: one row `(state, rationale, reviewed_by, reviewed_at, feedback)`, support `s` as it stood at an instant. Where nothing happened since, that is
 * its row; else the ledger tells: its last entry until then says what state it was in.
 * @param engineer whose record it is, as the statement's own parameter, so that the entries are seen to be of one record (docs/scaling.md, Citus)
 */
export const supportAt = (engineer: string, until: string): string => `(
  SELECT s.state, s.rationale, s.reviewed_by, s.reviewed_at, s.feedback
   WHERE s.state <> 'withdrawn' AND greatest(s.proposed_at, s.reviewed_at) <= ${until}
  UNION ALL
  SELECT coalesce(w.verdict, 'proposed'), coalesce(w.rationale, s.rationale), CASE WHEN w.verdict IS NOT NULL THEN w.actor_id END,
         CASE WHEN w.verdict IS NOT NULL THEN w.at END, CASE WHEN w.verdict IS NOT NULL THEN w.feedback END
    FROM (SELECT 1) always
    LEFT JOIN LATERAL (
      SELECT y.actor_id, y.at, k.body->>'feedback' AS feedback, k.body->>'rationale' AS rationale,
             CASE y.kind WHEN 'support.accepted' THEN 'accepted' WHEN 'support.returned' THEN 'returned' END AS verdict
        FROM ledger_entry y LEFT JOIN record_content k ON k.engineer_id = y.engineer_id AND k.digest = y.digest AND ${mayBeShown('k', engineer)}
       WHERE y.engineer_id = ${engineer} AND y.subject = 'evidence/' || s.evidence_id || '/supports/' || s.statement_ref
         AND y.kind IN ('support.proposed', 'support.accepted', 'support.returned', 'support.reopened') AND y.at <= ${until}
       ORDER BY y.seq DESC LIMIT 1
    ) w ON true
   WHERE NOT (s.state <> 'withdrawn' AND greatest(s.proposed_at, s.reviewed_at) <= ${until})
)`;
