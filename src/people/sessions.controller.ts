import { Body, Controller, Delete, Get, HttpCode, Ip, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Settings } from '../config';
import type { Actor } from '../kernel/actor';
import { demand } from '../kernel/refusal';
import { type ApiReply, type ApiRequest, Caller, IdParam } from '../platform/api-request';
import { IgnoresIdempotencyKey } from '../platform/idempotency.interceptor';
import { Problems } from '../platform/openapi';
import { PageQuery } from '../platform/page.dto';
import { Public, Requires } from '../platform/requires';
import { checkOrigin, endedCookie, sessionCookie, tokenOfCookie } from './session-cookie';
import { SessionAnswer, SessionPage, SignInRequest } from './sessions.dto';
import { SessionsQueries } from './sessions.queries';
import { type SignedIn, SessionsService } from './sessions.service';

/** Answers with a session that has just begun: its token in the answer, or in a cookie. */
export function answerSession({ session, person }: SignedIn, cookie: boolean | undefined, reply: ApiReply): SessionAnswer {
  void reply.header('location', `/api/v1/sessions/${session.id}`);
  if (cookie === true) void reply.header('set-cookie', sessionCookie(session.token, session.seconds));
  return { token: cookie === true ? null : session.token, expiresAt: session.expiresAt.toISOString(), person };
}

/** What a client calls itself, as far as it is kept. */
const nameOf = (userAgent: string | undefined): string | null =>
  userAgent === undefined || userAgent.trim() === '' ? null : userAgent.slice(0, 200);

/**
 * Who signs in, by what the request says; where a cookie is asked for, only from a page of ours, and in place of the session it held before.
 * @throws Refused `origin-mismatch`
 */
export function clientOf(
  request: ApiRequest,
  cookie: boolean | undefined,
  settings: Settings,
): { name: string | null; formerToken: string | null } {
  const { 'user-agent': userAgent, origin } = request.headers;
  if (cookie !== true) return { name: nameOf(userAgent), formerToken: null };
  // who sends no Origin is no browser: nobody's cookie jar is filled behind their back
  if (origin !== undefined) demand(checkOrigin(settings, request));
  return { name: nameOf(userAgent), formerToken: tokenOfCookie(request.headers.cookie) };
}

@ApiTags('Sign-in')
@Controller('sessions')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly queries: SessionsQueries,
    private readonly settings: Settings,
  ) {}

  /**
   * Signs in with email and password. An unknown address and a wrong password are answered alike.
   *
   * Somebody who has set one-time codes up sends one too: without it, and only where the password is right, the answer is `totp-required`.
   * With `cookie` the session is kept in a cookie for pages of this very origin; there, requests that change something must name their `Origin`.
   *
   * Failed attempts are limited by account and by network, for a while and never for good; those that succeed are not.
   */
  @Public()
  @IgnoresIdempotencyKey()
  @Problems('bad-credentials', 'totp-required', 'origin-mismatch', 'secrets-key-missing')
  @Post()
  async begin(
    @Body() { email, password, totp, cookie }: SignInRequest,
    @Req() request: ApiRequest,
    @Ip() address: string,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<SessionAnswer> {
    const client = { ...clientOf(request, cookie, this.settings), address };
    return answerSession(await this.sessions.signIn({ email, password, totp }, client), cookie, reply);
  }

  /** One's own sessions, the newest first. */
  @Requires('signed-in')
  @Get()
  list(@Caller() caller: Actor, @Query() { limit, cursor }: PageQuery): Promise<SessionPage> {
    return this.queries.list(caller, limit, cursor);
  }

  /** Signs out: ends the session of this very request, and takes its cookie back. */
  @Requires('signed-in')
  @HttpCode(204)
  @Delete('current')
  async endCurrent(@Caller() caller: Actor, @Res({ passthrough: true }) reply: ApiReply): Promise<void> {
    await this.sessions.end(caller, caller.sessionId);
    void reply.header('set-cookie', endedCookie());
  }

  /** Ends one of one's own sessions at once. */
  @Requires('signed-in')
  @HttpCode(204)
  @Delete(':sessionId')
  async end(@Caller() caller: Actor, @IdParam('sessionId') sessionId: string): Promise<void> {
    await this.sessions.end(caller, sessionId);
  }
}
