import { Injectable } from '@nestjs/common';
import { type Json, newSalt, saltedDigest } from '../kernel/canonical-json';
import { raise } from '../kernel/refusal';
import { type Tx, rowsOf } from '../platform/transaction';
import { type EntryKind, genesisOf, hashOf } from './entry';

/** A record that this transaction has locked. Only LedgerLog.lock makes one; whoever writes to a record needs it in hand. */
export interface LockedRecord {
  readonly engineerId: string;
  /** The database's clock, read after the lock was had. */
  readonly at: Date;
  head: { seq: number; hash: Buffer };
}

/** One thing that happened. `content` is kept apart, salted; `digest` instead of it names content that keep() has stored already. */
export interface Happening {
  readonly kind: EntryKind;
  readonly subject: string;
  /** Who did it; null is the application itself. */
  readonly actor: string | null;
  readonly content?: Json;
  readonly digest?: Buffer;
}

/** Where an entry came to stand. */
export interface LedgerPosition {
  readonly seq: number;
  readonly hash: string;
  readonly digest: Buffer;
}

/** Writes to the ledger: the only way to change a record begins with lock() and ends with append(), in one transaction. */
@Injectable()
export class LedgerLog {
  /** Begins the record of a new person. */
  async open(tx: Tx, engineerId: string): Promise<void> {
    await tx.query(`INSERT INTO record (engineer_id, head_hash) VALUES ($1, $2)`, [engineerId, genesisOf(engineerId)]);
  }

  /**
   * Locks a record until the transaction ends: writes to one record come one after the other.
   * @throws Refused `not-found` if there is no such record
   */
  async lock(tx: Tx, engineerId: string): Promise<LockedRecord> {
    const [row] = await rowsOf<{ head_seq: number; head_hash: Buffer }>(
      tx,
      `SELECT head_seq, head_hash FROM record WHERE engineer_id = $1 FOR UPDATE`,
      [engineerId],
    );
    if (row === undefined) return raise('not-found');
    // the clock is read in a statement of its own: read with the lock, it could be from before the wait
    const [clock] = await rowsOf<{ at: Date }>(
      tx,
      `SELECT greatest(date_trunc('milliseconds', clock_timestamp()), (SELECT at FROM ledger_entry WHERE engineer_id = $1 AND seq = $2)) AS at`,
      [engineerId, row.head_seq],
    );
    if (clock === undefined) throw new Error('the database has no clock');
    return { engineerId, at: clock.at, head: { seq: row.head_seq, hash: row.head_hash } };
  }

  /** Stores content with a fresh salt, and answers its digest. */
  async keep(tx: Tx, record: LockedRecord, content: Json): Promise<Buffer> {
    const salt = newSalt();
    const digest = saltedDigest(content, salt);
    await tx.query(`INSERT INTO record_content (engineer_id, digest, salt, body) VALUES ($1, $2, $3, $4)`, [
      record.engineerId,
      digest,
      salt,
      JSON.stringify(content),
    ]);
    return digest;
  }

  /** Appends what happened to the record's chain, in order, and moves its head. */
  async append(tx: Tx, record: LockedRecord, ...happenings: readonly Happening[]): Promise<LedgerPosition[]> {
    const positions: LedgerPosition[] = [];
    for (const happening of happenings) positions.push(await this.appendOne(tx, record, happening));
    await tx.query(`UPDATE record SET head_seq = $2, head_hash = $3, version = version + 1 WHERE engineer_id = $1`, [
      record.engineerId,
      record.head.seq,
      record.head.hash,
    ]);
    return positions;
  }

  private async appendOne(
    tx: Tx,
    record: LockedRecord,
    { kind, subject, actor, content, digest: kept }: Happening,
  ): Promise<LedgerPosition> {
    const digest = kept ?? (await this.keep(tx, record, content ?? {}));
    const seq = record.head.seq + 1;
    const previous = record.head.hash;
    const hash = hashOf({
      seq,
      at: record.at.toISOString(),
      actor,
      kind,
      subject,
      digest: digest.toString('hex'),
      previous: previous.toString('hex'),
    });
    await tx.query(
      `INSERT INTO ledger_entry (engineer_id, seq, at, actor_id, kind, subject, digest, previous, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [record.engineerId, seq, record.at, actor, kind, subject, digest, previous, hash],
    );
    record.head = { seq, hash };
    return { seq, hash: hash.toString('hex'), digest };
  }
}
