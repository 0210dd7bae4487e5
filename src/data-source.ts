import { join } from 'node:path';
import { types } from 'pg';
import { DataSource } from 'typeorm';
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
  readonly logPoolError?: (error: Error) => void;
}

/**
 * The data source of the application, and (with the owner's URL) of the migrations.
 * Timeouts are set on every connection, so that nothing that hangs holds a lock for long.
 */
export function createDataSource({
  url,
  pool = 10,
  statementTimeoutMs = 15_000,
  namedStatements = true,
  logPoolError,
}: ConnectionOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    ...(namedStatements ? { driver: namingDriver() } : {}),
    entities: [join(__dirname, '**/*.entity.{ts,js}')],
    migrations: [join(__dirname, '../migrations/*.{ts,js}')],
    migrationsTableName: 'migration',
    installExtensions: false,
    // also how long a request waits for a free connection; a server that is gone refuses at once
    connectTimeoutMS: 3_000,
    applicationName: 'touchstone',
    ...(logPoolError === undefined ? {} : { poolErrorHandler: logPoolError }),
    extra: {
      max: pool,
      statement_timeout: statementTimeoutMs,
      // the server cuts statements off; this is for a server that does not answer at all
      query_timeout: statementTimeoutMs + 1_000,
      lock_timeout: Math.min(statementTimeoutMs, 10_000),
      idle_in_transaction_session_timeout: Math.max(statementTimeoutMs, 15_000),
      keepAlive: true,
    },
  });
}
