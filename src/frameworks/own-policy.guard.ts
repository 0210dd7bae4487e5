import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { skillRefOfLevel } from '../kernel/reference';
import { demand, raise } from '../kernel/refusal';
import type { ApiRequest } from '../platform/api-request';
import { OwnRelationFacts } from './own-relation.facts';
import { checkMaySetPolicy } from './policies.policy';

/** Who may not set this policy is told so before their body is read; the service decides again, under lock. Runs after SkillLevelGuard. */
@Injectable()
export class OwnPolicyGuard implements CanActivate {
  constructor(private readonly facts: OwnRelationFacts) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { viewpoint, params } = context.switchToHttp().getRequest<ApiRequest>();
    const caller = viewpoint ?? raise('not-signed-in');
    demand(checkMaySetPolicy(caller, await this.facts.relation(caller.personId, skillRefOfLevel(params['skillLevel'] ?? ''))));
    return true;
  }
}
