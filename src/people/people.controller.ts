import { Body, Controller, Get, HttpCode, Patch, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Settings } from '../config';
import type { Actor } from '../kernel/actor';
import { raise } from '../kernel/refusal';
import { tagOfVersion } from '../kernel/version-tag';
import { type ApiReply, type ApiRequest, Caller, IdParam, IfMatch } from '../platform/api-request';
import { EmptyRequest } from '../platform/empty.dto';
import { ShownOnce } from '../platform/idempotency.interceptor';
import { Problems, Tagged, Versioned } from '../platform/openapi';
import { Requires } from '../platform/requires';
import { originOf } from './invitation-link';
import { invitationAnswer } from './invitations.controller';
import { InvitedPersonAnswer } from './invitations.dto';
import { NotOneself } from './not-oneself.guard';
import { ManagerRequest, NewPersonRequest, PeoplePage, PeopleQuery, PersonAnswer, PersonChangeRequest } from './people.dto';
import { PeopleQueries } from './people.queries';
import { PeopleService } from './people.service';

const person = { name: 'personId', orMe: true } as const;

@ApiTags('People')
@Controller('people')
export class PeopleController {
  constructor(
    private readonly people: PeopleService,
    private readonly queries: PeopleQueries,
    private readonly settings: Settings,
  ) {}

  /**
   * Makes a person and invites them: the invitation is shown this once, and the person chooses their password with it.
   *
   * Roles are given here only while there is no second admin; else by a request that the other one confirms.
   */
  @Requires('admin')
  @ShownOnce('invitation.token', 'invitation.url')
  @Tagged()
  @Problems('own-relation', 'email-taken', 'person-unknown', 'second-admin-needed')
  @Post()
  async create(
    @Caller() caller: Actor,
    @Body() { name, email, roles, managerId }: NewPersonRequest,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<InvitedPersonAnswer> {
    const { id, invited } = await this.people.create(caller, {
      name,
      email,
      roles: roles ?? [],
      managerId: managerId?.toLowerCase() ?? null,
    });
    void reply.header('location', `/api/v1/people/${id}`);
    return { ...(await this.answer(caller, id, reply)), invitation: invitationAnswer(invited, originOf(this.settings, request)) };
  }

  /**
   * People by name. Admins and auditors see everybody; others see themselves, who is above and below them in the reporting line,
   * their mentors and those they mentor.
   */
  @Requires('signed-in')
  @Get()
  list(@Caller() caller: Actor, @Query() query: PeopleQuery): Promise<PeoplePage> {
    return this.queries.list(caller, query);
  }

  /** One person, if the caller is related to them, admin or auditor. */
  @Requires('signed-in')
  @Tagged()
  @Get(':personId')
  async one(
    @Caller() caller: Actor,
    @IdParam(person) personId: string,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<PersonAnswer> {
    return this.answer(caller, personId, reply);
  }

  /**
   * Changes name, email or roles. Nobody changes their own roles, and somebody stays admin.
   *
   * Taking a role away takes one admin. Giving one takes two where there are two: `POST /administration/requests`.
   */
  @Requires('admin')
  @Versioned()
  @Problems('own-relation', 'email-taken', 'last-admin', 'person-state', 'second-admin-needed')
  @Patch(':personId')
  async edit(
    @Caller() caller: Actor,
    @IdParam(person) personId: string,
    @IfMatch() ifMatch: string | undefined,
    @Body() change: PersonChangeRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<PersonAnswer> {
    await this.people.edit(caller, personId, ifMatch, change);
    return this.answer(caller, personId, reply);
  }

  /**
   * Sets whom a person reports to; everybody below them moves along.
   *
   * Nobody changes their own manager, nor puts themselves above somebody, directly or by way of somebody who is below them.
   */
  @Requires('admin')
  @NotOneself()
  @Versioned()
  @Problems('own-relation', 'reporting-loop', 'person-unknown')
  @Put(':personId/manager')
  async setManager(
    @Caller() caller: Actor,
    @IdParam(person) personId: string,
    @IfMatch() ifMatch: string | undefined,
    @Body() { managerId }: ManagerRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<PersonAnswer> {
    await this.people.setManager(caller, personId, ifMatch, managerId?.toLowerCase() ?? null);
    return this.answer(caller, personId, reply);
  }

  /** Deactivates a person: their sessions and invitations end at once, and nothing is judged by them any more. What they did stays. */
  @Requires('admin')
  @NotOneself()
  @HttpCode(200)
  @Versioned()
  @Problems('own-relation', 'person-state', 'last-admin')
  @Post(':personId/deactivation')
  async deactivate(
    @Caller() caller: Actor,
    @IdParam(person) personId: string,
    @IfMatch() ifMatch: string | undefined,
    @Body() _: EmptyRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<PersonAnswer> {
    await this.people.deactivate(caller, personId, ifMatch);
    return this.answer(caller, personId, reply);
  }

  /** Lets a deactivated person in again, with the password that they had. */
  @Requires('admin')
  @NotOneself()
  @HttpCode(200)
  @Versioned()
  @Problems('own-relation', 'person-state', 'second-admin-needed')
  @Post(':personId/reactivation')
  async reactivate(
    @Caller() caller: Actor,
    @IdParam(person) personId: string,
    @IfMatch() ifMatch: string | undefined,
    @Body() _: EmptyRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<PersonAnswer> {
    await this.people.reactivate(caller, personId, ifMatch);
    return this.answer(caller, personId, reply);
  }

  private async answer(caller: Actor, personId: string, reply: ApiReply): Promise<PersonAnswer> {
    const { answer, version } = (await this.queries.one(caller, personId)) ?? raise('not-found');
    void reply.header('etag', tagOfVersion(version));
    return answer;
  }
}
