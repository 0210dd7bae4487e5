import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Settings } from '../config';
import { raise } from '../kernel/refusal';
import { originOf } from '../people/invitation-link';
import type { ApiReply, ApiRequest } from '../platform/api-request';
import { Problems } from '../platform/openapi';
import { Public } from '../platform/requires';
import { BadgesService } from './badges.service';
import { IssuerProfileAnswer, BadgeKeyAnswer, BadgeKeysAnswer } from './credentials.dto';

/** For anybody who checks a badge, in whatever browser: nothing here is anybody's in particular. */
const openly = (reply: ApiReply, seconds: number): void => {
  void reply.headers({
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': `public, max-age=${seconds}`,
  });
};
const anHour = 3_600;

@ApiTags('Badges')
@Controller('.well-known')
export class IssuerController {
  constructor(
    private readonly badges: BadgesService,
    private readonly settings: Settings,
  ) {}

  /** The public keys of badges, former ones too: badges signed with them still verify. */
  @Public()
  @Get('jwks.json')
  keys(@Req() request: ApiRequest, @Res({ passthrough: true }) reply: ApiReply): BadgeKeysAnswer {
    openly(reply, anHour);
    return { keys: this.badges.publicKeys(originOf(this.settings, request)) };
  }

  /** One of those keys by itself: a badge's header names it by this address. */
  @Public()
  @ApiParam({ name: 'thumbprint', description: 'The thumbprint of the key (RFC 7638).', schema: { type: 'string' } })
  @Get('keys/:thumbprint')
  key(@Param('thumbprint') thumbprint: string, @Req() request: ApiRequest, @Res({ passthrough: true }) reply: ApiReply): BadgeKeyAnswer {
    const key = this.badges.publicKeys(originOf(this.settings, request)).find(({ kid }) => kid.endsWith(`/${thumbprint}`));
    if (key === undefined) return raise('not-found');
    openly(reply, anHour);
    return key;
  }

  /** Who signs badges. */
  @Public()
  @Get('issuer.json')
  issuer(@Req() request: ApiRequest, @Res({ passthrough: true }) reply: ApiReply): IssuerProfileAnswer {
    openly(reply, anHour);
    return this.badges.profile(originOf(this.settings, request)) as unknown as IssuerProfileAnswer;
  }

  /** Which badges are revoked: a Bitstring Status List credential as a signed JWT. A badge says which bit is its own; nobody else can tell. */
  @Public()
  @ApiParam({ name: 'list', description: 'The number of the list.', schema: { type: 'string' }, example: '1' })
  @ApiProduces('application/vc+jwt')
  @ApiOkResponse({ content: { 'application/vc+jwt': { schema: { type: 'string' } } } })
  @Problems('signing-key-missing')
  @Get('status/:list')
  async status(@Param('list') list: string, @Req() request: ApiRequest, @Res({ passthrough: true }) reply: ApiReply): Promise<string> {
    if (!/^[1-9][0-9]{0,8}$/.test(list)) return raise('not-found');
    const jwt = (await this.badges.statusList(Number(list), originOf(this.settings, request))) ?? raise('not-found');
    // a revocation is seen at once
    openly(reply, 0);
    void reply.type('application/vc+jwt');
    return jwt;
  }
}
