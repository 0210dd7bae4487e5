import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Connection, send, takeConnection } from './open-transaction';
import { type Leave, Turns } from './turns';

/** The share of connections that such reads may take: each holds one while its answer is sent. */
const share = 0.2;
/** How many rows are in memory at a time, and mapped before others have their turn; what has no more is read by one statement and needs no snapshot. */
export const batch = 200;
const seatsPerPlace = 5;
const patienceMs = 3_000;

/** What the database holds at one moment, read statement by statement on a connection of its own, which is held until end(). */
export class Snapshot {
  private cursors = 0;
  private over: Promise<void> | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly leave: Leave,
  ) {}

  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    if (this.over !== undefined) throw new Error('this snapshot is over');
    return (await send(this.connection.client, sql, parameters)).rows as Row[];
  }

  /** What the rows of a statement stand for, a batch at a time. */
  async *items<Row, Item>(sql: string, parameters: readonly unknown[], itemOf: (row: Row) => Item): AsyncGenerator<Item[], void> {
    this.cursors += 1;
    const name = `batches_${this.cursors}`;
    await this.query(`DECLARE ${name} NO SCROLL CURSOR FOR ${sql}`, parameters);
    for (;;) {
      const rows = await this.query<Row>(`FETCH ${batch} FROM ${name}`);
      if (rows.length > 0) yield rows.map(itemOf);
      if (rows.length < batch) return;
    }
  }

  /** Gives the connection back, after what is under way on it; called again it does nothing more. It does not fail. */
  end(): Promise<void> {
    this.over ??= this.finish();
    return this.over;
  }

  private async finish(): Promise<void> {
    const { client, giveBack } = this.connection;
    try {
      await send(client, 'ROLLBACK');
      giveBack();
    } catch (error) {
      giveBack(error as Error);
    } finally {
      this.leave();
    }
  }
}

/**
 * Reads that take more than one statement and must agree. They are of the primary: a replica cancels what reads for longer than it lets its primary run ahead.
 */
@Injectable()
export class Snapshots {
  private readonly turns: Turns;
  private readonly open = new Set<Snapshot>();

  constructor(private readonly dataSource: DataSource) {
    const places = Math.max(1, Math.round((dataSource.options.poolSize ?? 10) * share));
    this.turns = new Turns(places, places * seatsPerPlace, patienceMs);
  }

  /** @throws Refused `too-busy` where others hold all the connections that there are for this */
  async take(): Promise<Snapshot> {
    const leave = await this.turns.take();
    let connection: Connection | undefined;
    try {
      connection = await takeConnection(this.dataSource);
      await send(connection.client, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', [], 'weighed');
      const snapshot: Snapshot = new Snapshot(connection, () => {
        this.open.delete(snapshot);
        leave();
      });
      this.open.add(snapshot);
      return snapshot;
    } catch (error) {
      connection?.giveBack(error as Error);
      leave();
      throw error;
    }
  }

  /** Ends all that are open, for a process that ends: it waits for every connection to be given back. */
  async endAll(): Promise<void> {
    await Promise.all([...this.open].map((snapshot) => snapshot.end()));
  }
}
