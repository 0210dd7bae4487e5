import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { isId } from '../kernel/ids';
import { demand, raise } from '../kernel/refusal';
import type { ApiRequest } from '../platform/api-request';
import { EligibilityFacts } from '../progress/eligibility.facts';
import { EvidenceFacts } from './evidence.facts';
import { checkReviewer, sightOf } from './evidence.policy';
import { Redactions } from './redactions';

type Subject = 'evidence' | 'revision' | 'support' | 'words' | 'review';

const actsOnKey = 'touchstone:acts-on';

/** Declares what of the path must be there before the body is looked at: the evidence, a revision of it, its support, the words about one, or a support that the caller may judge. */
export const ActsOn = (subject: Subject): MethodDecorator => SetMetadata(actsOnKey, subject);

/** Answers 404 and 403 for what the path names, before anything is said about the request's form. The service asks again under the lock. */
@Injectable()
export class EvidenceGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly facts: EvidenceFacts,
    private readonly eligibility: EligibilityFacts,
    private readonly redactions: Redactions,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const subject = this.reflector.get<Subject | undefined>(actsOnKey, context.getHandler());
    if (subject === undefined) return true;
    const { params, viewpoint } = context.switchToHttp().getRequest<ApiRequest>();
    if (viewpoint?.relation === undefined) return raise('not-found');
    const { relation } = viewpoint;
    const evidenceId = (params['evidenceId'] ?? '').toLowerCase();
    if (!isId(evidenceId)) return raise('not-found');
    if (subject === 'evidence') {
      if ((await this.facts.evidence(relation.engineerId, evidenceId)) === null) return raise('not-found');
      return true;
    }
    if (subject === 'revision') {
      const revision = Number(/^[1-9]\d{0,8}$/.exec(params['revision'] ?? '')?.[0] ?? 0);
      return (await this.redactions.standing(relation.engineerId, { evidenceId, revision })) === null ? raise('not-found') : true;
    }
    const statement = params['statement'] ?? '';
    // a text that Postgres cannot hold names no statement
    const support = statement.includes('\0') ? null : await this.facts.support(relation.engineerId, evidenceId, statement);
    if (support === null) return raise('not-found');
    // what was said of a support that is withdrawn is still kept
    if (subject === 'words') return true;
    if (support.supportState === 'withdrawn') return raise('not-found');
    if (subject === 'support') return true;
    if (!(await this.facts.sees(relation, sightOf(viewpoint), evidenceId, statement, support))) return raise('not-found');
    const judge = (await this.eligibility.judge(relation.engineerId, support.skill, viewpoint.personId)) ?? raise('not-allowed');
    demand(checkReviewer(judge, support));
    return true;
  }
}
