import { setTimeout as delay } from 'node:timers/promises';
import { createDataSource } from '../src/data-source';
import { type Trio, makeTrio, statementRef } from './factories/claims';
import { checkLedger } from './factories/evidence';
import { type TestApp, startApp } from './setup/app';
import { type FaultyLine, faultyLine } from './setup/faulty-line';
import { surroundings } from './setup/database';
import { onThisMachine } from './setup/pace';

let api: TestApp;
let line: FaultyLine;
let trio: Trio;
beforeAll(async () => {
  line = await faultyLine(surroundings().adminUrl);
  api = await startApp({}, (url) => {
    const through = new URL(url);
    through.host = new URL(line.url).host;
    return through.href;
  });
  trio = await makeTrio(api);
});
afterAll(async () => {
  await api.close();
  await line.close();
});
afterEach(async () => {
  await line.mend();
  await untilReady();
});

interface Seen {
  readonly status: number;
  readonly code: unknown;
  readonly retryAfter: string | null;
  readonly ms: number;
}

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Seen> {
  const started = performance.now();
  const response = await fetch(`${api.origin}${path}`, {
    method,
    headers: { authorization: `Bearer ${trio.engineer.token}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as { code?: unknown };
  return { status: response.status, code: answer.code, retryAfter: response.headers.get('retry-after'), ms: performance.now() - started };
}

/** One of each kind: a read, a write, a write under a key, a sign-in, a public page that needs the database. */
const ofEveryKind = (): Promise<Seen[]> =>
  Promise.all([
    ask('GET', '/api/v1/me'),
    ask('GET', '/api/v1/engineers/me/evidence'),
    ask('POST', '/api/v1/engineers/me/evidence', { title: 'Never logged', description: 'The database is away.' }),
    ask(
      'POST',
      '/api/v1/engineers/me/evidence',
      { title: 'Never logged', description: 'The database is away.' },
      { 'idempotency-key': 'k1' },
    ),
    ask('POST', '/api/v1/sessions', { email: trio.engineer.email, password: trio.engineer.password }),
    ask('POST', `/api/v1/invitations/${'a'.repeat(43)}`, { password: 'a long enough password' }),
    ask('GET', '/health/ready'),
  ]);

const away = { status: 503, code: 'database-away', retryAfter: '2' };

const aSecond = (): number => onThisMachine(1_000);

async function untilReady(): Promise<number> {
  const started = performance.now();
  while ((await ask('GET', '/health/ready')).status !== 200) {
    if (performance.now() - started > onThisMachine(10_000)) throw new Error('not ready ten seconds after the database came back');
    await delay(50);
  }
  return performance.now() - started;
}

const titles = async (): Promise<string[]> =>
  (
    await api.database.query<{ title: string }>(`SELECT body->>'title' AS title FROM record_content WHERE engineer_id = $1`, [
      trio.engineer.id,
    ])
  )
    .map(({ title }) => title)
    .filter((title) => title !== null);

describe.each(['refuses', 'says nothing'])('a database that %s', (how) => {
  test('is answered with 503 and Retry-After within a second, whatever is asked, and is ready within ten seconds of its return', async () => {
    expect((await ask('GET', '/api/v1/me')).status).toBe(200);
    if (how === 'refuses') await line.cut();
    else line.silence();
    // the first who come find connections that look sound; the others come when it is known
    for (const round of [1, 2, 3]) {
      const answers = await ofEveryKind();
      for (const answer of answers) expect({ round, ...answer }).toMatchObject(away);
      expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(aSecond());
      expect((await ask('GET', '/health/live')).status).toBe(200);
    }
    // many at once are no slower than one
    const many = await Promise.all(Array.from({ length: 60 }, () => ask('GET', '/api/v1/me')));
    for (const answer of many) expect(answer).toMatchObject(away);
    expect(Math.max(...many.map(({ ms }) => ms))).toBeLessThan(aSecond());
    await line.mend();
    expect(await untilReady()).toBeLessThan(onThisMachine(10_000));
    expect((await ask('GET', '/api/v1/me')).status).toBe(200);
    expect(await titles()).not.toContain('Never logged');
  });
});

test('a database that falls silent under load cuts off what runs within a second too, and nothing is half done', async () => {
  let isOver = false;
  const seen: Seen[] = [];
  const writers = Array.from({ length: 12 }, async (_, i) => {
    while (!isOver) {
      seen.push(
        i % 2 === 0
          ? await ask('GET', '/api/v1/engineers/me/evidence')
          : await ask('POST', '/api/v1/engineers/me/evidence', {
              title: 'Under load',
              description: 'One of many.',
              supports: [{ statement: statementRef(1, 1), rationale: 'It shows it.' }],
            }),
      );
      await delay(5);
    }
  });
  await delay(400);
  for (const fault of ['silence', 'cut', 'drop'] as const) {
    if (fault === 'cut') await line.cut();
    else line[fault]();
    await delay(900);
    await line.mend();
    await untilReady();
    await delay(200);
  }
  isOver = true;
  await Promise.all(writers);
  expect([...new Set(seen.map(({ status }) => status))].sort()).toEqual([200, 201, 503]);
  expect(Math.max(...seen.filter(({ status }) => status === 503).map(({ ms }) => ms))).toBeLessThan(aSecond());
  await checkLedger(trio.engineer);
  const acknowledged = seen.filter(({ status }) => status === 201).length;
  // one whose answer was lost on the line may be there as well; none that was acknowledged may be missing
  const [row] = await api.database.query<{ n: number; half: number }>(
    `SELECT count(*)::int AS n, count(*) FILTER (WHERE s.evidence_id IS NULL)::int AS half
       FROM evidence e LEFT JOIN support s USING (engineer_id, evidence_id) WHERE e.engineer_id = $1`,
    [trio.engineer.id],
  );
  expect(row?.n).toBeGreaterThanOrEqual(acknowledged);
  expect(row?.half).toBe(0);
});

test('connections that are stuck while new ones work are given up with their statements, and the pool has their places back', async () => {
  const dead = await faultyLine(line.url);
  const dataSource = await createDataSource({
    url: Object.assign(new URL(api.database.url), { host: new URL(dead.url).host }).href,
    pool: 2,
    statementTimeoutMs: 500,
    impatient: () => undefined,
  }).initialize();
  try {
    await dataSource.query('SELECT 1');
    dead.silenceOld();
    // the dead connection looks sound and takes one statement with it, and what is asked on it behind that one
    await expect(dataSource.transaction((tx) => tx.query('SELECT 1'))).rejects.toThrow('Query read timeout');
    for (let i = 0; i < 5; i += 1) expect(await dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  } finally {
    await dataSource.destroy();
    await dead.close();
  }
});

test('a pool that is empty when the line falls silent fails as fast', async () => {
  await api.database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'touchstone'`,
  );
  await delay(50);
  line.silence();
  const answers = await ofEveryKind();
  for (const answer of answers) expect(answer).toMatchObject(away);
  expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(aSecond());
});
