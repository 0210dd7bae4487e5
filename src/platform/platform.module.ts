import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { HealthController } from './health.controller';
import { Housekeeping } from './housekeeping';
import { RoutesDeclareTheirAudience } from './requires';
import { RateLimits } from './rate-limits';
import { Tallies } from './tallies';
import { Database, Transactions } from './transaction';

/** What every folder needs: transactions and reads. */
@Global()
@Module({
  imports: [DiscoveryModule],
  controllers: [HealthController],
  providers: [Transactions, Database, RoutesDeclareTheirAudience, Housekeeping, Tallies, RateLimits],
  exports: [Transactions, Database, Tallies, RateLimits],
})
export class PlatformModule {}
