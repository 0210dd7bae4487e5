import type { Client } from 'pg';
import { DataSource } from 'typeorm';
import { readSettings } from '../src/config';
import { CatalogueQuery } from '../src/dashboards/catalogue.query';
import { TeamDashboardQuery } from '../src/dashboards/team-dashboard.query';
import { Replica } from '../src/platform/replica';
import { Database, Transactions } from '../src/platform/transaction';

/** A statement that the application runs. */
export interface StatementRun {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** A database that answers what the other end of a connection answers, and remembers what it was asked. */
class Listening extends Database {
  readonly statements: StatementRun[] = [];

  constructor(
    private readonly client: Client,
    dataSource: DataSource,
    transactions: Transactions,
  ) {
    super(dataSource, transactions);
  }

  override async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    this.statements.push({ sql, parameters });
    return (await this.client.query(sql, [...parameters])).rows as Row[];
  }
}

/** The statements that the dashboard of a manager's whole line runs, the manager looking. */
export async function teamStatements(client: Client, managerId: string, skill: string): Promise<readonly StatementRun[]> {
  const dataSource = new DataSource({ type: 'postgres' });
  const transactions = new Transactions(dataSource);
  const listening = new Listening(client, dataSource, transactions);
  const settings = readSettings({});
  const query = new TeamDashboardQuery(new Replica(listening, transactions, settings), settings, new CatalogueQuery(listening));
  const look = (): ReturnType<TeamDashboardQuery['of']> =>
    query.of(managerId, {
      managerId,
      skill,
      depth: 'all',
      filter: { level: null, nextLevel: null, state: null, shows: null, lacks: null },
      sort: 'name',
      order: 'asc',
    });
  // what a skill is made of is read once for as long as the process runs
  if ((await look()) === null) throw new Error(`there is no ${skill}`);
  listening.statements.length = 0;
  await look();
  return listening.statements;
}

/** A node of a plan that was run, as far as it is looked at. */
interface Plan {
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly Plan[];
}

const readBy = (plan: Plan): number =>
  (plan['Relation Name'] === undefined
    ? 0
    : (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0) + (plan['Rows Removed by Index Recheck'] ?? 0)) * plan['Actual Loops']) +
  (plan.Plans ?? []).reduce((sum, one) => sum + readBy(one), 0);

/** How many rows of tables a statement reads, those that it then leaves out included: counted by Postgres as it runs it, no clock involved. */
export async function rowsRead(client: Client, sql: string, parameters: readonly unknown[]): Promise<number> {
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`, [...parameters]);
  const plan = rows[0]?.['QUERY PLAN'][0].Plan;
  if (plan === undefined) throw new Error('Postgres explains nothing');
  return readBy(plan);
}
