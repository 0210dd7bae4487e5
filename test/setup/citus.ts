import { Client } from 'pg';
import { type KeyFacts, type TableFacts, keysSql, planDistribution, tablesSql } from '../../src/commands/distribution';

/** Whether the server of TEST_DATABASE_URL has Citus, and every test database is to be spread: TEST_CITUS=true. */
export const onCitus = process.env['TEST_CITUS'] === 'true';

/**
 * Spreads a database by the plan of `npm run db:distribute`, over the machines of the server's cluster; where it knows of none, over itself.
 * @param adminUrl the database, as the superuser of a server that has Citus
 * @param ownerUrl the database, as its owner
 */
export async function spread(adminUrl: string, ownerUrl: string): Promise<void> {
  const { hostname, port } = new URL(adminUrl);
  await withClient(adminUrl, async (admin) => {
    await admin.query(`CREATE EXTENSION IF NOT EXISTS citus`);
    await admin.query(`SELECT citus_set_coordinator_host($1, $2)`, [hostname, Number(port)]);
    await admin.query(`SELECT citus_set_node_property($1, $2, 'shouldhaveshards', true)`, [hostname, Number(port)]);
    const name = admin.escapeIdentifier(admin.database ?? '');
    await admin.query(`ALTER DATABASE ${name} SET citus.multi_shard_modify_mode TO 'sequential'`);
  });
  await withClient(ownerUrl, async (owner) => {
    const { rows } = await owner.query<Omit<TableFacts, 'placed'>>(tablesSql);
    const { rows: keys } = await owner.query<KeyFacts>(keysSql);
    const tables = rows.map((table) => ({ ...table, placed: false }));
    for (const statement of ['BEGIN', ...planDistribution(tables, keys), 'COMMIT']) await owner.query(statement);
  });
}

async function withClient(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
