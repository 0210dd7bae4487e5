import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module';
import { AccreditationsController } from './accreditations.controller';
import { AccreditationsQueries } from './accreditations.queries';
import { AccreditationsService } from './accreditations.service';
import { CatalogueQuery } from './catalogue.query';
import { ConfirmedActs } from './confirmed-acts';
import { InvitationsController } from './invitations.controller';
import { InvitationsService } from './invitations.service';
import { InvitationsStore } from './invitations.store';
import { MentorshipsController } from './mentorships.controller';
import { MentorshipsQueries } from './mentorships.queries';
import { MentorshipsService } from './mentorships.service';
import { MentorshipsStore } from './mentorships.store';
import { NewPasswords } from './new-passwords';
import { Passwords } from './passwords';
import { PeopleImportController } from './people-import.controller';
import { PeopleImportService } from './people-import.service';
import { PeopleImportStore } from './people-import.store';
import { PeopleController } from './people.controller';
import { PeopleErasure } from './people.erasure';
import { PeopleFacts } from './people.facts';
import { PeopleQueries } from './people.queries';
import { PeopleService } from './people.service';
import { PeopleStore } from './people.store';
import { PersonalTokensController } from './personal-tokens.controller';
import { PersonalTokensQueries } from './personal-tokens.queries';
import { PersonalTokensService } from './personal-tokens.service';
import { PersonalTokensStore } from './personal-tokens.store';
import { Proofs } from './proofs';
import { ReportingLineStore } from './reporting-line.store';
import { SeparateHands } from './separate-hands.guard';
import { SessionsController } from './sessions.controller';
import { SessionsQueries } from './sessions.queries';
import { SessionsService } from './sessions.service';
import { SessionsStore } from './sessions.store';
import { SignInQuery } from './sign-in.query';
import { SignInThrottle } from './sign-in-throttle';
import { TotpCodes } from './totp-codes';
import { TotpController } from './totp.controller';
import { TotpService } from './totp.service';
import { TotpStore } from './totp.store';

@Module({
  imports: [LedgerModule],
  controllers: [
    SessionsController,
    PersonalTokensController,
    TotpController,
    InvitationsController,
    PeopleImportController,
    PeopleController,
    MentorshipsController,
    AccreditationsController,
  ],
  providers: [
    SignInQuery,
    SignInThrottle,
    NewPasswords,
    Passwords,
    Proofs,
    TotpCodes,
    TotpService,
    TotpStore,
    PersonalTokensQueries,
    PersonalTokensService,
    PersonalTokensStore,
    PeopleErasure,
    PeopleFacts,
    PeopleQueries,
    PeopleService,
    PeopleStore,
    PeopleImportService,
    PeopleImportStore,
    ReportingLineStore,
    InvitationsService,
    InvitationsStore,
    SeparateHands,
    SessionsQueries,
    SessionsService,
    SessionsStore,
    MentorshipsQueries,
    MentorshipsService,
    MentorshipsStore,
    AccreditationsQueries,
    AccreditationsService,
    CatalogueQuery,
    ConfirmedActs,
  ],
  exports: [SignInQuery, SignInThrottle, Passwords, Proofs, PeopleErasure, PeopleFacts, ConfirmedActs],
})
export class PeopleModule {}
