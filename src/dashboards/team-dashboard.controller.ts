import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Viewpoint } from '../kernel/actor';
import { raise } from '../kernel/refusal';
import { Caller, IdParam } from '../platform/api-request';
import { AnswersCsv } from '../platform/csv-answers';
import { Requires, Scoped } from '../platform/requires';
import { teamTable } from './dashboards.tables';
import { TeamDashboardAnswer, TeamDashboardRequest } from './team-dashboard.dto';
import { TeamDashboardQuery } from './team-dashboard.query';

@ApiTags('Dashboards')
@Controller('teams/:managerId')
export class TeamDashboardController {
  constructor(private readonly team: TeamDashboardQuery) {}

  /**
   * Who in a team stands where in a skill, what they are to reach, what is submitted, and on whom it waits.
   * Never stale: it is read from what every write keeps up. Each figure has a link to the rows behind it, where those may be seen by a manager.
   */
  @Requires('self', 'line', 'auditor')
  @Scoped('dashboards:read')
  @AnswersCsv('team', teamTable)
  @Get('dashboard')
  async dashboard(
    @Caller() { personId }: Viewpoint,
    @IdParam({ name: 'managerId', orMe: true }) managerId: string,
    @Query() { skill, depth, sort, order, level, nextLevel, state, shows, lacks }: TeamDashboardRequest,
  ): Promise<TeamDashboardAnswer> {
    const found = await this.team.of(personId, {
      managerId,
      depth: depth ?? 'direct',
      skill: skill ?? null,
      filter: {
        level: level === undefined ? null : level === 'none' ? 0 : Number(level),
        nextLevel: nextLevel ?? null,
        state: state ?? null,
        shows: shows ?? null,
        lacks: lacks ?? null,
      },
      sort: sort ?? 'name',
      order: order ?? 'asc',
    });
    return found ?? raise('not-found', 'There is no such skill, or no such statement in it.');
  }
}
