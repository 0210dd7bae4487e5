import type { DataSource } from 'typeorm';
import { createDataSource } from '../data-source';
import { migrate } from '../platform/migrate';
import { eraserProblem, rightsProblem } from '../platform/roles';
import { databaseProblem, StartProblem } from '../platform/start-problem';

/** Does some work on a connected data source and closes it. */
export async function withDataSource<T>(url: string, work: (dataSource: DataSource) => Promise<T>): Promise<T> {
  // a migration may take its time, and no request waits for it
  const dataSource = await createDataSource({ url, pool: 3, statementTimeoutMs: 600_000 }).initialize();
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

/** Runs the migrations that are missing, as the owner; answers their names. */
export const migrateAs = (ownerUrl: string): Promise<string[]> => withDataSource(ownerUrl, migrate);

/** Names of the migrations that this version of the application needs and the database does not have; any account that may connect can ask. */
export function missingMigrations(url: string): Promise<string[]> {
  return withDataSource(url, async (dataSource) => {
    const needed = dataSource.migrations.map(({ name, constructor }) => name ?? constructor.name);
    const [table] = await dataSource.query<{ readable: boolean }[]>(
      `SELECT coalesce(has_table_privilege(to_regclass('migration'), 'SELECT'), false) AS readable`,
    );
    if (table?.readable !== true) return needed;
    const ran = await dataSource.query<{ name: string }[]>('SELECT name FROM migration');
    return needed.filter((one) => !ran.some(({ name }) => name === one));
  });
}

/**
 * Makes sure that the database of the settings is fit for requests: migrated (by us, where the owner's address is given), and the account limited.
 * @throws StartProblem saying what to do
 */
export async function prepareGivenDatabase(url: string, ownerUrl: string | undefined, eraserUrl?: string): Promise<string[]> {
  const ran = await prepareTables(url, ownerUrl);
  if (eraserUrl !== undefined) demandNone(await reaching('DATABASE_ERASER_URL', eraserUrl, () => eraserProblem(eraserUrl)));
  return ran;
}

async function prepareTables(url: string, ownerUrl: string | undefined): Promise<string[]> {
  await demandLimitedRights(url);
  if (ownerUrl === undefined) {
    const missing = await reaching('DATABASE_URL', url, () => missingMigrations(url));
    if (missing.length === 0) return [];
    throw new StartProblem(
      `The database of DATABASE_URL lacks ${missing.length === 1 ? 'a migration' : `${missing.length} migrations`} (the first is ${missing[0]}): run "npm run db:migrate" with DATABASE_OWNER_URL, or start with DATABASE_OWNER_URL set.`,
    );
  }
  const ran = await reaching('DATABASE_OWNER_URL', ownerUrl, () => migrateAs(ownerUrl));
  if (ran.length > 0) await demandLimitedRights(url);
  return ran;
}

async function demandLimitedRights(url: string): Promise<void> {
  demandNone(await reaching('DATABASE_URL', url, () => rightsProblem(url)));
}

function demandNone(problem: string | null): void {
  if (problem !== null) throw new StartProblem(`${problem[0]?.toUpperCase()}${problem.slice(1)}.`);
}

/** Does some work with a database, and says in words what is wrong where it cannot be reached. */
export async function reaching<T>(setting: string, url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw databaseProblem(error, setting, url) ?? error;
  }
}
