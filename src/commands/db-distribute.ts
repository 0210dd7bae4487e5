import type { DataSource } from 'typeorm';
import { readSettings } from '../config';
import { StartProblem } from '../platform/start-problem';
import { reaching, withDataSource } from './connect';
import { type KeyFacts, type TableFacts, keysSql, placeOf, planDistribution, tablesSql } from './distribution';

const usage = `npm run db:distribute spreads an existing database over the machines of a Citus cluster (docs/scaling.md says when, and what it costs):
what belongs to an engineer by that engineer, people and the catalogue copied to every machine, everything else left where it is. All of it or nothing;
requests wait meanwhile. Run again, after a migration that made tables, it brings those to their places. It reads DATABASE_OWNER_URL.

  --plan    only prints the statements`;

async function tablesOf(dataSource: DataSource): Promise<TableFacts[]> {
  const [has] = await dataSource.query<{ placed: boolean }[]>(`SELECT to_regclass('pg_dist_partition') IS NOT NULL AS placed`);
  // a table that Citus merely knows of, because it has a key to a copied one, is not placed: it stays where it is anyway
  const placed = has?.placed
    ? await dataSource.query<{ name: string }[]>(
        `SELECT c.relname AS name FROM pg_dist_partition d JOIN pg_class c ON c.oid = d.logicalrelid`,
      )
    : [];
  const tables = await dataSource.query<Omit<TableFacts, 'placed'>[]>(tablesSql);
  return tables.map((table) => ({ ...table, placed: placed.some(({ name }) => name === table.name) }));
}

/** @throws StartProblem where the server is not ready for it */
async function demandCitus(dataSource: DataSource): Promise<void> {
  const [found] = await dataSource.query<{ citus: boolean; nodes: boolean }[]>(
    `SELECT EXISTS (SELECT 1 FROM pg_proc WHERE proname = 'create_distributed_table') AS citus, to_regclass('pg_dist_node') IS NOT NULL AS nodes`,
  );
  if (found?.citus !== true) {
    throw new StartProblem('This server has no Citus: its administrator runs CREATE EXTENSION citus in this database, on every machine.');
  }
  if (!found.nodes) return;
  const [coordinator] = await dataSource.query<{ known: boolean }[]>(
    `SELECT EXISTS (SELECT 1 FROM pg_dist_node WHERE groupid = 0) AS known`,
  );
  // without it, tables that stay here could have no keys to people
  if (coordinator?.known !== true) {
    throw new StartProblem(
      `The cluster does not know its coordinator: its administrator runs SELECT citus_set_coordinator_host('this host', 5432).`,
    );
  }
  // else a transaction that has read many records at once could write nothing to a copied table any more: an import of people, say
  const [mode] = await dataSource.query<{ sequential: boolean; database: string }[]>(
    `SELECT coalesce(current_setting('citus.multi_shard_modify_mode', true), '') = 'sequential' AS sequential, quote_ident(current_database()) AS database`,
  );
  if (mode?.sequential !== true) {
    throw new StartProblem(
      `Statements about many records would hold several connections to a machine: an administrator runs ALTER DATABASE ${mode?.database ?? ''} SET citus.multi_shard_modify_mode TO 'sequential'.`,
    );
  }
}

async function distribute(dataSource: DataSource, onlyPlan: boolean): Promise<void> {
  const tables = await tablesOf(dataSource);
  const plan = planDistribution(tables, await dataSource.query<KeyFacts[]>(keysSql));
  if (onlyPlan) return console.log(['BEGIN', ...plan, 'COMMIT'].map((statement) => `${statement};`).join('\n'));
  if (plan.length === 0) return console.log('Nothing to do: every table is in its place.');
  await demandCitus(dataSource);
  await dataSource.transaction(async (tx) => {
    for (const statement of plan) await tx.query(statement);
  });
  const count = (place: ReturnType<typeof placeOf>): number => tables.filter((table) => placeOf(table) === place).length;
  console.log(
    `Spread by engineer: ${count('spread')} tables. Copied to every machine: ${count('copied')}. Left where they are: ${count('here')}.`,
  );
}

async function run(): Promise<void> {
  if (process.argv.includes('--help')) return console.log(usage);
  const url = (process.env['DATABASE_OWNER_URL'] ?? '').trim();
  if (url === '') throw new StartProblem(`Set DATABASE_OWNER_URL: the database, as its owner.\n\n${usage}`);
  readSettings({ DATABASE_OWNER_URL: url, DATABASE_URL: url });
  await reaching('DATABASE_OWNER_URL', url, () =>
    withDataSource(url, (dataSource) => distribute(dataSource, process.argv.includes('--plan'))),
  );
}

run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
