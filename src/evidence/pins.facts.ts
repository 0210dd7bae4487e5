import { Injectable } from '@nestjs/common';
import { Database } from '../platform/transaction';
import { rationaleAt, stateAt } from './pins';
import { type SupportFact, type SupportRow, supportOf } from './supports.facts';

/**
 * A support that a submission rests on: `revision` and `evidence` are those that were pinned, state, version and verdict those of the support now.
 * Of a decided claim's pin, whose evidence may have changed since, state and rationale are those of what was pinned.
 */
export type PinFact = SupportFact;

/** What submissions rest on, and what is locked by it. */
@Injectable()
export class PinsFacts {
  constructor(private readonly db: Database) {}

  /** What one submission of a claim rests on, by statement, then evidence. */
  async pinsOf(engineerId: string, claimId: string, submission: number): Promise<PinFact[]> {
    const rows = await this.db.query<SupportRow>(
      `SELECT q.*, CASE WHEN q.state <> 'proposed' THEN q.reviewer END AS reviewed_by, CASE WHEN q.state <> 'proposed' THEN q.judged_at END AS reviewed_at,
              CASE WHEN q.state <> 'proposed' THEN q.said END AS feedback
         FROM (
           SELECT p.evidence_id, p.statement_ref, ${stateAt('p.revision')} AS state, s.version, p.revision, ${rationaleAt('b.at')} AS rationale,
                  s.reviewed_by AS reviewer, s.reviewed_at AS judged_at, s.feedback AS said,
                  c.body->>'title' AS title, c.body->>'kind' AS kind, e.state AS evidence_state, c.body->>'startedOn' AS started_on,
                  c.body->>'endedOn' AS ended_on, p.revision AS evidence_revision, e.version AS evidence_version, encode(r.digest, 'hex') AS digest,
                  t.skill_level_ref, t.ordinal
             FROM claim_pin p
             JOIN claim_submission b ON b.engineer_id = p.engineer_id AND b.claim_id = p.claim_id AND b.submission = p.submission
             JOIN statement t ON t.statement_ref = p.statement_ref
             JOIN evidence e ON e.engineer_id = p.engineer_id AND e.evidence_id = p.evidence_id
             JOIN support s ON s.engineer_id = p.engineer_id AND s.evidence_id = p.evidence_id AND s.statement_ref = p.statement_ref
             JOIN evidence_revision r ON r.engineer_id = p.engineer_id AND r.evidence_id = p.evidence_id AND r.revision = p.revision
             JOIN record_content c ON c.engineer_id = r.engineer_id AND c.digest = r.digest
            WHERE p.engineer_id = $1 AND p.claim_id = $2 AND p.submission = $3
         ) q
        ORDER BY q.skill_level_ref, q.ordinal, q.evidence_id`,
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
