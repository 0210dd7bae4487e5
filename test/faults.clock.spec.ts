import { CheckpointsService } from '../src/ledger/checkpoints.service';
import { newId } from '../src/kernel/ids';
import { type Trio, approval, acceptedClaim, act, makeTrio, signedOffClaim } from './factories/claims';
import { checkLedger } from './factories/evidence';
import { type TestPerson, makePerson } from './factories/people';
import { type TestApp, startApp } from './setup/app';
import { type KeyFiles, makeKeyFiles } from './setup/key-files';

const aDay = 86_400_000;
/** Everything of time but Date itself. */
const notDate = [
  ...['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'],
  ...['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'],
] as NonNullable<Parameters<typeof jest.useFakeTimers>[0]> extends { doNotFake?: (infer Name)[] } ? Name[] : never;

let keys: KeyFiles;
let api: TestApp;
let auditor: TestPerson;
beforeAll(async () => {
  keys = makeKeyFiles();
  api = await startApp(keys.settings);
  auditor = await makePerson(api, { roles: ['auditor'] });
});
afterAll(async () => {
  await api.close();
  keys.remove();
});

interface Entry {
  readonly seq: number;
  readonly at: string;
}

async function expectSound({ engineer }: Pick<Trio, 'engineer'>): Promise<Entry[]> {
  await checkLedger(engineer);
  const { body } = await engineer.get<{ items: Entry[] }>('/engineers/me/ledger?limit=100');
  const { items } = body;
  expect(items.map(({ seq }) => seq)).toEqual(items.map((_, i) => i + 1));
  expect(items.map(({ at }) => at)).toEqual(items.map(({ at }) => at).sort());
  return items;
}

const checkpoints = async (): Promise<{ number: number; at: string }[]> =>
  api.database.query(
    `SELECT number, to_char(at AT TIME ZONE 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at FROM checkpoint ORDER BY number`,
  );

async function expectVerified(): Promise<void> {
  const { status, body } = await auditor.get<{ ok: boolean }>('/ledger/verification');
  expect([status, body.ok]).toEqual([200, true]);
}

describe('the clock of the machine that the application runs on', () => {
  afterEach(() => jest.useRealTimers());

  test.each([-5 * 365, -3, 3, 5 * 365])('is off by %d days: whatever is kept goes by the database’s', async (days) => {
    const trio = await makeTrio(api);
    const began = Date.now();
    jest.useFakeTimers({ now: began + days * aDay, doNotFake: notDate });
    const signedIn = await api.send<{ token: string; expiresAt: string }>('POST', '/sessions', {
      email: trio.engineer.email,
      password: trio.engineer.password,
    });
    expect(signedIn.status).toBe(201);
    // a session lasts a week from now, as the database has it
    const lasts = (Date.parse(signedIn.body.expiresAt) - began) / aDay;
    expect(lasts).toBeGreaterThan(6.99);
    expect(lasts).toBeLessThan(7.01);
    expect((await api.send('GET', '/me', undefined, { token: signedIn.body.token })).status).toBe(200);

    const { email, password } = trio.engineer;
    const withCookie = await api.send('POST', '/sessions', { email, password, cookie: true });
    const seconds = Number(/Max-Age=(\d+)/.exec(withCookie.headers.get('set-cookie') ?? '')?.[1]);
    expect(Math.abs(seconds - 7 * 86_400)).toBeLessThan(60);

    const claim = await signedOffClaim(trio, 1);
    expect((await trio.engineer.get(`/engineers/me/sign-offs/${claim.claim.signOff?.id}/badge`)).status).toBe(200);
    const list = await fetch(`${api.origin}/.well-known/status/1`);
    const [, claims = ''] = (await list.text()).split('.');
    const { validFrom } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as { validFrom: string };
    expect(Math.abs(Date.parse(validFrom) - began)).toBeLessThan(120_000);
    const again = { title: 'Once', description: 'Logged once.' };
    const first = await trio.engineer.post('/engineers/me/evidence', again, { key: 'once' });
    expect((await trio.engineer.post('/engineers/me/evidence', again, { key: 'once' })).body).toEqual(first.body);
    const made = await api.app.get(CheckpointsService, { strict: false }).make();
    jest.useRealTimers();

    const today = new Date(began).toISOString().slice(0, 10);
    const days1 = [claim.claim.signOff?.on, claim.claim.history.at(0)?.at.slice(0, 10)];
    // midnight may pass while this runs
    for (const day of days1) expect([today, new Date().toISOString().slice(0, 10)]).toContain(day);
    for (const { at } of await expectSound(trio)) expect(Math.abs(Date.parse(at) - began)).toBeLessThan(60_000);
    expect(Math.abs(Date.parse(made.checkpoint?.at ?? '') - began)).toBeLessThan(60_000);
    await expectVerified();
    expect((await trio.engineer.get('/me')).status).toBe(200);
  });

  test('goes back: what is made later still comes later', () => {
    jest.useFakeTimers({ now: Date.now() + 365 * aDay, doNotFake: notDate });
    const early = newId();
    jest.setSystemTime(Date.now() - 730 * aDay);
    const late = newId();
    expect([late, early].sort()).toEqual([early, late]);
  });
});

describe('the clock of the database', () => {
  const name = (): string => new URL(api.database.adminUrl).pathname.slice(1);

  beforeAll(async () => {
    // functions of the same names that are found first: what the application's SQL calls now() and clock_timestamp() can be moved
    await api.database.query(`CREATE TABLE clock_offset AS SELECT interval '0' AS by`);
    await api.database.query(`GRANT SELECT ON clock_offset TO PUBLIC`);
    for (const clock of ['now', 'clock_timestamp']) {
      await api.database.query(
        `CREATE FUNCTION public.${clock}() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT pg_catalog.${clock}() + (SELECT by FROM public.clock_offset) $$`,
      );
      await api.database.query(`GRANT EXECUTE ON FUNCTION public.${clock}() TO PUBLIC`);
    }
    // defaults hold on to the function that they were made with
    const defaults = await api.database.query<{ table: string; column: string }>(
      `SELECT table_name AS table, column_name AS column FROM information_schema.columns WHERE table_schema = 'public' AND column_default = 'now()'`,
    );
    expect(defaults.length).toBeGreaterThan(3);
    for (const { table, column } of defaults) {
      await api.database.query(`ALTER TABLE "${table}" ALTER COLUMN "${column}" SET DEFAULT public.now()`);
    }
    await api.database.query(`ALTER DATABASE "${name()}" SET search_path = public, pg_catalog`);
    await api.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'touchstone'`,
    );
  });

  const moveTo = (by: string): Promise<unknown> => api.database.query(`UPDATE clock_offset SET by = $1::interval`, [by]);

  test('jumps forward and back: chains and checkpoints keep their order, sessions and claims go on', async () => {
    const trio = await makeTrio(api);
    const { engineer } = trio;
    const service = api.app.get(CheckpointsService, { strict: false });
    const before = (await checkpoints()).length;
    const log = async (): Promise<number> =>
      (await engineer.post('/engineers/me/evidence', { title: 'Work', description: 'Done.' })).status;

    expect(await log()).toBe(201);
    expect((await service.make()).isNew).toBe(true);
    const claim = await acceptedClaim(trio, 1);
    // three hours too early, two days too late, and right again
    for (const by of ['3 hours', '-2 days', '0']) {
      await moveTo(by);
      expect([by, await log()]).toEqual([by, 201]);
      // on schedule, too: a checkpoint from what is the future now must not hold up the next ones
      expect([by, (await service.make(by === '3 hours' ? 0 : 30)).isNew]).toEqual([by, true]);
      expect((await engineer.get('/me')).status).toBe(200);
    }
    expect((await act(trio.mentor, claim, 'approval', approval(trio.mentor))).body.state).toBe('approved');

    const entries = await expectSound(trio);
    const ahead = Math.max(...entries.map(({ at }) => Date.parse(at))) - Date.now();
    expect(ahead / 3_600_000).toBeGreaterThan(2.9);
    const made = (await checkpoints()).slice(before);
    expect(made.map(({ number }) => number)).toEqual(made.map((_, i) => before + i + 1));
    expect(made.map(({ at }) => at)).toEqual(made.map(({ at }) => at).sort());
    expect(made).toHaveLength(4);
    await expectVerified();
  });

  test('jumps a year ahead and back: sessions that were over meanwhile are, those begun meanwhile go on', async () => {
    const person = await makePerson(api);
    await moveTo('1 year');
    expect((await person.get('/me')).status).toBe(401);
    const there = await api.send<{ token: string }>('POST', '/sessions', { email: person.email, password: person.password });
    expect(there.status).toBe(201);
    expect((await api.send('GET', '/me', undefined, { token: there.body.token })).status).toBe(200);
    await moveTo('0');
    expect((await api.send('GET', '/me', undefined, { token: there.body.token })).status).toBe(200);
    // the sign-in a year ahead swept away what was over by then
    expect((await person.get('/me')).status).toBe(401);
  });
});
