import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor';
import { Database, type Tx, rowsOf } from '../platform/transaction';
import { PeopleStore } from './people.store';

/** A person as somebody who decides: locked until the transaction ends. */
export interface LockedPerson {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
  /** Until when the person may not approve, after a fresh invitation. */
  readonly barredUntil: Date | null;
}

/** What other folders may ask about people. */
@Injectable()
export class PeopleFacts {
  constructor(
    private readonly db: Database,
    private readonly people: PeopleStore,
  ) {}

  /** Names by id; unknown ids are left out. */
  async names(ids: Iterable<string>): Promise<Map<string, string>> {
    const wanted = [...new Set(ids)];
    if (wanted.length === 0) return new Map();
    const rows = await this.db.query<{ id: string; name: string }>(
      `SELECT person_id AS id, name FROM person WHERE person_id = ANY ($1::uuid[])`,
      [wanted],
    );
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  /** The name of one person, or null where there is no such person. */
  async name(id: string): Promise<string | null> {
    return (await this.names([id])).get(id) ?? null;
  }

  /**
   * Makes sure that whoever acts is an admin still, and stays one until this is done. Taken before the record's lock.
   * @throws Refused `not-allowed`
   */
  demandAdmin(tx: Tx, caller: Pick<Actor, 'personId'>): Promise<void> {
    return this.people.demandAdmin(tx, caller);
  }

  /**
   * Locks a person shared, as who approves does: their deactivation, accreditations and fresh invitations wait for this transaction, or it for them.
   * @returns null where there is no such person
   */
  async lockShared(tx: Tx, personId: string): Promise<LockedPerson | null> {
    const [row] = await rowsOf<LockedPerson>(
      tx,
      `SELECT person_id AS id, name, active, approvals_barred_until AS "barredUntil" FROM person WHERE person_id = $1 FOR SHARE`,
      [personId],
    );
    return row ?? null;
  }
}
