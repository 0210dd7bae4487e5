import { Module } from '@nestjs/common';
import { CatalogueQuery } from './catalogue.query';
import { MeController } from './me.controller';
import { MeQuery } from './me.query';
import { OrganisationDashboardController } from './organisation-dashboard.controller';
import { OrganisationDashboardQuery } from './organisation-dashboard.query';
import { OrganisationPeopleQuery } from './organisation-people.query';
import { TeamClaimsQuery } from './team-claims.query';
import { Crowds } from './team-crowd.query';
import { TeamDashboardController } from './team-dashboard.controller';
import { TeamDashboardPieces } from './team-dashboard.pieces';
import { TeamDashboardQuery } from './team-dashboard.query';
import { TeamEvidenceQuery } from './team-evidence.query';
import { TeamFiguresController } from './team-figures.controller';
import { TeamGapsQuery } from './team-gaps.query';
import { TeamListsController } from './team-lists.controller';
import { TeamReviewsQuery } from './team-reviews.query';
import { TeamSignOffsQuery } from './team-sign-offs.query';
import { TeamTrendQuery } from './team-trend.query';

@Module({
  controllers: [MeController, TeamDashboardController, TeamFiguresController, TeamListsController, OrganisationDashboardController],
  providers: [
    CatalogueQuery,
    MeQuery,
    TeamDashboardQuery,
    TeamDashboardPieces,
    Crowds,
    TeamGapsQuery,
    TeamReviewsQuery,
    TeamTrendQuery,
    TeamClaimsQuery,
    TeamSignOffsQuery,
    TeamEvidenceQuery,
    OrganisationDashboardQuery,
    OrganisationPeopleQuery,
  ],
})
export class DashboardsModule {}
