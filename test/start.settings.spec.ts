import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, surroundings, type TestDatabase } from './setup/database';
import { build, cleanUp, run, start } from './setup/started';

jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), 'touchstone-settings-'));
const dataDir = join(folder, 'data');
let database: TestDatabase;

beforeAll(async () => {
  build();
  database = await createTestDatabase();
}, build.timeout);

afterAll(async () => {
  await cleanUp([]);
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const words = (text: string): RegExp => new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));

describe('a start that cannot be', () => {
  it('names all mistakes in the settings at once', async () => {
    const { code, output } = await run('main.js', {
      PORT: '70000',
      TIME_ZONE: 'Mars',
      LOG_LEVEL: 'loud',
      DATABASE_OWNER_URL: 'postgres://o:p@h/d',
    });
    expect(code).toBe(1);
    for (const name of ['PORT', 'TIME_ZONE', 'LOG_LEVEL', 'DATABASE_OWNER_URL is set but DATABASE_URL is not'])
      expect(output).toContain(name);
    expect(output).not.toMatch(/^\s+at /m);
  });

  it('names a port that is taken, and what to do, and starts no database for it', async () => {
    const other: Server = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const { code, output } = await run('main.js', { PORT: String(port), DATA_DIR: dataDir });
    other.close();
    expect(code).toBe(1);
    expect(output).toMatch(words(`Port ${port} of 127.0.0.1 is taken by another program.`));
    expect(output).toContain('PORT=0');
    expect(existsSync(dataDir)).toBe(false);
  });

  it.each([
    ['the owner', (): string => database.ownerUrl, 'may change the ledger (is it the owner?)'],
    ['a superuser', (): string => database.adminUrl, 'is a superuser'],
    ['an account with another password', (): string => database.url.replace(surroundings().app.password, 'wrong'), 'refuses the password'],
    ['a database that is not there', (): string => database.url.replace(/[^/]+$/, 'nowhere'), 'database "nowhere" does not exist'],
    ['a server that is not there', (): string => 'postgres://a:secret@127.0.0.1:1/touchstone', 'cannot be reached at 127.0.0.1:1'],
  ])('says so where DATABASE_URL names %s', async (_, url, reason) => {
    const { code, output } = await run('main.js', { DATABASE_URL: url(), PORT: '0' });
    expect(code).toBe(1);
    expect(output).toContain(reason);
    expect(output).not.toMatch(/^\s+at /m);
    expect(output).not.toContain('secret');
  });

  it('says so where the database is not migrated', async () => {
    await database.query(`CREATE TABLE kept AS TABLE migration`);
    await database.query(`DELETE FROM migration WHERE name LIKE 'CreateClaims%'`);
    const { code, output } = await run('main.js', { DATABASE_URL: database.url, PORT: '0' });
    await database.query(`INSERT INTO migration SELECT * FROM kept WHERE name LIKE 'CreateClaims%'`);
    await database.query(`DROP TABLE kept`);
    expect(code).toBe(1);
    expect(output).toContain('lacks a migration (the first is CreateClaims');
    expect(output).toContain('npm run db:migrate');
  });
});

describe('a start on a database of one’s own', () => {
  it('runs as the limited role, makes no demo, logs as JSON, and ends with 0', async () => {
    const app = start('main.js', { DATABASE_URL: database.url, PORT: '0', DATA_DIR: dataDir });
    await app.printed('Touchstone is ready: http://127.0.0.1:');
    const [, address] = /ready: (\S+)/.exec(app.output()) ?? [];
    expect((await fetch(`${address}/health/ready`)).status).toBe(200);
    app.child.kill('SIGINT');
    expect(await app.ended).toBe(0);
    expect(app.output()).toMatch(/^\{.*"route":"\/health\/ready","status":200.*\}$/m);
    expect(await database.query(`SELECT 1 FROM person`)).toEqual([]);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('migrates first where the owner’s address is given', async () => {
    const app = start('main.js', { DATABASE_URL: database.url, DATABASE_OWNER_URL: database.ownerUrl, PORT: '0' });
    await app.printed('Touchstone is ready');
    expect(app.output()).not.toContain('Migrated');
    app.child.kill('SIGTERM');
    expect(await app.ended).toBe(0);
  });
});

describe('npm run db:setup', () => {
  const name = `touchstone_test_${surroundings().run}_setup`;
  const urls = (): Record<string, string> => {
    const admin = new URL(surroundings().adminUrl);
    const account = (login: string): string => `postgres://${login}:pw@${admin.host}/${name}`;
    return { DATABASE_ADMIN_URL: admin.href, DATABASE_OWNER_URL: account(`${name}_owner`), DATABASE_URL: account(`${name}_app`) };
  };

  afterAll(async () => {
    await database.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    for (const role of ['owner', 'app']) await database.query(`DROP ROLE IF EXISTS ${name}_${role}`);
  });

  it('makes roles and database, as often as it is asked; then it can be migrated and started', async () => {
    for (let time = 1; time <= 2; time += 1) expect(await run('commands/db-setup.js', urls())).toMatchObject({ code: 0 });
    const before = await run('main.js', { ...urls(), DATABASE_OWNER_URL: '', PORT: '0' });
    expect(before).toEqual({ code: 1, output: expect.stringMatching(/lacks \d+ migrations \(the first is CreatePeople/) as string });
    expect(await run('commands/db-migrate.js', urls())).toEqual({
      code: 0,
      output: expect.stringContaining('Migrated: CreatePeople') as string,
    });
    expect(await run('commands/db-migrate.js', urls())).toEqual({
      code: 0,
      output: expect.stringContaining('Nothing to migrate') as string,
    });
    const app = start('main.js', { ...urls(), DATABASE_OWNER_URL: '', PORT: '0' });
    await app.printed('Touchstone is ready');
    app.child.kill('SIGTERM');
    expect(await app.ended).toBe(0);
  });

  it('makes no account that is owner and application at once', async () => {
    const { code, output } = await run('commands/db-setup.js', { ...urls(), DATABASE_URL: urls()['DATABASE_OWNER_URL'] ?? '' });
    expect([code, output]).toEqual([1, expect.stringContaining('must not run as the owner') as string]);
  });
});
