import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { FrameworksFacts } from '../frameworks/frameworks.facts';
import { parseSkillRef } from '../kernel/reference';
import { raise } from '../kernel/refusal';
import type { ApiRequest } from '../platform/api-request';
import { maySeeTarget } from './target.policy';
import { TargetsQueries } from './targets.queries';

/** Before anything of the request is read: is there such a skill, may the caller know of the target in it, and is one set where one is needed? Else 404. */
@Injectable()
export class TargetsGuard implements CanActivate {
  constructor(
    private readonly frameworks: FrameworksFacts,
    private readonly targets: TargetsQueries,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { viewpoint, params, method } = context.switchToHttp().getRequest<ApiRequest>();
    const skill = params['skill'] ?? '';
    if (viewpoint?.relation === undefined) return raise('not-found');
    if (!maySeeTarget(viewpoint, skill) || parseSkillRef(skill) === null) return raise('not-found', noTarget);
    const isThere =
      method === 'PUT'
        ? (await this.frameworks.skill(skill)) !== null
        : (await this.targets.one(viewpoint.relation.engineerId, skill)) !== null;
    return isThere || raise('not-found', method === 'PUT' ? 'There is no such skill.' : noTarget);
  }
}

const noTarget = 'There is no target in such a skill here.';
