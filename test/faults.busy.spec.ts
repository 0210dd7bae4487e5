import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { createDataSource } from '../src/data-source';
import { databaseTrouble } from '../src/platform/problem.filter';
import { Transactions } from '../src/platform/transaction';
import { type Trio, acceptedClaim, approval, makeTrio } from './factories/claims';
import { checkLedger, ledgerOf } from './factories/evidence';
import { type TestPerson, makePerson } from './factories/people';
import { type Answer, type TestApp, startApp } from './setup/app';
import { onThisMachine } from './setup/pace';

const pool = 6;
const forTransactions = 4;

let api: TestApp;
/** A superuser who holds what others want. */
let holder: Client;
let engineer: TestPerson;
beforeAll(async () => {
  api = await startApp({ STATEMENT_TIMEOUT_MS: '3000', DATABASE_POOL: String(pool) });
  holder = new Client({ connectionString: api.database.adminUrl });
  await holder.connect();
  engineer = await makePerson(api);
});
afterAll(async () => {
  await holder.end();
  await api.close();
});
afterEach(() => holder.query('ROLLBACK'));

const evidence = { title: 'Rack move', description: 'Moved the racks.' };
const log = (person: TestPerson, key?: string): Promise<Answer> =>
  person.post('/engineers/me/evidence', evidence, key === undefined ? {} : { key });

async function timed<T>(work: Promise<T>): Promise<T & { ms: number }> {
  const started = performance.now();
  const answer = await work;
  return Object.assign(answer as T & { ms: number }, { ms: performance.now() - started });
}

function expectBusy(answer: Answer): void {
  expect(answer).toMatchObject({ status: 503, body: { code: 'too-busy' } });
  expect(answer.headers.get('retry-after')).toBe('1');
}

const entries = async (person: TestPerson): Promise<number> => (await ledgerOf(person)).length;

test('many who write to one busy record are refused in time and leave connections to those who read', async () => {
  const other = await makePerson(api);
  await holder.query('BEGIN');
  await holder.query('SELECT 1 FROM record WHERE engineer_id = $1 FOR UPDATE', [engineer.id]);
  const writers = Array.from({ length: 30 }, () => timed(log(engineer)));
  // all the connections that transactions may have
  while ((await blocked()) < forTransactions) await delay(10);
  for (let i = 0; i < 10; i += 1) {
    const reads = await Promise.all([
      timed(other.get('/me')),
      timed(engineer.get('/engineers/me/evidence')),
      timed(other.get('/frameworks')),
    ]);
    expect(reads.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(Math.max(...reads.map(({ ms }) => ms))).toBeLessThan(onThisMachine(700));
  }
  const refused = await Promise.all(writers);
  for (const answer of refused) expectBusy(answer);
  // those who had a connection waited for the lock; the others were told sooner
  expect(Math.max(...refused.map(({ ms }) => ms))).toBeLessThan(onThisMachine(4_000));
  expect(refused.filter(({ ms }) => ms < onThisMachine(1_200)).length).toBeGreaterThanOrEqual(20);
  await holder.query('ROLLBACK');
  expect((await log(engineer)).status).toBe(201);
  expect(await entries(engineer)).toBe(1);
});

test('a pool without a free connection is busy, not away: 503 within a second, and the application stays ready', async () => {
  await holder.query('BEGIN');
  await holder.query('LOCK TABLE framework IN ACCESS EXCLUSIVE MODE');
  const stuck = Array.from({ length: pool }, () => engineer.get('/frameworks'));
  while ((await blocked()) < pool) await delay(10);
  const waiting = await Promise.all(Array.from({ length: 20 }, () => timed(engineer.get('/me'))));
  // on a slow machine the first statements may have been cut off by now, and leave a connection to somebody
  const busy = waiting.filter(({ status }) => status !== 200);
  expect(busy.length).toBeGreaterThan(0);
  for (const answer of busy) expectBusy(answer);
  expect(Math.max(...waiting.map(({ ms }) => ms))).toBeLessThan(onThisMachine(1_200));
  expect((await api.send('GET', '/health/ready')).status).toBe(200);
  for (const answer of await Promise.all(stuck)) expectBusy(answer);
  await holder.query('ROLLBACK');
  const after = await timed(engineer.get('/frameworks'));
  expect(after.status).toBe(200);
  expect(after.ms).toBeLessThan(onThisMachine(700));
});

test('a server that takes no more connections is busy', async () => {
  const name = new URL(api.database.adminUrl).pathname.slice(1);
  const limitTo = async (limit: number): Promise<void> => {
    await holder.query(`ALTER DATABASE "${name}" CONNECTION LIMIT ${limit}`);
    await holder.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name = 'touchstone'`, [
      name,
    ]);
    await delay(100);
  };
  await limitTo(0);
  expectBusy(await engineer.get('/me'));
  await limitTo(-1);
  expect((await engineer.get('/me')).status).toBe(200);
});

test('a statement that takes too long is cut off, and nothing of its transaction stays', async () => {
  const before = await entries(engineer);
  await holder.query(`CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(20); RETURN NEW; END $$`);
  await holder.query(`CREATE TRIGGER dawdle BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION dawdle()`);
  const answer = await timed(log(engineer));
  expectBusy(answer);
  expect(answer.ms).toBeGreaterThan(2_500);
  expect(answer.ms).toBeLessThan(onThisMachine(4_500));
  await holder.query(`DROP FUNCTION dawdle CASCADE`);
  expect(await entries(engineer)).toBe(before);
  const { body } = await engineer.get<{ items: unknown[] }>('/engineers/me/evidence');
  expect(body.items).toHaveLength(before);
  expect((await log(engineer)).status).toBe(201);
});

/** How many wait for a lock. */
async function blocked(): Promise<number> {
  const rows = await api.database.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows[0]?.n ?? 0;
}

/** Lets an approval and somebody else wait for each other: the approval holds the record and wants the mentor's row, the holder the other way round. */
async function deadlock(trio: Trio, key: string | undefined): Promise<Answer> {
  const claim = await acceptedClaim(trio, 1);
  await holder.query('BEGIN');
  // the approval, who has waited longer by then, finds the ring and is the one who gives way
  await holder.query(`SET LOCAL deadlock_timeout = '20s'`);
  await holder.query('SELECT 1 FROM person WHERE person_id = $1 FOR UPDATE', [trio.mentor.id]);
  const approving = trio.mentor.post(`${claim.path}/approval`, approval(trio.mentor), {
    ifMatch: claim.etag,
    ...(key === undefined ? {} : { key }),
  });
  while ((await blocked()) === 0) await delay(20);
  const before = await deadlocks();
  await holder.query('SELECT 1 FROM record WHERE engineer_id = $1 FOR UPDATE', [trio.engineer.id]);
  await holder.query('COMMIT');
  const answer = await approving;
  // a backend tells what it counted within a second, or, when it has nothing more to do, within ten
  for (let i = 0; (await deadlocks()) === before && i < 240; i += 1) await delay(50);
  expect(await deadlocks()).toBeGreaterThan(before);
  return answer;
}

const deadlocks = async (): Promise<number> => {
  const rows = await api.database.query<{ n: number }>(
    `SELECT deadlocks::int AS n FROM pg_stat_database WHERE datname = current_database()`,
  );
  return rows[0]?.n ?? 0;
};

test.each([undefined, 'approve-once'])('a deadlock is tried again, and done once (Idempotency-Key: %s)', async (key) => {
  const trio = await makeTrio(api);
  const answer = await deadlock(trio, key);
  expect(answer.status).toBe(200);
  expect(answer.body['state']).toBe('approved');
  expect((await ledgerOf(trio.engineer)).filter((line) => line.startsWith('sign-off.granted'))).toHaveLength(1);
  await checkLedger(trio.engineer);
});

test('serialization failures are tried again', async () => {
  const name = new URL(api.database.adminUrl).pathname.slice(1);
  const isolate = async (level: string): Promise<void> => {
    await holder.query(`ALTER DATABASE "${name}" SET default_transaction_isolation = '${level}'`);
    await holder.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name = 'touchstone'`, [
      name,
    ]);
    await delay(100);
  };
  await isolate('repeatable read');
  const before = await entries(engineer);
  // under this isolation whoever waited for the record's lock fails with 40001 as soon as the other commits
  await holder.query('BEGIN');
  await holder.query('UPDATE record SET version = version WHERE engineer_id = $1', [engineer.id]);
  const writing = Promise.all([log(engineer), log(engineer), log(engineer, 'once')]);
  await delay(200);
  await holder.query('COMMIT');
  expect((await writing).map(({ status }) => status)).toEqual([201, 201, 201]);
  await isolate('read committed');
  expect(await entries(engineer)).toBe(before + 3);
  await checkLedger(engineer);
});

test('a conflict that does not go away is given up after four tries, with a clean answer', async () => {
  await holder.query(`CREATE SEQUENCE tries`);
  await holder.query(
    `CREATE FUNCTION collide() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN PERFORM nextval('tries'); RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$`,
  );
  await holder.query(`CREATE TRIGGER collide BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION collide()`);
  expectBusy(await log(engineer));
  const { rows } = await holder.query('SELECT last_value::int AS n FROM tries');
  await holder.query('DROP FUNCTION collide CASCADE');
  await holder.query('DROP SEQUENCE tries');
  expect(rows).toEqual([{ n: 4 }]);
});

test('a connection lost between two statements of a transaction is away, and not a bug', async () => {
  const dataSource = await createDataSource({ url: api.database.url, pool: 2, impatient: () => undefined }).initialize();
  try {
    const transactions = new Transactions(dataSource);
    const lost = transactions.run(async (tx) => {
      const [row] = await tx.query<[{ pid: number }]>('SELECT pg_backend_pid() AS pid');
      await holder.query('SELECT pg_terminate_backend($1)', [row.pid]);
      await delay(100);
      await tx.query('SELECT 1');
    });
    expect(databaseTrouble(await lost.catch((error: unknown) => error))).toMatchObject({ code: 'database-away' });
    expect(await transactions.run((tx) => tx.query('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
  } finally {
    await dataSource.destroy();
  }
});
