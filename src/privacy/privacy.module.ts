import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module';
import { ExportsController } from './exports.controller';
import { ExportsService } from './exports.service';

/** What people can ask about what is kept of them. */
@Module({ imports: [LedgerModule], controllers: [ExportsController], providers: [ExportsService] })
export class PrivacyModule {}
