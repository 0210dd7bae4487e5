import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { adminCreate } from '../../src/commands/admin-create';
import { makePerson, signedIn } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';

let api: TestApp;

beforeAll(async () => {
  api = await startApp();
});
afterAll(() => api.close());

const environment = (env: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  DATABASE_URL: api.database.url,
  PUBLIC_URL: api.origin,
  ...env,
});
const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => adminCreate(args, environment(env));

const ada = ['--name', 'Ada Admin', '--email', 'ada@example.test'];
const linkIn = (out: string): string => /\/invitations\/[\w-]{43}/.exec(out)?.[0] ?? '';

describe('npm run admin:create', () => {
  it('says what is wrong with how it is called, and makes nobody', async () => {
    const answers = [
      await run([]),
      await run(['--nmae', 'x']),
      await run(['--name', 'Ada', '--email', 'no address']),
      await run(ada, { DATABASE_URL: '' }),
      await run(ada, { PORT: 'many' }),
    ];
    expect(answers.map(({ done }) => done)).toEqual([false, false, false, false, false]);
    const [none, unknown, address, noUrl, port] = answers.map(({ text }) => text);
    expect(none).toContain('--name and --email are both needed');
    expect(unknown).toContain('--nmae');
    expect(address).toContain('email must be an email address');
    expect(noUrl).toContain('DATABASE_URL is not set');
    expect(port).toContain('PORT must be a whole number');
    expect(await api.database.query(`SELECT 1 FROM person`)).toEqual([]);
  });

  it('says so where the database is away or lets nobody in', async () => {
    const wrong = new URL(api.database.url);
    wrong.password = 'wrong';
    wrong.username = 'nobody_of_that_name';
    const away = await run(ada, { DATABASE_URL: 'postgres://u:p@127.0.0.1:1/none' });
    const refused = await run(ada, { DATABASE_URL: wrong.href });
    expect([away.done, refused.done]).toEqual([false, false]);
    expect(away.text).toContain('cannot be reached at 127.0.0.1:1');
    expect(refused.text).not.toContain('    at ');
  });

  it('is a program of its own, whose exit code says whether it worked', async () => {
    const args = ['-r', './test/setup/run-ts.cjs', 'src/commands/admin-create.ts'];
    const child = spawn(process.execPath, args, {
      cwd: join(__dirname, '../..'),
      env: environment({}),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, err]).toEqual([1, expect.stringContaining('npm run admin:create -- --name')]);
  });

  it('makes the first admin with a link that works once, and a fresh link until it has been used', async () => {
    const first = await run(ada);
    expect(first).toEqual({ done: true, text: expect.stringContaining('curl -X POST') as unknown });
    const again = await run(['--name', 'Ada Admin', '--email', 'ADA@example.test']);
    expect(again.text).toContain(`${api.origin}/api/v1${linkIn(again.text)}`);
    const redeem = (path: string) => api.send('POST', path, { password: 'the first password' });
    expect((await redeem(linkIn(first.text))).status).toBe(404);
    const session = await redeem(linkIn(again.text));
    expect(session.status).toBe(201);
    const me = signedIn(api, { id: '', name: '', email: '', password: '', token: String(session.body['token']) });
    expect((await me.get('/people/me')).body).toMatchObject({ name: 'Ada Admin', email: 'ada@example.test', roles: ['admin'] });
    expect((await me.get('/engineers/me/ledger/verification')).body).toMatchObject({ ok: true, entries: 0 });
    expect(await run(ada)).toEqual({ done: false, text: 'There is an admin already, who can make others: sign in as them.' });
  });

  it('says so where the address belongs to somebody', async () => {
    await api.database.query(`UPDATE person SET active = false`);
    const person = await makePerson(api);
    expect(await run(['--name', 'Ada', '--email', person.email])).toEqual({ done: false, text: 'Somebody else has this email address.' });
  });
});
