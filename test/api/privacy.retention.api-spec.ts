import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Settings } from '../../src/config';
import { newId } from '../../src/kernel/ids';
import { Housekeeping } from '../../src/platform/housekeeping';
import type { LeaverPage } from '../../src/privacy/leavers.dto';
import { type TestPerson, makePerson } from '../factories/people';
import { type TestApp, startAnother, startApp } from '../setup/app';

let api: TestApp;
let admin: TestPerson;
beforeAll(async () => {
  api = await startApp({
    RETENTION_MONTHS_AFTER_LEAVING: '24',
    INVITATIONS_DAYS: '40',
    ENDED_TOKENS_DAYS: '10',
    KNOWN_NETWORKS_DAYS: '20',
    REFUSED_REQUESTS_DAYS: '5',
  });
  admin = await makePerson(api, { roles: ['admin'] });
});
afterAll(() => api.close());

const due = async (query = ''): Promise<LeaverPage> => {
  const { status, body } = await admin.get<LeaverPage>(`/administration/retention${query}`);
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
};

/** Deactivates somebody as admins do, so many days ago. */
async function left(person: TestPerson, daysAgo: number): Promise<void> {
  const { etag = '' } = await admin.get(`/people/${person.id}`);
  expect((await admin.post(`/people/${person.id}/deactivation`, {}, { ifMatch: etag })).status).toBe(200);
  await api.database.query(
    `UPDATE administration_entry SET at = now() - make_interval(days => $2::int) WHERE kind = 'person.deactivated' AND subject = 'people/' || $1::uuid`,
    [person.id, daysAgo],
  );
}

describe('housekeeping', () => {
  // so many days after its end each is there still, and a day later it is gone
  it.each([
    [
      'invitation',
      40,
      `INSERT INTO invitation (invitation_id, person_id, token_hash, created_at, expires_at, used_at)
                        VALUES ($1::uuid, $2::uuid, sha256($1::text::bytea), $3::timestamptz, 'infinity', $3::timestamptz)`,
    ],
    [
      'personal_token',
      10,
      `INSERT INTO personal_token (token_id, person_id, name, token_hash, scopes, created_at, expires_at, revoked_at)
                            VALUES ($1::uuid, $2::uuid, 't', sha256($1::text::bytea), '{record:read}', $3::timestamptz, $3::timestamptz + interval '300 days', $3::timestamptz)`,
    ],
    [
      'known_network',
      20,
      `INSERT INTO known_network (person_id, network, last_signed_in_at) SELECT $2::uuid, sha256($1::text::bytea), $3::timestamptz WHERE $1::uuid IS NOT NULL`,
    ],
    [
      'refused_request',
      5,
      `INSERT INTO refused_request (refused_request_id, request_id, person_id, method, status, code, at)
                            VALUES ($1::uuid, $1::uuid, $2::uuid, 'GET', 404, 'not-found', $3::timestamptz)`,
    ],
  ])('keeps a row of %s for %i days', async (table, days, insert) => {
    const person = await makePerson(api);
    const day = 86_400_000;
    for (const age of [days * day - 60_000, days * day + 60_000]) {
      await api.database.query(insert, [newId(), person.id, new Date(Date.now() - age)]);
    }
    await api.app.get(Housekeeping).drop();
    expect(await api.database.query(`SELECT 1 FROM ${table} WHERE person_id = $1`, [person.id])).toHaveLength(1);
  });

  it('keeps an invitation that can be used, and a session until it is over or was not used for long', async () => {
    const person = await makePerson(api);
    const { body } = await admin.post<{ id: string }>('/people', { name: 'Invited', email: 'invited@example.test' });
    const session = (idleMinutes: number): Promise<unknown> =>
      api.database.query(
        `INSERT INTO session (session_id, person_id, token_hash, last_used_at, expires_at)
         VALUES ($1::uuid, $2, sha256($1::text::bytea), now() - make_interval(mins => $3), now() + interval '1 day')`,
        [newId(), person.id, idleMinutes],
      );
    await session(479);
    await session(481);
    await api.app.get(Housekeeping).drop();
    expect(await api.database.query(`SELECT 1 FROM session WHERE person_id = $1`, [person.id])).toHaveLength(2);
    expect(await api.database.query(`SELECT 1 FROM invitation WHERE person_id = $1`, [body.id])).toHaveLength(1);
  });

  it('is told with every setting that it goes by', () => {
    const operations = readFileSync(join(__dirname, '../../docs/operations.md'), 'utf8');
    const section = operations.slice(operations.indexOf('## Retention'), operations.indexOf('## Backup'));
    const names = [...Object.keys(new Settings()), 'RETENTION_MONTHS_AFTER_LEAVING'].filter((name) =>
      /_DAYS$|^SESSION_|^RETENTION_/.test(name),
    );
    expect(names.filter((name) => !section.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('people who left', () => {
  it('are listed when their time is over, who left first comes first, with the request to erase them', async () => {
    const [long, longer, short, back] = [await makePerson(api), await makePerson(api), await makePerson(api), await makePerson(api)];
    await left(long, 740);
    await left(longer, 900);
    await left(short, 700);
    await left(back, 800);
    const { etag = '' } = await admin.get(`/people/${back.id}`);
    expect((await admin.post(`/people/${back.id}/reactivation`, {}, { ifMatch: etag })).status).toBe(200);
    const { items, nextCursor } = await due();
    expect([items.map(({ id }) => id), nextCursor]).toEqual([[longer.id, long.id], null]);
    expect(items[0]).toEqual({
      id: longer.id,
      name: longer.name,
      leftAt: expect.stringMatching(/Z$/) as unknown,
      dueOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as unknown,
      request: null,
    });
    const first = await due('?limit=1');
    expect((await due(`?limit=1&cursor=${first.nextCursor}`)).items.map(({ id }) => id)).toEqual([long.id]);
    const request = newId();
    await api.database.query(
      `INSERT INTO admin_request (request_id, action, person_id, requested_by, requested_at, expires_at)
       VALUES ($1, 'erase-person', $2, $3, now(), now() + interval '1 day')`,
      [request, long.id, admin.id],
    );
    expect((await due()).items[1]).toMatchObject({ id: long.id, request });
  });

  it('are nobody where no time is set', async () => {
    const another = await startAnother(api);
    expect((await another.send('GET', '/administration/retention', undefined, { token: admin.token })).body).toEqual({
      items: [],
      nextCursor: null,
    });
    await another.close();
    const person = await makePerson(api);
    expect((await person.get('/administration/retention')).body).toMatchObject({ status: 403, code: 'not-allowed' });
  });
});
