import { Injectable } from '@nestjs/common';
import { mayBeShown } from '../ledger/shown-content';
import { Database } from '../platform/transaction';
import { isRedacted } from '../progress/redacted-sql';
import { concernedUntil, supportAt } from './pins';
import { textOr } from './redacted';
import { type SupportFact, type SupportRow, supportOf } from './supports.facts';

/**
 * A support that a submission rests on: `revision` and `evidence` are those that were pinned, the state, rationale and verdict those of the support now,
 * or, once the claim is decided, those it was decided on. `version` is the support's own, now.
 */
export type PinFact = SupportFact;

/** What submissions rest on, and what is locked by it. */
@Injectable()
export class PinsFacts {
  constructor(private readonly db: Database) {}

  /** What one submission of a claim rests on, by statement, then evidence. */
  async pinsOf(engineerId: string, claimId: string, submission: number): Promise<PinFact[]> {
    const rows = await this.db.query<SupportRow>(
      `SELECT p.evidence_id, p.statement_ref, p.revision, s.version, v.state, v.rationale,
              CASE WHEN v.state <> 'proposed' THEN v.reviewed_by END AS reviewed_by,
              CASE WHEN v.state <> 'proposed' THEN v.reviewed_at END AS reviewed_at,
              CASE WHEN v.state <> 'proposed' THEN v.feedback END AS feedback,
              ${textOr("k.body->>'title'")} AS title, coalesce(k.body->>'kind', e.kind) AS kind, 'logged' AS evidence_state,
              c.state = 'submitted' AND ${isRedacted('p', '$1')} AS redacted,
              CASE WHEN k.body IS NULL THEN e.started_on::text ELSE k.body->>'startedOn' END AS started_on,
              CASE WHEN k.body IS NULL THEN e.ended_on::text ELSE k.body->>'endedOn' END AS ended_on, p.revision AS evidence_revision, e.version AS evidence_version, encode(r.digest, 'hex') AS digest
         FROM claim c
         JOIN claim_pin p ON p.engineer_id = c.engineer_id AND p.claim_id = c.claim_id
         JOIN statement t ON t.statement_ref = p.statement_ref
         JOIN evidence e ON e.engineer_id = p.engineer_id AND e.evidence_id = p.evidence_id
         JOIN support s ON s.engineer_id = p.engineer_id AND s.evidence_id = p.evidence_id AND s.statement_ref = p.statement_ref
         JOIN LATERAL ${supportAt('$1', `(${concernedUntil})`)} v ON true
         JOIN evidence_revision r ON r.engineer_id = p.engineer_id AND r.evidence_id = p.evidence_id AND r.revision = p.revision
         LEFT JOIN record_content k ON k.engineer_id = r.engineer_id AND k.digest = r.digest AND ${mayBeShown('k', '$1')}
        WHERE c.engineer_id = $1 AND c.claim_id = $2 AND p.submission = $3
        ORDER BY t.skill_level_ref, t.ordinal, p.evidence_id`,
      [engineerId, claimId, submission],
    );
    return rows.map(supportOf);
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
}
