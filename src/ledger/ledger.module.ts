import { Module } from '@nestjs/common';
import { LedgerController } from './ledger.controller';
import { LedgerLog } from './ledger.log';
import { LedgerQueries } from './ledger.queries';

@Module({ controllers: [LedgerController], providers: [LedgerLog, LedgerQueries], exports: [LedgerLog, LedgerQueries] })
export class LedgerModule {}
