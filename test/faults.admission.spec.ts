import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { type TestPerson, makePerson } from './factories/people';
import { type TestApp, startApp } from './setup/app';
import { onThisMachine } from './setup/pace';

// two connections: six requests are worked on at once, 120 may wait
const pool = 2;
const places = 6;
const seats = 120;

let api: TestApp;
let holder: Client;
let engineer: TestPerson;
beforeAll(async () => {
  api = await startApp({ DATABASE_POOL: String(pool) });
  holder = new Client({ connectionString: api.database.adminUrl });
  await holder.connect();
  engineer = await makePerson(api);
});
afterAll(async () => {
  await holder.end();
  await api.close();
});
afterEach(() => holder.query('ROLLBACK'));

const holdUp = async (): Promise<void> => {
  await holder.query('BEGIN');
  await holder.query('LOCK TABLE framework IN ACCESS EXCLUSIVE MODE');
};

async function seen(path: string, signal?: AbortSignal): Promise<{ status: number; code: unknown; ms: number }> {
  const started = performance.now();
  const response = await fetch(`${api.origin}${path}`, {
    headers: { authorization: `Bearer ${engineer.token}` },
    ...(signal === undefined ? {} : { signal }),
  });
  const body = (await response.json()) as { code?: unknown };
  return { status: response.status, code: body.code, ms: performance.now() - started };
}

test('who finds every place and every seat taken is refused at once, and health is answered all the same', async () => {
  await holdUp();
  const all = Array.from({ length: places + seats + 100 }, () => seen('/api/v1/frameworks'));
  const [live, ready] = await Promise.all([seen('/health/live'), seen('/health/ready')]);
  expect([live.status, ready.status]).toEqual([200, 200]);
  const answers = await Promise.all(all);
  expect([...new Set(answers.map(({ status, code }) => `${status} ${String(code)}`))]).toEqual(['503 too-busy']);
  const inOrder = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  // a hundred are turned away at the door, those in seats when their patience ends
  const [quickest = 0, lastSeat = 0] = [inOrder[99], inOrder[99 + seats]];
  expect(quickest).toBeLessThan(onThisMachine(450));
  expect(lastSeat).toBeLessThan(onThisMachine(1_500));
  await holder.query('ROLLBACK');
  expect((await Promise.all(Array.from({ length: places * 4 }, () => seen('/api/v1/frameworks')))).map(({ status }) => status)).toEqual(
    Array.from({ length: places * 4 }, () => 200),
  );
});

// a header that says nothing makes nobody less of a stranger
test.each([[{}], [{ authorization: 'x' }], [{ cookie: 'x=y' }]])(
  'a flood of sign-ins holds up neither those who read nor those who write: %j',
  async (headers) => {
    // as many as find a place or a seat, and some more
    const flood = Array.from({ length: places + seats + 30 }, () =>
      api.send('POST', '/sessions', { email: engineer.email, password: engineer.password }, { headers }),
    );
    await delay(20);
    const answers = await Promise.all([
      engineer.get('/me'),
      engineer.post('/engineers/me/evidence', { title: 'In the flood', description: 'Logged all the same.' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 201]);
    const signedIn = (await Promise.all(flood)).map(({ status }) => status);
    expect(signedIn.filter((status) => status !== 201 && status !== 503)).toEqual([]);
    expect(signedIn).toContain(201);
  },
);

test('clients who are slow to send hold no place', async () => {
  const { port, hostname } = new URL(api.origin);
  const slow: Socket[] = [];
  for (let i = 0; i < places * 3; i += 1) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(
      `POST /api/v1/engineers/me/evidence HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${engineer.token}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"title":`,
    );
    slow.push(socket);
  }
  await delay(100);
  const answer = await seen('/api/v1/frameworks');
  for (const socket of slow) socket.destroy();
  expect(answer.status).toBe(200);
  expect(answer.ms).toBeLessThan(onThisMachine(450));
});

test('clients who go away leave no place taken', async () => {
  for (let round = 0; round < 3; round += 1) {
    await holdUp();
    const leaving = Array.from({ length: places * 4 }, () => seen('/api/v1/frameworks', AbortSignal.timeout(150)));
    await Promise.allSettled(leaving);
    await holder.query('ROLLBACK');
    await delay(300);
  }
  const answers = await Promise.all(Array.from({ length: places * 4 }, () => seen('/api/v1/frameworks')));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(onThisMachine(450));
});
