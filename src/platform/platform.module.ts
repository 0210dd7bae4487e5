import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { HealthController } from './health.controller';
import { Housekeeping } from './housekeeping';
import { RoutesDeclareTheirAudience } from './requires';
import { Tallies } from './tallies';
import { Database, Transactions } from './transaction';

/** What every folder needs: transactions and reads. */
@Global()
@Module({
  imports: [DiscoveryModule],
  controllers: [HealthController],
  providers: [Transactions, Database, RoutesDeclareTheirAudience, Housekeeping, Tallies],
  exports: [Transactions, Database, Tallies],
})
export class PlatformModule {}
