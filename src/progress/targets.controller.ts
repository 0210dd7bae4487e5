import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Relation, Viewpoint } from '../kernel/actor';
import { raise } from '../kernel/refusal';
import { type ApiReply, Caller, IfMatch, RelationToSubject } from '../platform/api-request';
import { Problems, Tagged, Versioned } from '../platform/openapi';
import { PageQuery } from '../platform/page.dto';
import { Requires, Scoped } from '../platform/requires';
import { targetSkillsOf } from './target.policy';
import { TargetAnswer, TargetPage, TargetRequest } from './targets.dto';
import { TargetsGuard } from './targets.guard';
import { TargetsQueries } from './targets.queries';
import { TargetsService } from './targets.service';

@ApiTags('Progress')
@Controller('engineers/:engineerId/targets')
export class TargetsController {
  constructor(
    private readonly targets: TargetsService,
    private readonly queries: TargetsQueries,
  ) {}

  /** Which levels an engineer is to reach and by when, by skill, and where that stands. Mentors see those in the skills that they mentor. */
  @Requires('self', 'mentor', 'line', 'auditor')
  @Scoped('record:read')
  @Get()
  list(
    @Caller() caller: Viewpoint,
    @RelationToSubject() { engineerId }: Relation,
    @Query() { limit, cursor }: PageQuery,
  ): Promise<TargetPage> {
    return this.queries.list(engineerId, targetSkillsOf(caller), limit, cursor);
  }

  /** The target in one skill. */
  @Requires('self', 'mentor', 'line', 'auditor')
  @Scoped('record:read')
  @UseGuards(TargetsGuard)
  @Tagged()
  @Get(':skill')
  one(
    @RelationToSubject() { engineerId }: Relation,
    @Param('skill') skill: string,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<TargetAnswer> {
    return this.answer(engineerId, skill, reply);
  }

  /**
   * Sets the target in a skill, or changes it; by the engineer, or by somebody above them. The same again changes nothing.
   * @remarks Setting one where there is none needs no If-Match; changing one does. What was set before stays in the ledger.
   */
  @Requires('self', 'line')
  @UseGuards(TargetsGuard)
  @Versioned('honoured')
  @Tagged()
  @Problems('if-match-required', 'level-not-defined', 'person-state')
  @Put(':skill')
  async set(
    @Caller() caller: Viewpoint,
    @RelationToSubject() { engineerId }: Relation,
    @Param('skill') skill: string,
    @IfMatch() ifMatch: string | undefined,
    @Body() request: TargetRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<TargetAnswer> {
    await this.targets.set(caller, engineerId, skill, request, ifMatch);
    return this.answer(engineerId, skill, reply);
  }

  /** Takes the target in a skill back. That it was set stays in the ledger. */
  @Requires('self', 'line')
  @UseGuards(TargetsGuard)
  @Versioned()
  @HttpCode(204)
  @Delete(':skill')
  async remove(
    @Caller() caller: Viewpoint,
    @RelationToSubject() { engineerId }: Relation,
    @Param('skill') skill: string,
    @IfMatch() ifMatch: string | undefined,
  ): Promise<void> {
    await this.targets.remove(caller, engineerId, skill, ifMatch);
  }

  private async answer(engineerId: string, skill: string, reply: ApiReply): Promise<TargetAnswer> {
    const { answer, tag } = (await this.queries.one(engineerId, skill)) ?? raise('not-found');
    void reply.header('etag', tag);
    return answer;
  }
}
