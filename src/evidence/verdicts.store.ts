import { Injectable } from '@nestjs/common';
import { raise } from '../kernel/refusal';
import { type Happening, LedgerLog, type LockedRecord } from '../ledger/ledger.log';
import { type Tx, rowsOf, write } from '../platform/transaction';
import { ProgressStore } from '../progress/progress.store';
import { type SupportJudged, type VerdictGiven, actionOfVerdict, statesBefore } from './support';

/** Saves verdicts on supports: one at a time, or all of a claim in one go. */
@Injectable()
export class VerdictsStore {
  constructor(
    private readonly ledger: LedgerLog,
    private readonly progress: ProgressStore,
  ) {}

  /**
   * Saves verdicts that the caller has authorized and decided on already, each for the support's current revision: supports, versions, progress and ledger.
   * @param judged the supports, in the order of the verdicts, where they were read under the record's lock: then nothing is waited for
   * @throws Refused `not-found` for a support that is not there or is withdrawn
   */
  async applyVerdicts(
    tx: Tx,
    record: LockedRecord,
    reviewerId: string,
    verdicts: readonly VerdictGiven[],
    judged: readonly SupportJudged[] = [],
  ): Promise<void> {
    // all are sent before the first is answered
    const supports = await Promise.all(verdicts.map((given, i) => this.save(tx, record, reviewerId, given, judged[i])));
    for (const evidenceId of new Set(verdicts.map((given) => given.evidenceId))) {
      write(tx, `UPDATE evidence SET version = version + 1, changed_at = $3 WHERE engineer_id = $1 AND evidence_id = $2`, [
        record.engineerId,
        evidenceId,
        record.at,
      ]);
    }
    await this.progress.recompute(
      tx,
      record,
      supports.map(({ skillLevel }) => skillLevel),
    );
    await this.ledger.append(tx, record, ...verdicts.map((given, i) => happeningOf(reviewerId, given, supports[i] ?? raise('not-found'))));
  }

  private async save(
    tx: Tx,
    record: LockedRecord,
    reviewerId: string,
    { evidenceId, statement, verdict, feedback }: VerdictGiven,
    judged: SupportJudged | undefined,
  ): Promise<SupportJudged> {
    const before = statesBefore(actionOfVerdict[verdict]);
    const parameters = [record.engineerId, evidenceId, statement, verdict, feedback ?? null, reviewerId, record.at, before];
    if (judged !== undefined) {
      write(tx, verdictSql, parameters);
      return judged;
    }
    const [support] = await rowsOf<SupportJudged>(
      tx,
      `${verdictSql} RETURNING revision, skill_level_ref AS "skillLevel", rationale`,
      parameters,
    );
    return support ?? raise('not-found');
  }
}

const verdictSql = `
  UPDATE support SET state = $4, verdict = $4, verdict_revision = revision, feedback = $5, reviewed_by = $6, reviewed_at = $7, version = version + 1
   WHERE engineer_id = $1 AND evidence_id = $2 AND statement_ref = $3 AND state = ANY ($8)`;

const happeningOf = (
  reviewerId: string,
  { evidenceId, statement, verdict, feedback }: VerdictGiven,
  { revision, rationale }: SupportJudged,
): Happening => ({
  kind: `support.${verdict}`,
  subject: `evidence/${evidenceId}/supports/${statement}`,
  actor: reviewerId,
  // the rationale is what was judged: when it is reworded later, the next reviewer is shown what it was
  content: { revision, verdict, feedback: feedback ?? null, rationale },
});
