import { Module } from '@nestjs/common';
import { EligibilityFacts } from './eligibility.facts';
import { ProgressFacts } from './progress.facts';
import { ProgressQueries } from './progress.queries';
import { ProgressStore } from './progress.store';

@Module({
  providers: [ProgressStore, ProgressFacts, ProgressQueries, EligibilityFacts],
  exports: [ProgressStore, ProgressFacts, ProgressQueries, EligibilityFacts],
})
export class ProgressModule {}
