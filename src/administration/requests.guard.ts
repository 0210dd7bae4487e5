import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { isId } from '../kernel/ids';
import { demand, raise } from '../kernel/refusal';
import type { ApiRequest } from '../platform/api-request';
import type { RequestDecision } from './admin-request';
import { checkMayDecide } from './admin-request.policy';
import { RequestsQueries } from './requests.queries';

const decisionKey = 'touchstone:request-decision';

/** Declares what a route decides about the request in its path. */
export const Decides = (decision: RequestDecision): MethodDecorator => SetMetadata(decisionKey, decision);

/** Before anything of the request is read: is there such a request (404), and may the caller ever decide this about it (403)? Decided again under the lock. */
@Injectable()
export class RequestsGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly requests: RequestsQueries,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const decision = this.reflector.get<RequestDecision | undefined>(decisionKey, context.getHandler());
    if (decision === undefined) return true;
    const { viewpoint, params } = context.switchToHttp().getRequest<ApiRequest>();
    const requestId = (params['requestId'] ?? '').toLowerCase();
    if (viewpoint === undefined || !isId(requestId)) return raise('not-found');
    const standing = (await this.requests.standing(requestId)) ?? raise('not-found');
    demand(checkMayDecide(decision, await this.requests.hand(viewpoint), standing));
    return true;
  }
}
