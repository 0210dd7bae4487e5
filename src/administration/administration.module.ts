import { Module } from '@nestjs/common';
import { ClaimsModule } from '../claims/claims.module';
import { EvidenceModule } from '../evidence/evidence.module';
import { LedgerModule } from '../ledger/ledger.module';
import { PeopleModule } from '../people/people.module';
import { ProgressModule } from '../progress/progress.module';
import { Erasure } from './erasure.service';
import { RequestsController } from './requests.controller';
import { RequestsExpiry } from './requests.expiry';
import { RequestsGuard } from './requests.guard';
import { RequestsQueries } from './requests.queries';
import { RequestsService } from './requests.service';
import { RequestsStore } from './requests.store';

@Module({
  imports: [LedgerModule, PeopleModule, ProgressModule, EvidenceModule, ClaimsModule],
  controllers: [RequestsController],
  providers: [Erasure, RequestsService, RequestsQueries, RequestsStore, RequestsGuard, RequestsExpiry],
})
export class AdministrationModule {}
