import { Injectable } from '@nestjs/common';
import type { Json } from '../kernel/canonical-json';
import { type Tx, rowsOf } from '../platform/transaction';
import type { ActKind } from './administration';
import { administrationRows } from './administration-sql';
import { type ChainHappening, ChainStore, type LedgerPosition, type LockedChain, administrationChain } from './chain.store';
import { type AdministrationTable, type Row, rowAsJson } from './ledger-file';

declare const locked: unique symbol;

/** The administration ledger, locked by this transaction. Only AdministrationLog.lock makes one; whoever changes rules, people or roles needs it in hand. */
export interface LockedAdministration extends LockedChain {
  readonly [locked]: true;
}

/** One administrative act. Its content says ids, roles, numbers, reasons and which fields changed, and never a name or an address: those stay where they can be erased. */
export interface Act extends ChainHappening {
  readonly kind: ActKind;
  readonly content: Json;
}

/**
 * Writes to the administration ledger. What an act changes is written between lock() and append(), in one transaction.
 * The lock is taken last, after the reporting line's, the admins', records' and persons': all acts wait for each other here.
 */
@Injectable()
export class AdministrationLog {
  private readonly chain = new ChainStore(administrationChain);

  /**
   * Locks the chain until the transaction ends. Where it is still empty and there are rules or roles already (of an installation older than
   * the chain), they are adopted as its first entry.
   */
  async lock(tx: Tx): Promise<LockedAdministration> {
    const chain = (await this.chain.lock(tx)) as LockedAdministration | null;
    if (chain === null) throw new Error('the administration ledger has lost its row');
    if (chain.head.seq === 0) await this.adopt(tx, chain);
    return chain;
  }

  /** Appends acts, in order. */
  append(tx: Tx, chain: LockedAdministration, ...acts: readonly Act[]): Promise<LedgerPosition[]> {
    return this.chain.append(tx, chain, acts);
  }

  private async adopt(tx: Tx, chain: LockedAdministration): Promise<void> {
    const rows = async (table: AdministrationTable): Promise<Row[]> =>
      (await rowsOf<Record<string, unknown>>(tx, administrationRows[table])).map(rowAsJson);
    const policies = await rows('policy');
    // reasons are words about people, and must be erasable without the rest
    const accreditations = (await rows('accreditation')).map(({ reason: _, ...row }) => row);
    const people = await rows('person');
    if (policies.length + accreditations.length + people.length === 0) return;
    await this.append(tx, chain, { kind: 'rules.adopted', subject: 'rules', actor: null, content: { policies, accreditations, people } });
  }
}
