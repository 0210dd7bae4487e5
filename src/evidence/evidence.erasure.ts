import { Injectable } from '@nestjs/common';
import type { LockedRecord } from '../ledger/ledger.log';
import { type Tx } from '../platform/transaction';

/** Erases what a record's evidence says beside its content: days, tags, what search looks through, rationales and feedback. */
@Injectable()
export class EvidenceErasure {
  async erase(tx: Tx, { engineerId, at }: LockedRecord): Promise<void> {
    await tx.query(
      `UPDATE evidence SET state = 'archived', started_on = NULL, ended_on = NULL, tags = '{}', search = '', version = version + 1, changed_at = $2
        WHERE engineer_id = $1`,
      [engineerId, at],
    );
    await tx.query(
      `UPDATE support SET rationale = 'Erased.', feedback = CASE WHEN feedback IS NOT NULL THEN 'Erased.' END, version = version + 1 WHERE engineer_id = $1`,
      [engineerId],
    );
  }
}
