import { Body, Controller, Delete, Get, Headers, HttpCode, Ip, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../kernel/actor';
import { type ApiReply, Caller, IdParam } from '../platform/api-request';
import { IgnoresIdempotencyKey } from '../platform/idempotency.interceptor';
import { Problems } from '../platform/openapi';
import { PageQuery } from '../platform/page.dto';
import { Public, Requires } from '../platform/requires';
import { SessionAnswer, SessionPage, SignInRequest } from './sessions.dto';
import { SessionsQueries } from './sessions.queries';
import { type SignedIn, SessionsService } from './sessions.service';

/** How a session that has just begun is answered. */
export const sessionAnswer = ({ session, person }: SignedIn): SessionAnswer => ({
  token: session.token,
  expiresAt: session.expiresAt.toISOString(),
  person,
});

export const sessionPath = ({ session }: SignedIn): string => `/api/v1/sessions/${session.id}`;

/** What a client calls itself, as far as it is kept. */
export const clientOf = (userAgent: string | undefined): string | null =>
  userAgent === undefined || userAgent.trim() === '' ? null : userAgent.slice(0, 200);

@ApiTags('Sign-in')
@Controller('sessions')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly queries: SessionsQueries,
  ) {}

  /**
   * Signs in with email and password. An unknown address and a wrong password are answered alike.
   *
   * Failed attempts are limited by account and by network, for a while and never for good; those that succeed are not.
   */
  @Public()
  @IgnoresIdempotencyKey()
  @Problems('bad-credentials')
  @Post()
  async begin(
    @Body() { email, password }: SignInRequest,
    @Headers('user-agent') userAgent: string | undefined,
    @Ip() address: string,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<SessionAnswer> {
    const begun = await this.sessions.signIn(email, password, { name: clientOf(userAgent), address });
    void reply.header('location', sessionPath(begun));
    return sessionAnswer(begun);
  }

  /** One's own sessions, the newest first. */
  @Requires('signed-in')
  @Get()
  list(@Caller() caller: Actor, @Query() { limit, cursor }: PageQuery): Promise<SessionPage> {
    return this.queries.list(caller, limit, cursor);
  }

  /** Signs out: ends the session of this very request. */
  @Requires('signed-in')
  @HttpCode(204)
  @Delete('current')
  async endCurrent(@Caller() caller: Actor): Promise<void> {
    await this.sessions.end(caller, caller.sessionId);
  }

  /** Ends one of one's own sessions at once. */
  @Requires('signed-in')
  @HttpCode(204)
  @Delete(':sessionId')
  async end(@Caller() caller: Actor, @IdParam('sessionId') sessionId: string): Promise<void> {
    await this.sessions.end(caller, sessionId);
  }
}
