import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataSource } from '../../src/data-source';
import { type EmbeddedServer, startEmbedded } from '../../src/platform/embedded-postgres/embedded-postgres';
import { migrate } from '../../src/platform/migrate';
import { setUpDatabase, urlOfDatabase, urlOfLogin } from '../../src/platform/roles';

declare global {
  var touchstoneTests: { server?: EmbeddedServer; folder?: string; run: string } | undefined;
}

/** One server for the whole run (a temporary one, or TEST_DATABASE_URL), with one migrated template that every test file clones. */
export default async function globalSetup(): Promise<void> {
  const run = randomBytes(4).toString('hex');
  globalThis.touchstoneTests = { run };
  let adminUrl = process.env['TEST_DATABASE_URL'];
  if (adminUrl === undefined || adminUrl === '') {
    const folder = mkdtempSync(join(tmpdir(), 'touchstone-test-'));
    const server = await startEmbedded({
      baseDir: folder,
      durable: false,
      flags: ['-c', 'max_connections=200', '-c', 'shared_buffers=128MB'],
    });
    globalThis.touchstoneTests = { run, server, folder };
    adminUrl = server.url;
  }
  const owner = { name: `touchstone_test_owner_${run}`, password: randomBytes(16).toString('hex') };
  const app = { name: `touchstone_test_app_${run}`, password: randomBytes(16).toString('hex') };
  const eraser = { name: `touchstone_test_eraser_${run}`, password: randomBytes(16).toString('hex') };
  const template = `touchstone_test_${run}_template`;
  await setUpDatabase(adminUrl, template, owner, app, eraser);
  const dataSource = await createDataSource({ url: urlOfLogin(urlOfDatabase(adminUrl, template), owner), pool: 3 }).initialize();
  await migrate(dataSource);
  await dataSource.destroy();
  process.env['TOUCHSTONE_TEST'] = JSON.stringify({ adminUrl, template, owner, app, eraser, run });
}
