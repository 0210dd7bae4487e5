import { Module } from '@nestjs/common';
import { FrameworksModule } from '../frameworks/frameworks.module';
import { LedgerModule } from '../ledger/ledger.module';
import { ProgressModule } from '../progress/progress.module';
import { EvidenceListQuery } from './evidence-list.query';
import { EvidenceOneQuery } from './evidence-one.query';
import { EvidenceController } from './evidence.controller';
import { EvidenceErasure } from './evidence.erasure';
import { EvidenceFacts } from './evidence.facts';
import { EvidenceService } from './evidence.service';
import { EvidenceStore } from './evidence.store';
import { PinsFacts } from './pins.facts';
import { PinsStore } from './pins.store';
import { RedactionsController } from './redactions.controller';
import { RedactionsService } from './redactions.service';
import { Redactions } from './redactions';
import { SupportsController } from './supports.controller';
import { SupportsFacts } from './supports.facts';
import { SupportsService } from './supports.service';
import { VerdictsStore } from './verdicts.store';

@Module({
  imports: [LedgerModule, FrameworksModule, ProgressModule],
  controllers: [EvidenceController, SupportsController, RedactionsController],
  providers: [
    EvidenceListQuery,
    EvidenceOneQuery,
    EvidenceFacts,
    EvidenceService,
    EvidenceStore,
    EvidenceErasure,
    Redactions,
    RedactionsService,
    PinsFacts,
    PinsStore,
    SupportsFacts,
    SupportsService,
    VerdictsStore,
  ],
  exports: [EvidenceErasure, Redactions, PinsFacts, PinsStore, SupportsFacts, VerdictsStore],
})
export class EvidenceModule {}
