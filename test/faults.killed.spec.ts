import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { type EmbeddedServer, startEmbedded } from '../src/platform/embedded-postgres/embedded-postgres';
import { inspectProcess } from '../src/platform/embedded-postgres/process-info';
import { onThisMachine } from './setup/pace';

const folder = mkdtempSync(join(tmpdir(), 'touchstone-killed-'));
const said: string[] = [];
let server: EmbeddedServer;
beforeAll(async () => {
  server = await startEmbedded({ baseDir: folder, onRestart: (text) => said.push(text) });
});
afterAll(async () => {
  await server.stop();
  for (const made of [server.baseDir, folder]) rmSync(made, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
});

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: server.url, connectionTimeoutMillis: 1_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

test('an embedded server that is killed, with a client in the middle, is started again on its port with all that was committed', async () => {
  await query('CREATE TABLE kept (n int)');
  for (const n of [1, 2, 3]) {
    const { pid, url } = server;
    const busy = query(`INSERT INTO kept SELECT ${n}`).then(() => query('SELECT pg_sleep(30)'));
    const cutOff = expect(busy).rejects.toThrow();
    await delay(100);
    process.kill(pid, 'SIGKILL');
    await cutOff;
    const started = performance.now();
    let rows: Record<string, unknown>[] = [];
    while (rows.length === 0 && performance.now() - started < onThisMachine(10_000)) {
      rows = await query('SELECT count(*)::int AS n FROM kept').catch(() => []);
      await delay(25);
    }
    expect(rows).toEqual([{ n }]);
    expect(server.url).toBe(url);
    expect(server.pid).not.toBe(pid);
  }
  expect(said).toEqual(said.map(() => 'The embedded database ended, and is started again.'));
  expect(said).toHaveLength(3);
}, 60_000);

test('one that is stopped stays down, also when it was just being started again', async () => {
  process.kill(server.pid, 'SIGKILL');
  await delay(50);
  await server.stop();
  const { pid } = server;
  await delay(500);
  expect(inspectProcess(pid)).toBeNull();
  await expect(query('SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
}, 60_000);
