import { Injectable } from '@nestjs/common';
import { type Json, saltedDigest } from '../kernel/canonical-json';
import { type Page, pageOf, positionOf } from '../kernel/paging';
import { Database } from '../platform/transaction';
import { type Entry, type Misfit, checkChain } from './entry';

interface EntryRow {
  seq: number;
  at: Date;
  actor: string | null;
  kind: string;
  subject: string;
  digest: Buffer;
  previous: Buffer;
  hash: Buffer;
}

/** What became of the check of one chain. */
export interface ChainCheck {
  readonly engineerId: string;
  readonly entries: number;
  readonly head: string;
  readonly ok: boolean;
  readonly misfit: Misfit | null;
}

const columns = `e.seq, e.at, e.actor_id AS actor, e.kind, e.subject, e.digest, e.previous, e.hash`;

const entryOf = (row: EntryRow): Entry => ({
  seq: row.seq,
  at: row.at.toISOString(),
  actor: row.actor,
  kind: row.kind,
  subject: row.subject,
  digest: row.digest.toString('hex'),
  previous: row.previous.toString('hex'),
  hash: row.hash.toString('hex'),
});

@Injectable()
export class LedgerQueries {
  constructor(private readonly db: Database) {}

  /** One page of a record's chain, from its first entry on. */
  async list(engineerId: string, limit: number, cursor: string | undefined): Promise<Page<Entry>> {
    const list = ['ledger', engineerId];
    const [after] = cursor === undefined ? [0] : positionOf(list, cursor, ['number']);
    const rows = await this.db.query<EntryRow>(
      `SELECT ${columns} FROM ledger_entry e WHERE e.engineer_id = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $3`,
      [engineerId, after, limit + 1],
    );
    return pageOf(rows, limit, list, (row) => [row.seq], entryOf);
  }

  /** The first entry of a kind about a subject, with its content and salt (hex), null where they were erased. */
  async first(engineerId: string, kind: string, subject: string): Promise<{ entry: Entry; salt: string | null; body: Json } | null> {
    const row = await this.db.one<EntryRow & { salt: Buffer | null; body: Json }>(
      `SELECT ${columns}, c.salt, c.body FROM ledger_entry e LEFT JOIN record_content c ON c.engineer_id = e.engineer_id AND c.digest = e.digest
        WHERE e.engineer_id = $1 AND e.subject = $2 AND e.kind = $3 ORDER BY e.seq LIMIT 1`,
      [engineerId, subject, kind],
    );
    return row && { entry: entryOf(row), salt: row.salt?.toString('hex') ?? null, body: row.body };
  }

  /** The entries from one number to another, both with them. */
  async between(engineerId: string, first: number, last: number): Promise<Entry[]> {
    const rows = await this.db.query<EntryRow>(
      `SELECT ${columns} FROM ledger_entry e WHERE e.engineer_id = $1 AND e.seq BETWEEN $2 AND $3 ORDER BY e.seq`,
      [engineerId, first, last],
    );
    return rows.map(entryOf);
  }

  /** Recomputes every hash and every content digest of one chain. Content that is gone must have been redacted or erased; here, nothing is. */
  async check(engineerId: string): Promise<ChainCheck | null> {
    const head = await this.db.one<{ head_seq: number; head_hash: Buffer }>(
      `SELECT head_seq, head_hash FROM record WHERE engineer_id = $1`,
      [engineerId],
    );
    if (head === null) return null;
    const rows = await this.db.query<EntryRow & { salt: Buffer | null; body: Json }>(
      `SELECT ${columns}, c.salt, c.body FROM ledger_entry e LEFT JOIN record_content c ON c.engineer_id = e.engineer_id AND c.digest = e.digest
        WHERE e.engineer_id = $1 ORDER BY e.seq`,
      [engineerId],
    );
    const headHash = head.head_hash.toString('hex');
    const chain = checkChain(engineerId, rows.map(entryOf), { seq: head.head_seq, hash: headHash });
    const content = rows.find((row) => row.salt === null || !saltedDigest(row.body, row.salt).equals(row.digest));
    const contentMisfit =
      content === undefined
        ? null
        : { seq: content.seq, reason: content.salt === null ? 'its content is gone' : 'its content is not that of its digest' };
    const misfit =
      chain !== null && contentMisfit !== null ? (chain.seq <= contentMisfit.seq ? chain : contentMisfit) : (chain ?? contentMisfit);
    return { engineerId, entries: rows.length, head: headHash, ok: misfit === null, misfit };
  }
}
