import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { type EmbeddedServer, startEmbedded } from '../../src/platform/embedded-postgres/embedded-postgres';

/** A server that follows another one, by streaming. */
export interface TestReplica {
  readonly server: EmbeddedServer;
  /** Rows of a statement run as its superuser. */
  query<Row extends object>(sql: string): Promise<Row[]>;
  /** Stops it, if it still runs, and removes its folder. */
  remove(): Promise<void>;
}

/** Copies with owners and modes: the server's account is another one where this runs as root. */
function copyFolder(from: string, to: string): void {
  const { status, stderr } = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${from} cannot be copied: ${stderr}`);
}

async function asSuperuser<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** What pg_basebackup does, which the embedded Postgres comes without: a copy of the folder of a server that goes on running, and the log written meanwhile. */
async function copyRunning(primary: EmbeddedServer, data: string): Promise<void> {
  const from = join(primary.baseDir, 'data');
  await asSuperuser(primary.url, async (client) => {
    await client.query(`SELECT pg_backup_start('replica', true)`);
    copyFolder(from, data);
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    rmSync(join(data, 'pg_wal'), { recursive: true });
    copyFolder(join(from, 'pg_wal'), join(data, 'pg_wal'));
    // files of the copy's own account: it reads them, and takes the label away when it has begun
    for (const name of ['backup_label', 'standby.signal']) copyFolder(join(from, 'PG_VERSION'), join(data, name));
    writeFileSync(join(data, 'backup_label'), rows[0]?.labelfile ?? '');
    writeFileSync(join(data, 'standby.signal'), '');
  });
  rmSync(join(data, 'postmaster.pid'), { force: true });
  const { username, password, hostname, port } = new URL(primary.url);
  appendFileSync(
    join(data, 'postgresql.auto.conf'),
    `primary_conninfo = 'host=${hostname} port=${port} user=${username} password=${password} sslmode=disable'\n`,
  );
}

/** Makes and starts a replica of a server; its log has every statement that it was asked. */
export async function makeReplica(primary: EmbeddedServer): Promise<TestReplica> {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-replica-'));
  chmodSync(folder, 0o755);
  copyFileSync(join(primary.baseDir, 'superuser-password'), join(folder, 'superuser-password'));
  await copyRunning(primary, join(folder, 'data'));
  const server = await startEmbedded({
    baseDir: folder,
    durable: false,
    // on one machine it would follow faster than anybody asks: here it has what was committed a moment later, as over a network
    flags: ['-c', 'hot_standby_feedback=on', '-c', 'log_statement=all', '-c', 'recovery_min_apply_delay=15ms'],
  });
  return {
    server,
    query: <Row extends object>(sql: string) => asSuperuser(server.url, async (client) => (await client.query<Row>(sql)).rows),
    remove: async () => {
      await server.stop();
      for (const made of new Set([server.baseDir, folder])) rmSync(made, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}
