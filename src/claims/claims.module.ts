import { Module } from '@nestjs/common';
import { EvidenceModule } from '../evidence/evidence.module';
import { FrameworksModule } from '../frameworks/frameworks.module';
import { LedgerModule } from '../ledger/ledger.module';
import { PeopleModule } from '../people/people.module';
import { ProgressModule } from '../progress/progress.module';
import { ClaimCases } from './claim-case.query';
import { ClaimDecision } from './claim-decision';
import { ClaimRedactions } from './claim-redactions';
import { ClaimRedactionsController } from './claim-redactions.controller';
import { ClaimRedactionsService } from './claim-redactions.service';
import { ClaimsApproval } from './claims.approval';
import { ClaimsController } from './claims.controller';
import { ClaimsDecisions } from './claims.decisions';
import { ClaimsErasure } from './claims.erasure';
import { ClaimsQueries } from './claims.queries';
import { ClaimsService } from './claims.service';
import { ClaimsStore } from './claims.store';
import { ReadinessController } from './readiness.controller';
import { Readiness } from './readiness.service';
import { ReviewsController } from './reviews.controller';
import { ReviewsQueries } from './reviews.queries';
import { SignOffProofsController } from './sign-off-proofs.controller';
import { RegisterController, SignOffsController } from './sign-offs.controller';
import { SignOffsExpiry } from './sign-offs.expiry';
import { SignOffsFacts } from './sign-offs.facts';
import { SignOffsQueries } from './sign-offs.queries';
import { SignOffsService } from './sign-offs.service';

@Module({
  imports: [LedgerModule, PeopleModule, FrameworksModule, ProgressModule, EvidenceModule],
  controllers: [
    ClaimsController,
    ClaimRedactionsController,
    SignOffsController,
    SignOffProofsController,
    RegisterController,
    ReviewsController,
    ReadinessController,
  ],
  providers: [
    ClaimCases,
    ClaimDecision,
    ClaimsStore,
    ClaimsService,
    ClaimsDecisions,
    ClaimsApproval,
    ClaimsErasure,
    ClaimRedactions,
    ClaimRedactionsService,
    ClaimsQueries,
    SignOffsService,
    SignOffsExpiry,
    SignOffsQueries,
    SignOffsFacts,
    ReviewsQueries,
    Readiness,
  ],
  exports: [ClaimsErasure, ClaimRedactions, SignOffsService, SignOffsFacts],
})
export class ClaimsModule {}
