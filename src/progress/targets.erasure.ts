import { Injectable } from '@nestjs/common';
import type { Happening, LockedRecord } from '../ledger/ledger.log';
import type { Tx } from '../platform/transaction';
import { TargetsStore } from './targets.store';

/** Takes back the targets of a record that is erased: nobody is left to reach them. Which levels and days were set before stays, without words. */
@Injectable()
export class TargetsErasure {
  constructor(private readonly store: TargetsStore) {}

  /** Answers what happened, for the ledger. */
  async erase(tx: Tx, record: LockedRecord, actor: string): Promise<Happening[]> {
    const happened: Happening[] = [];
    for (const skill of await this.store.standing(tx, record)) {
      const newest = await this.store.newest(tx, record, skill);
      happened.push(await this.store.add(tx, record, actor, skill, (newest?.revision ?? 0) + 1, null));
    }
    return happened;
  }
}
