import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Viewpoint } from '../kernel/actor';
import { raise } from '../kernel/refusal';
import { Caller, IdParam } from '../platform/api-request';
import { AnswersCsv } from '../platform/csv-answers';
import { Requires, Scoped } from '../platform/requires';
import { gapsTable, reviewsTable, trendTable } from './dashboards.tables';
import {
  TeamGapsAnswer,
  TeamGapsRequest,
  TeamReviewsAnswer,
  TeamReviewsRequest,
  TeamTrendAnswer,
  TeamTrendRequest,
} from './team-figures.dto';
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
    @Query() { skill, depth, level, sort = 'missingNext', order }: TeamGapsRequest,
  ): Promise<TeamGapsAnswer> {
    const found = await this.gapsQuery.of(personId, {
      managerId,
      depth: depth ?? 'direct',
      skill: skill ?? null,
      level: level ?? null,
      sort,
      order: order ?? (sort === 'missingNext' ? 'desc' : 'asc'),
    });
    return found ?? raise('not-found', noSkill);
  }

  /** On which mentors a team's submitted claims wait, and how far these are past the day that the policy's `reviewDays` gave them. */
  @Requires('self', 'line', 'auditor')
  @Scoped('dashboards:read')
  @AnswersCsv('reviews', reviewsTable)
  @Get('reviews')
  async reviews(
    @Caller() { personId }: Viewpoint,
    @IdParam(manager) managerId: string,
    @Query() { depth, skill, level, sort = 'overdue', order }: TeamReviewsRequest,
  ): Promise<TeamReviewsAnswer> {
    const found = await this.reviewsQuery.of(personId, {
      managerId,
      depth: depth ?? 'direct',
      skill: skill ?? null,
      level: level ?? null,
      sort,
      order: order ?? (sort === 'overdue' || sort === 'waiting' ? 'desc' : 'asc'),
    });
    return found ?? raise('not-found', noSkill);
  }

  /** How much a team logged and how many levels were signed off, month by month. */
  @Requires('self', 'line', 'auditor')
  @Scoped('dashboards:read')
  @AnswersCsv('trend', trendTable)
  @Get('trend')
  async trend(
    @Caller() { personId }: Viewpoint,
    @IdParam(manager) managerId: string,
    @Query() { skill, depth, level, months, order }: TeamTrendRequest,
  ): Promise<TeamTrendAnswer> {
    const found = await this.trendQuery.of(personId, {
      managerId,
      depth: depth ?? 'direct',
      skill: skill ?? null,
      level: level ?? null,
      months: months ?? 24,
      order: order ?? 'asc',
    });
    return found ?? raise('not-found', noSkill);
  }
}
