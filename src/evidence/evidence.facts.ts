import { Injectable } from '@nestjs/common';
import type { Relation } from '../kernel/actor';
import { mayBeShown } from '../ledger/shown-content';
import { Database } from '../platform/transaction';
import { isRedacted } from '../progress/redacted-sql';
import type { EvidenceContent } from './evidence';
import type { EvidenceStanding, Sight, SupportStanding } from './evidence.policy';
import { bodyOr } from './evidence.scope';
import type { SupportState } from './support';

/** A piece of evidence as its rules look at it. */
export interface EvidenceFact extends EvidenceStanding {
  readonly revision: number;
  readonly version: number;
  readonly content: EvidenceContent;
}

/** One of its supports, as the rules look at it. */
export interface SupportInQuestion extends SupportStanding {
  readonly supportState: SupportState;
  readonly skill: string;
  readonly rationale: string;
  /** The evidence's. */
  readonly revision: number;
  /** The evidence's. */
  readonly version: number;
}

const lockedLevels = `ARRAY(SELECT DISTINCT c.skill_level_ref FROM claim c
    JOIN claim_pin p ON p.engineer_id = c.engineer_id AND p.claim_id = c.claim_id AND p.submission = c.submission
   WHERE c.engineer_id = $1 AND c.state = 'submitted' AND p.evidence_id = e.evidence_id)`;

/** What stands in the database when somebody wants to act on evidence: asked by the guard, and again under the record's lock. */
@Injectable()
export class EvidenceFacts {
  constructor(private readonly db: Database) {}

  /** A piece of evidence, or null. */
  async evidence(engineerId: string, evidenceId: string): Promise<EvidenceFact | null> {
    return this.db.one<EvidenceFact>(
      `SELECT e.state, e.revision, e.version, ${bodyOr('k', 'e')} AS content, ${lockedLevels} AS "lockedLevels"
         FROM evidence e
         JOIN evidence_revision r ON r.engineer_id = e.engineer_id AND r.evidence_id = e.evidence_id AND r.revision = e.revision
         LEFT JOIN record_content k ON k.engineer_id = r.engineer_id AND k.digest = r.digest AND ${mayBeShown('k', '$1')}
        WHERE e.engineer_id = $1 AND e.evidence_id = $2`,
      [engineerId, evidenceId],
    );
  }

  /** A support of it, withdrawn or not, or null. */
  async support(engineerId: string, evidenceId: string, statement: string): Promise<SupportInQuestion | null> {
    return this.db.one<SupportInQuestion>(
      `SELECT e.state, e.revision, e.version, ${isRedacted('e', '$1')} AS "isRedacted", ${lockedLevels} AS "lockedLevels", s.state AS "supportState", s.rationale,
              s.skill_level_ref AS "skillLevel", l.skill_ref AS skill, l.level::int AS level,
              EXISTS (SELECT 1 FROM claim c
                 JOIN claim_pin p ON p.engineer_id = c.engineer_id AND p.claim_id = c.claim_id AND p.submission = c.submission
                 JOIN approval a ON a.engineer_id = c.engineer_id AND a.claim_id = c.claim_id AND a.submission = c.submission
                WHERE c.engineer_id = $1 AND c.state = 'submitted' AND p.evidence_id = s.evidence_id AND p.statement_ref = s.statement_ref) AS "approvalGiven",
              coalesce((SELECT y.line_manager_may_approve FROM policy y WHERE y.skill_level_ref = s.skill_level_ref ORDER BY y.version DESC LIMIT 1), false) AS "lineManagerMayApprove"
         FROM support s
         JOIN evidence e ON e.engineer_id = s.engineer_id AND e.evidence_id = s.evidence_id
         JOIN skill_level l ON l.skill_level_ref = s.skill_level_ref
        WHERE s.engineer_id = $1 AND s.evidence_id = $2 AND s.statement_ref = $3`,
      [engineerId, evidenceId, statement],
    );
  }

  /** Whether somebody with this sight may know of a support that is there. */
  async sees(
    { engineerId }: Relation,
    sight: Sight,
    evidenceId: string,
    statement: string,
    { skill }: SupportInQuestion,
  ): Promise<boolean> {
    if (sight.all || sight.skills.includes(skill)) return true;
    if (!sight.pinned) return false;
    const pin = await this.db.one(
      `SELECT 1 FROM claim c JOIN claim_pin p ON p.engineer_id = c.engineer_id AND p.claim_id = c.claim_id AND p.submission = c.submission
        WHERE c.engineer_id = $1 AND c.state IN ('submitted', 'approved') AND p.evidence_id = $2 AND p.statement_ref = $3`,
      [engineerId, evidenceId, statement],
    );
    return pin !== null;
  }
}
