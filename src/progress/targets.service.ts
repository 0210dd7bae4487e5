import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { FrameworksFacts } from '../frameworks/frameworks.facts';
import type { Viewpoint } from '../kernel/actor';
import { dayOf } from '../kernel/clock';
import { demand, raise } from '../kernel/refusal';
import { checkVersion, checkVersionIfGiven, tagOfVersion } from '../kernel/version-tag';
import { LedgerLog, type LockedRecord } from '../ledger/ledger.log';
import { PeopleFacts } from '../people/people.facts';
import { Database, Transactions, type Tx } from '../platform/transaction';
import { type Target, checkDay, checkLevel } from './target';
import { checkMaySetTarget } from './target.policy';
import { type StoredTarget, TargetsStore } from './targets.store';

/** Which level an engineer is to reach in a skill, and by when. */
@Injectable()
export class TargetsService {
  constructor(
    private readonly db: Database,
    private readonly transactions: Transactions,
    private readonly ledger: LedgerLog,
    private readonly store: TargetsStore,
    private readonly frameworks: FrameworksFacts,
    private readonly people: PeopleFacts,
    private readonly settings: Settings,
  ) {}

  /**
   * Sets the target in a skill, or changes it: a new revision. The same target again changes nothing.
   * @param ifMatch needed where a target is set; where none is, nobody can have seen one
   * @throws Refused `malformed` for a day that has passed, `if-match-required`, `stale`, `person-state`, `level-not-defined`
   */
  async set(caller: Viewpoint, engineerId: string, skill: string, target: Target, ifMatch: string | undefined): Promise<void> {
    await this.transactions.run(async (tx) => {
      const { record, newest } = await this.begin(tx, caller, engineerId, skill);
      demand(checkDay(target.by, dayOf(record.at, this.settings.TIME_ZONE)));
      const standing = newest?.target ?? null;
      const tag = tagOfVersion(newest?.revision ?? 0);
      // where none is set there is nothing that anybody can have seen
      demand(standing === null ? checkVersionIfGiven(ifMatch, 'no tag') : checkVersion(ifMatch, tag));
      const engineer = await this.people.lockShared(tx, engineerId);
      if (engineer?.active !== true) raise('person-state', 'The engineer is deactivated: no targets are set for them.');
      const { definedLevels } = (await this.frameworks.skill(skill)) ?? raise('not-found', 'There is no such skill.');
      demand(checkLevel(target.level, definedLevels));
      if (standing?.level === target.level && standing.by === target.by) return;
      const happening = await this.store.add(tx, record, caller.personId, skill, (newest?.revision ?? 0) + 1, target);
      await this.ledger.append(tx, record, happening);
    });
  }

  /** Takes the target in a skill back: a revision without one. What was set before stays as it was. @throws Refused `not-found`, `if-match-required`, `stale` */
  async remove(caller: Viewpoint, engineerId: string, skill: string, ifMatch: string | undefined): Promise<void> {
    await this.transactions.run(async (tx) => {
      const { record, newest } = await this.begin(tx, caller, engineerId, skill);
      if (newest === null || newest.target === null) return raise('not-found', 'There is no target in this skill.');
      demand(checkVersion(ifMatch, tagOfVersion(newest.revision)));
      const happening = await this.store.add(tx, record, caller.personId, skill, newest.revision + 1, null);
      await this.ledger.append(tx, record, happening);
    });
  }

  /** Locks the record and asks again who the caller is to it: a manager may have changed while they waited. */
  private async begin(
    tx: Tx,
    caller: Viewpoint,
    engineerId: string,
    skill: string,
  ): Promise<{ record: LockedRecord; newest: StoredTarget | null }> {
    const record = await this.ledger.lock(tx, engineerId);
    const { relation = raise('not-found') } = caller;
    const above = await this.db.one(`SELECT 1 FROM reporting_line WHERE ancestor_id = $1 AND descendant_id = $2`, [
      caller.personId,
      engineerId,
    ]);
    demand(checkMaySetTarget({ ...caller, relation: { ...relation, above: above !== null } }));
    return { record, newest: await this.store.newest(tx, record, skill) };
  }
}
