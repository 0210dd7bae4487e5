import { Body, Controller, Delete, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor, Relation } from '../kernel/actor';
import { raise } from '../kernel/refusal';
import { type ApiReply, Caller, IdParam, RelationToSubject } from '../platform/api-request';
import { Problems } from '../platform/openapi';
import { PageQuery } from '../platform/page.dto';
import { Requires, Scoped } from '../platform/requires';
import { MentorshipAnswer, MentorshipPage, MentorshipRequest } from './mentorships.dto';
import { MentorshipsQueries } from './mentorships.queries';
import { MentorshipsService } from './mentorships.service';
import { NotOneself } from './not-oneself.guard';

@ApiTags('People')
@Controller('engineers/:engineerId/mentors')
export class MentorshipsController {
  constructor(
    private readonly mentorships: MentorshipsService,
    private readonly queries: MentorshipsQueries,
  ) {}

  /** Makes somebody a mentor of this engineer. No admin is made a mentor, or given one, by their own hand. */
  @Requires('admin')
  @NotOneself()
  @Problems('own-relation', 'mentorship-exists', 'person-state', 'person-unknown', 'skill-unknown')
  @Post()
  async begin(
    @Caller() caller: Actor,
    @RelationToSubject() { engineerId }: Relation,
    @Body() request: MentorshipRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<MentorshipAnswer> {
    const id = await this.mentorships.begin(caller, engineerId, request);
    void reply.header('location', `/api/v1/engineers/${engineerId}/mentors/${id}`);
    return (await this.queries.one(engineerId, id)) ?? raise('not-found');
  }

  /** The engineer's mentors with their dates, past ones too, the newest first. */
  @Requires('self', 'mentor', 'line', 'admin', 'auditor')
  @Scoped('record:read')
  @Get()
  list(@RelationToSubject() { engineerId }: Relation, @Query() { limit, cursor }: PageQuery): Promise<MentorshipPage> {
    return this.queries.list(engineerId, limit, cursor);
  }

  /** One mentorship. */
  @Requires('self', 'mentor', 'line', 'admin', 'auditor')
  @Scoped('record:read')
  @Get(':mentorshipId')
  async one(@RelationToSubject() { engineerId }: Relation, @IdParam('mentorshipId') mentorshipId: string): Promise<MentorshipAnswer> {
    return (await this.queries.one(engineerId, mentorshipId)) ?? raise('not-found');
  }

  /** Ends a mentorship now. What the mentor accepted and approved stays good. One that is over already is left as it is. */
  @Requires('admin')
  @NotOneself()
  @HttpCode(204)
  @Problems('own-relation')
  @Delete(':mentorshipId')
  async end(
    @Caller() caller: Actor,
    @RelationToSubject() { engineerId }: Relation,
    @IdParam('mentorshipId') mentorshipId: string,
  ): Promise<void> {
    await this.mentorships.end(caller, engineerId, mentorshipId);
  }
}
