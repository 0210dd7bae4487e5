import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { ApiClient, overNetwork } from '../src/demo/api-client';
import { type DemoCredentials, credentialsFile } from '../src/demo/credentials';
import { embeddedFolder } from '../src/demo/demo-database';
import { findRunning } from '../src/platform/embedded-postgres/embedded-postgres';
import { build, cleanUp, clusterOf, dataFolder, npmStart, run, start, type Started } from './setup/started';

jest.setTimeout(90_000);

const ready = 'Touchstone is ready';
const folder = dataFolder();
// the stricter of the two ways to let somebody judge: the demo and its tour keep to it in any case
const settings = { DATA_DIR: folder, PORT: '0', ACCREDITATION_SEPARATE_FROM_INVITATION: 'true' };
const credentials = (dataDir = folder): DemoCredentials => JSON.parse(readFileSync(credentialsFile(dataDir), 'utf8')) as DemoCredentials;

interface SignedIn {
  readonly token: string;
  readonly person: { readonly id: string };
}

async function signIn(email: string): Promise<{ id: string; api: ApiClient }> {
  const api = new ApiClient(overNetwork(credentials().url));
  const { body } = await api.post<SignedIn>('/sessions', { email, password: credentials().password });
  return { id: body.person.id, api: api.as(body.token) };
}

const work = (title: string): object => ({ title, description: 'Seen through to the end.', role: 'alone', startedOn: '2026-01-05' });

async function titles(): Promise<string[]> {
  const { api } = await signIn('engineer1@demo.test');
  return (await api.get<{ items: { title: string }[] }>('/engineers/me/evidence?limit=100')).body.items.map(({ title }) => title);
}

/** The embedded server's process, as its own file names it; null once that file is gone. */
function serverPid(dataDir = folder): number | null {
  const file = join(clusterOf(dataDir), 'postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : null;
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/health/live`).then(
    () => true,
    () => false,
  );

const folders = [folder];
let app: Started;

beforeAll(build, build.timeout);
afterAll(() => cleanUp(folders));

describe('a first start', () => {
  beforeAll(async () => {
    app = start('main.js', settings);
    await app.printed(ready);
  });

  it('prints the address, where the API is documented, and how to sign in', () => {
    const { url, password } = credentials();
    for (const text of [`${ready}: ${url}`, `${url}/api/docs`, 'engineer1@demo.test', 'auditor1@demo.test', password]) {
      expect(app.output()).toContain(text);
    }
  });

  it('keeps the sign-ins in a file that only its owner may read', async () => {
    expect(statSync(credentialsFile(folder)).mode & 0o777).toBe(0o600);
    expect(Object.keys(credentials())).toEqual(['url', 'password', 'people']);
    expect(credentials().people).toEqual(
      expect.arrayContaining([
        { email: 'engineer1@demo.test', role: 'engineer' },
        { email: 'mentor1@demo.test', role: 'mentor' },
        { email: 'mentor2@demo.test', role: 'mentor' },
        { email: 'manager1@demo.test', role: 'manager' },
        { email: 'admin1@demo.test', role: 'admin' },
        { email: 'auditor1@demo.test', role: 'auditor' },
      ]),
    );
    for (const { email } of credentials().people) await signIn(email);
  });

  it('has a claim in every state, and a sign-off in force', async () => {
    const { api } = await signIn('auditor1@demo.test');
    const { body: people } = await api.get<{ items: { id: string; email: string }[] }>('/people?limit=100');
    const states = new Set<string>();
    for (const { id } of people.items) {
      const { body } = await api.get<{ items: { state: string }[] }>(`/engineers/${id}/claims`);
      for (const { state } of body.items) states.add(state);
    }
    expect([...states].sort()).toEqual(['approved', 'changes-requested', 'draft', 'refused', 'submitted', 'withdrawn']);
    const { body: register } = await api.get<{ items: { engineer: { name: string }; state: string }[] }>('/sign-offs');
    expect(register.items.map(({ engineer, state }) => `${engineer.name}: ${state}`).sort()).toEqual([
      'Engineer Eight: revoked',
      'Engineer One: in-force',
      'Engineer Two: in-force',
    ]);
  });

  it('describes its API', async () => {
    const { url } = credentials();
    const document = (await (await fetch(`${url}/api/openapi.json`)).json()) as { openapi: string };
    expect(document.openapi).toMatch(/^3\.1/);
    const page = await fetch(`${url}/api/docs`);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(await page.text()).not.toMatch(/(src|href)="https?:/);
    expect((await fetch(`${url}/api/docs/swagger-ui-bundle.js`)).status).toBe(200);
  });

  it('says plainly that it runs already when started once more, and goes on', async () => {
    const again = await run('main.js', { ...settings, PORT: new URL(credentials().url).port });
    expect(again).toEqual({
      code: 1,
      output: expect.stringContaining(`is running from this folder already: ${credentials().url}`) as string,
    });
    expect(await titles()).toContain('Automated patching via IaC');
  });

  it('shares its database with a second server on another port, which gives the address back when it ends', async () => {
    const { url } = credentials();
    const second = start('main.js', settings);
    await second.printed('that was started first from this folder keeps the database');
    expect(credentials().url).not.toBe(url);
    expect(await titles()).toContain('Automated patching via IaC');
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(credentials().url).toBe(url);
    expect(await titles()).toContain('Automated patching via IaC');
  });

  it('can be toured, more than once', async () => {
    for (let time = 1; time <= 2; time += 1) {
      const tour = await run('commands/tour.js', { DATA_DIR: folder });
      expect(tour).toEqual({ code: 0, output: expect.stringContaining('everything was as it should be') as string });
    }
  });

  it('has kept the progress that a rebuild comes to', async () => {
    const rebuilt = await run('commands/progress-rebuild.js', { DATA_DIR: folder });
    expect(rebuilt).toEqual({
      code: 0,
      output: expect.stringMatching(/^Rebuilt \d\d+ rows of \d+ records; all were as they should be\.$/m) as string,
    });
  });
});

describe('SIGTERM', () => {
  it('lets running requests finish, takes no more, and stops the database', async () => {
    const { id, api } = await signIn('engineer1@demo.test');
    const server = serverPid();
    const { url } = credentials();
    const holder = new Client({ connectionString: (await findRunning(embeddedFolder(folder)))?.url.replace(/\/postgres$/, '/touchstone') });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM record WHERE engineer_id = $1 FOR UPDATE', [id]);
    const running = api.post(`/engineers/${id}/evidence`, work('Finished while stopping'));
    await delay(300);
    app.child.kill('SIGTERM');
    // a busy machine takes a moment; the request that runs waits for its lock no longer than two seconds
    const isOpen = (): Promise<boolean> =>
      fetch(`${url}/health/live`, { headers: { connection: 'close' } }).then(
        () => true,
        () => false,
      );
    for (const until = Date.now() + 1_200; Date.now() < until && (await isOpen());) await delay(50);
    expect(await isOpen()).toBe(false);
    await holder.query('COMMIT');
    await holder.end();
    expect((await running).status).toBe(201);
    const answered = Date.now();
    expect(await app.ended).toBe(0);
    expect(Date.now() - answered).toBeLessThan(5_000);
    expect([server, serverPid()]).toEqual([expect.any(Number) as number, null]);
    expect(lives(server ?? 0)).toBe(false);
  });

  it('is followed by a start that has everything still', async () => {
    const { password } = credentials();
    app = start('main.js', settings);
    await app.printed(ready);
    expect(app.output()).not.toContain('First start');
    expect(credentials().password).toBe(password);
    expect(await titles()).toEqual(expect.arrayContaining(['Finished while stopping', 'Automated patching via IaC']));
  });
});

describe('npm start', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)('ended with %s ends the application', async (signal) => {
    const npm = npmStart(settings);
    await npm.printed(ready);
    const { url } = credentials();
    npm.child.kill(signal);
    const deadline = Date.now() + 5_000;
    // ended, it has put the first server's address back
    while (credentials().url === url || (await answers(url))) {
      if (Date.now() > deadline) throw new Error('it goes on');
      await delay(50);
    }
    expect(await titles()).toContain('Finished while stopping');
  });
});

describe('kill -9', () => {
  it('leaves no server behind after two seconds, and loses no write that was acknowledged', async () => {
    const server = serverPid() ?? 0;
    const { id, api } = await signIn('engineer1@demo.test');
    await api.post(`/engineers/${id}/evidence`, work('Acknowledged a moment before'));
    app.child.kill('SIGKILL');
    expect(await app.ended).toBe('SIGKILL');
    await delay(2_000);
    expect(lives(server)).toBe(false);

    app = start('main.js', settings);
    await app.printed(ready);
    expect(await titles()).toContain('Acknowledged a moment before');
  });

  it('in the middle of a first start is followed by one that begins again', async () => {
    const other = dataFolder();
    folders.push(other);
    const broken = start('main.js', { DATA_DIR: other, PORT: '0' });
    await broken.printed('First start');
    await delay(400);
    broken.child.kill('SIGKILL');
    await broken.ended;
    expect(existsSync(credentialsFile(other))).toBe(false);

    const whole = start('main.js', { DATA_DIR: other, PORT: '0' });
    await whole.printed(ready);
    expect(whole.output()).toContain('First start');
    const { url, password } = credentials(other);
    const { status } = await new ApiClient(overNetwork(url)).post('/sessions', { email: 'engineer1@demo.test', password });
    expect(status).toBe(201);
  });
});
