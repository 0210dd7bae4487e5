import { Module } from '@nestjs/common';
import { FrameworksController } from './frameworks.controller';
import { FrameworksFacts } from './frameworks.facts';
import { FrameworksLoader } from './frameworks.loader';
import { FrameworksQueries } from './frameworks.queries';
import { FrameworksService } from './frameworks.service';
import { FrameworksStore } from './frameworks.store';
import { LoadedPacks } from './loaded-packs.query';
import { PoliciesController } from './policies.controller';
import { PoliciesFacts } from './policies.facts';
import { PoliciesQueries } from './policies.queries';
import { PoliciesService } from './policies.service';
import { PoliciesStore } from './policies.store';

@Module({
  controllers: [FrameworksController, PoliciesController],
  providers: [
    FrameworksFacts,
    FrameworksLoader,
    FrameworksQueries,
    FrameworksService,
    FrameworksStore,
    LoadedPacks,
    PoliciesFacts,
    PoliciesQueries,
    PoliciesService,
    PoliciesStore,
  ],
  exports: [FrameworksFacts, PoliciesFacts],
})
export class FrameworksModule {}
