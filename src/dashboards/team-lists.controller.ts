import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Viewpoint } from '../kernel/actor';
import { Caller, IdParam } from '../platform/api-request';
import { AnswersCsv } from '../platform/csv-answers';
import { Requires, Scoped } from '../platform/requires';
import { teamClaimsTable, teamSignOffsTable } from './dashboards.tables';
import { TeamClaimsQuery } from './team-claims.query';
import { TeamClaimPage, TeamClaimsRequest, TeamSignOffPage, TeamSignOffsRequest } from './team-lists.dto';
import { TeamSignOffsQuery } from './team-sign-offs.query';

const manager = { name: 'managerId', orMe: true } as const;

@ApiTags('Dashboards')
@Controller('teams/:managerId')
export class TeamListsController {
  constructor(
    private readonly claimsQuery: TeamClaimsQuery,
    private readonly signOffsQuery: TeamSignOffsQuery,
  ) {}

  /** The submitted claims of a team and on whom they wait, the first to fall due first: the rows behind the figures of `reviews`. */
  @Requires('self', 'line', 'auditor')
  @Scoped('dashboards:read')
  @AnswersCsv('claims', teamClaimsTable)
  @Get('claims')
  claims(
    @Caller() { personId }: Viewpoint,
    @IdParam(manager) managerId: string,
    @Query() { depth, skill, level, mentor, state, limit, cursor }: TeamClaimsRequest,
  ): Promise<TeamClaimPage> {
    return this.claimsQuery.page(personId, {
      managerId,
      depth: depth ?? 'direct',
      skill: skill ?? null,
      level: level ?? null,
      mentor: mentor?.toLowerCase() ?? null,
      state: state ?? null,
      limit,
      cursor,
    });
  }

  /** The sign-offs of a team, the newest first: the rows behind the figures of `trend`. Of the people who are in it now. */
  @Requires('self', 'line', 'auditor')
  @Scoped('dashboards:read')
  @AnswersCsv('sign-offs', teamSignOffsTable)
  @Get('sign-offs')
  signOffs(
    @Caller() { personId }: Viewpoint,
    @IdParam(manager) managerId: string,
    @Query() { depth, skill, level, from, to, revokedFrom, revokedTo, state, limit, cursor }: TeamSignOffsRequest,
  ): Promise<TeamSignOffPage> {
    return this.signOffsQuery.page(personId, {
      managerId,
      depth: depth ?? 'direct',
      skill: skill ?? null,
      level: level ?? null,
      from: from ?? null,
      to: to ?? null,
      revokedFrom: revokedFrom ?? null,
      revokedTo: revokedTo ?? null,
      state: state ?? null,
      limit,
      cursor,
    });
  }
}
