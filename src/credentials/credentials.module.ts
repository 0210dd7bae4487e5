import { Module } from '@nestjs/common';
import { ClaimsModule } from '../claims/claims.module';
import { FrameworksModule } from '../frameworks/frameworks.module';
import { LedgerModule } from '../ledger/ledger.module';
import { BadgeKeys } from './badge-keys';
import { BadgeStatusStore } from './badge-status.store';
import { BadgesService } from './badges.service';
import { CredentialsController } from './credentials.controller';
import { IssuerController } from './issuer.controller';
import { PacksService } from './packs.service';

/** What of a sign-off leaves the house: packs and badges. */
@Module({
  imports: [LedgerModule, FrameworksModule, ClaimsModule],
  controllers: [CredentialsController, IssuerController],
  providers: [PacksService, BadgesService, BadgeKeys, BadgeStatusStore],
})
export class CredentialsModule {}
