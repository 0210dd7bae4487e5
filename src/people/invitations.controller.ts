import { Body, Controller, HttpCode, Param, Post, Put, Req, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Settings } from '../config';
import type { Actor } from '../kernel/actor';
import { type ApiReply, type ApiRequest, Caller, IdParam } from '../platform/api-request';
import { EmptyRequest } from '../platform/empty.dto';
import { IgnoresIdempotencyKey, ShownOnce } from '../platform/idempotency.interceptor';
import { Problems } from '../platform/openapi';
import { Public, Requires } from '../platform/requires';
import { invitationUrl, originOf } from './invitation-link';
import { InvitationAnswer, PasswordChangeRequest, RedemptionRequest } from './invitations.dto';
import { OpenInvitationGuard } from './invitations.guard';
import { InvitationsService } from './invitations.service';
import type { Invited } from './invitations.store';
import { NotOneself } from './not-oneself.guard';
import { OtherHand } from './separate-hands.guard';
import { answerSession, clientOf } from './sessions.controller';
import { SessionAnswer } from './sessions.dto';
import { SessionsService } from './sessions.service';

/** How an invitation that has just been made is answered. */
export const invitationAnswer = ({ token, expiresAt }: Invited, origin: string): InvitationAnswer => ({
  token,
  url: invitationUrl(origin, token),
  expiresAt: expiresAt.toISOString(),
});

@ApiTags('Sign-in')
@Controller()
export class InvitationsController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly sessions: SessionsService,
    private readonly settings: Settings,
  ) {}

  /**
   * Invites a person afresh: somebody new whose invitation has expired, or somebody who forgot their password.
   *
   * The older invitation dies. Who has signed in before is told, and judges nothing for 72 hours; where there is a second admin,
   * inviting them afresh, or anybody who has a role, is accredited, mentors somebody or has people who report to them, takes both: `POST /administration/requests`. Not possible for oneself, nor, where the installation says so, for whom one has accredited.
   */
  @Requires('admin')
  @OtherHand('invite')
  @NotOneself()
  @ShownOnce('token', 'url')
  @Problems('own-relation', 'person-state', 'second-admin-needed')
  @Post('people/:personId/invitation')
  async invite(
    @Caller() caller: Actor,
    @IdParam({ name: 'personId', orMe: true }) personId: string,
    @Body() _: EmptyRequest,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<InvitationAnswer> {
    const invited = await this.invitations.invite(caller, personId);
    // the invitation's own address holds its secret: the person stands for it
    void reply.header('location', `/api/v1/people/${personId}`);
    return invitationAnswer(invited, originOf(this.settings, request));
  }

  /**
   * Redeems an invitation: sets the password and signs in. Once only; what cannot be redeemed (any more) is not there.
   *
   * Somebody who has set one-time codes up sends one here too. Who had signed in before, or was let judge by another admin than the one who made the invitation,
   * judges nothing for 72 hours from here on.
   */
  @Public()
  @IgnoresIdempotencyKey()
  @UseGuards(OpenInvitationGuard)
  @Problems('bad-credentials', 'totp-required', 'origin-mismatch', 'secrets-key-missing')
  @Post('invitations/:token')
  async redeem(
    @Param('token') token: string,
    @Body() { password, totp, cookie }: RedemptionRequest,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<SessionAnswer> {
    const client = { ...clientOf(request, cookie, this.settings), address: request.ip };
    return answerSession(await this.invitations.redeem(token, password, totp, client), cookie, reply);
  }

  /** Changes one's own password, and ends one's other sessions and all one's personal access tokens. */
  @Requires('signed-in')
  @HttpCode(204)
  @Problems('re-authentication-failed')
  @Put('me/password')
  async changePassword(@Caller() caller: Actor, @Body() { current, next }: PasswordChangeRequest): Promise<void> {
    await this.sessions.changePassword(caller, current, next);
  }
}
