import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Viewpoint } from '../kernel/actor';
import { raise } from '../kernel/refusal';
import { Caller, IdParam } from '../platform/api-request';
import { AnswersCsv } from '../platform/csv-answers';
import { Requires, Scoped } from '../platform/requires';
import { gapsTable, reviewsTable, trendTable } from './dashboards.tables';
import { TeamDashboardRequest } from './team-dashboard.dto';
import { TeamGapsAnswer, TeamReviewsAnswer, TeamReviewsRequest, TeamTrendAnswer, TeamTrendRequest } from './team-figures.dto';
import { TeamGapsQuery } from './team-gaps.query';
import { TeamReviewsQuery } from './team-reviews.query';
import { TeamTrendQuery } from './team-trend.query';

const manager = { name: 'managerId', orMe: true } as const;
const noSkill = 'There is no such skill.';

@ApiTags('Dashboards')
@Controller('teams/:managerId')
export class TeamFiguresController {
  constructor(
    private readonly gapsQuery: TeamGapsQuery,
    private readonly reviewsQuery: TeamReviewsQuery,
    private readonly trendQuery: TeamTrendQuery,
  ) {}

  /** Which statements of a skill a team shows least; first those that most people lack for their next level. */
  @Requires('self', 'line', 'auditor')
  @Scoped('dashboards:read')
  @AnswersCsv('gaps', gapsTable)
  @Get('gaps')
  async gaps(
    @Caller() { personId }: Viewpoint,
    @IdParam(manager) managerId: string,
    @Query() { skill, depth }: TeamDashboardRequest,
  ): Promise<TeamGapsAnswer> {
    return (await this.gapsQuery.of(personId, managerId, skill ?? null, depth ?? 'direct')) ?? raise('not-found', noSkill);
  }

  /** On which mentors a team's submitted claims wait, and how far these are past the day that the policy's `reviewDays` gave them. */
  @Requires('self', 'line', 'auditor')
  @Scoped('dashboards:read')
  @AnswersCsv('reviews', reviewsTable)
  @Get('reviews')
  reviews(
    @Caller() { personId }: Viewpoint,
    @IdParam(manager) managerId: string,
    @Query() { depth }: TeamReviewsRequest,
  ): Promise<TeamReviewsAnswer> {
    return this.reviewsQuery.of(personId, managerId, depth ?? 'direct');
  }

  /** How much a team logged and how many levels were signed off, month by month. */
  @Requires('self', 'line', 'auditor')
  @Scoped('dashboards:read')
  @AnswersCsv('trend', trendTable)
  @Get('trend')
  async trend(
    @Caller() { personId }: Viewpoint,
    @IdParam(manager) managerId: string,
    @Query() { skill, depth, months }: TeamTrendRequest,
  ): Promise<TeamTrendAnswer> {
    const asked = { skill: skill ?? null, depth: depth ?? 'direct', months: months ?? 24 } as const;
    return (await this.trendQuery.of(personId, managerId, asked)) ?? raise('not-found', noSkill);
  }
}
