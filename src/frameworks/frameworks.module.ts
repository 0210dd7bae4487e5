import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module';
import { FrameworksController } from './frameworks.controller';
import { FrameworksFacts } from './frameworks.facts';
import { FrameworksLoader } from './frameworks.loader';
import { FrameworksQueries } from './frameworks.queries';
import { FrameworksService } from './frameworks.service';
import { FrameworksStore } from './frameworks.store';
import { LoadedPacks } from './loaded-packs.query';
import { OwnRelationFacts } from './own-relation.facts';
import { PoliciesController } from './policies.controller';
import { PoliciesFacts } from './policies.facts';
import { PoliciesQueries } from './policies.queries';
import { PoliciesService } from './policies.service';
import { PoliciesStore } from './policies.store';

@Module({
  imports: [LedgerModule],
  controllers: [FrameworksController, PoliciesController],
  providers: [
    FrameworksFacts,
    FrameworksLoader,
    FrameworksQueries,
    FrameworksService,
    FrameworksStore,
    LoadedPacks,
    OwnRelationFacts,
    PoliciesFacts,
    PoliciesQueries,
    PoliciesService,
    PoliciesStore,
  ],
  exports: [FrameworksFacts, PoliciesFacts],
})
export class FrameworksModule {}
