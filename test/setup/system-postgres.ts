import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { runsAsRoot, unprivilegedAccount } from '../../src/platform/embedded-postgres/account';

const installed = '/usr/lib/postgresql';
const needed = ['initdb', 'postgres', 'pg_dump', 'pg_restore'];

/** Where the newest Postgres of this machine has all its programs, 15 or later; null where there is none: the embedded one comes without pg_dump. */
export function systemPostgres(): string | null {
  if (!existsSync(installed)) return null;
  const versions = readdirSync(installed).map(Number);
  const version = versions
    .filter((one) => one >= 15)
    .sort((a, b) => b - a)
    .find((one) => needed.every((program) => existsSync(join(installed, String(one), 'bin', program))));
  return version === undefined ? null : join(installed, String(version), 'bin');
}

/** A fresh server of the machine's own Postgres. */
export interface SystemServer {
  /** As its superuser, who needs no password. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts one in a folder of its own; `stop` removes it. */
export async function startSystemPostgres(bin: string): Promise<SystemServer> {
  const account = runsAsRoot() ? unprivilegedAccount() : null;
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-system-'));
  if (account !== null) chownSync(folder, account.uid, account.gid);
  const data = join(folder, 'data');
  const options = { ...account, cwd: folder, env: { PATH: process.env['PATH'], LC_ALL: 'C' }, stdio: 'ignore' } as const;
  const made = spawnSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'], options);
  if (made.status !== 0) throw new Error(`initdb of ${bin} failed`);
  const port = await freePort();
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'fsync=off'];
  const server = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...settings], options);
  const ended = once(server, 'exit');
  const url = `postgres://postgres:none@127.0.0.1:${port}/postgres`;
  for (let i = 0; !(await answers(url)); i += 1) {
    if (i > 200) throw new Error(`the Postgres of ${bin} does not start`);
    await delay(50);
  }
  return {
    url,
    stop: async () => {
      server.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
