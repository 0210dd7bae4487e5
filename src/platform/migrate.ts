import type { DataSource } from 'typeorm';
import { appGroup } from './roles';

/** Runs the migrations that are not in the database yet, one process at a time; answers their names. `dataSource` connects as the owner. */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  const lock = dataSource.createQueryRunner();
  await lock.connect();
  try {
    await lock.query(`SELECT pg_advisory_lock(hashtextextended('touchstone migrate', 7))`);
    const ran = await dataSource.runMigrations({ transaction: 'each' });
    // an application that does not migrate looks at its start whether somebody has
    if (ran.length > 0) await lock.query(`GRANT SELECT ON migration TO ${appGroup}`);
    return ran.map(({ name }) => name);
  } finally {
    await lock.query(`SELECT pg_advisory_unlock(hashtextextended('touchstone migrate', 7))`).catch(() => undefined);
    await lock.release();
  }
}
