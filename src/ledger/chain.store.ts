import { type Json, newSalt, saltedDigest } from '../kernel/canonical-json';
import { type Tx, rowsAtOnce, write } from '../platform/transaction';
import { hashOf } from './entry';

/** A piece of content on its way into the database. */
interface Kept {
  readonly digest: Buffer;
  readonly salt: Buffer;
  readonly body: string;
}

/** A chain that this transaction has locked. */
export interface LockedChain {
  /** The database's clock, read after the lock was had; never before the entry before. */
  readonly at: Date;
  head: { seq: number; hash: Buffer };
  /** Content that the next append() stores with its entries. */
  unsaved: Kept[];
}

/** One thing that happened. `content` is kept apart, salted; `digest` instead of it names content that keep() has taken already. */
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

/** Where the chains of one sort lie; `owner` is the column that names one among them, if there are several. */
interface ChainTables {
  readonly heads: string;
  readonly entries: string;
  readonly contents: string;
  readonly owner: string | null;
}

/** The chains of the records: each is named by its engineer. */
export const recordChains: ChainTables = { heads: 'record', entries: 'ledger_entry', contents: 'record_content', owner: 'engineer_id' };

/** The one chain of the organisation: nothing has to name it. */
export const administrationChain: ChainTables = {
  heads: 'administration_record',
  entries: 'administration_entry',
  contents: 'administration_content',
  owner: null,
};

const sqlOf = ({ heads, entries, contents, owner }: ChainTables) => ({
  // the clock is read from the locked row's tuple: read beside the lock, it could be from before the wait
  lock: `WITH locked AS MATERIALIZED (SELECT head_seq, head_hash, head_at FROM ${heads} ${owner === null ? '' : `WHERE ${owner} = $1`} FOR UPDATE)
    SELECT head_seq, head_hash, greatest(date_trunc('milliseconds', clock_timestamp()), head_at) AS at FROM locked`,
  // contents, entries and head in one statement, however much happened. $1–$3 contents, $4–$10 entries, $11 at, $12–$13 the head, $14 the owner
  append: `WITH kept AS (
      INSERT INTO ${contents} (digest, salt, body${owner === null ? '' : `, ${owner}`})
      SELECT k.digest, k.salt, k.body::jsonb${owner === null ? '' : ', $14::uuid'} FROM unnest($1::bytea[], $2::bytea[], $3::text[]) AS k (digest, salt, body)
    ), appended AS (
      INSERT INTO ${entries} (seq, actor_id, kind, subject, digest, previous, hash, at${owner === null ? '' : `, ${owner}`})
      SELECT n.*, $11::timestamptz${owner === null ? '' : ', $14::uuid'}
        FROM unnest($4::int[], $5::uuid[], $6::text[], $7::text[], $8::bytea[], $9::bytea[], $10::bytea[]) AS n (seq, actor, kind, subject, digest, previous, hash)
    )
    UPDATE ${heads} SET head_seq = $12, head_hash = $13, head_at = $11, version = version + 1 ${owner === null ? '' : `WHERE ${owner} = $14`}`,
});

/** Writes chains, of whichever sort. LedgerLog and AdministrationLog are the doors to it. */
export class ChainStore {
  private readonly sql: ReturnType<typeof sqlOf>;

  constructor(tables: ChainTables) {
    this.sql = sqlOf(tables);
  }

  /** Locks a chain until the transaction ends; null where there is none of that name. */
  async lock(tx: Tx, ...name: readonly string[]): Promise<LockedChain | null> {
    const [row] = await rowsAtOnce<{ head_seq: number; head_hash: Buffer; at: Date }>(tx, this.sql.lock, name);
    return row === undefined ? null : { at: row.at, head: { seq: row.head_seq, hash: row.head_hash }, unsaved: [] };
  }

  /** Takes content, to be stored with a fresh salt by the next append(); answers its digest. */
  keep(chain: LockedChain, content: Json): Buffer {
    const salt = newSalt();
    const digest = saltedDigest(content, salt);
    chain.unsaved.push({ digest, salt, body: JSON.stringify(content) });
    return digest;
  }

  /** Appends what happened, in order, stores what was kept, and moves the head. What is written is not waited for: where it cannot be, the commit fails. */
  append(tx: Tx, chain: LockedChain, happenings: readonly ChainHappening[], ...name: readonly string[]): Promise<LedgerPosition[]> {
    const at = chain.at.toISOString();
    const entries = happenings.map(({ kind, subject, actor, content, digest: kept }) => {
      const digest = kept ?? this.keep(chain, content ?? {});
      const { seq: before, hash: previous } = chain.head;
      const seq = before + 1;
      const hash = hashOf({ seq, at, actor, kind, subject, digest: digest.toString('hex'), previous: previous.toString('hex') });
      chain.head = { seq, hash };
      return { seq, actor, kind, subject, digest, previous, hash };
    });
    const { unsaved } = chain;
    chain.unsaved = [];
    write(tx, this.sql.append, [
      unsaved.map(({ digest }) => digest),
      unsaved.map(({ salt }) => salt),
      unsaved.map(({ body }) => body),
      entries.map(({ seq }) => seq),
      entries.map(({ actor }) => actor),
      entries.map(({ kind }) => kind),
      entries.map(({ subject }) => subject),
      entries.map(({ digest }) => digest),
      entries.map(({ previous }) => previous),
      entries.map(({ hash }) => hash),
      chain.at,
      chain.head.seq,
      chain.head.hash,
      ...name,
    ]);
    return Promise.resolve(entries.map(({ seq, hash, digest }) => ({ seq, hash: hash.toString('hex'), digest })));
  }
}
