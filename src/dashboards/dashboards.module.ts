import { Module } from '@nestjs/common';
import { MeController } from './me.controller';
import { MeQuery } from './me.query';
import { TeamDashboardController } from './team-dashboard.controller';
import { TeamDashboardQuery } from './team-dashboard.query';

@Module({ controllers: [MeController, TeamDashboardController], providers: [MeQuery, TeamDashboardQuery] })
export class DashboardsModule {}
