import { Injectable } from '@nestjs/common';
import { type Json } from '../kernel/canonical-json';
import { raise } from '../kernel/refusal';
import { type Tx } from '../platform/transaction';
import { type ChainHappening, ChainStore, type LedgerPosition, type LockedChain, recordChains } from './chain.store';
import { type EntryKind, genesisOf } from './entry';

/** A record that this transaction has locked. Only LedgerLog.lock makes one; whoever writes to a record needs it in hand. */
export interface LockedRecord extends LockedChain {
  readonly engineerId: string;
}

/** One thing that happened to a record. */
export interface Happening extends ChainHappening {
  readonly kind: EntryKind;
}

/** Writes to the ledger: the only way to change a record begins with lock() and ends with append(), in one transaction. */
@Injectable()
export class LedgerLog {
  private readonly chains = new ChainStore(recordChains);

  /** Begins the record of a new person. */
  async open(tx: Tx, engineerId: string): Promise<void> {
    await tx.query(`INSERT INTO record (engineer_id, head_hash) VALUES ($1, $2)`, [engineerId, genesisOf(engineerId)]);
  }

  /**
   * Locks a record until the transaction ends: writes to one record come one after the other.
   * @throws Refused `not-found` if there is no such record
   */
  async lock(tx: Tx, engineerId: string): Promise<LockedRecord> {
    const chain = (await this.chains.lock(tx, engineerId)) ?? raise('not-found');
    return { engineerId, ...chain };
  }

  /** Takes content, to be stored with a fresh salt by the next append(); answers its digest. */
  keep(record: LockedRecord, content: Json): Buffer {
    return this.chains.keep(record, content);
  }

  /** Appends what happened to the record's chain, in order, and moves its head. */
  append(tx: Tx, record: LockedRecord, ...happenings: readonly Happening[]): Promise<LedgerPosition[]> {
    return this.chains.append(tx, record, happenings, record.engineerId);
  }
}
