import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../src/app';
import { readSettings } from '../src/config';
import { createDataSource } from '../src/data-source';
import { type EmbeddedServer, startEmbedded } from '../src/platform/embedded-postgres/embedded-postgres';
import { migrate } from '../src/platform/migrate';
import { setUpDatabase, urlOfDatabase, urlOfLogin } from '../src/platform/roles';

const folder = mkdtempSync(join(tmpdir(), 'touchstone-away-'));
const owner = { name: 'away_owner', password: 'owner' };
const limited = { name: 'away_app', password: 'app' };

let server: EmbeddedServer;
let app: NestFastifyApplication;
let origin: string;
beforeAll(async () => {
  server = await startEmbedded({ baseDir: folder, durable: false });
  await setUpDatabase(server.url, 'away', owner, limited);
  const dataSource = await createDataSource({ url: urlOfLogin(urlOfDatabase(server.url, 'away'), owner) }).initialize();
  await migrate(dataSource);
  await dataSource.destroy();
  const url = urlOfLogin(urlOfDatabase(server.url, 'away'), limited);
  app = await createApp(readSettings({ DATABASE_URL: url, LOG_LEVEL: 'silent' }), url);

  await app.listen(0, '127.0.0.1');
  origin = (await app.getUrl()).replace('[::1]', '127.0.0.1');
});
afterAll(async () => {
  await app.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
  rmSync(server.baseDir, { recursive: true, force: true });
});

const get = async (path: string): Promise<{ status: number; code: unknown; retryAfter: string | null; ms: number }> => {
  const started = Date.now();
  const response = await fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${'a'.repeat(43)}` } });
  const body = (await response.json()) as { code?: unknown };
  return { status: response.status, code: body.code, retryAfter: response.headers.get('retry-after'), ms: Date.now() - started };
};

test('the database stops in the middle: 503 with Retry-After, alive all the while, and ready again without a restart', async () => {
  expect((await get('/api/v1/me')).status).toBe(401);
  const { port } = server;
  await server.stop();
  for (let attempt = 0; attempt < 3; attempt += 1) {
    expect(await get('/api/v1/me')).toMatchObject({ status: 503, code: 'database-away', retryAfter: '2' });
    expect(await get('/health/ready')).toMatchObject({ status: 503, code: 'database-away' });
    expect((await get('/health/live')).status).toBe(200);
  }
  const many = await Promise.all(Array.from({ length: 40 }, () => get('/api/v1/me')));
  expect(many.every(({ status }) => status === 503)).toBe(true);
  server = await startEmbedded({ baseDir: folder, port, durable: false });
  const deadline = Date.now() + 10_000;
  let ready = await get('/health/ready');
  while (ready.status !== 200 && Date.now() < deadline) ready = await get('/health/ready');
  expect(ready.status).toBe(200);
  expect((await get('/api/v1/me')).status).toBe(401);
}, 60_000);
