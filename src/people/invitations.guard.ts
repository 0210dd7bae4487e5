import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { raise } from '../kernel/refusal';
import type { ApiRequest } from '../platform/api-request';
import { InvitationsService } from './invitations.service';

/** An invitation that cannot be redeemed is not there, whatever is wrong with the body: what is no longer open says nothing else. */
@Injectable()
export class OpenInvitationGuard implements CanActivate {
  constructor(private readonly invitations: InvitationsService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { params } = context.switchToHttp().getRequest<ApiRequest>();
    return (await this.invitations.invitee(params['token'] ?? '')) === null ? raise('not-found') : true;
  }
}
