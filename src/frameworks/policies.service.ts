import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor';
import { demand, raise } from '../kernel/refusal';
import { checkVersion, tagOfVersion } from '../kernel/version-tag';
import { Transactions } from '../platform/transaction';
import { PoliciesFacts } from './policies.facts';
import { PoliciesStore } from './policies.store';
import { type PolicyNumbers, sameNumbers } from './policy';

@Injectable()
export class PoliciesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: PoliciesStore,
    private readonly facts: PoliciesFacts,
  ) {}

  /**
   * Sets the numbers of a skill level's gate, as a new version; the same numbers again change nothing. Claims keep the version of their first submission.
   * @throws Refused `not-found` where the skill does not define the level, `if-match-required`, `stale`
   */
  async set(actor: Actor, skillLevel: string, numbers: PolicyNumbers, ifMatch: string | undefined): Promise<void> {
    await this.transactions.run(async (tx) => {
      await this.store.lock(tx, skillLevel);
      const current = (await this.facts.policy(skillLevel)) ?? raise('not-found');
      demand(checkVersion(ifMatch, tagOfVersion(current.version)));
      if (!sameNumbers(current, numbers)) await this.store.add(tx, skillLevel, current.version + 1, numbers, actor.personId);
    });
  }
}
