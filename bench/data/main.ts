/**
 * `npm run bench:data -- --people 50000 --evidence 5000000`: makes an organisation in a database, for the benchmarks of scale. `--data DIR` is where an embedded
 * server keeps it (.data/bench); with DATABASE_OWNER_URL set and no --data it goes there. bench/README.md says what it is made of.
 */
import 'reflect-metadata';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isDay } from '../../src/kernel/clock';
import { migrate } from '../../src/platform/migrate';
import { ProgressBar } from '../progress-bar';
import { circumstances } from '../results';
import { root } from '../served';
import { type OpenDatabase, openOwner, openSurroundings } from '../surroundings';
import type { Measures } from './company';
import { fill } from './fill';

/** What is said of kept data, beside its cluster. */
export interface KeptData {
  readonly people: number;
  readonly evidence: number;
  readonly seed: number;
  readonly day: string;
  readonly commit: string;
}

const fileOf = (folder: string): string => join(folder, 'bench-data.json');

/** What a folder of kept data holds, or null where nothing was finished there. */
export const keptIn = (folder: string): KeptData | null =>
  existsSync(fileOf(folder)) ? (JSON.parse(readFileSync(fileOf(folder), 'utf8')) as KeptData) : null;

/** For loading: nothing of a table that is emptied and filled in one transaction goes through the log, and if the machine goes down one begins anew. */
export const loadFlags = [
  'wal_level=minimal',
  'max_wal_senders=0',
  'max_wal_size=4GB',
  'checkpoint_timeout=1h',
  'shared_buffers=1GB',
  'work_mem=256MB',
  'autovacuum=off',
].flatMap((setting) => ['-c', setting]);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      people: { type: 'string', default: '50000' },
      evidence: { type: 'string', default: '5000000' },
      seed: { type: 'string', default: '9' },
      day: { type: 'string', default: new Date().toISOString().slice(0, 10) },
      data: { type: 'string' },
      keep: { type: 'boolean', default: true },
      check: { type: 'string', default: '200' },
    },
  });
  const [people, evidence, seed, check] = [Number(values.people), Number(values.evidence), Number(values.seed), Number(values.check)];
  if (![people, evidence, seed, check].every(Number.isSafeInteger) || evidence < 1 || !isDay(values.day))
    throw new Error('--people, --evidence, --seed and --check are whole numbers, --day is a day such as 2026-11-02');
  const measures = { people, evidence, seed, asOf: new Date(values.day) };
  const ownerUrl = process.env['DATABASE_OWNER_URL'];
  if (ownerUrl !== undefined && values.data === undefined) {
    const dataSource = await openOwner(ownerUrl);
    try {
      await migrate(dataSource);
      await make({ url: ownerUrl, ownerUrl, dataSource }, measures, check);
    } finally {
      await dataSource.destroy();
    }
    return;
  }
  const folder = resolve(values.data ?? join(root, '.data/bench'));
  if (keptIn(folder) !== null) throw new Error(`There is data in ${folder} already: remove that folder, or name another one with --data.`);
  mkdirSync(folder, { recursive: true });
  console.log(`The data is kept in ${folder}.`);
  const surroundings = await openSurroundings({ folder, flags: loadFlags, durable: false });
  try {
    await make(surroundings, measures, check);
  } finally {
    await surroundings.close();
  }
  writeFileSync(
    fileOf(folder),
    `${JSON.stringify({ people, evidence, seed, day: values.day, commit: circumstances().commit }, null, 2)}\n`,
  );
}

async function make(database: OpenDatabase, measures: Measures, checked: number): Promise<void> {
  const bar = new ProgressBar();
  const began = Date.now();
  const report = (what: string, done: number, of: number): void => bar.show(what, done, of);
  const { store, counts } = await fill(database, measures, report);
  const sample = await store.sample(checked);
  const misfits = await store.misfits(sample, report);
  bar.clear();
  for (const [table, rows] of counts) if (rows > 0) console.log(`${table.padEnd(18)} ${rows.toLocaleString('en').padStart(12)}`);
  const [size] = await database.dataSource.query<{ bytes: string }[]>(`SELECT pg_database_size(current_database()) AS bytes`);
  console.log(`${(Number(size?.bytes) / 1e9).toFixed(1)} GB in ${Math.round((Date.now() - began) / 1000)} s, seed ${measures.seed}.`);
  if (misfits.length > 0) throw new Error(`what was made breaks the rules:\n${misfits.join('\n')}`);
  console.log(
    `Keys, indexes and references were dropped, and made again over all rows. Of ${sample.length} records the ledger verifies, and progress is what a rebuild makes of it.`,
  );
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    process.exit(1);
  });
}
