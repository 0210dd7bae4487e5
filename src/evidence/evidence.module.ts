import { Module } from '@nestjs/common';
import { FrameworksModule } from '../frameworks/frameworks.module';
import { LedgerModule } from '../ledger/ledger.module';
import { ProgressModule } from '../progress/progress.module';
import { EvidenceListQuery } from './evidence-list.query';
import { EvidenceOneQuery } from './evidence-one.query';
import { EvidenceController } from './evidence.controller';
import { EvidenceFacts } from './evidence.facts';
import { EvidenceService } from './evidence.service';
import { EvidenceStore } from './evidence.store';
import { PinsFacts } from './pins.facts';
import { PinsStore } from './pins.store';
import { SupportsController } from './supports.controller';
import { SupportsFacts } from './supports.facts';
import { SupportsService } from './supports.service';
import { VerdictsStore } from './verdicts.store';

@Module({
  imports: [LedgerModule, FrameworksModule, ProgressModule],
  controllers: [EvidenceController, SupportsController],
  providers: [
    EvidenceListQuery,
    EvidenceOneQuery,
    EvidenceFacts,
    EvidenceService,
    EvidenceStore,
    PinsFacts,
    PinsStore,
    SupportsFacts,
    SupportsService,
    VerdictsStore,
  ],
  exports: [PinsFacts, PinsStore, SupportsFacts, VerdictsStore],
})
export class EvidenceModule {}
