import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataSource } from '../../src/data-source';
import { type EmbeddedOptions, type EmbeddedServer, startEmbedded } from '../../src/platform/embedded-postgres/embedded-postgres';
import { migrate } from '../../src/platform/migrate';
import { setUpDatabase, urlOfDatabase, urlOfLogin } from '../../src/platform/roles';
import type { TestSurroundings } from './database';

/** A server of a test file's own, which it may kill, fill and copy; `startApp` and `createTestDatabase` use it from here on. */
export interface OwnServer {
  readonly server: EmbeddedServer;
  readonly surroundings: TestSurroundings;
  /** Stops it and removes its folder. */
  remove(): Promise<void>;
}

/** Starts a server with a migrated template, as the global set-up does. */
export async function ownServer(options: Partial<EmbeddedOptions> = {}): Promise<OwnServer> {
  const baseDir = options.baseDir ?? mkdtempSync(join(tmpdir(), 'touchstone-own-'));
  if (options.baseDir === undefined) chmodSync(baseDir, 0o755);
  const server = await startEmbedded({ durable: false, ...options, baseDir });
  const surroundings = await prepareServer(server.url);
  return {
    server,
    surroundings,
    remove: async () => {
      await server.stop();
      for (const made of [server.baseDir, baseDir]) rmSync(made, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

/** Makes roles and a migrated template on a server, and lets `startApp` and `createTestDatabase` of this file use it. */
export async function prepareServer(adminUrl: string): Promise<TestSurroundings> {
  const [owner, app, eraser] = [
    { name: 'own_owner', password: 'owner' },
    { name: 'own_app', password: 'app' },
    { name: 'own_eraser', password: 'eraser' },
  ];
  const surroundings = { adminUrl, template: 'own_template', owner, app, eraser, run: 'own' };
  await setUpDatabase(adminUrl, surroundings.template, owner, app, eraser);
  const dataSource = await createDataSource({
    url: urlOfLogin(urlOfDatabase(adminUrl, surroundings.template), owner),
    pool: 3,
  }).initialize();
  await migrate(dataSource);
  await dataSource.destroy();
  process.env['TOUCHSTONE_TEST'] = JSON.stringify(surroundings);
  return surroundings;
}
