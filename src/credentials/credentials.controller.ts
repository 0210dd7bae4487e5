import { Controller, Get, Param, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import { SignOffsFacts } from '../claims/sign-offs.facts';
import { Settings } from '../config';
import type { Viewpoint } from '../kernel/actor';
import { raise } from '../kernel/refusal';
import { originOf } from '../people/invitation-link';
import { type ApiReply, type ApiRequest, Caller, IdParam } from '../platform/api-request';
import { Problems } from '../platform/openapi';
import { Public, Requires } from '../platform/requires';
import { BadgesService } from './badges.service';
import { BadgeAnswer, SignOffCheckAnswer } from './credentials.dto';
import { PacksService } from './packs.service';

const engineer = { name: 'engineerId', orMe: true } as const;

@ApiTags('Sign-offs')
@Controller('engineers/:engineerId/sign-offs/:signOffId')
export class CredentialsController {
  constructor(
    private readonly packs: PacksService,
    private readonly badges: BadgesService,
    private readonly signOffs: SignOffsFacts,
    private readonly settings: Settings,
  ) {}

  /**
   * The sign-off as a zip that proves itself: a PDF for reading, the same as JSON, the proof up to a signed checkpoint, all of it signed.
   * `npm run ledger:verify` checks it offline. A checkpoint is made if none covers the sign-off yet. The chain between the two names other
   * entries of the record: where there are any, only the engineer and auditors get it.
   */
  @Requires('self', 'mentor', 'line', 'auditor', 'approver')
  @Problems('not-allowed', 'not-covered', 'signing-key-missing')
  @ApiProduces('application/zip')
  @ApiOkResponse({ content: { 'application/zip': { schema: { type: 'string', format: 'binary' } } } })
  @Get('pack')
  async pack(
    @Caller() caller: Viewpoint,
    @IdParam(engineer) engineerId: string,
    @IdParam('signOffId') signOffId: string,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<StreamableFile> {
    const zip = await this.packs.make(caller, engineerId, signOffId, originOf(this.settings, request));
    void reply.header('content-disposition', `attachment; filename="sign-off-${signOffId}.zip"`);
    return new StreamableFile(zip, { type: 'application/zip', length: zip.length });
  }

  /**
   * The sign-off as an Open Badge, for the engineer to give out. It names the evidence by id and digest only.
   * A revoked sign-off has no badge any more; one given out before is marked in the status list that it names.
   */
  @Requires('self', 'auditor')
  @Problems('already-revoked', 'signing-key-missing')
  @Get('badge')
  async badge(
    @Caller() caller: Viewpoint,
    @IdParam(engineer) engineerId: string,
    @IdParam('signOffId') signOffId: string,
    @Req() request: ApiRequest,
  ): Promise<BadgeAnswer> {
    return { jwt: await this.badges.badge(caller, engineerId, signOffId, originOf(this.settings, request)) };
  }

  /** How the sign-off stands now, for whoever has a pack of it: the QR code leads here. It says nothing to those who do not know the digest. */
  @Public()
  @ApiParam({
    name: 'digest',
    description: 'The digest of the content, lower-case hex.',
    schema: { type: 'string' },
    example: '9f'.repeat(32),
  })
  @Get('check/:digest')
  async check(
    @IdParam('engineerId') engineerId: string,
    @IdParam('signOffId') signOffId: string,
    @Param('digest') digest: string,
  ): Promise<SignOffCheckAnswer> {
    if (!/^[0-9a-f]{64}$/.test(digest)) return raise('not-found');
    return (await this.signOffs.standing(engineerId, signOffId, Buffer.from(digest, 'hex'))) ?? raise('not-found');
  }
}
