import type { Writable } from 'node:stream';
import type { PoolClient, QueryResult } from 'pg';
import { type DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { type Plan, settle } from './named-statements';

/** What pg's clients have and its types do not tell. */
type Wired = PoolClient & { readonly connection: { readonly stream: Writable } };

/** What is sent before others have their turn leaves in one piece: calls to the system cost a busy server more than anything else. */
function gather(client: PoolClient): void {
  const { stream } = (client as Wired).connection;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** Sends one statement, past TypeORM, whose way there costs more than most statements do; what fails fails as it would there. */
export async function send(
  client: PoolClient,
  sql: string,
  parameters: readonly unknown[] = [],
  plan: Plan = 'either',
  until?: 'changed' | 'committed',
): Promise<QueryResult> {
  gather(client);
  settle(client, sql, plan, until);
  try {
    return await client.query(sql, parameters as unknown[]);
  } catch (error) {
    throw new QueryFailedError(sql, [...parameters], error as Error);
  }
}

/** A connection of the data source, and how it is given back: with an error, or when it was lost meanwhile, to nobody. */
export interface Connection {
  readonly client: PoolClient;
  readonly giveBack: (broken?: Error) => void;
}

/** Takes a connection of the data source, outside of any transaction. */
export async function takeConnection(dataSource: DataSource): Promise<Connection> {
  const driver = dataSource.driver as PostgresDriver;
  const [client, release] = (await driver.obtainMasterConnection()) as [PoolClient, (broken?: Error) => void];
  let lost: Error | undefined;
  const note = (error: Error): void => {
    lost = error;
  };
  client.on('error', note);
  return {
    client,
    giveBack: (broken) => {
      client.removeListener('error', note);
      release(lost ?? broken);
    },
  };
}

/** The answer to one statement outside of any transaction, on a connection of the data source. */
export async function queryOnce(dataSource: DataSource, sql: string, parameters: readonly unknown[], plan: Plan): Promise<QueryResult> {
  const { client, giveBack } = await takeConnection(dataSource);
  try {
    return await send(client, sql, parameters, plan);
  } finally {
    giveBack();
  }
}

/** SQL states of a statement that was not looked at, because one before it in the transaction had failed: nor was one whose preparing was not. */
const notLookedAt = new Set<unknown>(['25P02', '26000']);
const isAborted = (error: unknown): boolean =>
  error instanceof QueryFailedError && notLookedAt.has((error.driverError as { code?: unknown }).code);

/**
 * A transaction under way on one connection. The connection is a pipeline: statements are worked off in the order in which they are sent, and one can be sent
 * before the one before it is answered. So a write whose answer nobody needs is not waited for, and BEGIN and COMMIT cost no round trip of their own.
 */
export class OpenTransaction {
  private static readonly ofManager = new WeakMap<EntityManager, OpenTransaction>();

  /** What is to be done once it is committed. */
  readonly later: (() => Promise<void>)[] = [];
  private readonly begun: Promise<void>;
  private hasBegun = false;
  private isOver = false;
  private keepsPlans = false;
  private readonly unanswered: Promise<unknown>[] = [];

  private constructor(private readonly client: PoolClient) {
    this.begun = send(client, 'BEGIN', [], 'weighed').then(() => {
      this.hasBegun = true;
    });
    // whatever comes next waits for it, and is told
    this.begun.catch(() => undefined);
  }

  /** Begins a transaction on the connection of an entity manager, whose own query() becomes a part of it. */
  static begin(manager: EntityManager, client: PoolClient): OpenTransaction {
    const open = new OpenTransaction(client);
    OpenTransaction.ofManager.set(manager, open);
    // as TypeORM answers: rows, and for what changes or deletes rows their number too
    manager.query = async <T>(sql: string, parameters: readonly unknown[] = []): Promise<T> => {
      const { command, rows, rowCount } = await open.query(sql, parameters);
      return (command === 'UPDATE' || command === 'DELETE' ? [rows, rowCount] : rows) as T;
    };
    return open;
  }

  /** The transaction of an entity manager, while it is under way and after. */
  static of(manager: EntityManager): OpenTransaction {
    const open = OpenTransaction.ofManager.get(manager);
    if (open === undefined) throw new Error('a transaction that nobody has begun');
    return open;
  }

  async query(sql: string, parameters: readonly unknown[], plan: Plan = 'weighed'): Promise<QueryResult> {
    try {
      return await this.ask(sql, parameters, plan);
    } catch (error) {
      throw await this.causeOf(error);
    }
  }

  /** As query(), but sent together with the BEGIN before it. Only for what reads or locks: if it is BEGIN that fails, it has run outside of a transaction. */
  async queryAtOnce(sql: string, parameters: readonly unknown[]): Promise<QueryResult> {
    const [, result] = await Promise.all([this.begun, this.hasBegun ? this.ask(sql, parameters) : send(this.client, sql, parameters)]);
    return result;
  }

  /** Sends a write whose answer nobody needs. One that fails fails the transaction. */
  write(sql: string, parameters: readonly unknown[], plan: Plan = 'weighed'): void {
    const answered = this.ask(sql, parameters, plan);
    answered.catch(() => undefined);
    this.unanswered.push(answered);
  }

  /** Commits, and waits for all that was not waited for. */
  async commit(): Promise<void> {
    if (!this.hasBegun) await this.begun;
    this.isOver = true;
    // after a statement that failed, COMMIT rolls back
    const { command } = await send(this.client, 'COMMIT');
    await Promise.all(this.unanswered);
    if (command !== 'COMMIT') throw new Error('a statement of this transaction failed, and was passed over');
  }

  async rollBack(): Promise<void> {
    this.isOver = true;
    await send(this.client, 'ROLLBACK');
  }

  private async ask(sql: string, parameters: readonly unknown[], plan: Plan = 'weighed'): Promise<QueryResult> {
    if (!this.hasBegun) await this.begun;
    // what comes late would be done, and kept, outside of it
    if (this.isOver) throw new Error('this transaction is over');
    if (plan !== 'kept' || this.keepsPlans) return send(this.client, sql, parameters);
    // and the plans of what comes after it in this transaction
    this.keepsPlans = true;
    return send(this.client, sql, parameters, plan, 'committed');
  }

  /** What went wrong: of a statement that was not looked at, the first of the writes that nobody waited for. They were sent before it, and are answered. */
  async causeOf(error: unknown): Promise<unknown> {
    if (!isAborted(error)) return error;
    const failed = (await Promise.allSettled(this.unanswered)).find((write) => write.status === 'rejected');
    return failed === undefined ? error : failed.reason;
  }
}
