import { Module } from '@nestjs/common';
import { EligibilityFacts } from './eligibility.facts';
import { ProgressFacts } from './progress.facts';
import { ProgressQueries } from './progress.queries';
import { ProgressStore } from './progress.store';
import { ShortagesController } from './shortages.controller';
import { ShortagesQueries } from './shortages.queries';

@Module({
  controllers: [ShortagesController],
  providers: [ProgressStore, ProgressFacts, ProgressQueries, EligibilityFacts, ShortagesQueries],
  exports: [ProgressStore, ProgressFacts, ProgressQueries, EligibilityFacts],
})
export class ProgressModule {}
