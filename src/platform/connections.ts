import pg, { type Pool } from 'pg';
import { watchedDriver } from './database-watch';
import { namingDriver } from './named-statements';

/** How one process talks to one database. */
export interface ConnectionOptions {
  readonly url: string;
  readonly pool?: number;
  readonly statementTimeoutMs?: number;
  /** Whether parameterised statements are prepared under a name; yes if left out. */
  readonly namedStatements?: boolean;
  /** Whether their plans may be kept (named-statements.ts); yes if left out. */
  readonly keptPlans?: boolean;
  /** For a process that answers requests: nobody waits long, and a database that says nothing counts as away. Hears of lost connections too. */
  readonly impatient?: (text: string) => void;
}

/** How long requests wait for a free connection, and for one to be made; and for a lock that another one holds. */
const impatience = { connectMs: 800, lockMs: 2_000 };
const patience = { connectMs: 3_000, lockMs: 10_000 };

export const applicationName = 'touchstone';

/** `pg` as the options ask for it: naming its statements, watched. */
export function driverOf({ namedStatements = true, keptPlans = true, impatient }: ConnectionOptions): typeof pg {
  const driver = namedStatements ? namingDriver(keptPlans) : pg;
  return impatient === undefined ? driver : watchedDriver(driver, impatient);
}

/** How long one waits for a connection. */
export const connectMsOf = ({ impatient }: ConnectionOptions): number => (impatient === undefined ? patience : impatience).connectMs;

/** What holds on every connection, so that nothing that hangs holds a lock, or a place, for long. */
export function limitsOf({ statementTimeoutMs = 15_000, impatient }: ConnectionOptions) {
  return {
    statement_timeout: statementTimeoutMs,
    // the server cuts statements off; this is for a server that does not answer at all
    query_timeout: statementTimeoutMs + 1_000,
    lock_timeout: Math.min(statementTimeoutMs, (impatient === undefined ? patience : impatience).lockMs),
    idle_in_transaction_session_timeout: Math.max(statementTimeoutMs, 15_000),
    keepAlive: true,
  };
}

/** Connections beside those of the data source, under the same limits; none is made before it is needed. */
export function createPool(options: ConnectionOptions): Pool {
  const { Pool: PoolOfDriver } = driverOf(options);
  const pool = new PoolOfDriver({
    connectionString: options.url,
    max: options.pool ?? 10,
    application_name: applicationName,
    connectionTimeoutMillis: connectMsOf(options),
    ...limitsOf(options),
    // as those of the data source; pg knows it, its types do not yet
    ...{ pipeline: true },
  });
  // a lost connection is an event, not the end of the process: the pool makes another when it is asked
  pool.on('error', (error) => options.impatient?.(`lost a connection: ${error.message}`));
  // one that is lost while it is in use tells whoever uses it
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
