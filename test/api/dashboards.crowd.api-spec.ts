import { parse } from 'csv-parse/sync';
import { CatalogueQuery } from '../../src/dashboards/catalogue.query';
import { atATime, atOnce } from '../../src/dashboards/team-scope';
import { inOrder } from '../../src/dashboards/team-order';
import type { TeamDashboardAnswer, TeamMemberAnswer } from '../../src/dashboards/team-dashboard.dto';
import type { TeamGapsAnswer } from '../../src/dashboards/team-figures.dto';
import { Snapshot, Snapshots } from '../../src/platform/snapshot';
import { logWork, signedOffClaim, statementRef, submittedClaim } from '../factories/claims';
import { withoutLinks } from '../factories/links';
import { review } from '../factories/evidence';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { restand } from '../factories/standing';
import { type TestApp, startAnother, startApp } from '../setup/app';

/*
 * A manager with more people below them than are read at once: they are read, and sent, some at a time, and say what is said of the smaller teams of which
 * theirs is made.
 */
let api: TestApp;
let top: TestPerson;
let managers: TestPerson[];
const skill = 'sfia-9:ITOP';
const inTeam = 520;
const size = 2 + 2 * inTeam;

const get = async <Body>(who: TestPerson, path: string): Promise<Body> => {
  const { status, body } = await who.get<Body>(path);
  expect({ path, status }).toEqual({ path, status: 200 });
  return body;
};
const all = (query = ''): Promise<TeamDashboardAnswer> => get(top, `/teams/me/dashboard?depth=all&skill=${skill}${query}`);
const small = async <Body>(view: string, query = ''): Promise<Body[]> => {
  const parts: Body[] = [];
  for (const { id } of [top, ...managers]) parts.push(await get<Body>(top, `/teams/${id}/${view}?skill=${skill}${query}`));
  return parts;
};
const byName = (parts: readonly TeamDashboardAnswer[]): TeamMemberAnswer[] =>
  parts.flatMap(({ people }) => people).toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** Adds up numbers that stand in the same places; texts must be equal there. */
const sum = (one: unknown, other: unknown): unknown =>
  typeof one === 'number'
    ? one + Number(other)
    : typeof one === 'object' && one !== null
      ? Object.fromEntries(Object.entries(one).map(([name, value]) => [name, sum(value, (other as Record<string, unknown>)[name])]))
      : one;

const read = Object.getOwnPropertyDescriptor(Snapshot.prototype, 'query')?.value as (
  this: Snapshot,
  sql: string,
  parameters: readonly unknown[],
) => Promise<never[]>;

beforeAll(async () => {
  api = await startApp();
  top = await makePerson(api, { name: 'Top' });
  managers = [await makePerson(api, { name: 'P0000', manager: top }), await makePerson(api, { name: 'P9999', manager: top })];
  expect(size).toBeGreaterThan(atOnce);
  for (const [i, manager] of managers.entries()) {
    await api.database.query(
      `WITH made AS (INSERT INTO person (person_id, name, email, manager_id)
                     SELECT gen_random_uuid(), 'P' || lpad((2 * n + $2::int)::text, 4, '0'), 'crowd' || (2 * n + $2::int) || '@example.test', $1 FROM generate_series(1, $3::int) n
                     RETURNING person_id),
            begun AS (INSERT INTO record (engineer_id, head_hash) SELECT person_id, sha256(person_id::text::bytea) FROM made)
       INSERT INTO reporting_line (ancestor_id, descendant_id, depth)
       SELECT $1, person_id, 1 FROM made UNION ALL SELECT $4, person_id, 2 FROM made`,
      [manager.id, i, inTeam, top.id],
    );
  }
  // every third has a target, half of them late; every seventh some progress in level 1
  await api.database.query(
    `INSERT INTO target (engineer_id, skill_ref, revision, at, skill_level_ref, level, reach_by, set_by, digest)
     SELECT person_id, '${skill}', 1, now(), '${skill}.3', 3, (now() AT TIME ZONE 'UTC')::date + (n % 40 - 20)::int, person_id, sha256('x')
       FROM (SELECT person_id, substr(name, 2)::int AS n FROM person WHERE email LIKE 'crowd%') p WHERE n % 30 = 0`,
  );
  await api.database.query(
    `INSERT INTO progress (engineer_id, skill_level_ref, skill_ref, level, total, accepted, proposed, last_evidence_on, going_on)
     SELECT person_id, '${skill}.1', '${skill}', 1, 2, 1, 0, date '2026-01-01' + n % 100, n % 140 = 0
       FROM (SELECT person_id, substr(name, 2)::int AS n FROM person WHERE email LIKE 'crowd%') p WHERE n % 70 = 0`,
  );
  const touched = await api.database.query<{ id: string }>(`SELECT engineer_id AS id FROM target UNION SELECT engineer_id FROM progress`);
  await restand(api, ...touched.map(({ id }) => id));
  // and some who got where they are as people do
  const mentor = await makePerson(api, { name: 'Mentor One' });
  const [manager = top] = managers;
  const [holder, submitter, shower] = [
    await makePerson(api, { name: 'P0500a', manager }),
    await makePerson(api, { name: 'P0700a', manager }),
    await makePerson(api, { name: 'P0900a', manager }),
  ];
  for (const engineer of [holder, submitter, shower]) await mentors(api, mentor, engineer);
  await signedOffClaim({ engineer: holder, mentor, manager }, 1);
  await submittedClaim(submitter, 2);
  const id = await logWork(shower, [statementRef(2, 1)]);
  await review(mentor, shower, { id }, statementRef(2, 1));
}, 120_000);
afterEach(() => jest.restoreAllMocks());
afterAll(() => api.close());

test('a large team is all of its parts, whatever is asked of it', async () => {
  const parts = await small<TeamDashboardAnswer>('dashboard');
  const whole = await all();
  expect(whole).toMatchObject({ manager: { id: top.id, name: 'Top' }, skill });
  expect(whole.people).toEqual(byName(parts));
  expect(whole.people.length).toBe(size + 3);
  expect(withoutLinks(whole.totals)).toEqual(parts.map(({ totals }) => withoutLinks(totals) as unknown).reduce(sum));
  expect(whole.totals.byLevel).toMatchObject({ 1: 1 });
  for (const name of ['onTrack', 'late', 'reached', 'none'] as const) {
    const { people, totals } = await get<TeamDashboardAnswer>(top, whole.totals.links.targets[name].replace('/api/v1', ''));
    expect([name, people.length]).toEqual([name, totals.targets[name]]);
    expect(totals).toEqual(whole.totals);
  }
  for (const query of [
    '&state=late',
    '&state=submitted',
    '&level=1',
    '&nextLevel=2',
    `&shows=${statementRef(2, 1)}`,
    `&lacks=${statementRef(1, 1)}&state=reached`,
    `&lacks=${statementRef(2, 1)}`,
  ]) {
    const narrowed = await all(query);
    expect([query, narrowed.people]).toEqual([query, byName(await small('dashboard', query))]);
    expect(narrowed.totals).toEqual(whole.totals);
  }
  for (const sort of ['name', 'currentLevel', 'lastEvidenceOn', 'target'] as const) {
    for (const order of ['asc', 'desc'] as const) {
      const sorted = await all(`&sort=${sort}&order=${order}`);
      expect([sort, order, sorted.people]).toEqual([sort, order, inOrder(whole.people, sort, order)]);
      expect(sorted.totals).toEqual(whole.totals);
    }
  }
  expect((await top.get(`/teams/me/dashboard?depth=all&skill=${skill}&shows=sfia-9:ITOP.9.1`)).status).toBe(404);
  expect((await top.get('/teams/me/dashboard?depth=all&skill=sfia-9:NONE')).status).toBe(404);
  expect((await all('&state=reached&level=none')).people).toEqual([]);
}, 90_000);

test('as CSV too', async () => {
  const csv = async (path: string): Promise<Record<string, string>[]> =>
    parse((await top.get(path, { headers: { accept: 'text/csv' } })).bytes, { columns: true });
  const rows = await csv(`/teams/me/dashboard?depth=all&skill=${skill}&sort=target`);
  expect(rows.map(({ id }) => id)).toEqual((await all('&sort=target')).people.map(({ id }) => id));
  const [part = {}] = await csv(`/teams/${managers[0]?.id}/dashboard?skill=${skill}`);
  expect(rows.find(({ id }) => id === part['id'])).toEqual(part);
});

test('its gaps are those of its parts', async () => {
  const { statements, people } = await get<TeamGapsAnswer>(top, `/teams/me/gaps?depth=all&skill=${skill}&sort=statement`);
  const parts = await small<TeamGapsAnswer>('gaps', '&sort=statement');
  expect(people).toBe(size + 3);
  for (const name of ['shown', 'notShown', 'neededNext', 'missingNext'] as const) {
    const sums = parts.map((one) => one.statements.map((gap) => gap[name])).reduce((one, other) => one.map((n, i) => n + (other[i] ?? 0)));
    expect([name, statements.map((one) => one[name])]).toEqual([name, sums]);
  }
  expect(statements.reduce((n, { shown }) => n + shown, 0)).toBe(3);
});

test('others are answered between its first and its last byte, and never are more people in hand than a few', async () => {
  const inHand: number[] = [];
  let answered = 0;
  jest.spyOn(Snapshot.prototype, 'query').mockImplementation(async function (
    this: Snapshot,
    sql: string,
    parameters: readonly unknown[] = [],
  ) {
    const [, , people] = parameters;
    if (Array.isArray(people)) inHand.push(people.length);
    // nothing more is read before somebody else has been answered
    if (inHand.length > 1) answered += (await top.get('/me')).status === 200 ? 1 : 0;
    return read.call(this, sql, parameters);
  });
  expect((await all()).people).toHaveLength(size + 3);
  expect(inHand).toHaveLength(Math.ceil((size + 3) / atATime));
  expect(Math.max(...inHand)).toBe(atATime);
  expect(answered).toBe(inHand.length - 1);
});

test('what breaks off is no answer, and gives back what it held', async () => {
  let parts = 0;
  jest.spyOn(Snapshot.prototype, 'query').mockImplementation(function (this: Snapshot, sql: string, parameters: readonly unknown[] = []) {
    if (Array.isArray(parameters[2])) parts += 1;
    return parts >= 4 ? Promise.reject(new Error('the database is gone')) : read.call(this, sql, parameters);
  });
  // more of them than there are connections for this
  for (let i = 0; i < 5; i += 1) {
    parts = 0;
    await expect(all()).rejects.toThrow(/terminated|aborted|closed/);
  }
  jest.restoreAllMocks();
  const end = jest.spyOn(Snapshot.prototype, 'end');
  // and who goes away
  for (let i = 0; i < 5; i += 1) {
    const gone = new AbortController();
    const headers = { authorization: `Bearer ${top.token}` };
    const { body } = await fetch(`${api.origin}/api/v1/teams/me/dashboard?depth=all`, { headers, signal: gone.signal });
    const reader = body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    gone.abort();
    await reader?.cancel().catch(() => undefined);
  }
  expect((await all()).people).toHaveLength(size + 3);
  expect(end.mock.calls.length).toBeGreaterThanOrEqual(6);
});

test('what cannot be answered at all gives back what it held too', async () => {
  const snapshots = api.app.get(Snapshots, { strict: false });
  jest.spyOn(CatalogueQuery.prototype, 'levelsOf').mockRejectedValue(new Error('timeout exceeded when trying to connect'));
  for (const accept of ['application/json', 'text/csv']) {
    const refused = await top.get(`/teams/me/dashboard?depth=all&skill=${skill}`, { headers: { accept } });
    expect([accept, refused.status]).toEqual([accept, 503]);
  }
  // as many as there are places for
  const held = [await snapshots.take(), await snapshots.take()];
  for (const one of held) await one.end();
}, 20_000);

test('a process that ends waits for nothing that is still held', async () => {
  const another = await startAnother(api);
  await another.app.get(Snapshots, { strict: false }).take();
  await another.close();
}, 20_000);

test('a few are read at once, as many as leave connections to others; smaller teams need none of it', async () => {
  const snapshots = api.app.get(Snapshots, { strict: false });
  const held = [await snapshots.take(), await snapshots.take()];
  const refused = await top.get(`/teams/me/dashboard?depth=all&skill=${skill}`);
  expect([refused.status, refused.body['code'], refused.headers.get('retry-after')]).toEqual([503, 'too-busy', '1']);
  expect((await small('dashboard')).length).toBe(3);
  for (const list of ['claims', 'evidence', 'sign-offs']) {
    const csv = await top.get(`/teams/me/${list}?depth=all`, { headers: { accept: 'text/csv' } });
    expect([list, csv.status, csv.headers.get('content-type')]).toEqual([list, 200, 'text/csv; charset=utf-8; header=present']);
  }
  for (const one of held) await one.end();
  expect((await all()).people).toHaveLength(size + 3);
});
