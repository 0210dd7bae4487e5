import { createHash } from 'node:crypto';
import pg, { type QueryConfig } from 'pg';

/** How many statements one connection keeps prepared; what comes after is planned anew each time. */
const mostNames = 500;

type Query = (...parts: unknown[]) => unknown;

/**
 * How Postgres comes by the plan of a named statement.
 * - `kept`: one for whatever parameters, made once on each connection. For what is found by keys, where planning costs more than reading, and for nothing whose
 *   parameters decide how best to read it (how many rows are wanted, whether a filter is there at all).
 * - `weighed`: as Postgres sees fit, which may be to plan it anew each time.
 * - `either`: whichever is on; for statements that Postgres keeps the plan of in any case.
 */
export type Plan = 'kept' | 'weighed' | 'either';

/** A connection on which plans can be kept. Those of `pg` itself, whose statements have no names, have no plans to keep. */
export interface PlanKeeper {
  /** Sends what `sql`, the next statement, needs for its plan, if anything; in a transaction under way, to hold until it ends. */
  settle(sql: string, plan: Plan, until?: 'changed' | 'committed'): void;
}

/** Has plans kept on a connection, or not, where it can keep them at all. */
export const settle = (client: object, ...how: Parameters<PlanKeeper['settle']>): void => {
  (client as Partial<PlanKeeper>).settle?.(...how);
};

// $1 whether until the transaction ends. Citus finds the shards of many a statement by its parameters, and cannot make one plan for all of them: there it stays as it is
const keepSql = `SELECT set_config('plan_cache_mode', CASE WHEN EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus')
  THEN current_setting('plan_cache_mode') ELSE 'force_generic_plan' END, $1::boolean)`;
// to what the role, the database or the server says
const weighSql = 'RESET plan_cache_mode';

/**
 * `pg` with a client that names each parameterised statement, so that Postgres parses and plans it once per connection: planning is what most of
 * the reads here cost. TypeORM takes it as its `driver`. Poolers that hand a connection on between statements (pgbouncer before 1.21 in
 * transaction mode) break named statements: NAMED_STATEMENTS=false leaves them out.
 * @param keptPlans whether plans may be kept too; not where a pooler hands connections on between transactions, for it would hand on that they are kept
 */
export function namingDriver(keptPlans: boolean): typeof pg {
  const names = new Map<string, string>();
  const nameOf = (text: string): string | undefined => {
    const known = names.get(text);
    if (known !== undefined || names.size >= mostNames) return known;
    const name = `s${createHash('sha256').update(text).digest('base64url').slice(0, 20)}`;
    names.set(text, name);
    return name;
  };

  class NamingClient extends pg.Client implements PlanKeeper {
    /** What is set on the connection outside of transactions; null where that is not known. */
    private keepsPlans: boolean | null = false;

    constructor(config?: string | pg.ClientConfig) {
      super(config);
      const query = this.query.bind(this) as Query;
      const naming: Query = (config, values, ...rest) => {
        if (typeof config !== 'string' || !Array.isArray(values)) return query(config, values, ...rest);
        const name = values.length === 0 ? undefined : nameOf(config);
        const named: QueryConfig = name === undefined ? { text: config, values } : { text: config, values, name };
        return query(named, ...rest);
      };
      this.query = naming as typeof this.query;
    }

    settle(sql: string, plan: Plan, until: 'changed' | 'committed' = 'changed'): void {
      if (!keptPlans || plan === 'either') return;
      // a statement without a name would be planned each time for whatever parameters
      const keeps = plan === 'kept' && nameOf(sql) !== undefined;
      if (until === 'committed') {
        // what fails in a transaction fails the statement after it as well
        if (keeps) this.query(keepSql, [true]).catch(() => undefined);
        return;
      }
      if (keeps === this.keepsPlans) return;
      this.keepsPlans = keeps;
      (keeps ? this.query(keepSql, [false]) : this.query(weighSql)).catch(() => {
        // if the connection is lost, the statement that it was for says so; if it was only cancelled, the next one sets it again
        this.keepsPlans = null;
      });
    }
  }

  class NamingPool extends pg.Pool {
    constructor(config: pg.PoolConfig) {
      super({ ...config, Client: NamingClient });
    }
  }

  return Object.assign(Object.create(pg) as typeof pg, { Client: NamingClient, Pool: NamingPool });
}
