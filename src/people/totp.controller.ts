import { Body, Controller, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../kernel/actor';
import { type ApiReply, Caller } from '../platform/api-request';
import { ShownOnce } from '../platform/idempotency.interceptor';
import { Problems } from '../platform/openapi';
import { Requires } from '../platform/requires';
import { BegunTotpAnswer, BothFactorsRequest, RecoveryCodesAnswer, TotpAnswer, TotpConfirmationRequest, TotpRequest } from './totp.dto';
import { TotpService } from './totp.service';

@ApiTags('Sign-in')
@Controller('me/totp')
export class TotpController {
  constructor(private readonly totp: TotpService) {}

  /** Whether one's sign-in asks for a one-time code too, and how many recovery codes are left. */
  @Requires('signed-in')
  @Get()
  async get(@Caller() caller: Actor): Promise<TotpAnswer> {
    const { state, since, recoveryCodesLeft } = await this.totp.standing(caller);
    return { state, since: since?.toISOString() ?? null, recoveryCodesLeft };
  }

  /** Begins to set one-time codes up (TOTP, RFC 6238): shows the secret this once. They are on when the first code has come. */
  @Requires('signed-in')
  @ShownOnce('secret', 'uri')
  @Problems('re-authentication-failed', 'totp-state', 'secrets-key-missing')
  @Post()
  async begin(
    @Caller() caller: Actor,
    @Body() { password }: TotpRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<BegunTotpAnswer> {
    const { secret, uri } = await this.totp.begin(caller, password);
    void reply.header('location', '/api/v1/me/totp');
    return { state: 'pending', secret, uri };
  }

  /** Turns one-time codes on, by the first of them. Shows ten recovery codes this once, for when the authenticator is lost. */
  @Requires('signed-in')
  @ShownOnce('recoveryCodes')
  @Problems('re-authentication-failed', 'totp-state', 'secrets-key-missing')
  @HttpCode(200)
  @Post('confirmation')
  async confirm(@Caller() caller: Actor, @Body() { code }: TotpConfirmationRequest): Promise<RecoveryCodesAnswer> {
    const recoveryCodes = await this.totp.confirm(caller, code);
    return { ...(await this.get(caller)), recoveryCodes };
  }

  /** Gives ten new recovery codes; the old ones are void. Takes both factors. */
  @Requires('signed-in')
  @ShownOnce('recoveryCodes')
  @Problems('re-authentication-failed', 'totp-state', 'secrets-key-missing')
  @HttpCode(200)
  @Post('recovery-codes')
  async renewRecoveryCodes(@Caller() caller: Actor, @Body() { password, code }: BothFactorsRequest): Promise<RecoveryCodesAnswer> {
    const recoveryCodes = await this.totp.renewRecoveryCodes(caller, password, code);
    return { ...(await this.get(caller)), recoveryCodes };
  }

  /** Turns one-time codes off. Takes both factors. */
  @Requires('signed-in')
  @Problems('re-authentication-failed', 'totp-state', 'secrets-key-missing')
  @HttpCode(200)
  @Post('removal')
  async remove(@Caller() caller: Actor, @Body() { password, code }: BothFactorsRequest): Promise<TotpAnswer> {
    await this.totp.remove(caller, password, code);
    return this.get(caller);
  }
}
