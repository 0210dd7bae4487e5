import type { DataSource, QueryRunner } from 'typeorm';
import type { Json } from '../kernel/canonical-json';
import type { PublicJwk } from './checkpoint';
import { type CheckpointRow, checkpointColumns, checkpointOf } from './checkpoints.queries';
import { administrationId } from './administration';
import { administrationRows } from './administration-sql';
import {
  type HeaderLine,
  type LedgerLine,
  type RecordTable,
  administrationTables,
  ledgerFormat,
  rowAsJson,
  rowTables,
} from './ledger-file';

const batch = 500;

/** What says where a row of each table belongs in its record. Every column of it goes into the ledger's lines. */
const orderOf: Readonly<Record<RecordTable, string>> = {
  evidence_revision: 'evidence_id, revision',
  claim_submission: 'claim_id, submission',
  claim_pin: 'claim_id, submission, evidence_id, statement_ref',
  approval: 'claim_id, submission, mentor_id',
  sign_off: 'sign_off_id',
  revocation: 'sign_off_id',
  sign_off_expiry: 'sign_off_id',
  target: 'skill_ref, revision',
};

interface EntryRow {
  engineer: string;
  seq: number;
  at: Date;
  actor: string | null;
  kind: string;
  subject: string;
  digest: Buffer;
  previous: Buffer;
  hash: Buffer;
  salt: Buffer | null;
  content: Json;
}

/** A cursor over rows in order, a batch of them in memory. Cursors live as long as their transaction. */
class Stream<Found> {
  private rows: Found[] = [];
  private next = 0;
  private isOpen = false;

  constructor(
    private readonly runner: QueryRunner,
    private readonly name: string,
    private readonly sql: string,
  ) {}

  /** The row that comes next, or undefined at the end. */
  async peek(): Promise<Found | undefined> {
    if (this.next === this.rows.length && !(this.isOpen && this.rows.length < batch)) {
      if (!this.isOpen) await this.runner.query(`DECLARE ${this.name} NO SCROLL CURSOR FOR ${this.sql}`);
      this.isOpen = true;
      this.rows = (await this.runner.query(`FETCH ${batch} FROM ${this.name}`)) as Found[];
      this.next = 0;
    }
    return this.rows[this.next];
  }

  take(): void {
    this.next += 1;
  }
}

/** All rows from here on. */
async function* rest<Found>(stream: Stream<Found>): AsyncGenerator<Found, void> {
  for (let row = await stream.peek(); row !== undefined; row = await stream.peek()) {
    stream.take();
    yield row;
  }
}

/** The rows from here on that belong to one engineer. */
async function* rowsOf<Found extends { engineer: string }>(stream: Stream<Found>, engineer: string): AsyncGenerator<Found, void> {
  for (let row = await stream.peek(); row?.engineer === engineer; row = await stream.peek()) {
    stream.take();
    yield row;
  }
}

/**
 * Reads the whole ledger at one moment, line by line in the order of ledger-file.ts, a few batches of rows in memory.
 * It reads tables of later folders too (by SQL, every column): rows that point to content are what the ledger is held against.
 */
export async function* ledgerLines(dataSource: DataSource): AsyncGenerator<LedgerLine> {
  const runner = dataSource.createQueryRunner();
  await runner.connect();
  try {
    await runner.startTransaction('REPEATABLE READ');
    await runner.query('SET TRANSACTION READ ONLY');
    yield await headerOf(runner);
    const checkpoints = new Stream<CheckpointRow>(runner, 'checkpoints', `SELECT ${checkpointColumns} FROM checkpoint c ORDER BY c.number`);
    for await (const row of rest(checkpoints)) yield { line: 'checkpoint', ...checkpointOf(row) };
    const leaves = new Stream<{ index: number; engineer: string; seq: number; hash: string }>(
      runner,
      'leaves',
      `SELECT leaf_index AS index, engineer_id AS engineer, seq, encode(hash, 'hex') AS hash FROM checkpoint_leaf ORDER BY leaf_index`,
    );
    for await (const row of rest(leaves)) yield { line: 'leaf', ...row };
    yield* administrationLines(runner);
    yield* recordLines(runner);
  } finally {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    await runner.release();
  }
}

async function headerOf(runner: QueryRunner): Promise<HeaderLine> {
  const tables = [...rowTables, ...administrationTables.map((table) => `(${administrationRows[table]}) AS ${table}`)];
  const rows = tables.map((table) => `(SELECT count(*) FROM ${table})`).join(' + ');
  const [counts] = (await runner.query(
    `SELECT date_trunc('milliseconds', now()) AS at, (SELECT count(*)::int FROM checkpoint) AS checkpoints, (SELECT count(*)::int FROM checkpoint_leaf) AS leaves,
            1 + (SELECT count(*)::int FROM record) AS records,
            (SELECT count(*)::int FROM ledger_entry) + (SELECT count(*)::int FROM administration_entry) AS entries,
            (SELECT count(*)::int FROM record_content) + (SELECT count(*)::int FROM administration_content) AS contents, (${rows})::int AS rows`,
  )) as (HeaderLine['counts'] & { at: Date })[];
  if (counts === undefined) throw new Error('the database counts nothing');
  const keys = (await runner.query(`SELECT DISTINCT public_key FROM checkpoint ORDER BY 1`)) as { public_key: Buffer }[];
  const { at, ...rest } = counts;
  return {
    line: 'header',
    format: ledgerFormat,
    at: at.toISOString(),
    keys: keys.map(({ public_key: key }): PublicJwk => ({ kty: 'OKP', crv: 'Ed25519', x: key.toString('base64url') })),
    counts: rest,
  };
}

/** The administration ledger, as the record of nobody: it is always there, and where its row is gone, that is told. */
async function* administrationLines(runner: QueryRunner): AsyncGenerator<LedgerLine> {
  const [row] = (await runner.query(
    `SELECT (SELECT count(*)::int FROM administration_content) AS kept,
            (SELECT json_build_object('seq', head_seq, 'hash', encode(head_hash, 'hex')) FROM administration_record) AS head`,
  )) as { kept: number; head: { seq: number; hash: string } | null }[];
  yield { line: 'record', engineer: administrationId, head: row?.head ?? null, contents: row?.kept ?? 0 };
  const entries = new Stream<Omit<EntryRow, 'engineer'>>(
    runner,
    'administration_entries',
    `SELECT e.seq, e.at, e.actor_id AS actor, e.kind, e.subject, e.digest, e.previous, e.hash, c.salt, c.body AS content
       FROM administration_entry e LEFT JOIN administration_content c USING (digest) ORDER BY e.seq`,
  );
  for await (const entry of rest(entries)) yield entryLine(entry);
  for (const table of administrationTables) {
    const rows = new Stream<Record<string, unknown>>(runner, `rows_of_${table}`, administrationRows[table]);
    for await (const row of rest(rows)) yield { line: 'row', table, row: rowAsJson(row) };
  }
}

async function* recordLines(runner: QueryRunner): AsyncGenerator<LedgerLine> {
  const records = new Stream<{ engineer: string; seq: number; hash: string }>(
    runner,
    'records',
    `SELECT engineer_id AS engineer, head_seq AS seq, encode(head_hash, 'hex') AS hash FROM record ORDER BY engineer_id`,
  );
  const contents = new Stream<{ engineer: string; kept: number }>(
    runner,
    'contents',
    `SELECT engineer_id AS engineer, count(*)::int AS kept FROM record_content GROUP BY engineer_id ORDER BY engineer_id`,
  );
  const entries = new Stream<EntryRow>(
    runner,
    'entries',
    `SELECT e.engineer_id AS engineer, e.seq, e.at, e.actor_id AS actor, e.kind, e.subject, e.digest, e.previous, e.hash, c.salt, c.body AS content
       FROM ledger_entry e LEFT JOIN record_content c ON c.engineer_id = e.engineer_id AND c.digest = e.digest ORDER BY e.engineer_id, e.seq`,
  );
  const tables = rowTables.map((table) => ({
    table,
    stream: new Stream<{ engineer: string } & Record<string, unknown>>(
      runner,
      `rows_of_${table}`,
      `SELECT t.engineer_id AS engineer, t.* FROM ${table} t ORDER BY t.engineer_id, ${orderOf[table]}`,
    ),
  }));
  for (;;) {
    // something of a record whose own row is gone is still to be found
    const ahead: (string | undefined)[] = [];
    for (const stream of [records, contents, entries, ...tables.map((one) => one.stream)]) ahead.push((await stream.peek())?.engineer);
    const engineer = ahead.reduce((least, one) => (one !== undefined && (least === undefined || one < least) ? one : least), undefined);
    if (engineer === undefined) return;
    const [head = null] = await all(rowsOf(records, engineer));
    const [kept] = await all(rowsOf(contents, engineer));
    yield { line: 'record', engineer, head: head && { seq: head.seq, hash: head.hash }, contents: kept?.kept ?? 0 };
    for await (const row of rowsOf(entries, engineer)) yield entryLine(row);
    for (const { table, stream } of tables) {
      for await (const { engineer: _, ...row } of rowsOf(stream, engineer)) yield { line: 'row', table, row: rowAsJson(row) };
    }
  }
}

async function all<T>(rows: AsyncGenerator<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

const entryLine = ({ seq, at, actor, kind, subject, digest, previous, hash, salt, content }: Omit<EntryRow, 'engineer'>): LedgerLine => ({
  line: 'entry',
  seq,
  at: at.toISOString(),
  actor,
  kind,
  subject,
  digest: digest.toString('hex'),
  previous: previous.toString('hex'),
  hash: hash.toString('hex'),
  ...(salt === null ? {} : { salt: salt.toString('hex'), content }),
});
