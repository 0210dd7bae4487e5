import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { DataSource, type EntityManager, QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { raise } from '../kernel/refusal';
import type { Plan } from './named-statements';
import { OpenTransaction, queryOnce } from './open-transaction';
import { Turns } from './turns';

declare const minted: unique symbol;

/** An entity manager inside a transaction. Only Transactions.run mints one, so a write outside a transaction does not compile. */
export type Tx = EntityManager & { readonly [minted]: true };

/** What came of a transaction, and what is to be done now that it is committed. */
interface Committed<T> {
  readonly result: T;
  readonly later: readonly (() => Promise<void>)[];
}

const safeToRetry = new Set(['40001', '40P01']);
const attempts = 4;
/** How long a transaction may wait for its turn, and how many for each that has one. */
const patienceMs = 800;
const seatsPerPlace = 20;
/** The share of connections that transactions leave to reads: those who wait for a busy record's lock hold theirs, and must not hold all. */
const forReads = 0.3;

const sqlState = (error: unknown): unknown => (error as { driverError?: { code?: unknown } } | null)?.driverError?.code;

/** Runs use cases in transactions. A transaction asked for inside another joins it: all of it or nothing. */
@Injectable()
export class Transactions {
  private readonly ambient = new AsyncLocalStorage<Tx>();
  private underWay = 0;
  private readonly turns: Turns;

  constructor(private readonly dataSource: DataSource) {
    const connections = dataSource.options.poolSize ?? 10;
    const places = Math.max(1, connections - Math.max(1, Math.round(connections * forReads)));
    this.turns = new Turns(places, places * seatsPerPlace, patienceMs);
  }

  /**
   * Runs `work` in a transaction and commits when it resolves; any throw rolls everything back.
   * A deadlock or serialization failure is tried again: `work` must do nothing but what the transaction undoes.
   * @throws Refused `too-busy` where too many transactions run already, `database-away` where the connection was lost
   */
  async run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const joined = this.ambient.getStore();
    if (joined !== undefined) return work(joined);
    const leave = await this.turns.take();
    let done: Committed<T>;
    try {
      done = await this.tried(work);
    } catch (error) {
      // the connection was lost between two statements: TypeORM gives it back at once, and the next statement finds it gone
      const isLost = error instanceof QueryRunnerAlreadyReleasedError || error instanceof QueryRunnerProviderAlreadyReleasedError;
      if (isLost) return raise('database-away');
      throw error;
    } finally {
      leave();
    }
    // the place is given back: what is done now may take its time, and writes of others do not wait for it
    for (const one of done.later) await one();
    return done.result;
  }

  private async tried<T>(work: (tx: Tx) => Promise<T>): Promise<Committed<T>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once(work);
      } catch (error) {
        if (attempt >= attempts || !safeToRetry.has(String(sqlState(error)))) throw error;
        // not at once, nor all at the same moment: the others are to get out of the way
        await delay(Math.random() * 20 * 2 ** attempt);
      }
    }
  }

  private async once<T>(work: (tx: Tx) => Promise<T>): Promise<Committed<T>> {
    const runner = this.dataSource.createQueryRunner();
    const tx = runner.manager as Tx;
    let result: T;
    this.underWay += 1;
    try {
      const open = OpenTransaction.begin(tx, (await runner.connect()) as PoolClient);
      try {
        result = await this.ambient.run(tx, () => work(tx));
        await open.commit();
      } catch (error) {
        // TypeORM's own statements know nothing of the writes sent before them
        const cause = await open.causeOf(error);
        // where the connection is lost there is nothing to roll back
        await open.rollBack().catch(() => undefined);
        throw cause;
      }
    } finally {
      this.underWay -= 1;
      // while it is in use Node looks after every promise of the process, and those who only read pay for it
      if (this.underWay === 0) this.ambient.disable();
      await runner.release();
    }
    return { result, later: OpenTransaction.of(tx).later };
  }

  /** Does something once the transaction under way is committed, before its outcome is answered; not at all if it is rolled back. It must not throw. */
  afterCommit(tx: Tx, work: () => Promise<void>): void {
    OpenTransaction.of(tx).later.push(work);
  }

  /** The transaction under way here, if there is one. */
  current(): Tx | undefined {
    return this.ambient.getStore();
  }
}

/** Reads: SQL with hand-written mapping, inside the transaction under way if there is one. */
@Injectable()
export class Database {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
  ) {}

  /** The rows of one statement; columns keep the names and types that the SQL gives them. */
  async query<Row>(sql: string, parameters: readonly unknown[] = [], plan: Plan = 'weighed'): Promise<Row[]> {
    const tx = this.transactions.current();
    if (tx !== undefined) return rowsOf<Row>(tx, sql, parameters, plan);
    return (await queryOnce(this.dataSource, sql, parameters, plan)).rows as Row[];
  }

  /** The first row of one statement, or null. */
  async one<Row>(sql: string, parameters: readonly unknown[] = [], plan: Plan = 'weighed'): Promise<Row | null> {
    return (await this.query<Row>(sql, parameters, plan))[0] ?? null;
  }
}

/** The rows that a statement in a transaction answers with. */
export const rowsOf = async <Row>(tx: Tx, sql: string, parameters: readonly unknown[] = [], plan: Plan = 'weighed'): Promise<Row[]> =>
  (await OpenTransaction.of(tx).query(sql, parameters, plan)).rows as Row[];

/** As rowsOf(), for what locks or reads first thing in a transaction: it is sent together with the BEGIN before it. */
export const rowsAtOnce = async <Row>(tx: Tx, sql: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
  (await OpenTransaction.of(tx).queryAtOnce(sql, parameters)).rows as Row[];

/** Sends a write whose answer nobody needs: what comes after it in the transaction finds it done, the commit waits for it, and if it fails so does the transaction. */
export const write = (tx: Tx, sql: string, parameters: readonly unknown[], plan: Plan = 'weighed'): void =>
  OpenTransaction.of(tx).write(sql, parameters, plan);
