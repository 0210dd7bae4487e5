import { Injectable } from '@nestjs/common';
import { raise } from '../kernel/refusal';
import { type Happening, LedgerLog, type LockedRecord } from '../ledger/ledger.log';
import { type Tx, rowsOf, write } from '../platform/transaction';
import { ProgressStore } from '../progress/progress.store';
import { type VerdictGiven, actionOfVerdict, statesBefore } from './support';

interface JudgedRow {
  revision: number;
  skill_level_ref: string;
  rationale: string;
}

/** Saves verdicts on supports: one at a time, or all of a claim in one go. */
@Injectable()
export class VerdictsStore {
  constructor(
    private readonly ledger: LedgerLog,
    private readonly progress: ProgressStore,
  ) {}

  /**
   * Saves verdicts that the caller has authorized and decided on already, each for the support's current revision: supports, versions, progress and ledger.
   * @throws Refused `not-found` for a support that is not there or is withdrawn
   */
  async applyVerdicts(tx: Tx, record: LockedRecord, reviewerId: string, verdicts: readonly VerdictGiven[]): Promise<void> {
    const levels: string[] = [];
    const happenings: Happening[] = [];
    for (const given of verdicts) {
      const { level, happening } = await this.applyOne(tx, record, reviewerId, given);
      levels.push(level);
      happenings.push(happening);
    }
    for (const evidenceId of new Set(verdicts.map((given) => given.evidenceId))) {
      write(tx, `UPDATE evidence SET version = version + 1, changed_at = $3 WHERE engineer_id = $1 AND evidence_id = $2`, [
        record.engineerId,
        evidenceId,
        record.at,
      ]);
    }
    await this.progress.recompute(tx, record, levels);
    await this.ledger.append(tx, record, ...happenings);
  }

  private async applyOne(
    tx: Tx,
    record: LockedRecord,
    reviewerId: string,
    { evidenceId, statement, verdict, feedback }: VerdictGiven,
  ): Promise<{ level: string; happening: Happening }> {
    const [support] = await rowsOf<JudgedRow>(
      tx,
      `UPDATE support SET state = $4, verdict = $4, verdict_revision = revision, feedback = $5, reviewed_by = $6, reviewed_at = $7, version = version + 1
        WHERE engineer_id = $1 AND evidence_id = $2 AND statement_ref = $3 AND state = ANY ($8) RETURNING revision, skill_level_ref, rationale`,
      [record.engineerId, evidenceId, statement, verdict, feedback ?? null, reviewerId, record.at, statesBefore(actionOfVerdict[verdict])],
    );
    if (support === undefined) return raise('not-found');
    const { revision, rationale, skill_level_ref: level } = support;
    const happening: Happening = {
      kind: `support.${verdict}`,
      subject: `evidence/${evidenceId}/supports/${statement}`,
      actor: reviewerId,
      // the rationale is what was judged: when it is reworded later, the next reviewer is shown what it was
      content: { revision, verdict, feedback: feedback ?? null, rationale },
    };
    return { level, happening };
  }
}
