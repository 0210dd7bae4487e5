import { join } from 'node:path';
import pg, { types } from 'pg';
import { DataSource } from 'typeorm';
import { watchedDriver } from './platform/database-watch';
import { namingDriver } from './platform/named-statements';

// a day is a text, not an instant in whatever zone this process runs in
const dateOid = 1082;
types.setTypeParser(dateOid, (day) => day);

/** How one process talks to one database. */
export interface ConnectionOptions {
  readonly url: string;
  readonly pool?: number;
  readonly statementTimeoutMs?: number;
  /** Whether parameterised statements are prepared under a name; yes if left out. */
  readonly namedStatements?: boolean;
  /** For a process that answers requests: nobody waits long, and a database that says nothing counts as away. Hears of lost connections too. */
  readonly impatient?: (text: string) => void;
}

/** How long requests wait for a free connection, and for one to be made; and for a lock that another one holds. */
const impatience = { connectMs: 800, lockMs: 2_000 };
const patience = { connectMs: 3_000, lockMs: 10_000 };

/**
 * The data source of the application, and (with the owner's URL) of the migrations.
 * Timeouts are set on every connection, so that nothing that hangs holds a lock for long.
 */
export function createDataSource({
  url,
  pool = 10,
  statementTimeoutMs = 15_000,
  namedStatements = true,
  impatient,
}: ConnectionOptions): DataSource {
  const { connectMs, lockMs } = impatient === undefined ? patience : impatience;
  const driver = namedStatements ? namingDriver() : pg;
  return new DataSource({
    type: 'postgres',
    url,
    driver: impatient === undefined ? driver : watchedDriver(driver, impatient),
    entities: [join(__dirname, '**/*.entity.{ts,js}')],
    migrations: [join(__dirname, '../migrations/*.{ts,js}')],
    migrationsTableName: 'migration',
    installExtensions: false,
    connectTimeoutMS: connectMs,
    poolSize: pool,
    applicationName: 'touchstone',
    // a lost connection is an event, not the end of the process: the pool makes another when it is asked
    ...(impatient === undefined ? {} : { poolErrorHandler: (error: Error) => impatient(`lost a connection: ${error.message}`) }),
    extra: {
      statement_timeout: statementTimeoutMs,
      // the server cuts statements off; this is for a server that does not answer at all
      query_timeout: statementTimeoutMs + 1_000,
      lock_timeout: Math.min(statementTimeoutMs, lockMs),
      idle_in_transaction_session_timeout: Math.max(statementTimeoutMs, 15_000),
      keepAlive: true,
    },
  });
}
