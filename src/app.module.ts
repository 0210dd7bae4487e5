import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { AdministrationModule } from './administration/administration.module';
import { ClaimsModule } from './claims/claims.module';
import { Settings } from './config';
import { CredentialsModule } from './credentials/credentials.module';
import { DashboardsModule } from './dashboards/dashboards.module';
import { EvidenceModule } from './evidence/evidence.module';
import { FrameworksModule } from './frameworks/frameworks.module';
import { LedgerModule } from './ledger/ledger.module';
import { PeopleModule } from './people/people.module';
import { SignInGuard } from './people/sign-in.guard';
import { RequestPipe } from './platform/body.pipe';
import { PlatformModule } from './platform/platform.module';
import { ProblemFilter } from './platform/problem.filter';
import { RateLimitGuard } from './platform/rate-limit.guard';
import { RequiresGuard } from './platform/requires';
import { PrivacyModule } from './privacy/privacy.module';

/** What the application is given from outside. */
@Module({})
class SurroundingsModule {
  static of(settings: Settings, dataSource: DataSource): DynamicModule {
    return {
      module: SurroundingsModule,
      global: true,
      providers: [
        { provide: Settings, useValue: settings },
        { provide: DataSource, useValue: dataSource },
      ],
      exports: [Settings, DataSource],
    };
  }
}

@Module({})
export class AppModule {
  /** The application on a connected data source. */
  static of(settings: Settings, dataSource: DataSource): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SurroundingsModule.of(settings, dataSource),
        PlatformModule,
        LedgerModule,
        PeopleModule,
        FrameworksModule,
        EvidenceModule,
        ClaimsModule,
        AdministrationModule,
        CredentialsModule,
        PrivacyModule,
        DashboardsModule,
      ],
      providers: [
        { provide: APP_GUARD, useClass: SignInGuard },
        { provide: APP_GUARD, useClass: RateLimitGuard },
        { provide: APP_GUARD, useClass: RequiresGuard },
        { provide: APP_PIPE, useClass: RequestPipe },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    };
  }
}
