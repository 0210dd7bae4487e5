import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { HealthController } from './health.controller';
import { Housekeeping } from './housekeeping';
import { RefusedRequestsController } from './refused-requests.controller';
import { RefusedRequestsLog } from './refused-requests.log';
import { RefusedRequestsQuery } from './refused-requests.query';
import { Replica } from './replica';
import { RoutesDeclareTheirAudience } from './requires';
import { Secrets } from './secrets';
import { Snapshots } from './snapshot';
import { RateLimits } from './rate-limits';
import { Tallies } from './tallies';
import { Database, Transactions } from './transaction';

/** What every folder needs: transactions and reads. */
@Global()
@Module({
  imports: [DiscoveryModule],
  controllers: [HealthController, RefusedRequestsController],
  providers: [
    Transactions,
    Database,
    Replica,
    Snapshots,
    RoutesDeclareTheirAudience,
    Housekeeping,
    Tallies,
    RateLimits,
    RefusedRequestsLog,
    RefusedRequestsQuery,
    Secrets,
  ],
  exports: [Transactions, Database, Replica, Snapshots, Tallies, RateLimits, Secrets],
})
export class PlatformModule {}
