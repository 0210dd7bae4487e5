import { Module } from '@nestjs/common';
import { AdministrationAdoption } from './administration.adoption';
import { AdministrationController } from './administration.controller';
import { AdministrationLog } from './administration.log';
import { AdministrationQueries } from './administration.queries';
import { CheckpointsController } from './checkpoints.controller';
import { CheckpointsQueries } from './checkpoints.queries';
import { CheckpointsSchedule } from './checkpoints.schedule';
import { CheckpointsService } from './checkpoints.service';
import { CheckpointsStore } from './checkpoints.store';
import { Eraser } from './eraser';
import { LedgerController } from './ledger.controller';
import { LedgerKeys } from './ledger-keys';
import { LedgerLog } from './ledger.log';
import { LedgerProofs } from './ledger.proofs';
import { LedgerQueries } from './ledger.queries';
import { LedgerVerification } from './ledger.verification';

@Module({
  controllers: [LedgerController, AdministrationController, CheckpointsController],
  providers: [
    LedgerLog,
    LedgerQueries,
    AdministrationLog,
    AdministrationQueries,
    AdministrationAdoption,
    LedgerKeys,
    LedgerVerification,
    LedgerProofs,
    CheckpointsStore,
    CheckpointsQueries,
    CheckpointsService,
    CheckpointsSchedule,
    Eraser,
  ],
  exports: [LedgerLog, AdministrationLog, LedgerQueries, LedgerProofs, LedgerKeys, CheckpointsService, Eraser],
})
export class LedgerModule {}
