import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Viewpoint } from '../kernel/actor';
import { demand, raise } from '../kernel/refusal';
import { Caller, IdParam } from '../platform/api-request';
import { AnswersCsv, WantsCsv } from '../platform/csv-answers';
import type { Pieces } from '../platform/pieces';
import { Requires, Scoped } from '../platform/requires';
import { teamClaimsTable, teamEvidenceTable, teamSignOffsTable } from './dashboards.tables';
import { type ClaimsAsked, TeamClaimsQuery } from './team-claims.query';
import { type EvidenceAsked, TeamEvidenceQuery } from './team-evidence.query';
import { checkDays } from './team-evidence.rule';
import {
  TeamClaimPage,
  TeamClaimsRequest,
  TeamEvidencePage,
  TeamEvidenceRequest,
  TeamSignOffPage,
  TeamSignOffsRequest,
} from './team-lists.dto';
import { type SignOffsAsked, TeamSignOffsQuery } from './team-sign-offs.query';

const noSkill = 'There is no such skill.';
const manager = { name: 'managerId', orMe: true } as const;

@ApiTags('Dashboards')
@Controller('teams/:managerId')
export class TeamListsController {
  constructor(
    private readonly claimsQuery: TeamClaimsQuery,
    private readonly signOffsQuery: TeamSignOffsQuery,
    private readonly evidenceQuery: TeamEvidenceQuery,
  ) {}

  /** The submitted claims of a team and on whom they wait, the first to fall due first: the rows behind the figures of `reviews`. As CSV they are all there, whatever `limit` says. */
  @Requires('self', 'line', 'auditor')
  @Scoped('dashboards:read')
  @AnswersCsv('claims', ({ items }: TeamClaimPage) => teamClaimsTable(items))
  @ApiOkResponse({ type: TeamClaimPage })
  @Get('claims')
  async claims(
    @Caller() { personId }: Viewpoint,
    @IdParam(manager) managerId: string,
    @Query() { depth, skill, level, mentor, state, limit, cursor }: TeamClaimsRequest,
    @WantsCsv() wantsCsv: boolean,
  ): Promise<TeamClaimPage | Pieces> {
    const asked: ClaimsAsked = {
      managerId,
      depth: depth ?? 'direct',
      skill: skill ?? null,
      level: level ?? null,
      mentor: mentor?.toLowerCase() ?? null,
      state: state ?? null,
      limit,
      cursor,
    };
    const found = wantsCsv ? await this.claimsQuery.csv(personId, asked, teamClaimsTable) : await this.claimsQuery.page(personId, asked);
    return found ?? raise('not-found', noSkill);
  }

  /** The sign-offs of a team, the newest first: the rows behind the figures of `trend`. Of the people who are in it now. As CSV they are all there, whatever `limit` says. */
  @Requires('self', 'line', 'auditor')
  @Scoped('dashboards:read')
  @AnswersCsv('sign-offs', ({ items }: TeamSignOffPage) => teamSignOffsTable(items))
  @ApiOkResponse({ type: TeamSignOffPage })
  @Get('sign-offs')
  async signOffs(
    @Caller() { personId }: Viewpoint,
    @IdParam(manager) managerId: string,
    @Query() { depth, skill, level, from, to, revokedFrom, revokedTo, state, limit, cursor }: TeamSignOffsRequest,
    @WantsCsv() wantsCsv: boolean,
  ): Promise<TeamSignOffPage | Pieces> {
    const asked: SignOffsAsked = {
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
    };
    const found = wantsCsv
      ? await this.signOffsQuery.csv(personId, asked, teamSignOffsTable)
      : await this.signOffsQuery.page(personId, asked);
    return found ?? raise('not-found', noSkill);
  }

  /**
   * The evidence that a team logged, month by month, the oldest first: the rows behind the figure of `trend`. Whose it is, its day, and a link to it, is told
   * of what the caller may see: auditors all, who is above in the line what submitted and approved claims rest on. As CSV they are all there, whatever `limit` says.
   */
  @Requires('self', 'line', 'auditor')
  @Scoped('dashboards:read')
  @AnswersCsv('evidence', ({ items }: TeamEvidencePage) => teamEvidenceTable(items))
  @ApiOkResponse({ type: TeamEvidencePage })
  @Get('evidence')
  async evidence(
    @Caller() caller: Viewpoint,
    @IdParam(manager) managerId: string,
    @Query() { depth, skill, level, from, to, limit, cursor }: TeamEvidenceRequest,
    @WantsCsv() wantsCsv: boolean,
  ): Promise<TeamEvidencePage | Pieces> {
    demand(checkDays(caller, from ?? null, to ?? null));
    const asked: EvidenceAsked = {
      managerId,
      depth: depth ?? 'direct',
      skill: skill ?? null,
      level: level ?? null,
      from: from ?? null,
      to: to ?? null,
      limit,
      cursor,
    };
    const found = wantsCsv
      ? await this.evidenceQuery.csv(caller.personId, asked, teamEvidenceTable)
      : await this.evidenceQuery.page(caller.personId, asked);
    return found ?? raise('not-found', noSkill);
  }
}
