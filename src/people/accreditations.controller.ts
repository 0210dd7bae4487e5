import { Body, Controller, Delete, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../kernel/actor';
import { raise } from '../kernel/refusal';
import { type ApiReply, Caller, IdParam } from '../platform/api-request';
import { Problems } from '../platform/openapi';
import { PageQuery } from '../platform/page.dto';
import { Requires } from '../platform/requires';
import { AccreditationAnswer, AccreditationPage, AccreditationRequest } from './accreditations.dto';
import { AccreditationsQueries } from './accreditations.queries';
import { AccreditationsService } from './accreditations.service';
import { NotOneself } from './not-oneself.guard';
import { OtherHand } from './separate-hands.guard';

const person = { name: 'personId', orMe: true } as const;

@ApiTags('People')
@Controller('people/:personId/accreditations')
export class AccreditationsController {
  constructor(
    private readonly accreditations: AccreditationsService,
    private readonly queries: AccreditationsQueries,
  ) {}

  /** Accredits a person: they may judge this skill up to this level without holding it. Not possible for oneself, nor, where the installation says so, for whom one has invited. */
  @Requires('admin')
  @OtherHand('accredit')
  @NotOneself()
  @Problems('own-relation', 'person-state', 'skill-unknown', 'level-not-defined')
  @Post()
  async grant(
    @Caller() caller: Actor,
    @IdParam(person) personId: string,
    @Body() request: AccreditationRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<AccreditationAnswer> {
    const id = await this.accreditations.grant(caller, personId, request);
    void reply.header('location', `/api/v1/people/${personId}/accreditations/${id}`);
    return (await this.queries.one(personId, id)) ?? raise('not-found');
  }

  /** A person's accreditations, ended ones too, the newest first. */
  @Requires('self', 'admin', 'auditor')
  @Get()
  list(@IdParam(person) personId: string, @Query() { limit, cursor }: PageQuery): Promise<AccreditationPage> {
    return this.queries.list(personId, limit, cursor);
  }

  /** One accreditation. */
  @Requires('self', 'admin', 'auditor')
  @Get(':accreditationId')
  async one(@IdParam(person) personId: string, @IdParam('accreditationId') accreditationId: string): Promise<AccreditationAnswer> {
    return (await this.queries.one(personId, accreditationId)) ?? raise('not-found');
  }

  /** Ends an accreditation now. What was judged under it stays good. One that has ended is left as it is. */
  @Requires('admin')
  @NotOneself()
  @HttpCode(204)
  @Problems('own-relation')
  @Delete(':accreditationId')
  async end(
    @Caller() caller: Actor,
    @IdParam(person) personId: string,
    @IdParam('accreditationId') accreditationId: string,
  ): Promise<void> {
    await this.accreditations.end(caller, personId, accreditationId);
  }
}
