/** What a submission rests on: a support, at one revision of its evidence. */
export interface Pin {
  readonly evidenceId: string;
  /** `sfia-9:ITOP.4.2` */
  readonly statement: string;
  readonly revision: number;
}

/**
 * SQL: the state of support `s` for the revision `pinned`. While the pin binds, that is its state now; when the evidence was edited or unlinked
 * later (it may be, once the claim is decided), the verdict that was given up to that revision.
 */
export const stateAt = (pinned: string): string =>
  `CASE WHEN s.state <> 'withdrawn' AND s.revision = ${pinned} THEN s.state WHEN s.verdict_revision <= ${pinned} THEN s.verdict ELSE 'proposed' END`;

/** SQL: the rationale of support `s` as it stood at an instant; the ledger keeps what it was before it was reworded. */
export const rationaleAt = (instant: string): string =>
  `CASE WHEN s.proposed_at <= ${instant} THEN s.rationale ELSE coalesce((
     SELECT k.body->>'rationale' FROM ledger_entry y JOIN record_content k ON k.engineer_id = y.engineer_id AND k.digest = y.digest
      WHERE y.engineer_id = s.engineer_id AND y.subject = 'evidence/' || s.evidence_id || '/supports/' || s.statement_ref
        AND y.kind = 'support.proposed' AND y.at <= ${instant} ORDER BY y.seq DESC LIMIT 1), s.rationale) END`;
