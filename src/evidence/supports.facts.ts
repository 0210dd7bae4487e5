import { Injectable } from '@nestjs/common';
import type { Day } from '../kernel/clock';
import { mayBeShown } from '../ledger/shown-content';
import { Database } from '../platform/transaction';
import { isRedacted } from '../progress/redacted-sql';
import type { EvidenceKind, EvidenceState } from './evidence';
import { textOr } from './redacted';
import type { SupportState } from './support';

/** The evidence behind a support: as it is now, or, for a pin, as it was pinned. */
export interface SupportingEvidence {
  readonly title: string;
  readonly kind: EvidenceKind;
  readonly state: EvidenceState;
  /** What the revision says was redacted: nothing rests on it. Never of a claim that is decided. */
  readonly redacted: boolean;
  readonly startedOn: Day | null;
  readonly endedOn: Day | null;
  readonly revision: number;
  /** It moves with every change and every verdict. */
  readonly version: number;
  /** Of the revision's content, in lower-case hex. */
  readonly digest: string;
}

/** A support that is not withdrawn, as a claim to its level sees it. */
export interface SupportFact {
  readonly evidenceId: string;
  /** `sfia-9:ITOP.4.2` */
  readonly statement: string;
  readonly state: Exclude<SupportState, 'withdrawn'>;
  readonly version: number;
  /** The revision that the proposal or the verdict stands for: the evidence's current one. */
  readonly revision: number;
  readonly rationale: string;
  /** Who gave the verdict that stands; null while the support is proposed. */
  readonly reviewedBy: string | null;
  readonly reviewedAt: Date | null;
  readonly feedback: string | null;
  readonly evidence: SupportingEvidence;
}

/** The columns that a SupportFact is made of. */
export interface SupportRow {
  evidence_id: string;
  statement_ref: string;
  state: SupportFact['state'];
  version: number;
  revision: number;
  rationale: string;
  reviewed_by: string | null;
  reviewed_at: Date | null;
  feedback: string | null;
  title: string;
  kind: EvidenceKind;
  evidence_state: EvidenceState;
  redacted: boolean;
  started_on: string | null;
  ended_on: string | null;
  evidence_revision: number;
  evidence_version: number;
  digest: string;
}

/** A SupportFact of its row. */
export const supportOf = (row: SupportRow): SupportFact => ({
  evidenceId: row.evidence_id,
  statement: row.statement_ref,
  state: row.state,
  version: row.version,
  revision: row.revision,
  rationale: row.rationale,
  reviewedBy: row.reviewed_by,
  reviewedAt: row.reviewed_at,
  feedback: row.feedback,
  evidence: {
    title: row.title,
    kind: row.kind,
    state: row.evidence_state,
    redacted: row.redacted,
    startedOn: row.started_on,
    endedOn: row.ended_on,
    revision: row.evidence_revision,
    version: row.evidence_version,
    digest: row.digest,
  },
});

/** What supports a level. */
@Injectable()
export class SupportsFacts {
  constructor(private readonly db: Database) {}

  /** Every support to a skill level (`sfia-9:ITOP.4`) that is not withdrawn, of any evidence, archived too; by statement, then evidence. */
  async supportsOfLevel(engineerId: string, skillLevel: string): Promise<SupportFact[]> {
    const rows = await this.db.query<SupportRow>(
      `SELECT s.evidence_id, s.statement_ref, s.state, s.version, s.revision, s.rationale,
              CASE WHEN s.state <> 'proposed' THEN s.reviewed_by END AS reviewed_by,
              CASE WHEN s.state <> 'proposed' THEN s.reviewed_at END AS reviewed_at,
              CASE WHEN s.state <> 'proposed' THEN s.feedback END AS feedback,
              ${textOr("c.body->>'title'")} AS title, e.kind, e.state AS evidence_state, ${isRedacted('e', '$1')} AS redacted, e.started_on, e.ended_on,
              e.revision AS evidence_revision, e.version AS evidence_version, encode(r.digest, 'hex') AS digest
         FROM support s
         JOIN statement t USING (statement_ref)
         JOIN evidence e USING (engineer_id, evidence_id)
         JOIN evidence_revision r ON r.engineer_id = e.engineer_id AND r.evidence_id = e.evidence_id AND r.revision = e.revision
         LEFT JOIN record_content c ON c.engineer_id = r.engineer_id AND c.digest = r.digest AND ${mayBeShown('c', '$1')}
        WHERE s.engineer_id = $1 AND s.skill_level_ref = $2 AND s.state <> 'withdrawn'
        ORDER BY t.ordinal, s.evidence_id`,
      [engineerId, skillLevel],
    );
    return rows.map(supportOf);
  }
}
