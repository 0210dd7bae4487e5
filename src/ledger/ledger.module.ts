import { Module } from '@nestjs/common';
import { CheckpointsController } from './checkpoints.controller';
import { CheckpointsQueries } from './checkpoints.queries';
import { CheckpointsSchedule } from './checkpoints.schedule';
import { CheckpointsService } from './checkpoints.service';
import { CheckpointsStore } from './checkpoints.store';
import { LedgerController } from './ledger.controller';
import { LedgerKeys } from './ledger-keys';
import { LedgerLog } from './ledger.log';
import { LedgerProofs } from './ledger.proofs';
import { LedgerQueries } from './ledger.queries';
import { LedgerVerification } from './ledger.verification';

@Module({
  controllers: [LedgerController, CheckpointsController],
  providers: [
    LedgerLog,
    LedgerQueries,
    LedgerKeys,
    LedgerVerification,
    LedgerProofs,
    CheckpointsStore,
    CheckpointsQueries,
    CheckpointsService,
    CheckpointsSchedule,
  ],
  exports: [LedgerLog, LedgerQueries, LedgerProofs, LedgerKeys, CheckpointsService],
})
export class LedgerModule {}
