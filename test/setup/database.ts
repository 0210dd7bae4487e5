import { Client, type QueryResultRow } from 'pg';
import { type Login, appGroup, eraserGroup, urlOfDatabase, urlOfLogin } from '../../src/platform/roles';
import { onCitus, spread } from './citus';

/** What the global set-up hands to every test file. */
export interface TestSurroundings {
  readonly adminUrl: string;
  readonly template: string;
  readonly owner: Login;
  readonly app: Login;
  readonly eraser: Login;
  readonly run: string;
}

export const surroundings = (): TestSurroundings => JSON.parse(process.env['TOUCHSTONE_TEST'] ?? '{}') as TestSurroundings;

/** A database of this test file's own, cloned from the migrated template. */
export interface TestDatabase {
  /** As the application's limited role. */
  readonly url: string;
  readonly ownerUrl: string;
  readonly eraserUrl: string;
  /** As the server's superuser: for arranging what no use case can do, such as letting time pass. */
  readonly adminUrl: string;
  /** Rows of a statement run as the superuser. */
  query<Row extends QueryResultRow>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

let made = 0;

async function onServer(sql: (client: Client) => string): Promise<void> {
  const client = new Client({ connectionString: surroundings().adminUrl });
  await client.connect();
  try {
    await client.query(sql(client));
  } finally {
    await client.end();
  }
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const { adminUrl, template, owner, app, eraser, run } = surroundings();
  const name = `touchstone_test_${run}_${process.env['JEST_WORKER_ID'] ?? '0'}_${process.pid}_${(made += 1)}`;
  await onServer(
    (client) =>
      `CREATE DATABASE ${client.escapeIdentifier(name)} TEMPLATE ${client.escapeIdentifier(template)} STRATEGY file_copy OWNER ${client.escapeIdentifier(owner.name)}`,
  );
  const url = urlOfDatabase(adminUrl, name);
  if (onCitus) await spread(url, urlOfLogin(url, owner));
  const admin = new Client({ connectionString: url });
  admin.on('error', () => undefined);
  await admin.connect();
  // a clone does not take over who may come to its template, or make temporary tables there
  const quoted = admin.escapeIdentifier(name);
  await admin.query(`REVOKE ALL ON DATABASE ${quoted} FROM PUBLIC; GRANT CONNECT ON DATABASE ${quoted} TO ${appGroup}, ${eraserGroup}`);
  return {
    url: urlOfLogin(url, app),
    ownerUrl: urlOfLogin(url, owner),
    eraserUrl: urlOfLogin(url, eraser),
    adminUrl: url,
    query: async <Row extends QueryResultRow>(sql: string, parameters: readonly unknown[] = []) =>
      (await admin.query<Row>(sql, [...parameters])).rows,
    drop: async () => {
      await admin.end();
      await onServer((client) => `DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
    },
  };
}
