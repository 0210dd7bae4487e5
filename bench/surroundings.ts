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

/** A migrated database. */
export interface OpenDatabase {
  /** As the application's limited role. */
  readonly url: string;
  readonly ownerUrl: string;
  /** Connected as the owner. */
  readonly dataSource: DataSource;
}

/** A migrated database on an embedded server, as durable as the one that `npm start` keeps its data in. */
export interface Surroundings extends OpenDatabase {
  /** `18.1` */
  readonly postgresVersion: string;
  /** Another database on the same server, made if need be. */
  open(database: string): Promise<OpenDatabase>;
  close(): Promise<void>;
}

/** A temporary folder that the embedded server's account can pass through, whoever runs this. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `touchstone-${name}-`));
  chmodSync(folder, 0o755);
  return folder;
}

/** Where the embedded server keeps its data, and how it is run. */
export interface Place {
  /** A folder that stays; a temporary one, which is removed, if left out. */
  readonly folder?: string;
  readonly flags?: readonly string[];
  readonly durable?: boolean;
  /** The database on that server. */
  readonly database?: string;
}

/** A connection of the owner's that waits for a busy machine: whoever loads millions of rows keeps it busy. */
export const openOwner = (ownerUrl: string): Promise<DataSource> =>
  createDataSource({ url: ownerUrl, pool: 6, statementTimeoutMs: 600_000 }).setOptions({ connectTimeoutMS: 60_000 }).initialize();

export async function openSurroundings({
  folder,
  flags = [],
  durable = true,
  database = 'touchstone_bench',
}: Place = {}): Promise<Surroundings> {
  const baseDir = folder ?? temporaryFolder('bench');
  const server = await startEmbedded({ baseDir, flags: [...flags], durable });
  // the passwords of a kept one are of each run
  const owner = { name: 'touchstone_bench_owner', password: randomBytes(16).toString('hex') };
  const app = { name: 'touchstone_bench_app', password: randomBytes(16).toString('hex') };
  const opened: DataSource[] = [];
  const open = async (name: string): Promise<OpenDatabase> => {
    const databaseUrl = urlOfDatabase(server.url, name);
    await setUpDatabase(server.url, name, owner, app);
    const ownerUrl = urlOfLogin(databaseUrl, owner);
    const dataSource = await openOwner(ownerUrl);
    opened.push(dataSource);
    await migrate(dataSource);
    return { url: urlOfLogin(databaseUrl, app), ownerUrl, dataSource };
  };
  return {
    ...(await open(database)),
    postgresVersion: await versionOf(server.url),
    open,
    close: async () => {
      for (const dataSource of opened) await dataSource.destroy();
      await server.stop();
      if (folder !== undefined) return;
      rmSync(baseDir, { recursive: true, force: true });
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
