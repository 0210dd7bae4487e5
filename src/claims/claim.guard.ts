import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { PoliciesFacts } from '../frameworks/policies.facts';
import { isId } from '../kernel/ids';
import { demand, raise } from '../kernel/refusal';
import type { ApiRequest } from '../platform/api-request';
import type { ClaimAction } from './claim';
import { ClaimCases } from './claim-case.query';
import { checkMay, sightOf } from './claim.policy';

const actionKey = 'touchstone:claim-action';

/** Declares what a route does with the claim in its path. */
export const ForClaim = (action: ClaimAction): MethodDecorator => SetMetadata(actionKey, action);

/** Before anything of the request is read: does the caller know of this claim (404), and may they ever do this (403)? Decided again under the lock. */
@Injectable()
export class ClaimGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly cases: ClaimCases,
    private readonly policies: PoliciesFacts,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { viewpoint, params } = context.switchToHttp().getRequest<ApiRequest>();
    const claimId = params['claimId'];
    if (viewpoint?.relation === undefined || claimId === undefined || !isId(claimId)) return raise('not-found');
    const claim = await this.cases.claim(viewpoint.relation.engineerId, claimId);
    if (claim === null || sightOf(viewpoint, claim) === 'none') return raise('not-found');
    const action = this.reflector.get<ClaimAction | undefined>(actionKey, context.getHandler());
    if (action === undefined) return true;
    const policy = await this.policies.policy(claim.skillLevel, claim.policyVersion);
    demand(checkMay(action, viewpoint, claim, await this.cases.judge(claim, viewpoint.personId), policy?.lineManagerMayApprove ?? false));
    return true;
  }
}
