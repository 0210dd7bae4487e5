import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module';
import { Passwords } from './passwords';
import { PeopleFacts } from './people.facts';
import { SessionsController } from './sessions.controller';
import { SessionsQueries } from './sessions.queries';
import { SessionsService } from './sessions.service';
import { SessionsStore } from './sessions.store';
import { SignInQuery } from './sign-in.query';

@Module({
  imports: [LedgerModule],
  controllers: [SessionsController],
  providers: [SignInQuery, Passwords, PeopleFacts, SessionsStore, SessionsService, SessionsQueries],
  exports: [SignInQuery, Passwords, PeopleFacts],
})
export class PeopleModule {}
