import { Injectable } from '@nestjs/common';
import { Database } from '../platform/transaction';
import type { EvidenceKind } from './evidence';
import type { PinFact } from './pins';
import type { SupportState } from './support';

interface PinRow {
  evidence_id: string;
  statement_ref: string;
  pinned_revision: number;
  title: string;
  kind: EvidenceKind;
  started_on: string | null;
  ended_on: string | null;
  digest: string;
  evidence_version: number;
  state: SupportState;
  version: number;
  revision: number;
  rationale: string;
  reviewed_by: string | null;
  reviewer: string | null;
  reviewed_at: Date | null;
  feedback: string | null;
}

const pinOf = (row: PinRow): PinFact => ({
  evidenceId: row.evidence_id,
  statement: row.statement_ref,
  revision: row.pinned_revision,
  evidence: {
    title: row.title,
    kind: row.kind,
    startedOn: row.started_on,
    endedOn: row.ended_on,
    digest: row.digest,
    version: row.evidence_version,
  },
  support: {
    state: row.state,
    version: row.version,
    revision: row.revision,
    rationale: row.rationale,
    reviewedBy: row.reviewed_by === null ? null : { id: row.reviewed_by, name: row.reviewer ?? '' },
    reviewedAt: row.reviewed_at,
    feedback: row.feedback,
  },
});

/** What submissions rest on, and what is locked by it. */
@Injectable()
export class PinsFacts {
  constructor(private readonly db: Database) {}

  /** What one submission of a claim rests on, by statement, then evidence. */
  async pinsOf(engineerId: string, claimId: string, submission: number): Promise<PinFact[]> {
    const rows = await this.db.query<PinRow>(
      `SELECT p.evidence_id, p.statement_ref, p.revision AS pinned_revision,
              c.body->>'title' AS title, c.body->>'kind' AS kind, c.body->>'startedOn' AS started_on, c.body->>'endedOn' AS ended_on,
              encode(r.digest, 'hex') AS digest, e.version AS evidence_version, s.state, s.version, s.revision, s.rationale,
              CASE WHEN s.state IN ('accepted', 'returned') THEN s.reviewed_by END AS reviewed_by,
              CASE WHEN s.state IN ('accepted', 'returned') THEN v.name END AS reviewer,
              CASE WHEN s.state IN ('accepted', 'returned') THEN s.reviewed_at END AS reviewed_at,
              CASE WHEN s.state IN ('accepted', 'returned') THEN s.feedback END AS feedback
         FROM claim_pin p
         JOIN statement t USING (statement_ref)
         JOIN evidence e USING (engineer_id, evidence_id)
         JOIN support s USING (engineer_id, evidence_id, statement_ref)
         JOIN evidence_revision r ON r.engineer_id = p.engineer_id AND r.evidence_id = p.evidence_id AND r.revision = p.revision
         JOIN record_content c ON c.engineer_id = r.engineer_id AND c.digest = r.digest
         LEFT JOIN person v ON v.person_id = s.reviewed_by
        WHERE p.engineer_id = $1 AND p.claim_id = $2 AND p.submission = $3
        ORDER BY t.skill_level_ref, t.ordinal, p.evidence_id`,
      [engineerId, claimId, submission],
    );
    return rows.map(pinOf);
  }

  /**
   * The submitted claim whose current submission rests on a piece of evidence, if there is one: while it stands, the evidence is locked.
   * @param skillLevel only a claim to this level (`sfia-9:ITOP.4`): what locks a support
   */
  async lockingClaim(engineerId: string, evidenceId: string, skillLevel?: string): Promise<string | null> {
    const row = await this.db.one<{ claim_id: string }>(
      `SELECT c.claim_id FROM claim c
        WHERE c.engineer_id = $1 AND c.state = 'submitted' AND ($3::text IS NULL OR c.skill_level_ref = $3)
          AND EXISTS (SELECT 1 FROM claim_pin p WHERE p.engineer_id = c.engineer_id AND p.claim_id = c.claim_id AND p.submission = c.submission AND p.evidence_id = $2)
        ORDER BY c.claim_id LIMIT 1`,
      [engineerId, evidenceId, skillLevel ?? null],
    );
    return row?.claim_id ?? null;
  }

  /** The submitted claim with an approval already given whose current submission rests on this very support: its verdicts change only by a change request. */
  async approvedClaimOn(engineerId: string, evidenceId: string, statement: string): Promise<string | null> {
    const row = await this.db.one<{ claim_id: string }>(
      `SELECT c.claim_id FROM claim c
         JOIN claim_pin p ON p.engineer_id = c.engineer_id AND p.claim_id = c.claim_id AND p.submission = c.submission
        WHERE c.engineer_id = $1 AND c.state = 'submitted' AND p.evidence_id = $2 AND p.statement_ref = $3
          AND EXISTS (SELECT 1 FROM approval a WHERE a.engineer_id = c.engineer_id AND a.claim_id = c.claim_id AND a.submission = c.submission)
        LIMIT 1`,
      [engineerId, evidenceId, statement],
    );
    return row?.claim_id ?? null;
  }
}
