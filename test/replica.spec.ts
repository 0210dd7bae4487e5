import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readSettings } from '../src/config';
import { Replica, type ReplicaState } from '../src/platform/replica';
import { urlOfLogin } from '../src/platform/roles';
import { logWork } from './factories/claims';
import { type TestPerson, makePerson } from './factories/people';
import { type TestApp, startAnother, startApp } from './setup/app';
import { type FaultyLine, faultyLine } from './setup/faulty-line';
import { type OwnServer, ownServer } from './setup/own-server';
import { isDeep } from './deep/deep';
import { onThisMachine } from './setup/pace';
import { type TestReplica, makeReplica } from './setup/replica';

/*
 * Two processes on one primary: `writer` knows of no replica, `reader` reads dashboards from a real one, over a line that fails on command.
 */
const given = process.env['TOUCHSTONE_TEST'];
let own: OwnServer;
let replica: TestReplica;
let line: FaultyLine;
let writer: TestApp;
let reader: TestApp;
let isKilled = false;
beforeAll(async () => {
  // what is committed is flushed, and streamed, at once, as it is in production
  own = await ownServer({ flags: ['-c', 'synchronous_commit=on', '-c', 'full_page_writes=on'] });
  writer = await startApp();
  replica = await makeReplica(own.server);
  line = await faultyLine(replica.server.url);
  const url = new URL(writer.database.url);
  url.host = new URL(line.url).host;
  reader = await startAnother(writer, { REPLICA_URL: url.href });
  await until(reader, 'ok');
}, onThisMachine(60_000));
afterAll(async () => {
  await reader.close();
  await writer.close();
  await line.close();
  await replica.remove();
  await own.remove();
  process.env['TOUCHSTONE_TEST'] = given;
});
afterEach(async () => {
  if (isKilled) return;
  await replica.query(`SELECT pg_wal_replay_resume() WHERE pg_is_wal_replay_paused()`);
  await line.mend();
  await until(reader, 'ok');
});

async function stateOf(app: TestApp): Promise<unknown> {
  const { status, body } = await app.send('GET', '/health/ready');
  // dashboards are read from the primary meanwhile: the process does its work
  expect(status).toBe(200);
  return body['replica'];
}

async function until(app: TestApp, state: ReplicaState): Promise<void> {
  for (const end = performance.now() + onThisMachine(10_000); (await stateOf(app)) !== state; await delay(20)) {
    if (performance.now() > end) throw new Error(`the replica is ${String(await stateOf(app))}, and not ${state}`);
  }
}

/** Until the reader reads from the replica and finds everything there: what is read next has nothing to wait for. */
async function untilRead(): Promise<void> {
  for (const end = performance.now() + onThisMachine(10_000); ; await delay(20)) {
    const before = answered().replica;
    await reader.app.get(Replica).query('SELECT 1');
    if (answered().replica > before) return;
    if (performance.now() > end) throw new Error('the replica is not read');
  }
}

interface Team {
  readonly manager: TestPerson;
  readonly engineer: TestPerson;
}

async function makeTeam(): Promise<Team> {
  const manager = await makePerson(writer);
  return { manager, engineer: await makePerson(writer, { manager }) };
}

/** How much the team logged this month, as the dashboard says; and how long it took to say so. */
async function logged({ manager }: Team): Promise<{ evidence: number; ms: number }> {
  const begun = performance.now();
  const { status, body } = await reader.send<{ months: { evidence: number }[] }>('GET', '/teams/me/trend?months=1', undefined, {
    token: manager.token,
  });
  expect(status).toBe(200);
  return { evidence: body.months[0]?.evidence ?? -1, ms: performance.now() - begun };
}

const answered = (): { replica: number; primary: number } => ({ ...reader.app.get(Replica).answered });

async function readsOf(work: () => Promise<void>): Promise<{ replica: number; primary: number }> {
  const before = answered();
  await work();
  const after = answered();
  return { replica: after.replica - before.replica, primary: after.primary - before.primary };
}

test('dashboards are read from the replica, as the application’s role and under its limits; everything else from the primary', async () => {
  const { manager } = await makeTeam();
  const paths = ['/teams/me/dashboard', '/teams/me/gaps', '/teams/me/reviews', '/teams/me/trend'];
  const admin = await makePerson(writer, { roles: ['admin'] });
  await untilRead();
  const readAll = (): Promise<{ replica: number; primary: number }> =>
    readsOf(async () => {
      for (const path of paths) expect((await reader.send('GET', path, undefined, { token: manager.token })).status).toBe(200);
      expect((await reader.send('GET', '/organisation/dashboard', undefined, { token: admin.token })).status).toBe(200);
      expect((await reader.send('GET', '/me', undefined, { token: manager.token })).status).toBe(200);
    });
  // a busy machine may keep the replica behind for a moment: then the primary is read, as it should be
  let reads = await readAll();
  for (let tries = 1; tries < 5 && reads.primary > 0; tries += 1) {
    await untilRead();
    reads = await readAll();
  }
  expect(reads).toEqual({ replica: 5, primary: 0 });
  // the servers say so themselves
  const { username } = new URL(writer.database.url);
  const log = readFileSync(join(replica.server.baseDir, 'server.log'), 'utf8').split('\n');
  for (const part of ['seen AS MATERIALIZED', 'standings AS MATERIALIZED']) {
    expect(log.filter((text) => text.includes(part)).length).toBeGreaterThan(0);
  }
  await untilRead();
  const [limits] = await reader.app.get(Replica).query<{ standby: boolean; statement: string; role: string; may: boolean }>(
    `SELECT pg_is_in_recovery() AS standby, current_setting('statement_timeout') AS statement, current_user AS role,
            has_table_privilege('ledger_entry', 'UPDATE') AS may`,
  );
  expect(limits).toEqual({ standby: true, statement: '15s', role: username, may: false });
});

test('a statement that runs too long is cut off there, and not tried again on the primary', async () => {
  const slow = await startAnother(writer, { REPLICA_URL: urlOnReplica(), STATEMENT_TIMEOUT_MS: '200' });
  try {
    await until(slow, 'ok');
    await expect(slow.app.get(Replica).query('SELECT pg_sleep(5)')).rejects.toMatchObject({ code: '57014' });
    expect(slow.app.get(Replica).answered).toEqual({ replica: 0, primary: 0 });
    expect(slow.app.get(Replica).state).toBe('ok');
  } finally {
    await slow.close();
  }
});

const urlOnReplica = (): string => {
  const url = new URL(writer.database.url);
  url.host = new URL(line.url).host;
  return url.href;
};

test(
  'nobody misses what was written, by whichever process: rounds of a write here and a read there, none stale',
  async () => {
    const teams = await Promise.all([makeTeam(), makeTeam(), makeTeam(), makeTeam()]);
    let stale = 0;
    const reads = await readsOf(async () => {
      await Promise.all(
        teams.map(async (team) => {
          for (let round = 1; round <= (isDeep ? 100 : 25); round += 1) {
            await logWork(team.engineer, []);
            if ((await logged(team)).evidence !== round) stale += 1;
          }
        }),
      );
    });
    expect(stale).toBe(0);
    expect(reads.replica + reads.primary).toBe(isDeep ? 400 : 100);
    // a machine that is busy may keep the replica waiting now and then
    expect(reads.replica).toBeGreaterThan(isDeep ? 100 : 25);
    process.stderr.write(
      `${isDeep ? 400 : 100} rounds: ${reads.replica} reads from the replica, ${reads.primary} from the primary, ${stale} stale\n`,
    );
  },
  onThisMachine(60_000),
);

test('a replica that stops replaying is waited for once, and not for long: then the primary answers, fresh, until it has caught up', async () => {
  const team = await makeTeam();
  await replica.query('SELECT pg_wal_replay_pause()');
  await logWork(team.engineer, []);
  const seen: { evidence: number; ms: number }[] = [];
  const reads = await readsOf(async () => {
    for (let i = 0; i < 20; i += 1) seen.push(await logged(team));
  });
  expect(seen.map(({ evidence }) => evidence)).toEqual(Array(20).fill(1));
  expect(reads).toEqual({ replica: 0, primary: 20 });
  expect(Math.max(...seen.map(({ ms }) => ms))).toBeLessThan(onThisMachine(500));
  // those who come after the first do not wait
  expect(seen.map(({ ms }) => ms).sort((a, b) => a - b)[10]).toBeLessThan(onThisMachine(90));
  await until(reader, 'behind');
  await replica.query('SELECT pg_wal_replay_resume()');
  await untilRead();
  expect(await readsOf(async () => void (await logged(team)))).toEqual({ replica: 1, primary: 0 });
});

describe.each(['refuses', 'says nothing'])('a replica that %s', (how) => {
  test('costs nobody a second: the primary answers until it is back', async () => {
    const team = await makeTeam();
    await logWork(team.engineer, []);
    await untilRead();
    expect(await readsOf(async () => void (await logged(team)))).toEqual({ replica: 1, primary: 0 });
    if (how === 'refuses') await line.cut();
    else line.silence();
    const seen = await Promise.all(Array.from({ length: 10 }, () => logged(team)));
    const later = await Promise.all(Array.from({ length: 10 }, () => logged(team)));
    expect([...seen, ...later].map(({ evidence }) => evidence)).toEqual(Array(20).fill(1));
    expect(Math.max(...seen.map(({ ms }) => ms))).toBeLessThan(onThisMachine(1_000));
    expect(Math.max(...later.map(({ ms }) => ms))).toBeLessThan(onThisMachine(500));
    await until(reader, 'away');
    await line.mend();
    await untilRead();
    expect(await readsOf(async () => void (await logged(team)))).toEqual({ replica: 1, primary: 0 });
  });
});

describe('what is no replica of the database', () => {
  test.each([
    ['the primary itself', () => writer.database.url],
    ['another server', () => urlOfLogin(writer.database.url, { name: new URL(writer.database.url).username, password: 'wrong' })],
  ])('is not read: %s', async (_, url) => {
    const other = await startAnother(writer, { REPLICA_URL: url() });
    try {
      await delay(200);
      expect(await stateOf(other)).toBe('away');
      const { manager } = await makeTeam();
      expect((await other.send('GET', '/teams/me/trend', undefined, { token: manager.token })).status).toBe(200);
      expect(other.app.get(Replica).answered).toEqual({ replica: 0, primary: 1 });
    } finally {
      await other.close();
    }
  });

  test('cannot be named with another account or database', () => {
    const read = (REPLICA_URL: string): unknown => readSettings({ DATABASE_URL: 'postgres://app:a@db/touchstone', REPLICA_URL });
    for (const url of ['postgres://owner:a@replica/touchstone', 'postgres://app:a@replica/other', 'http://replica']) {
      expect(() => read(url)).toThrow(/REPLICA_URL must/);
    }
    expect(read('postgres://app:b@replica:5433/touchstone')).toMatchObject({ REPLICA_URL: 'postgres://app:b@replica:5433/touchstone' });
  });
});

test('a replica that was killed is not missed', async () => {
  const team = await makeTeam();
  process.kill(replica.server.pid, 'SIGKILL');
  isKilled = true;
  await logWork(team.engineer, []);
  const seen = [await logged(team), await logged(team)];
  expect(seen.map(({ evidence }) => evidence)).toEqual([1, 1]);
  expect(Math.max(...seen.map(({ ms }) => ms))).toBeLessThan(onThisMachine(1_000));
  await until(reader, 'away');
});
