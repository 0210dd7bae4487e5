import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module';
import { PeopleModule } from '../people/people.module';
import { RequestsController } from './requests.controller';
import { RequestsExpiry } from './requests.expiry';
import { RequestsGuard } from './requests.guard';
import { RequestsQueries } from './requests.queries';
import { RequestsService } from './requests.service';
import { RequestsStore } from './requests.store';

@Module({
  imports: [LedgerModule, PeopleModule],
  controllers: [RequestsController],
  providers: [RequestsService, RequestsQueries, RequestsStore, RequestsGuard, RequestsExpiry],
})
export class AdministrationModule {}
