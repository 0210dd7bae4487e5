import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { readColumns } from './platform/column-types';
import { type ConnectionOptions, applicationName, connectMsOf, driverOf, limitsOf } from './platform/connections';

readColumns();

/**
 * The data source of the application, and (with the owner's URL) of the migrations.
 * Timeouts are set on every connection, so that nothing that hangs holds a lock for long.
 */
export function createDataSource(options: ConnectionOptions): DataSource {
  const { url, pool = 10, impatient } = options;
  return new DataSource({
    type: 'postgres',
    url,
    driver: driverOf(options),
    entities: [join(__dirname, '**/*.entity.{ts,js}')],
    migrations: [join(__dirname, '../migrations/*.{ts,js}')],
    migrationsTableName: 'migration',
    installExtensions: false,
    connectTimeoutMS: connectMsOf(options),
    poolSize: pool,
    applicationName,
    // a lost connection is an event, not the end of the process: the pool makes another when it is asked
    ...(impatient === undefined ? {} : { poolErrorHandler: (error: Error) => impatient(`lost a connection: ${error.message}`) }),
    // a statement may be sent before the one before it is answered (platform/open-transaction.ts)
    extra: { ...limitsOf(options), pipeline: true },
  });
}
