import { rmSync } from 'node:fs';
import { Client } from 'pg';
import type { TestSurroundings } from './database';

/** Ends the temporary server, or removes from the given one what this run made. */
export default async function globalTeardown(): Promise<void> {
  const { server, folder } = globalThis.touchstoneTests ?? {};
  if (server !== undefined) {
    await server.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    rmSync(server.baseDir, { recursive: true, force: true });
    return;
  }
  const { adminUrl, template, owner, app, run } = JSON.parse(process.env['TOUCHSTONE_TEST'] ?? '{}') as TestSurroundings;
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  const { rows } = await client.query<{ datname: string }>(`SELECT datname FROM pg_database WHERE datname LIKE $1`, [
    `touchstone_test_${run}_%`,
  ]);
  for (const { datname } of rows) {
    if (datname !== template) await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(datname)} WITH (FORCE)`);
  }
  await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(template)} WITH (FORCE)`);
  for (const { name } of [app, owner]) await client.query(`DROP ROLE IF EXISTS ${client.escapeIdentifier(name)}`);
  await client.end();
}
