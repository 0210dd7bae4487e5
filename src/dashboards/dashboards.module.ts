import { Module } from '@nestjs/common';
import { MeController } from './me.controller';
import { MeQuery } from './me.query';
import { OrganisationDashboardController } from './organisation-dashboard.controller';
import { OrganisationDashboardQuery } from './organisation-dashboard.query';
import { TeamDashboardController } from './team-dashboard.controller';
import { TeamDashboardQuery } from './team-dashboard.query';
import { TeamFiguresController } from './team-figures.controller';
import { TeamGapsQuery } from './team-gaps.query';
import { TeamReviewsQuery } from './team-reviews.query';
import { TeamTrendQuery } from './team-trend.query';

@Module({
  controllers: [MeController, TeamDashboardController, TeamFiguresController, OrganisationDashboardController],
  providers: [MeQuery, TeamDashboardQuery, TeamGapsQuery, TeamReviewsQuery, TeamTrendQuery, OrganisationDashboardQuery],
})
export class DashboardsModule {}
