import { once } from 'node:events';
import { Client } from 'pg';
import { type CopyStreamQuery, from } from 'pg-copy-streams';
import type { Json } from '../../src/kernel/canonical-json';
import { type Row, type Rows, type Table, tables } from './rows';

const chunkLength = 256 * 1024;

/** Rows by COPY, each table over a connection of its own: Postgres reads them while the next are made, and no more than a few chunks of each wait in memory. */
export class CopyRows implements Rows {
  private readonly streams = new Map<Table, TableCopy>();

  private constructor(private readonly ownerUrl: string) {}

  static async open(ownerUrl: string): Promise<CopyRows> {
    const copy = new CopyRows(ownerUrl);
    for (const table of tables) copy.streams.set(table, await TableCopy.open(copy.ownerUrl, table));
    return copy;
  }

  add(table: Table, row: Row): void {
    this.streams.get(table)?.add(row);
  }

  /** Waits until every table has room for more. */
  async ready(): Promise<void> {
    for (const stream of this.streams.values()) if (stream.isFull) await stream.drained();
  }

  /** Ends and commits all; answers how many rows each table has got. */
  async finish(): Promise<ReadonlyMap<Table, number>> {
    const counts = await Promise.all([...this.streams].map(async ([table, stream]) => [table, await stream.finish()] as const));
    return new Map(counts);
  }

  async abandon(): Promise<void> {
    await Promise.all([...this.streams.values()].map((stream) => stream.abandon()));
  }
}

class TableCopy {
  isFull = false;
  private stream: CopyStreamQuery | undefined;
  private columns: readonly string[] = [];
  private pending = '';
  private failure: Error | undefined;

  private constructor(
    private readonly client: Client,
    private readonly table: Table,
  ) {}

  static async open(url: string, table: Table): Promise<TableCopy> {
    const client = new Client({
      connectionString: url,
      options: '-c TimeZone=UTC -c statement_timeout=0 -c idle_in_transaction_session_timeout=0',
    });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('BEGIN');
    // of a table that is emptied in the same transaction nothing has to go through the log, and rows need no vacuum afterwards
    await client.query(`TRUNCATE ${table}`);
    return new TableCopy(client, table);
  }

  add(row: Row): void {
    if (this.stream === undefined) this.begin(row);
    let line = '';
    for (const column of this.columns) line += line === '' ? textOf(row[column], column) : `\t${textOf(row[column], column)}`;
    this.pending += `${line}\n`;
    if (this.pending.length > chunkLength) this.send();
  }

  async drained(): Promise<void> {
    this.check();
    if (this.stream !== undefined && this.stream.writableNeedDrain) await once(this.stream, 'drain');
    this.isFull = false;
  }

  async finish(): Promise<number> {
    const { stream } = this;
    if (stream !== undefined) {
      this.send();
      stream.end();
      if (!stream.writableFinished) await once(stream, 'finish');
    }
    this.check();
    await this.client.query('COMMIT');
    await this.client.end();
    return stream?.rowCount ?? 0;
  }

  async abandon(): Promise<void> {
    this.stream?.destroy();
    await this.client.end().catch(() => undefined);
  }

  private begin(row: Row): void {
    this.columns = Object.keys(row);
    this.stream = this.client.query(from(`COPY ${this.table} (${this.columns.join(', ')}) FROM STDIN WITH (FREEZE)`));
    this.stream.on('error', (error: Error) => (this.failure = error));
  }

  private send(): void {
    this.check();
    if (this.pending === '' || this.stream === undefined) return;
    if (!this.stream.write(Buffer.from(this.pending, 'utf8'))) this.isFull = true;
    this.pending = '';
  }

  private check(): void {
    if (this.failure !== undefined)
      throw new Error(`${this.table} does not take what it is given: ${this.failure.message}`, { cause: this.failure });
  }
}

const special = /[\\\t\n\r]/;
const escaped = (text: string): string =>
  special.test(text) ? text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r') : text;

/** A value as COPY reads it. */
function textOf(value: Json | undefined, column: string): string {
  if (value === null) return '\\N';
  if (value === undefined) throw new Error(`a row has no ${column}, and the first one had`);
  if (typeof value === 'string') return escaped(value);
  if (typeof value !== 'object') return String(value);
  return escaped(`{${(value as readonly string[]).map((item) => JSON.stringify(item)).join(',')}}`);
}
