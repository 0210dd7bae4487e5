import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Viewpoint } from '../kernel/actor';
import { raise } from '../kernel/refusal';
import { Caller, IdParam } from '../platform/api-request';
import { AnswersCsv, WantsCsv } from '../platform/csv-answers';
import type { Pieces } from '../platform/pieces';
import { Requires, Scoped } from '../platform/requires';
import { teamTable } from './dashboards.tables';
import { TeamDashboardAnswer, TeamDashboardRequest } from './team-dashboard.dto';
import { TeamDashboardPieces } from './team-dashboard.pieces';
import { type TeamAsked, TeamDashboardQuery } from './team-dashboard.query';
import { tooManyAtOnce } from './team-scope';

@ApiTags('Dashboards')
@Controller('teams/:managerId')
export class TeamDashboardController {
  constructor(
    private readonly team: TeamDashboardQuery,
    private readonly pieces: TeamDashboardPieces,
  ) {}

  /**
   * Who in a team stands where in a skill, what they are to reach, what is submitted, and on whom it waits.
   * Never stale: it is read from what every write keeps up. Each figure has a link to the rows behind it, where those may be seen by a manager.
   * As CSV one row a person; the totals are in the JSON.
   */
  @Requires('self', 'line', 'auditor')
  @Scoped('dashboards:read')
  @AnswersCsv('team', teamTable)
  @ApiOkResponse({ type: TeamDashboardAnswer })
  @Get('dashboard')
  async dashboard(
    @Caller() { personId }: Viewpoint,
    @IdParam({ name: 'managerId', orMe: true }) managerId: string,
    @Query() { skill, depth, sort, order, level, nextLevel, state, shows, lacks }: TeamDashboardRequest,
    @WantsCsv() wantsCsv: boolean,
  ): Promise<TeamDashboardAnswer | Pieces> {
    const asked: TeamAsked = {
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
    };
    const whole = await this.team.of(personId, asked);
    const found = whole === tooManyAtOnce ? await this.pieces.begin(personId, asked, wantsCsv ? 'csv' : 'json') : whole;
    return found ?? raise('not-found', 'There is no such skill, or no such statement in it.');
  }
}
