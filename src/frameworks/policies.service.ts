import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor';
import { skillRefOfLevel } from '../kernel/reference';
import { demand, raise } from '../kernel/refusal';
import { checkVersion, tagOfVersion } from '../kernel/version-tag';
import { demandAdmin } from '../ledger/acting-admin.facts';
import { policySubject } from '../ledger/administration';
import { AdministrationLog } from '../ledger/administration.log';
import { Transactions } from '../platform/transaction';
import { OwnRelationFacts } from './own-relation.facts';
import { PoliciesFacts } from './policies.facts';
import { checkMaySetPolicy } from './policies.policy';
import { PoliciesStore } from './policies.store';
import { type PolicyNumbers, policyContent, sameNumbers } from './policy';

@Injectable()
export class PoliciesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: PoliciesStore,
    private readonly facts: PoliciesFacts,
    private readonly relations: OwnRelationFacts,
    private readonly administration: AdministrationLog,
  ) {}

  /**
   * Sets the numbers of a skill level's gate, as a new version; the same numbers again change nothing. Claims keep the version of their first submission.
   * @throws Refused `not-allowed`, `not-found` where the skill does not define the level, `own-relation`, `if-match-required`, `stale`
   */
  async set(actor: Actor, skillLevel: string, numbers: PolicyNumbers, ifMatch: string | undefined): Promise<void> {
    await this.transactions.run(async (tx) => {
      await demandAdmin(tx, actor.personId);
      const relation = await this.relations.lockedRelation(tx, actor.personId, skillRefOfLevel(skillLevel));
      await this.store.lock(tx, skillLevel);
      const current = (await this.facts.policy(skillLevel)) ?? raise('not-found');
      demand(checkMaySetPolicy(actor, relation));
      demand(checkVersion(ifMatch, tagOfVersion(current.version)));
      if (sameNumbers(current, numbers)) return;
      const acts = await this.administration.lock(tx);
      const policy = { ...numbers, skillLevel, version: current.version + 1 };
      await this.store.add(tx, policy, actor.personId, acts.at);
      await this.administration.append(tx, acts, {
        kind: 'policy.set',
        subject: policySubject(skillLevel),
        actor: actor.personId,
        content: policyContent(policy),
      });
    });
  }
}
