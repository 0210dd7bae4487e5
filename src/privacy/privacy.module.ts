import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module';
import { ExportsController } from './exports.controller';
import { ExportsService } from './exports.service';
import { LeaversController } from './leavers.controller';
import { LeaversQuery } from './leavers.query';

/** What people can ask about what is kept of them. */
@Module({ imports: [LedgerModule], controllers: [ExportsController, LeaversController], providers: [ExportsService, LeaversQuery] })
export class PrivacyModule {}
