import { readSettings } from '../config';
import { StartProblem } from '../platform/start-problem';
import { migrateAs, reaching } from './connect';

async function run(): Promise<void> {
  const url = (process.env['DATABASE_OWNER_URL'] ?? '').trim();
  if (url === '')
    throw new StartProblem('Set DATABASE_OWNER_URL: the database, as its owner. (The demo migrates its own database when it starts.)');
  // the same check of the setting's form as at a start
  readSettings({ DATABASE_OWNER_URL: url, DATABASE_URL: url });
  const ran = await reaching('DATABASE_OWNER_URL', url, () => migrateAs(url));
  console.log(ran.length === 0 ? 'Nothing to migrate: the database is as this version needs it.' : `Migrated: ${ran.join(', ')}`);
}

run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
