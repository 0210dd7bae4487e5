import { type Json, newSalt, saltedDigest } from '../kernel/canonical-json';
import { type Tx, rowsOf } from '../platform/transaction';
import { hashOf } from './entry';

/** A chain that this transaction has locked. */
export interface LockedChain {
  /** The database's clock, read after the lock was had; never before the entry before. */
  readonly at: Date;
  head: { seq: number; hash: Buffer };
}

/** One thing that happened. `content` is kept apart, salted; `digest` instead of it names content that keep() has stored already. */
export interface ChainHappening {
  readonly kind: string;
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

/** How the chains of one sort are read and written. What names one chain among them comes last among the parameters. */
interface ChainSql {
  readonly lock: string;
  /** $1 the head's seq */
  readonly clock: string;
  /** $1 digest, $2 salt, $3 body */
  readonly keep: string;
  /** $1 seq, $2 at, $3 actor, $4 kind, $5 subject, $6 digest, $7 previous, $8 hash */
  readonly append: string;
  /** $1 seq, $2 hash */
  readonly move: string;
}

const clockAfter = (entry: string): string =>
  `SELECT greatest(date_trunc('milliseconds', clock_timestamp()), (SELECT at FROM ${entry})) AS at`;

/** The chains of the records: each is named by its engineer. */
export const recordChains: ChainSql = {
  lock: `SELECT head_seq, head_hash FROM record WHERE engineer_id = $1 FOR UPDATE`,
  clock: clockAfter(`ledger_entry WHERE seq = $1 AND engineer_id = $2`),
  keep: `INSERT INTO record_content (digest, salt, body, engineer_id) VALUES ($1, $2, $3, $4)`,
  append: `INSERT INTO ledger_entry (seq, at, actor_id, kind, subject, digest, previous, hash, engineer_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
  move: `UPDATE record SET head_seq = $1, head_hash = $2, version = version + 1 WHERE engineer_id = $3`,
};

/** The one chain of the organisation: nothing has to name it. */
export const administrationChain: ChainSql = {
  lock: `SELECT head_seq, head_hash FROM administration_record FOR UPDATE`,
  clock: clockAfter(`administration_entry WHERE seq = $1`),
  keep: `INSERT INTO administration_content (digest, salt, body) VALUES ($1, $2, $3)`,
  append: `INSERT INTO administration_entry (seq, at, actor_id, kind, subject, digest, previous, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
  move: `UPDATE administration_record SET head_seq = $1, head_hash = $2, version = version + 1`,
};

/** Writes chains, of whichever sort. LedgerLog and AdministrationLog are the doors to it. */
export class ChainStore {
  constructor(private readonly sql: ChainSql) {}

  /** Locks a chain until the transaction ends; null where there is none of that name. */
  async lock(tx: Tx, ...name: readonly string[]): Promise<LockedChain | null> {
    const [row] = await rowsOf<{ head_seq: number; head_hash: Buffer }>(tx, this.sql.lock, name);
    if (row === undefined) return null;
    // the clock is read in a statement of its own: read with the lock, it could be from before the wait
    const [clock] = await rowsOf<{ at: Date }>(tx, this.sql.clock, [row.head_seq, ...name]);
    if (clock === undefined) throw new Error('the database has no clock');
    return { at: clock.at, head: { seq: row.head_seq, hash: row.head_hash } };
  }

  /** Stores content with a fresh salt, and answers its digest. */
  async keep(tx: Tx, content: Json, ...name: readonly string[]): Promise<Buffer> {
    const salt = newSalt();
    const digest = saltedDigest(content, salt);
    await tx.query(this.sql.keep, [digest, salt, JSON.stringify(content), ...name]);
    return digest;
  }

  /** Appends what happened, in order, and moves the head. */
  async append(tx: Tx, chain: LockedChain, happenings: readonly ChainHappening[], ...name: readonly string[]): Promise<LedgerPosition[]> {
    const positions: LedgerPosition[] = [];
    for (const { kind, subject, actor, content, digest: kept } of happenings) {
      const digest = kept ?? (await this.keep(tx, content ?? {}, ...name));
      const seq = chain.head.seq + 1;
      const previous = chain.head.hash;
      const fields = { seq, at: chain.at.toISOString(), actor, kind, subject };
      const hash = hashOf({ ...fields, digest: digest.toString('hex'), previous: previous.toString('hex') });
      await tx.query(this.sql.append, [seq, chain.at, actor, kind, subject, digest, previous, hash, ...name]);
      chain.head = { seq, hash };
      positions.push({ seq, hash: hash.toString('hex'), digest });
    }
    await tx.query(this.sql.move, [chain.head.seq, chain.head.hash, ...name]);
    return positions;
  }
}
