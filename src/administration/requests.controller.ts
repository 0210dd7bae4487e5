import { Body, Controller, Get, HttpCode, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Settings } from '../config';
import type { Actor } from '../kernel/actor';
import { raise } from '../kernel/refusal';
import { tagOfVersion } from '../kernel/version-tag';
import { invitationUrl, originOf } from '../people/invitation-link';
import type { InvitationAnswer } from '../people/invitations.dto';
import { type ApiReply, type ApiRequest, Caller, IdParam, IfMatch } from '../platform/api-request';
import { EmptyRequest } from '../platform/empty.dto';
import { ShownOnce } from '../platform/idempotency.interceptor';
import { Problems, Tagged, Versioned } from '../platform/openapi';
import { Requires } from '../platform/requires';
import {
  AdminRequestAnswer,
  AdminRequestPage,
  AdminRequestRequest,
  AdminRequestsQuery,
  ConfirmedRequestAnswer,
  RequestConfirmationRequest,
  RequestRefusalRequest,
  wantedOf,
} from './requests.dto';
import { Decides, RequestsGuard } from './requests.guard';
import { RequestsQueries } from './requests.queries';
import { RequestsService } from './requests.service';

@ApiTags('Administration')
@Controller('administration/requests')
@UseGuards(RequestsGuard)
export class RequestsController {
  constructor(
    private readonly requests: RequestsService,
    private readonly queries: RequestsQueries,
    private readonly settings: Settings,
  ) {}

  /**
   * Asks for something that takes two admins. Another one confirms it, or it expires.
   *
   * Nobody asks for themselves. The same thing is asked for once at a time.
   */
  @Requires('admin')
  @Tagged()
  @Problems('own-relation', 'request-exists', 'person-state', 'person-unknown', 'totp-state', 'evidence-unknown', 'already-redacted')
  @Post()
  async ask(
    @Caller() caller: Actor,
    @Body() body: AdminRequestRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<AdminRequestAnswer> {
    const requestId = await this.requests.ask(caller, wantedOf(body));
    void reply.header('location', `/api/v1/administration/requests/${requestId}`);
    return this.answer(caller, requestId, reply);
  }

  /** What was asked for, the newest first, and what became of it. */
  @Requires('admin', 'auditor')
  @Get()
  list(@Caller() caller: Actor, @Query() { state, limit, cursor }: AdminRequestsQuery): Promise<AdminRequestPage> {
    return this.queries.list(caller, state, limit, cursor);
  }

  /** One request. */
  @Requires('admin', 'auditor')
  @Tagged()
  @Get(':requestId')
  async one(
    @Caller() caller: Actor,
    @IdParam('requestId') requestId: string,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<AdminRequestAnswer> {
    return this.answer(caller, requestId, reply);
  }

  /**
   * Confirms a request, with a fresh proof: what was asked for is done in the same moment, by what holds in that moment.
   *
   * Not by who asked for it, nor by whom it is about. Who asked must still be an admin.
   */
  @Requires('admin')
  @Decides('confirm')
  @HttpCode(200)
  @Versioned()
  @ShownOnce('invitation.token', 'invitation.url')
  @Problems(
    'own-request',
    'own-relation',
    'request-state',
    're-authentication-failed',
    'person-state',
    'person-unknown',
    'totp-state',
    'evidence-unknown',
    'already-redacted',
    'eraser-missing',
  )
  @Post(':requestId/confirmation')
  async confirm(
    @Caller() caller: Actor,
    @IdParam('requestId') requestId: string,
    @IfMatch() ifMatch: string | undefined,
    @Body() proof: RequestConfirmationRequest,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<ConfirmedRequestAnswer> {
    const { invited } = await this.requests.confirm(caller, requestId, ifMatch, proof);
    const invitation: InvitationAnswer | null =
      invited === null
        ? null
        : {
            token: invited.token,
            url: invitationUrl(originOf(this.settings, request), invited.token),
            expiresAt: invited.expiresAt.toISOString(),
          };
    return { ...(await this.answer(caller, requestId, reply)), invitation };
  }

  /** Refuses a request, and says why. Not by who asked for it, nor by whom it is about. */
  @Requires('admin')
  @Decides('refuse')
  @HttpCode(200)
  @Versioned()
  @Problems('own-request', 'own-relation', 'request-state')
  @Post(':requestId/refusal')
  async refuse(
    @Caller() caller: Actor,
    @IdParam('requestId') requestId: string,
    @IfMatch() ifMatch: string | undefined,
    @Body() { reason }: RequestRefusalRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<AdminRequestAnswer> {
    await this.requests.decline(caller, requestId, ifMatch, 'refuse', reason);
    return this.answer(caller, requestId, reply);
  }

  /** Takes back a request that one has made oneself. */
  @Requires('admin')
  @Decides('withdraw')
  @HttpCode(200)
  @Versioned()
  @Problems('request-state')
  @Post(':requestId/withdrawal')
  async withdraw(
    @Caller() caller: Actor,
    @IdParam('requestId') requestId: string,
    @IfMatch() ifMatch: string | undefined,
    @Body() _: EmptyRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<AdminRequestAnswer> {
    await this.requests.decline(caller, requestId, ifMatch, 'withdraw', null);
    return this.answer(caller, requestId, reply);
  }

  private async answer(caller: Actor, requestId: string, reply: ApiReply): Promise<AdminRequestAnswer> {
    const { answer, version } = (await this.queries.one(caller, requestId)) ?? raise('not-found');
    void reply.header('etag', tagOfVersion(version));
    return answer;
  }
}
