import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, type QueryResultRow } from 'pg';
import { acceptedClaim, approval, makeTrio } from './factories/claims';
import { checkLedger, ledgerOf } from './factories/evidence';
import { type TestPerson, makePerson } from './factories/people';
import { type Answer, type TestApp, startApp } from './setup/app';
import { type OwnServer, ownServer } from './setup/own-server';
import { onThisMachine } from './setup/pace';

const log = (person: TestPerson, description = 'Moved the racks.'): Promise<Answer> =>
  person.post('/engineers/me/evidence', { title: 'Rack move', description });

function expectNoRoom(answer: Answer): void {
  expect(answer).toMatchObject({
    status: 503,
    body: { code: 'database-away', detail: 'The database cannot write just now: nothing was changed.' },
  });
  expect(answer.headers.get('retry-after')).toBe('30');
}

describe('no room (53100), as a trigger says it at any table in the middle of a transaction', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await startApp();
    await api.database.query(
      `CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$`,
    );
  });
  afterAll(() => api.close());

  const fill = (table: string): Promise<unknown> =>
    api.database.query(`CREATE TRIGGER disk_full BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION disk_full()`);
  const free = (table: string): Promise<unknown> => api.database.query(`DROP TRIGGER disk_full ON ${table}`);

  test.each(['approval', 'sign_off', 'progress', 'record_content', 'ledger_entry', 'record', 'idempotent_answer'])(
    'an approval that finds no room in %s leaves nothing half done, and is done once there is room',
    async (table) => {
      const trio = await makeTrio(api);
      const claim = await acceptedClaim(trio, 1);
      const approve = (): Promise<Answer> =>
        trio.mentor.post(`${claim.path}/approval`, approval(trio.mentor), { ifMatch: claim.etag, key: `approve-${table}` });
      const before = await ledgerOf(trio.engineer);
      await fill(table);
      expectNoRoom(await approve());
      await free(table);
      expect(await ledgerOf(trio.engineer)).toEqual(before);
      const [left] = await api.database.query<{ approvals: number; signOffs: number; state: string }>(
        `SELECT (SELECT count(*)::int FROM approval WHERE engineer_id = $1) AS approvals, (SELECT count(*)::int FROM sign_off WHERE engineer_id = $1) AS "signOffs",
                (SELECT state FROM claim WHERE engineer_id = $1) AS state`,
        [trio.engineer.id],
      );
      expect(left).toEqual({ approvals: 0, signOffs: 0, state: 'submitted' });
      expect(await approve()).toMatchObject({ status: 200, body: { state: 'approved' } });
      await checkLedger(trio.engineer);
    },
  );

  test('who only reads goes on, though neither their session nor their requests can be noted down', async () => {
    const person = await makePerson(api);
    await api.database.query(`UPDATE session SET last_used_at = now() - interval '1 hour' WHERE person_id = $1`, [person.id]);
    for (const table of ['session', 'tally']) await fill(table);
    const answers = await Promise.all([person.get('/me'), person.get('/engineers/me/evidence'), api.send('GET', '/health/ready')]);
    for (const table of ['session', 'tally']) await free(table);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});

const mountPoint = mkdtempSync(join(tmpdir(), 'touchstone-disk-'));
const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=160m,mode=755', 'tmpfs', mountPoint], { stdio: 'ignore' }).status === 0;

// only root may mount; elsewhere the trigger above is what there is
(isMounted ? describe : describe.skip)('a disk that is really full', () => {
  let own: OwnServer;
  let api: TestApp;
  let engineer: TestPerson;
  const filler = join(mountPoint, 'filler');
  const surroundings = process.env['TOUCHSTONE_TEST'];
  beforeAll(async () => {
    own = await ownServer({
      baseDir: join(mountPoint, 'postgres'),
      onRestart: () => undefined,
      flags: ['-c', 'min_wal_size=32MB', '-c', 'max_wal_size=48MB', '-c', 'shared_buffers=16MB'],
    });
    api = await startApp();
    engineer = await makePerson(api);
  }, 60_000);
  afterAll(async () => {
    await api.close();
    await own.remove();
    process.env['TOUCHSTONE_TEST'] = surroundings;
  }, 60_000);

  function fillDisk(): void {
    const file = openSync(filler, 'w');
    try {
      for (let size = 1 << 20; size >= 4096;) {
        try {
          writeSync(file, Buffer.alloc(size));
        } catch {
          size /= 2;
        }
      }
    } finally {
      closeSync(file);
    }
  }

  async function untilWritable(): Promise<void> {
    const deadline = performance.now() + onThisMachine(10_000);
    while ((await log(engineer, 'Tried.')).status !== 201) {
      if (performance.now() > deadline) throw new Error('not writable ten seconds after there was room again');
      await delay(50);
    }
  }

  const kept = async (): Promise<number> =>
    (await api.database.query<{ n: number }>('SELECT count(*)::int AS n FROM evidence'))[0]?.n ?? -1;

  test('refuses writes, goes on reading, and takes writes again as soon as there is room', async () => {
    fillDisk();
    let acknowledged = 0;
    let refused = 0;
    for (let i = 0; i < 400 && refused < 20; i += 1) {
      const answer = await log(engineer, `No two alike: ${Array.from({ length: 400 }, () => Math.random().toString(36)).join(' ')}`);
      if (answer.status === 201) acknowledged += 1;
      else {
        expectNoRoom(answer);
        refused += 1;
      }
    }
    expect(refused).toBe(20);
    expect((await engineer.get('/engineers/me/evidence')).status).toBe(200);
    expect((await api.send('GET', '/health/ready')).status).toBe(200);
    expect(await kept()).toBe(acknowledged);
    rmSync(filler);
    await untilWritable();
    expect(await kept()).toBe(acknowledged + 1);
    await checkLedger(engineer);
  }, 60_000);

  test('that panics because its write-ahead log has no room comes back by itself', async () => {
    const before = await kept();
    fillDisk();
    // when the segments of the log that are kept ready are used up, the next one cannot be made: Postgres ends all its processes
    const useUp = async (): Promise<void> => {
      for (let i = 0; i < 20; i += 1) await api.database.query(`SELECT pg_logical_emit_message(false, 'x', 'x'), pg_switch_wal()`);
    };
    await expect(useUp()).rejects.toThrow();
    const seen: number[] = [];
    let acknowledged = 0;
    for (let i = 0; i < 30; i += 1) {
      const { status } = await log(engineer);
      seen.push(status);
      if (status === 201) acknowledged += 1;
      await delay(50);
    }
    expect([...new Set(seen)].filter((status) => status !== 201 && status !== 503)).toEqual([]);
    rmSync(filler);
    await untilWritable();
    await delay(200);
    const after = await makePerson(again());
    expect((await log(after)).status).toBe(201);
    const { body } = await engineer.get<{ ok: boolean; entries: number }>('/engineers/me/ledger/verification');
    expect(body.ok).toBe(true);
    expect(body.entries).toBeGreaterThanOrEqual(before + acknowledged + 1);
  }, 90_000);

  /** The test's own connection died with the server: the same application with a new one. */
  function again(): TestApp {
    return {
      ...api,
      database: {
        ...api.database,
        query: async <Row extends QueryResultRow>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> => {
          const client = new Client({ connectionString: api.database.adminUrl });
          await client.connect();
          try {
            return (await client.query<Row>(sql, [...parameters])).rows;
          } finally {
            await client.end();
          }
        },
      },
    };
  }
});

afterAll(() => {
  if (isMounted) spawnSync('umount', ['-l', mountPoint]);
  rmSync(mountPoint, { recursive: true, force: true });
});
