import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { parseSkillLevelRef } from '../kernel/reference';
import { raise } from '../kernel/refusal';
import type { ApiRequest } from '../platform/api-request';
import { PoliciesFacts } from './policies.facts';

/** A path that names a skill level which is not defined is answered before its body is read. */
@Injectable()
export class SkillLevelGuard implements CanActivate {
  constructor(private readonly policies: PoliciesFacts) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const skillLevel = context.switchToHttp().getRequest<ApiRequest>().params['skillLevel'] ?? '';
    if (parseSkillLevelRef(skillLevel) === null || (await this.policies.policy(skillLevel)) === null) {
      return raise('not-found', 'There is no such skill level.');
    }
    return true;
  }
}
