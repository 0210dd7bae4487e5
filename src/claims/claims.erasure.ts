import { Injectable } from '@nestjs/common';
import type { Happening, LockedRecord } from '../ledger/ledger.log';
import { type Tx, rowsOf } from '../platform/transaction';
import { openStates } from './claim';

/** Erases what a record's claims say beside their content; what is open is withdrawn, since nothing is left that could be judged. */
@Injectable()
export class ClaimsErasure {
  /** Answers what happened to claims, for the ledger. */
  async erase(tx: Tx, { engineerId, at }: LockedRecord, actor: string): Promise<Happening[]> {
    const open = await rowsOf<{ id: string }>(
      tx,
      `SELECT claim_id AS id FROM claim WHERE engineer_id = $1 AND state = ANY ($2) ORDER BY claim_id`,
      [engineerId, openStates],
    );
    await tx.query(
      `UPDATE claim SET state = 'withdrawn', due_on = NULL, review_days_left = NULL, changed_at = $2 WHERE engineer_id = $1 AND claim_id = ANY ($3::uuid[])`,
      [engineerId, at, open.map(({ id }) => id)],
    );
    await tx.query(`UPDATE claim SET summary = 'Erased.', version = version + 1 WHERE engineer_id = $1`, [engineerId]);
    await tx.query(`UPDATE claim_no_opportunity SET reason = 'Erased.' WHERE engineer_id = $1`, [engineerId]);
    return open.map(({ id }) => ({ kind: 'claim.withdrawn', subject: `claims/${id}`, actor, content: { claim: id } }));
  }
}
