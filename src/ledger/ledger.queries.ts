import { setImmediate as breathe } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Json } from '../kernel/canonical-json';
import { type Page, pageOf, positionOf } from '../kernel/paging';
import { Database } from '../platform/transaction';
import { Turns } from '../platform/turns';
import { personSubject } from './administration';
import { AdministrationFacts } from './administration-facts';
import { ContentWalk } from './chain-content';
import { ChainWalk, type Entry, type Misfit } from './entry';
import { type EntryLine, asText, fieldsOf } from './ledger-file';
import { mayBeShown } from './shown-content';

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

/** An entry with the record's head beside it; of a record without entries there is only the head. */
interface CheckedRow extends Omit<EntryRow, 'digest'> {
  digest: Buffer | null;
  head_seq: number;
  head_hash: Buffer;
  salt: Buffer | null;
  body: Json;
}

/** What became of the check of one chain. */
export interface ChainCheck {
  readonly engineerId: string;
  readonly entries: number;
  readonly head: string;
  readonly ok: boolean;
  readonly misfit: Misfit | null;
  /** Entries whose content was redacted or erased; null where something does not fit. */
  readonly heldInPart: number | null;
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

const lineOf = ({ salt, body, ...row }: EntryRow & Pick<CheckedRow, 'salt' | 'body'>): EntryLine => ({
  line: 'entry',
  ...entryOf(row),
  ...(salt === null ? {} : { salt: salt.toString('hex'), content: body }),
});

/** Hashing keeps the processor busy: one chain at a time, and no more waiting than have theirs soon. */
const [atOnce, mayWait, patienceMs] = [1, 10, 5_000];
/** How many entries are in memory, and hashed before others have their turn. */
const batch = 100;
/** Before any number that an entry can have, also one that it should not. */
const beforeAll = -(2 ** 31);

@Injectable()
export class LedgerQueries {
  private readonly turns = new Turns(atOnce, mayWait, patienceMs);

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

  /** The first entry of a kind about a subject, with its content and salt (hex), null where they were redacted or erased. */
  async first(engineerId: string, kind: string, subject: string): Promise<{ entry: Entry; salt: string | null; body: Json } | null> {
    const row = await this.db.one<EntryRow & { salt: Buffer | null; body: Json }>(
      `SELECT ${columns}, c.salt, c.body FROM ledger_entry e LEFT JOIN record_content c ON c.engineer_id = e.engineer_id AND c.digest = e.digest AND ${mayBeShown('c', '$1')}
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

  /**
   * Recomputes every hash and every content digest of one chain; content that is gone was redacted or erased, as it may be, or it is a misfit. That is decided by
   * the verifier's own rule (chain-content.ts), held against what the administration ledger says of this record; that ledger itself is not checked here.
   * @throws Refused `too-busy` where many ask at once
   */
  async check(engineerId: string): Promise<ChainCheck | null> {
    const leave = await this.turns.take();
    try {
      return await this.checkInBatches(engineerId);
    } finally {
      leave();
    }
  }

  private async checkInBatches(engineerId: string): Promise<ChainCheck | null> {
    const walk = new ChainWalk(engineerId);
    const facts = new AdministrationFacts();
    const content = new ContentWalk(engineerId, facts);
    for (let entries = 0, gone = 0, next = beforeAll; ; await breathe()) {
      const { head, lines } = (await this.batchOf(engineerId, next)) ?? {};
      if (head === undefined || lines === undefined) return null;
      await this.learn(facts, engineerId, lines);
      for (const line of lines) {
        walk.take(line);
        content.take(line);
        if (line.salt === undefined) gone += 1;
      }
      entries += lines.length;
      next = (lines.at(-1)?.seq ?? next) + 1;
      // read by the statement that found the end: nothing happened between the two. What went meanwhile went by entries that have come since
      if (lines.length === batch) continue;
      const found = [walk.finish(head), content.finish()].flatMap((misfit) => (misfit === null ? [] : [misfit]));
      const [misfit = null] = found.sort((one, other) => one.seq - other.seq);
      return { engineerId, entries, head: head.hash, ok: misfit === null, misfit, heldInPart: misfit === null ? gone : null };
    }
  }

  /** The next entries of a chain, and the record's head at the same moment; null where there is no record. */
  private async batchOf(engineerId: string, from: number): Promise<{ head: { seq: number; hash: string }; lines: EntryLine[] } | null> {
    const rows = await this.db.query<CheckedRow>(
      `SELECT h.head_seq, h.head_hash, ${columns}, c.salt, c.body
         FROM record h
         LEFT JOIN LATERAL (SELECT * FROM ledger_entry n WHERE n.engineer_id = $1 AND n.seq >= $2::bigint ORDER BY n.seq LIMIT $3) e ON true
         LEFT JOIN record_content c ON c.engineer_id = $1 AND c.digest = e.digest
        WHERE h.engineer_id = $1 ORDER BY e.seq`,
      [engineerId, from, batch],
    );
    const [head] = rows;
    if (head === undefined) return null;
    const lines = rows.flatMap(({ digest, ...row }) => (digest === null ? [] : [lineOf({ ...row, digest })]));
    return { head: { seq: head.head_seq, hash: head.head_hash.toString('hex') }, lines };
  }

  /** Adds what the administration ledger says of content that these entries take out: read after them, so that whatever they name is there. */
  private async learn(facts: AdministrationFacts, engineerId: string, lines: readonly EntryLine[]): Promise<void> {
    const taking = lines.filter(({ kind }) => kind === 'record.redacted' || kind === 'record.erased');
    if (taking.length === 0) return;
    const requests = taking.map(({ content }) => `requests/${asText(fieldsOf(content)['request'])}`);
    const acts = await this.db.query<EntryRow & { body: Json }>(
      `SELECT ${columns}, k.body FROM administration_entry e LEFT JOIN administration_content k ON k.digest = e.digest
        WHERE e.seq = 1 OR e.subject = ANY ($1) ORDER BY e.seq`,
      [[personSubject(engineerId), ...requests]],
    );
    for (const { body, ...act } of acts) facts.entry(entryOf(act), fieldsOf(body));
  }
}
