import { Module } from '@nestjs/common';
import { FrameworksModule } from '../frameworks/frameworks.module';
import { LedgerModule } from '../ledger/ledger.module';
import { PeopleModule } from '../people/people.module';
import { EligibilityFacts } from './eligibility.facts';
import { LevelStatementsController } from './level-statements.controller';
import { LevelStatementsQuery } from './level-statements.query';
import { ProgressFacts } from './progress.facts';
import { ProgressQueries } from './progress.queries';
import { ProgressStore } from './progress.store';
import { ShortagesController } from './shortages.controller';
import { ShortagesQueries } from './shortages.queries';
import { TargetsController } from './targets.controller';
import { TargetsErasure } from './targets.erasure';
import { TargetsQueries } from './targets.queries';
import { TargetsService } from './targets.service';
import { TargetsStore } from './targets.store';

@Module({
  imports: [LedgerModule, PeopleModule, FrameworksModule],
  controllers: [LevelStatementsController, ShortagesController, TargetsController],
  providers: [
    ProgressStore,
    ProgressFacts,
    ProgressQueries,
    EligibilityFacts,
    ShortagesQueries,
    LevelStatementsQuery,
    TargetsQueries,
    TargetsService,
    TargetsStore,
    TargetsErasure,
  ],
  exports: [ProgressStore, ProgressFacts, ProgressQueries, EligibilityFacts, TargetsErasure],
})
export class ProgressModule {}
