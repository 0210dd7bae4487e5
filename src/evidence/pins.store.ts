import { Injectable } from '@nestjs/common';
import type { LockedRecord } from '../ledger/ledger.log';
import type { Tx } from '../platform/transaction';
import { ClaimPinEntity } from './claim-pin.entity';
import type { Pin } from './pins';

/** Pins are set by a submission and never taken away: they bind while that submission is a submitted claim's current one. */
@Injectable()
export class PinsStore {
  /** Pins what a submission rests on; the submission's row is there already. */
  async pin(tx: Tx, record: LockedRecord, claimId: string, submission: number, pins: readonly Pin[]): Promise<void> {
    if (pins.length === 0) return;
    await tx.insert(
      ClaimPinEntity,
      pins.map(({ evidenceId, statement, revision }) => ({
        engineerId: record.engineerId,
        claimId,
        submission,
        evidenceId,
        statementRef: statement,
        revision,
      })),
    );
  }
}
