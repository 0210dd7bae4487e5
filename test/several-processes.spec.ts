import { createApp } from '../src/app';
import { readSettings } from '../src/config';
import { SignOffsService } from '../src/claims/sign-offs.service';
import { RequestsService } from '../src/administration/requests.service';
import { CheckpointsService } from '../src/ledger/checkpoints.service';
import { Housekeeping } from '../src/platform/housekeeping';
import { type SeenClaim, type Trio, acceptedClaim, approval, logWork, makeTrio, signedOffClaim } from './factories/claims';
import { checkLedger } from './factories/evidence';
import { type TestPerson, makePerson, mentors, signedIn } from './factories/people';
import { type Answer, type TestApp, startAnother, startApp } from './setup/app';
import { createTestDatabase } from './setup/database';
import { type KeyFiles, makeKeyFiles } from './setup/key-files';

/*
 * Two processes on one database, as docker-compose.yml runs them: each an application with connections and a memory of its own, so whatever one of
 * them decides alone shows here. That limits of requests are shared is held in test/api/http.rate-limits.api-spec.ts.
 */
let keys: KeyFiles;
let one: TestApp;
let other: TestApp;
beforeAll(async () => {
  keys = makeKeyFiles();
  // no checkpoint but those that are asked for here
  const env = { ...keys.settings, CHECKPOINT_MINUTES: '0' };
  one = await startApp(env);
  other = await startAnother(one, env);
});
afterAll(async () => {
  await other.close();
  await one.close();
  keys.remove();
});

/** The same person, whose requests go to the other process. */
const elsewhere = (person: TestPerson): TestPerson => signedIn(other, person);

const both = <T>(work: (process: TestApp) => Promise<T>): Promise<[T, T]> => Promise.all([work(one), work(other)]);

async function count(sql: string, parameters: readonly unknown[] = []): Promise<number> {
  const [row] = await one.database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`, parameters);
  return row?.n ?? -1;
}

test('two that start on a fresh database at the same moment load the catalogue once', async () => {
  const database = await createTestDatabase();
  const settings = readSettings({ LOG_LEVEL: 'silent', DATABASE_URL: database.url });
  const apps = await Promise.all([createApp(settings, database.url), createApp(settings, database.url)]);
  try {
    const entries = await database.query<{ kind: string }>(`SELECT kind FROM administration_entry ORDER BY seq`);
    expect(entries).toEqual([{ kind: 'framework.loaded' }]);
    expect(await database.query(`SELECT skill_ref AS skill FROM skill`)).toEqual([{ skill: 'sfia-9:ITOP' }]);
  } finally {
    for (const app of apps) await app.close();
    await database.drop();
  }
});

test('one Idempotency-Key sent to both at the same moment has one outcome', async () => {
  const { engineer } = await makeTrio(one);
  for (let round = 0; round < 20; round += 1) {
    const key = `round-${round}`;
    const body = { title: `Round ${round}`, description: 'Sent twice.' };
    const ask = (process: TestApp): Promise<Answer> => signedIn(process, engineer).post('/engineers/me/evidence', body, { key });
    const answers = await both(ask);
    const done = answers.filter(({ status }) => status === 201);
    const waits = answers.filter(({ status }) => status === 409);
    expect(done.length + waits.length).toBe(2);
    for (const { body: problem } of waits) expect(problem['code']).toBe('idempotency-in-progress');
    // whoever asks again has the first answer, from either
    const again = [await ask(one), await ask(other)];
    for (const answer of again) expect(answer.headers.get('idempotency-replayed')).toBe('true');
    const ids = new Set([...done, ...again].map(({ body: evidence }) => evidence['id']));
    expect(ids.size).toBe(1);
  }
  expect(await count(`evidence WHERE engineer_id = $1`, [engineer.id])).toBe(20);
  await checkLedger(engineer);
});

test('writes to one record from both come one after the other: the chain has no gap and nothing is lost', async () => {
  const { engineer } = await makeTrio(one);
  for (let round = 0; round < 20; round += 1) await both((process) => logWork(signedIn(process, engineer), [], { title: `Work ${round}` }));
  expect(await count(`evidence WHERE engineer_id = $1`, [engineer.id])).toBe(40);
  const [chain] = await one.database.query<{ entries: number; last: number; head: number }>(
    `SELECT count(*)::int AS entries, max(seq) AS last, (SELECT head_seq FROM record r WHERE r.engineer_id = $1) AS head
       FROM ledger_entry WHERE engineer_id = $1`,
    [engineer.id],
  );
  expect(chain).toEqual({ entries: 40, last: 40, head: 40 });
  await checkLedger(engineer);
});

const approve = (mentor: TestPerson, claim: SeenClaim): Promise<Answer> =>
  mentor.post(`${claim.path}/approval`, approval(mentor), { ifMatch: claim.etag });

test.each(['two mentors', 'the same mentor'])('approvals raced on both by %s make one sign-off', async (who) => {
  for (let round = 0; round < 3; round += 1) {
    const trio: Trio = await makeTrio(one);
    const { engineer, mentor } = trio;
    const second = who === 'two mentors' ? await makePerson(one) : mentor;
    if (second !== mentor) await mentors(one, second, engineer);
    const claim = await acceptedClaim(trio, 1);
    const answers = await Promise.all([approve(mentor, claim), approve(elsewhere(second), claim)]);
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
    // the other one saw a version that is none any more, or a claim that is over
    expect(answers.find(({ status }) => status !== 200)?.body['code']).toMatch(/^(stale|claim-state|already-approved|already-signed-off)$/);
    expect(await count(`approval WHERE engineer_id = $1`, [engineer.id])).toBe(1);
    expect(await count(`sign_off WHERE engineer_id = $1`, [engineer.id])).toBe(1);
    await checkLedger(engineer);
  }
});

describe('what has ended at one has ended at the other, in the very next request', () => {
  const seen = async (person: TestPerson): Promise<number> => (await elsewhere(person).get('/me')).status;

  test('a session that its person ends, 20 times', async () => {
    for (let round = 0; round < 20; round += 1) {
      const person = await makePerson(one);
      expect(await seen(person)).toBe(200);
      expect((await person.delete('/sessions/current')).status).toBe(204);
      expect(await seen(person)).toBe(401);
    }
  });

  test('every session of somebody who is deactivated, a role, a mentorship', async () => {
    const [admin, person] = [await makePerson(one, { roles: ['admin'] }), await makePerson(one)];
    const { etag } = await admin.get(`/people/${person.id}`);
    expect(await seen(person)).toBe(200);
    expect((await admin.post(`/people/${person.id}/deactivation`, {}, { ifMatch: etag ?? '' })).status).toBe(200);
    expect(await seen(person)).toBe(401);

    const auditor = await makePerson(one, { roles: ['auditor'] });
    const auditors = '/ledger/checkpoints';
    expect((await elsewhere(auditor).get(auditors)).status).toBe(200);
    const { etag: of } = await admin.get(`/people/${auditor.id}`);
    expect((await admin.patch(`/people/${auditor.id}`, { roles: [] }, { ifMatch: of ?? '' })).status).toBe(200);
    expect((await elsewhere(auditor).get(auditors)).status).toBe(403);

    const [engineer, mentor] = [await makePerson(one), await makePerson(one)];
    const mentorship = await mentors(one, mentor, engineer);
    const progress = `/engineers/${engineer.id}/progress?skill=sfia-9:ITOP`;
    expect((await elsewhere(mentor).get(progress)).status).toBe(200);
    expect((await admin.delete(`/engineers/${engineer.id}/mentors/${mentorship}`)).status).toBe(204);
    expect((await elsewhere(mentor).get(progress)).status).toBe(404);
  });
});

test('guesses at a password are counted over both', async () => {
  const { email } = await makePerson(one);
  const statuses: number[] = [];
  for (let i = 0; i < 14; i += 1) {
    const { status } = await (i % 2 === 0 ? one : other).send('POST', '/sessions', { email, password: `a wrong guess number ${i}` });
    statuses.push(status);
  }
  expect(statuses).toEqual([...Array<number>(10).fill(401), ...Array<number>(4).fill(429)]);
});

describe('schedules that come to their turn at both at the same moment', () => {
  test('make one checkpoint for a moment, and none where nothing changed', async () => {
    const { engineer } = await makeTrio(one);
    const make = (unlessYoungerThan: number): Promise<unknown> =>
      both((process) => process.app.get(CheckpointsService).make(unlessYoungerThan));
    for (let round = 1; round <= 5; round += 1) {
      await logWork(engineer, []);
      await make(0);
      expect(await count('checkpoint')).toBe(round);
    }
    // as the schedule does it: something changed, but the newest is young
    await logWork(engineer, []);
    await make(30);
    expect(await count('checkpoint')).toBe(5);
    const rows = await one.database.query<{ number: number; at: Date; size: number }>(
      `SELECT number, at, tree_size AS size FROM checkpoint ORDER BY number`,
    );
    expect(rows.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    for (const column of ['at', 'size'] as const) {
      const values = rows.map((row) => Number(row[column]));
      expect(values).toEqual([...new Set(values)].sort((a, b) => a - b));
    }
  });

  test('note an expiry once in the ledger', async () => {
    const trios = await Promise.all([makeTrio(one), makeTrio(one), makeTrio(one)]);
    for (const trio of trios) await signedOffClaim(trio, 1);
    const engineers = trios.map(({ engineer }) => engineer.id);
    await one.database.query(
      `UPDATE sign_off SET signed_off_on = current_date - 20, valid_until = current_date - 10 WHERE engineer_id = ANY ($1::uuid[])`,
      [engineers],
    );
    const noted = await both((process) => process.app.get(SignOffsService).noteExpiries());
    expect(noted[0] + noted[1]).toBe(3);
    const entries = `ledger_entry WHERE engineer_id = ANY ($1::uuid[]) AND kind = 'sign-off.expired'`;
    expect(await count(entries, [engineers])).toBe(3);
    await both((process) => process.app.get(SignOffsService).noteExpiries());
    expect(await count(entries, [engineers])).toBe(3);
    expect(await count(`sign_off_expiry WHERE engineer_id = ANY ($1::uuid[])`, [engineers])).toBe(3);
  });

  test('note a request of two admins that ran out once', async () => {
    const [admin, person] = [await makePerson(one, { roles: ['admin'] }), await makePerson(one)];
    const asked = await admin.post('/administration/requests', {
      action: 'give-role',
      personId: person.id,
      role: 'auditor',
      reason: 'For a test.',
    });
    expect(asked.status).toBe(201);
    await one.database.query(
      `UPDATE admin_request SET requested_at = requested_at - interval '8 days', expires_at = expires_at - interval '8 days' WHERE person_id = $1`,
      [person.id],
    );
    await both((process) => process.app.get(RequestsService).noteExpiries());
    expect(await count(`administration_entry WHERE kind = 'request.expired'`)).toBe(1);
  });

  test('drop what has served its time together', async () => {
    const { engineer } = await makeTrio(one);
    await engineer.post('/engineers/me/evidence', { title: 'Old', description: 'Long ago.' }, { key: 'old' });
    await one.database.query(`UPDATE idempotent_answer SET answered_at = now() - interval '2 days'`);
    await both((process) => process.app.get(Housekeeping).drop());
    expect(await count('idempotent_answer')).toBe(0);
  });
});
