import 'reflect-metadata';
import type { DataSource } from 'typeorm';
import { readSettings, type Settings } from '../config';
import { readCredentials } from '../demo/credentials';
import { openDemoDatabase } from '../demo/demo-database';
import { LedgerLog } from '../ledger/ledger.log';
import { StartProblem } from '../platform/start-problem';
import { Transactions } from '../platform/transaction';
import { ProgressStore } from '../progress/progress.store';
import { prepareGivenDatabase, reaching, withDataSource } from './connect';

const differences = (before: Map<string, string>, after: Map<string, string>): number =>
  [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key)).length;

/** Rebuilds every record's progress, each in a transaction of its own, under the record's lock; answers how many rows were not as they are now. */
async function rebuild(dataSource: DataSource): Promise<{ records: number; rows: number; changed: number }> {
  const [transactions, ledger, progress] = [new Transactions(dataSource), new LedgerLog(), new ProgressStore()];
  const records = await dataSource.query<{ id: string }[]>(`SELECT engineer_id AS id FROM record ORDER BY engineer_id`);
  let [rows, changed] = [0, 0];
  for (const { id } of records) {
    await transactions.run(async (tx) => {
      const record = await ledger.lock(tx, id);
      const before = await progress.rows(tx, record);
      await progress.rebuild(tx, record);
      const after = await progress.rows(tx, record);
      rows += after.size;
      changed += differences(before, after);
    });
  }
  return { records: records.length, rows, changed };
}

/** Does some work as the application: on the database of the settings, or on that of the demo, whether it runs or not. */
async function withDatabase<T>(settings: Settings, work: (url: string) => Promise<T>): Promise<T> {
  const url = settings.DATABASE_URL;
  if (url !== undefined) {
    await prepareGivenDatabase(url, settings.DATABASE_OWNER_URL);
    return reaching('DATABASE_URL', url, () => work(url));
  }
  if (readCredentials(settings.DATA_DIR) === null) {
    throw new StartProblem(`There is no demo in ${settings.DATA_DIR} yet (npm start makes one), and DATABASE_URL is not set.`);
  }
  const demo = await openDemoDatabase(settings.DATA_DIR, console.log);
  try {
    return await work(demo.url);
  } finally {
    await demo.close();
  }
}

async function run(): Promise<void> {
  const settings = readSettings(process.env);
  const { records, rows, changed } = await withDatabase(settings, (url) => withDataSource(url, rebuild));
  console.log(
    `Rebuilt ${rows} rows of ${records} records; ${changed === 0 ? 'all were as they should be' : `${changed} were not as they should be, and are now`}.`,
  );
}

run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
