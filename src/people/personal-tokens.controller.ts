import { Body, Controller, Delete, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../kernel/actor';
import { type ApiReply, Caller, IdParam } from '../platform/api-request';
import { ShownOnce } from '../platform/idempotency.interceptor';
import { Problems } from '../platform/openapi';
import { PageQuery } from '../platform/page.dto';
import { Requires } from '../platform/requires';
import { MadeTokenAnswer, PersonalTokenPage, PersonalTokenRequest } from './personal-tokens.dto';
import { PersonalTokensQueries } from './personal-tokens.queries';
import { PersonalTokensService } from './personal-tokens.service';

@ApiTags('Sign-in')
@Controller('me/tokens')
export class PersonalTokensController {
  constructor(
    private readonly tokens: PersonalTokensService,
    private readonly queries: PersonalTokensQueries,
  ) {}

  /** One's own personal access tokens that are alive, the newest first. */
  @Requires('signed-in')
  @Get()
  list(@Caller() caller: Actor, @Query() { limit, cursor }: PageQuery): Promise<PersonalTokenPage> {
    return this.queries.list(caller, limit, cursor);
  }

  /**
   * Makes a personal access token: shown this once. It opens what its scopes say, of what its person may do at that moment.
   *
   * No token approves, reviews, revokes, administers, makes tokens or changes how its person signs in. A new password and a deactivation end all of them.
   */
  @Requires('signed-in')
  @ShownOnce('token')
  @Problems('re-authentication-failed', 'secrets-key-missing')
  @Post()
  async make(
    @Caller() caller: Actor,
    @Body() request: PersonalTokenRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<MadeTokenAnswer> {
    const { id, token, createdAt } = await this.tokens.make(caller, request);
    void reply.header('location', `/api/v1/me/tokens/${id}`);
    const { name, scopes, expiresOn } = request;
    return { id, name, scopes, createdAt: createdAt.toISOString(), expiresOn, lastUsedAt: null, token };
  }

  /** Ends one of one's own tokens at once. */
  @Requires('signed-in')
  @HttpCode(204)
  @Delete(':tokenId')
  async revoke(@Caller() caller: Actor, @IdParam('tokenId') tokenId: string): Promise<void> {
    await this.tokens.revoke(caller, tokenId);
  }
}
