import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createApp } from '../src/app';
import { type Settings, readSettings } from '../src/config';
import { startEmbedded } from '../src/platform/embedded-postgres/embedded-postgres';
import { type Login, urlOfDatabase, urlOfLogin } from '../src/platform/roles';
import { type Trio, logWork, makeTrio, signedOffClaim, statementRef } from './factories/claims';
import { startApp } from './setup/app';
import type { TestSurroundings } from './setup/database';
import { writeKey } from './setup/key-files';
import { ownServer, prepareServer } from './setup/own-server';
import { build, run } from './setup/started';
import { startSystemPostgres, systemPostgres } from './setup/system-postgres';

/*
 * The drill of docs/operations.md, with the commands that stand there. With pg_dump where this machine has a Postgres with all its programs;
 * with a copy of a stopped server's folder everywhere.
 */
const folder = mkdtempSync(join(tmpdir(), 'touchstone-backup-'));
const key = writeKey(folder, 'ledger.pem', 'ed25519');
const given = process.env['TOUCHSTONE_TEST'];
beforeAll(() => build(), build.timeout);
afterEach(() => {
  process.env['TOUCHSTONE_TEST'] = given;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** How many rows each table has, and a digest of them all. */
async function rowsOf(adminUrl: string): Promise<Record<string, string>> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`,
    );
    const found: Record<string, string> = {};
    for (const { name } of rows) {
      const one = await client.query<{ n: number; digest: string }>(
        `SELECT count(*)::int AS n, md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) AS digest FROM "${name}" t`,
      );
      found[name] = `${one.rows[0]?.n} rows ${one.rows[0]?.digest}`;
    }
    return found;
  } finally {
    await client.end();
  }
}

/** The newest checkpoint, as the command prints it; it goes into a file that is kept elsewhere. */
async function checkpointInto(file: string, url: string): Promise<string> {
  const { code, output } = await run('commands/ledger-checkpoint.js', { DATABASE_URL: url, LEDGER_KEY_FILE: key });
  expect({ code, output }).toMatchObject({ code: 0 });
  writeFileSync(file, output);
  return output;
}

/** Exports the ledger of a restored database and holds it against a checkpoint from elsewhere. */
async function verified(url: string, checkpoint: string): Promise<{ code: number | string; output: string }> {
  const file = join(folder, `restored-${Math.random().toString(36).slice(2)}.jsonl`);
  const exported = await run('commands/ledger-export.js', { DATABASE_URL: url, LEDGER_KEY_FILE: key }, ['--out', file]);
  expect(exported).toMatchObject({ code: 0 });
  return run('commands/ledger-verify.js', {}, [file, '--checkpoint', checkpoint]);
}

const settingsOf = (url: string): Settings =>
  readSettings({ DATABASE_URL: url, LOG_LEVEL: 'silent', LEDGER_KEY_FILE: key, RATE_LIMIT: '100000000' });

/** The application on a restored database: those who were signed in are, and what was signed off stands. */
async function serves(url: string, { engineer }: Trio): Promise<void> {
  const app = await createApp(settingsOf(url), url);
  try {
    const ask = async (path: string): Promise<{ status: number; body: Record<string, unknown> }> => {
      const answer = await app.inject({ method: 'GET', url: path, headers: { authorization: `Bearer ${engineer.token}` } });
      return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
    };
    expect(await ask('/health/ready')).toMatchObject({ status: 200 });
    expect(await ask('/api/v1/engineers/me/ledger/verification')).toMatchObject({ status: 200, body: { ok: true } });
    const { body } = await ask('/api/v1/engineers/me/sign-offs');
    expect(body['items']).toHaveLength(1);
  } finally {
    await app.close();
  }
}

interface Work {
  readonly trio: Trio;
  readonly database: string;
  /** Ends the application; its database stays. */
  readonly close: () => Promise<void>;
}

/** A day's work in an application: evidence, and a sign-off. */
async function work(): Promise<Work> {
  const api = await startApp({ LEDGER_KEY_FILE: key });
  const trio = await makeTrio(api);
  await signedOffClaim(trio, 1);
  await logWork(trio.engineer, [statementRef(2, 1)]);
  return { trio, database: new URL(api.database.adminUrl).pathname.slice(1), close: () => api.app.close() };
}

/** A database that is older than what was given out says so, and where. */
async function expectTooOld(url: string, held: string): Promise<void> {
  const { code, output } = await verified(url, held);
  expect(code).toBe(1);
  expect(output).toMatch(/does not fit: .*the checkpoint that is held stands for \d+ leaves/);
}

const urls = (server: string, database: string, app: Login): { url: string; adminUrl: string } => {
  const adminUrl = urlOfDatabase(server, database);
  return { adminUrl, url: urlOfLogin(adminUrl, app) };
};

/** Logs one more piece of evidence, and ends. */
async function goOn(url: string, { engineer }: Trio): Promise<void> {
  const app = await createApp(settingsOf(url), url);
  const { statusCode } = await app.inject({
    method: 'POST',
    url: '/api/v1/engineers/me/evidence',
    headers: { authorization: `Bearer ${engineer.token}`, 'content-type': 'application/json' },
    payload: JSON.stringify({ title: 'After the older backup', description: 'Done.' }),
  });
  await app.close();
  expect(statusCode).toBe(201);
}

test('a copy of the stopped server: the same rows, which hold against the checkpoint; an older copy is found out', async () => {
  const { server, surroundings } = await ownServer({ durable: true });
  const { baseDir, port } = server;
  let running = server;
  const [older, newer, held] = [join(folder, 'older'), join(folder, 'newer'), join(folder, 'held.json')];
  // with owners and modes: the server's account must find its folder as it was
  const copy = (from: string, to: string): unknown => execFileSync('cp', ['-a', from, to]);
  const backUp = async (to: string): Promise<void> => {
    await running.stop();
    copy(baseDir, to);
    running = await startEmbedded({ baseDir, port });
  };
  const restore = async (from: string): Promise<void> => {
    await running.stop();
    rmSync(baseDir, { recursive: true });
    copy(from, baseDir);
    running = await startEmbedded({ baseDir, port });
  };
  try {
    const { trio, database, close } = await work();
    const { url, adminUrl } = urls(server.url, database, surroundings.app);
    await close();
    await backUp(older);
    await goOn(url, trio);
    await checkpointInto(held, url);
    const rows = await rowsOf(adminUrl);
    await backUp(newer);
    expect(await rowsOf(adminUrl)).toEqual(rows);

    // the machine is lost, and the backup put in its place
    await restore(newer);
    expect(await rowsOf(adminUrl)).toEqual(rows);
    expect(await verified(url, held)).toMatchObject({
      code: 0,
      output: expect.stringContaining('It holds against the checkpoint') as string,
    });
    await serves(url, trio);

    // somebody puts an older one there
    await restore(older);
    await expectTooOld(url, held);
  } finally {
    await running.stop();
    rmSync(baseDir, { recursive: true, force: true });
  }
}, 120_000);

const programs = systemPostgres();

(programs === null ? test.skip : test)(
  'pg_dump into a fresh server that db:setup has prepared: the same rows, the same checkpoint',
  async () => {
    const bin = programs ?? '';
    const [lost, fresh] = [await startSystemPostgres(bin), await startSystemPostgres(bin)];
    const [file, held] = [join(folder, 'touchstone.dump'), join(folder, 'held-of-dump.json')];
    /** The drill: the same accounts and an empty database by db:setup, then the dump. */
    const restore = async (database: string, { owner, app }: TestSurroundings): Promise<{ url: string; adminUrl: string }> => {
      const adminUrl = urlOfDatabase(fresh.url, database);
      const [url, ownerUrl] = [urlOfLogin(adminUrl, app), urlOfLogin(adminUrl, owner)];
      const set = await run('commands/db-setup.js', {
        DATABASE_ADMIN_URL: fresh.url,
        DATABASE_OWNER_URL: ownerUrl,
        DATABASE_URL: url,
      });
      expect(set).toMatchObject({ code: 0 });
      const { status, stderr } = spawnSync(
        join(bin, 'pg_restore'),
        ['--exit-on-error', '--single-transaction', '--no-owner', `--dbname=${ownerUrl}`, file],
        { encoding: 'utf8' },
      );
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      return { url, adminUrl };
    };
    try {
      const surroundings = await prepareServer(lost.url);
      const { app, owner } = surroundings;
      const { trio, database, close } = await work();
      const { url, adminUrl } = urls(lost.url, database, app);
      await close();
      const checkpoint = await checkpointInto(held, url);
      const rows = await rowsOf(adminUrl);
      execFileSync(join(bin, 'pg_dump'), ['--format=custom', '--no-owner', `--file=${file}`, urlOfLogin(adminUrl, owner)]);

      const restored = await restore('restored', surroundings);
      expect(await rowsOf(restored.adminUrl)).toEqual(rows);
      expect(await verified(restored.url, held)).toMatchObject({
        code: 0,
        output: expect.stringContaining('It holds against the checkpoint') as string,
      });
      expect(await checkpointInto(join(folder, 'again-of-dump.json'), restored.url)).toBe(checkpoint);
      await serves(restored.url, trio);
    } finally {
      await lost.stop();
      await fresh.stop();
    }
  },
  120_000,
);
