import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../src/data-source';
import { startEmbedded } from '../src/platform/embedded-postgres/embedded-postgres';
import { migrate } from '../src/platform/migrate';
import { setUpDatabase, urlOfDatabase, urlOfLogin } from '../src/platform/roles';

/** A migrated database on a temporary embedded server, as durable as the one that `npm start` keeps its data in. */
export interface Surroundings {
  /** As the application's limited role. */
  readonly url: string;
  readonly ownerUrl: string;
  /** Connected as the owner. */
  readonly dataSource: DataSource;
  /** `18.1` */
  readonly postgresVersion: string;
  close(): Promise<void>;
}

/** A temporary folder that the embedded server's account can pass through, whoever runs this. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `touchstone-${name}-`));
  chmodSync(folder, 0o755);
  return folder;
}

export async function openSurroundings(): Promise<Surroundings> {
  const folder = temporaryFolder('bench');
  const server = await startEmbedded({ baseDir: folder });
  const owner = { name: 'touchstone_bench_owner', password: randomBytes(16).toString('hex') };
  const app = { name: 'touchstone_bench_app', password: randomBytes(16).toString('hex') };
  const databaseUrl = urlOfDatabase(server.url, 'touchstone_bench');
  await setUpDatabase(server.url, 'touchstone_bench', owner, app);
  const ownerUrl = urlOfLogin(databaseUrl, owner);
  const dataSource = await createDataSource({ url: ownerUrl, pool: 3, statementTimeoutMs: 120_000 }).initialize();
  await migrate(dataSource);
  return {
    url: urlOfLogin(databaseUrl, app),
    ownerUrl,
    dataSource,
    postgresVersion: await versionOf(server.url),
    close: async () => {
      await dataSource.destroy();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
      rmSync(server.baseDir, { recursive: true, force: true });
    },
  };
}

async function versionOf(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  await client.end();
  return rows[0]?.server_version ?? 'unknown';
}
