import { createHash } from 'node:crypto';
import pg, { type QueryConfig } from 'pg';

/** How many statements one connection keeps prepared; what comes after is planned anew each time. */
const mostNames = 500;

type Query = (...parts: unknown[]) => unknown;

/**
 * `pg` with a client that names each parameterised statement, so that Postgres parses and plans it once per connection: planning is what most of
 * the reads here cost. TypeORM takes it as its `driver`. Poolers that hand a connection on between statements (pgbouncer before 1.21 in
 * transaction mode) break named statements: NAMED_STATEMENTS=false leaves them out.
 */
export function namingDriver(): typeof pg {
  const names = new Map<string, string>();
  const nameOf = (text: string): string | undefined => {
    const known = names.get(text);
    if (known !== undefined || names.size >= mostNames) return known;
    const name = `s${createHash('sha256').update(text).digest('base64url').slice(0, 20)}`;
    names.set(text, name);
    return name;
  };

  class NamingClient extends pg.Client {
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
  }

  class NamingPool extends pg.Pool {
    constructor(config: pg.PoolConfig) {
      super({ ...config, Client: NamingClient });
    }
  }

  return Object.assign(Object.create(pg) as typeof pg, { Client: NamingClient, Pool: NamingPool });
}
