import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { Settings } from '../config';
import { createPool } from './connections';
import { type Plan, settle } from './named-statements';
import { Database, Transactions } from './transaction';

/** How the replica stands: read, too far behind to be read, or not to be reached (or no replica of this database at all). */
export type ReplicaState = 'ok' | 'behind' | 'away';

/** How long a read waits for the replica to have what the primary has, before it goes to the primary. */
const patienceMs = 100;
/** How often the replica is looked at, which is also how long it is left alone after it was found wanting. */
const lookMs = 1_000;

/** What a database says of itself. Of a replica that was promoted, or that follows a primary that is none any more, the timeline is another one. */
const ownIdentity = `(SELECT c.system_identifier FROM pg_control_system() c) || ' ' || (SELECT k.timeline_id FROM pg_control_checkpoint() k) AS identity`;

/**
 * Up to where the primary has written; null where it has become a standby itself. What is committed is flushed before it is answered, and only what is
 * flushed is streamed; where commits do not wait for the disk, what is inserted counts.
 */
const writtenLsn = `
  CASE WHEN pg_is_in_recovery() THEN NULL
       WHEN current_setting('synchronous_commit') = 'off' THEN pg_current_wal_insert_lsn() ELSE pg_current_wal_flush_lsn() END::text AS lsn`;

const reachedSql = `SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= $1::pg_lsn AS reached`;

/** A connection of the replica's pool, and how it is given back. */
interface Taken {
  readonly client: PoolClient;
  readonly release: (broken?: boolean) => void;
}

const take = (pool: Pool): Promise<Taken> =>
  new Promise((resolve, reject) => {
    pool.connect((error, client, release) => {
      if (client === undefined) reject(error ?? new Error('the pool has no connection'));
      else resolve({ client, release });
    });
  });

/** Whether the place is the end of a page of the log, or right behind the header of the next. */
const isAtPageEnd = (lsn: string): boolean => Number.parseInt(lsn.split('/')[1] ?? '', 16) % 8_192 <= 40;

/** A statement that ran into its time limit on one server would do so on the other. */
const tookTooLong = (error: unknown): boolean => {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return code === '57014' || message === 'Query read timeout';
};

/**
 * Reads for dashboards, from a streaming replica if there is one (REPLICA_URL): never behind what was committed, by whomever, when the read began. The
 * primary is asked how far it has written, and the replica is read once it has replayed that far; if that takes too long, if it is away, or if it is no
 * replica of this database, the primary is read, at once from the second time on. Who may read what has been decided before, on the primary.
 */
@Injectable()
export class Replica implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private readonly logger = new Logger('Replica');
  private readonly pool: Pool | null;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | null = null;
  private isOver = false;
  /** What the last look found. */
  private found: ReplicaState = 'away';
  /** Whether reads may try it until the next look. */
  private isTrusted = false;
  private completedAt = -Infinity;
  private readonly counts = { replica: 0, primary: 0 };

  constructor(
    private readonly db: Database,
    private readonly transactions: Transactions,
    private readonly settings: Settings,
  ) {
    const { REPLICA_URL, DATABASE_POOL, STATEMENT_TIMEOUT_MS, NAMED_STATEMENTS, KEPT_PLANS } = settings;
    this.pool =
      REPLICA_URL === undefined
        ? null
        : createPool({
            url: REPLICA_URL,
            pool: DATABASE_POOL,
            statementTimeoutMs: STATEMENT_TIMEOUT_MS,
            namedStatements: NAMED_STATEMENTS,
            keptPlans: KEPT_PLANS,
            // that it goes away and comes back is told by the looks
            impatient: () => undefined,
          });
  }

  /** How the replica stands; null where none is named. */
  get state(): ReplicaState | null {
    return this.pool === null ? null : this.found;
  }

  /** How many reads each has answered. */
  get answered(): Readonly<{ replica: number; primary: number }> {
    return this.counts;
  }

  onApplicationBootstrap(): void {
    if (this.pool !== null) void this.look();
  }

  async onModuleDestroy(): Promise<void> {
    this.isOver = true;
    clearTimeout(this.timer);
    await this.looking;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool?.end();
  }

  /** The rows of one statement that only reads, as Database gives them. */
  async query<Row>(sql: string, parameters: readonly unknown[] = [], plan: Plan = 'weighed'): Promise<Row[]> {
    const rows = await this.read(sql, parameters, plan);
    this.counts[rows === null ? 'primary' : 'replica'] += 1;
    return rows === null ? this.db.query<Row>(sql, parameters, plan) : (rows as Row[]);
  }

  /** The first row of one statement that only reads, or null. */
  async one<Row>(sql: string, parameters: readonly unknown[] = [], plan: Plan = 'weighed'): Promise<Row | null> {
    return (await this.query<Row>(sql, parameters, plan))[0] ?? null;
  }

  /** The rows from the replica; null where the primary has to be asked. */
  private async read(sql: string, parameters: readonly unknown[], plan: Plan): Promise<QueryResultRow[] | null> {
    const { pool } = this;
    // what a transaction has written and not committed is on the primary only
    if (pool === null || !this.isTrusted || this.transactions.current() !== undefined) return null;
    const written = (await this.db.one<{ lsn: string | null }>(`SELECT ${writtenLsn}`))?.lsn ?? null;
    if (written === null) return null;
    let taken: Taken | undefined;
    try {
      taken = await take(pool);
      const reached = await this.hasReached(taken.client, written);
      if (reached) settle(taken.client, sql, plan);
      const rows = reached ? (await taken.client.query(sql, [...parameters])).rows : null;
      taken.release();
      if (rows === null) this.distrust();
      return rows as QueryResultRow[] | null;
    } catch (error) {
      taken?.release(true);
      if (tookTooLong(error)) throw error;
      this.distrust();
      return null;
    }
  }

  /** Whether it has replayed up to there, or does so in time. Asked on the connection that is read from: what one address stands for may be several servers. */
  private async hasReached(client: PoolClient, lsn: string): Promise<boolean> {
    const until = performance.now() + patienceMs;
    for (let wait = 1; ; wait = Math.min(16, wait * 2)) {
      const { rows } = await client.query<{ reached: boolean | null }>(reachedSql, [lsn]);
      if (rows[0]?.reached === true) return true;
      if (performance.now() + wait > until) return false;
      if (isAtPageEnd(lsn)) await this.completePage();
      await delay(wait);
    }
  }

  /**
   * In passing, Postgres flushes whole pages of its log, and so half of an entry that nobody waits for: nothing that was committed is in that half, but on
   * a quiet server the replica would stand before it for long. A commit that says nothing flushes the rest.
   */
  private async completePage(): Promise<void> {
    const now = performance.now();
    if (now - this.completedAt < lookMs) return;
    this.completedAt = now;
    await this.db.query(`SELECT pg_logical_emit_message(true, 'touchstone', '')`);
  }

  /** Nobody else waits for a replica that one has waited for in vain: it is looked at first. */
  private distrust(): void {
    this.isTrusted = false;
    void this.look();
  }

  /** Finds out how the replica stands, and does so again and again. */
  private look(): Promise<void> {
    clearTimeout(this.timer);
    this.looking ??= this.lookOnce().finally(() => {
      this.looking = null;
      if (this.isOver) return;
      this.timer = setTimeout(() => void this.look(), lookMs);
      this.timer.unref();
    });
    return this.looking;
  }

  private async lookOnce(): Promise<void> {
    const primary = await this.db.one<{ identity: string; lsn: string | null }>(`SELECT ${ownIdentity}, ${writtenLsn}`).catch(() => null);
    // with the primary away nothing is read at all
    if (primary === null) return;
    try {
      const found = await this.compare(primary);
      this.tell(found, found === 'behind' ? 'it is behind' : '');
    } catch (error) {
      this.tell('away', error instanceof Error ? error.message : String((error as { message?: unknown }).message ?? error));
    }
  }

  /** @throws where it cannot be reached, or is no replica of this database */
  private async compare({ identity, lsn }: { identity: string; lsn: string | null }): Promise<ReplicaState> {
    if (this.pool === null) return 'away';
    if (lsn === null) throw new Error('DATABASE_URL leads to a standby');
    const { client, release } = await take(this.pool);
    let isSound = false;
    try {
      const { rows } = await client.query<{ identity: string; standby: boolean }>(`SELECT ${ownIdentity}, pg_is_in_recovery() AS standby`);
      const reached = await this.hasReached(client, lsn);
      isSound = true;
      if (rows[0]?.standby !== true) throw new Error('REPLICA_URL leads to a server that is no standby');
      if (rows[0].identity !== identity) throw new Error('REPLICA_URL leads to a standby of another server, or of another timeline');
      return reached ? 'ok' : 'behind';
    } finally {
      release(!isSound);
    }
  }

  private tell(found: ReplicaState, why: string): void {
    const isNews = found !== this.found;
    this.found = found;
    this.isTrusted = found === 'ok';
    if (!isNews || this.isOver || this.settings.LOG_LEVEL === 'silent') return;
    this.logger.warn(found === 'ok' ? 'dashboards are read from the replica' : `dashboards are read from the primary: ${why}`);
  }
}
