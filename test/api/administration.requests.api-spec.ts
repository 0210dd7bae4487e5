import type { AdminRequestAnswer, AdminRequestPage, ConfirmedRequestAnswer } from '../../src/administration/requests.dto';
import { actsSeenBy } from '../factories/administration';
import { RequestsService } from '../../src/administration/requests.service';
import type { ActItem } from '../../src/ledger/administration.dto';
import type { LedgerVerificationAnswer } from '../../src/ledger/checkpoints.dto';
import { type TestPerson, makePerson, mentors, signedIn } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';

let api: TestApp;
let one: TestPerson;
let two: TestPerson;
let auditor: TestPerson;
beforeAll(async () => {
  api = await startApp();
  one = await makePerson(api, { roles: ['admin'] });
  two = await makePerson(api, { roles: ['admin'] });
  auditor = await makePerson(api, { roles: ['auditor'] });
});
afterAll(() => api.close());

const base = '/administration/requests';
const reason = 'They asked for it in person.';
const ask = (by: TestPerson, body: object): Promise<Answer<AdminRequestAnswer>> => by.post<AdminRequestAnswer>(base, { reason, ...body });
const asked = async (by: TestPerson, body: object): Promise<{ path: string; etag: string; id: string }> => {
  const { status, body: answer, etag, headers } = await ask(by, body);
  expect([status, headers.get('location')]).toEqual([201, `/api/v1${base}/${answer.id}`]);
  return { path: `${base}/${answer.id}`, etag: etag ?? '', id: answer.id };
};
const confirm = (by: TestPerson, { path, etag }: { path: string; etag: string }): Promise<Answer<ConfirmedRequestAnswer>> =>
  by.post<ConfirmedRequestAnswer>(`${path}/confirmation`, { password: by.password }, { ifMatch: etag });
const outcome = ({ status, body }: Answer<object>): [number, unknown] => [status, (body as { code?: string }).code];
const rolesOf = async (person: TestPerson): Promise<unknown> => (await auditor.get(`/people/${person.id}`)).body['roles'];

const ledger = (): Promise<ActItem[]> => actsSeenBy(auditor);
async function entriesOf(work: () => Promise<unknown>): Promise<Pick<ActItem, 'actor' | 'kind' | 'subject' | 'content'>[]> {
  const before = (await ledger()).length;
  await work();
  return (await ledger()).slice(before).map(({ actor, kind, subject, content }) => ({ actor, kind, subject, content }));
}

afterEach(async () => {
  expect((await auditor.get<LedgerVerificationAnswer>('/ledger/verification')).body).toMatchObject({ ok: true });
});

describe('a role is given by two admins', () => {
  test('asked for by one, confirmed by another, done in the same moment; both stand in the ledger', async () => {
    const person = await makePerson(api);
    let request = { path: '', etag: '', id: '' };
    const made = await entriesOf(async () => {
      request = await asked(one, { action: 'give-role', personId: person.id, role: 'auditor' });
    });
    const subject = `requests/${request.id}`;
    expect(made).toEqual([
      { actor: one.id, kind: 'request.made', subject, content: { action: 'give-role', person: person.id, target: 'auditor', reason } },
    ]);
    expect(await rolesOf(person)).toEqual([]);
    expect((await two.get<AdminRequestAnswer>(request.path)).body).toMatchObject({
      state: 'open',
      role: 'auditor',
      person: { id: person.id, name: person.name },
      requestedBy: { id: one.id },
      decidedBy: null,
      actions: { confirm: { allowed: true }, refuse: { allowed: true }, withdraw: { allowed: false } },
    });
    const done = await entriesOf(async () => {
      const answer = await confirm(two, request);
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ state: 'confirmed', decidedBy: { id: two.id }, invitation: null });
      expect(answer.etag).not.toBe(request.etag);
    });
    expect(done).toEqual([
      { actor: two.id, kind: 'request.confirmed', subject, content: { action: 'give-role', person: person.id, target: 'auditor' } },
      {
        actor: two.id,
        kind: 'roles.changed',
        subject: `people/${person.id}`,
        content: { roles: ['auditor'], before: [], request: request.id },
      },
    ]);
    expect(await rolesOf(person)).toEqual(['auditor']);
  });

  test('by every other path it is refused while there is a second admin, and nothing is written', async () => {
    const person = await makePerson(api);
    const etag = (await one.get(`/people/${person.id}`)).etag ?? '';
    const csv = (rows: string): Promise<Answer> =>
      one.post('/people/import', undefined, { raw: `name,email,roles\n${rows}\n`, headers: { 'content-type': 'text/csv' } });
    const entries = await entriesOf(async () => {
      expect(outcome(await one.patch(`/people/${person.id}`, { roles: ['admin'] }, { ifMatch: etag }))).toEqual([
        422,
        'second-admin-needed',
      ]);
      expect(outcome(await one.post('/people', { name: 'New', email: 'new@example.test', roles: ['auditor'] }))).toEqual([
        422,
        'second-admin-needed',
      ]);
      const known = await csv(`${person.name},${person.email},admin`);
      expect(outcome(known)).toEqual([422, 'import-refused']);
      expect(known.body['errors']).toMatchObject([{ pointer: '/rows/1/roles', code: 'second-admin-needed' }]);
      expect((await csv('Newer,newer@example.test,auditor')).body['errors']).toMatchObject([{ code: 'second-admin-needed' }]);
    });
    expect(entries).toEqual([]);
    expect(await rolesOf(person)).toEqual([]);
    expect((await one.get<{ items: unknown[] }>('/people?q=new@example.test')).body.items).toEqual([]);
  });

  test('neither comes somebody who is deactivated back with roles', async () => {
    const third = await makePerson(api, { roles: ['auditor'] });
    const tag = async (): Promise<{ ifMatch: string }> => ({ ifMatch: (await one.get(`/people/${third.id}`)).etag ?? '' });
    expect((await one.post(`/people/${third.id}/deactivation`, {}, await tag())).status).toBe(200);
    expect(outcome(await one.post(`/people/${third.id}/reactivation`, {}, await tag()))).toEqual([422, 'second-admin-needed']);
    expect((await one.get(`/people/${third.id}`)).body).toMatchObject({
      actions: { reactivate: { allowed: false, code: 'second-admin-needed' } },
    });
    expect((await one.patch(`/people/${third.id}`, { roles: [] }, await tag())).status).toBe(200);
    expect((await one.post(`/people/${third.id}/reactivation`, {}, await tag())).status).toBe(200);
  });

  test('taking a role away takes one admin', async () => {
    const third = await makePerson(api, { roles: ['admin', 'auditor'] });
    const etag = (await one.get(`/people/${third.id}`)).etag ?? '';
    expect((await one.patch(`/people/${third.id}`, { roles: ['auditor'] }, { ifMatch: etag })).status).toBe(200);
    const after = (await one.get(`/people/${third.id}`)).etag ?? '';
    // one role for another is giving too
    expect(outcome(await one.patch(`/people/${third.id}`, { roles: ['admin'] }, { ifMatch: after }))).toEqual([422, 'second-admin-needed']);
  });
});

describe('of two admins, one who gets rid of the other', () => {
  const inDays = (days: number) =>
    api.database.query(`UPDATE person SET counts_as_admin_until = counts_as_admin_until - make_interval(days => $1::int)`, [days]);

  test.each([
    ['by a deactivation', (path: string, etag: string) => one.post(`${path}/deactivation`, {}, { ifMatch: etag })],
    ['by taking the role away', (path: string, etag: string) => one.patch(path, { roles: [] }, { ifMatch: etag })],
  ])('%s does not act alone for 72 hours', async (_, end) => {
    const other = await makePerson(api, { roles: ['admin'] });
    const puppet = await makePerson(api);
    // nobody else could confirm anything
    await api.database.query(`UPDATE person SET active = false WHERE person_id = $1`, [two.id]);
    try {
      const seen = await one.get(`/people/${other.id}`);
      expect((await end(`/people/${other.id}`, seen.etag ?? '')).status).toBe(200);
      const give = async () =>
        one.patch(`/people/${puppet.id}`, { roles: ['admin'] }, { ifMatch: (await one.get(`/people/${puppet.id}`)).etag ?? '' });
      expect(outcome(await give())).toEqual([422, 'second-admin-needed']);
      expect(outcome(await one.post(`/people/${puppet.id}/invitation`, {}))).toEqual([422, 'second-admin-needed']);
      expect(outcome(await one.post('/people', { name: 'P', email: 'puppet@example.test', roles: ['admin'] }))).toEqual([
        422,
        'second-admin-needed',
      ]);
      await inDays(3);
      expect((await give()).status).toBe(200);
      const given = (await one.get(`/people/${puppet.id}`)).etag ?? '';
      expect((await one.patch(`/people/${puppet.id}`, { roles: [] }, { ifMatch: given })).status).toBe(200);
    } finally {
      await api.database.query(`UPDATE person SET active = true WHERE person_id = $1`, [two.id]);
    }
  });
});

describe('who confirms', () => {
  test('neither who asked, nor whom it is about, nor anybody but admins; each refusal before anything of the request is read', async () => {
    const third = await makePerson(api, { roles: ['admin'] });
    const peer = await makePerson(api);
    const request = await asked(one, { action: 'give-role', personId: third.id, role: 'auditor' });
    for (const action of ['confirmation', 'refusal']) {
      expect(outcome(await one.post(`${request.path}/${action}`, { rubbish: true }))).toEqual([403, 'own-request']);
      expect(outcome(await third.post(`${request.path}/${action}`, { rubbish: true }))).toEqual([403, 'own-relation']);
      expect(outcome(await auditor.post(`${request.path}/${action}`, {}))).toEqual([403, 'not-allowed']);
      expect(outcome(await peer.post(`${request.path}/${action}`, {}))).toEqual([403, 'not-allowed']);
    }
    expect(outcome(await two.post(`${request.path}/withdrawal`, {}))).toEqual([403, 'not-allowed']);
    expect(outcome(await two.post(`${base}/01931b2e-7c00-7000-8000-00000000000d/confirmation`, {}))).toEqual([404, 'not-found']);
    expect(outcome(await two.post(`${request.path}/confirmation`, {}))).toEqual([400, 'malformed']);
    expect(outcome(await two.post(`${request.path}/confirmation`, { password: two.password }))).toEqual([428, 'if-match-required']);
    expect(outcome(await confirm(two, { ...request, etag: '"v9"' }))).toEqual([412, 'stale']);
    const wrong = await two.post(`${request.path}/confirmation`, { password: 'wrong' }, { ifMatch: request.etag });
    expect(outcome(wrong)).toEqual([403, 're-authentication-failed']);
    expect((await two.get<AdminRequestAnswer>(request.path)).body.state).toBe('open');
    expect(await rolesOf(third)).toEqual(['admin']);
    expect(outcome(await peer.get(base))).toEqual([403, 'not-allowed']);
    expect((await auditor.get(request.path)).status).toBe(200);
    await one.post(`${request.path}/withdrawal`, {}, { ifMatch: request.etag });
  });

  test('not an admin who was invited afresh a short while ago: whoever made that invitation may be acting', async () => {
    const third = await makePerson(api, { roles: ['admin'] });
    const person = await makePerson(api);
    const request = await asked(one, { action: 'give-role', personId: person.id, role: 'admin' });
    const theirs = await asked(third, { action: 'give-role', personId: person.id, role: 'auditor' });
    await api.database.query(`UPDATE person SET approvals_barred_until = now() + interval '1 hour' WHERE person_id = $1`, [third.id]);
    expect(outcome(await confirm(third, request))).toEqual([403, 'not-allowed']);
    expect(outcome(await ask(third, { action: 'give-role', personId: auditor.id, role: 'admin' }))).toEqual([403, 'not-allowed']);
    expect(outcome(await confirm(two, theirs))).toEqual([409, 'request-state']);
    await api.database.query(`UPDATE person SET approvals_barred_until = now() - interval '1 second' WHERE person_id = $1`, [third.id]);
    expect((await confirm(third, request)).status).toBe(200);
  });

  test.each([
    ['is an admin no longer', (path: string, ifMatch: string) => one.patch(path, { roles: [] }, { ifMatch })],
    ['is deactivated', (path: string, ifMatch: string) => one.post(`${path}/deactivation`, {}, { ifMatch })],
  ])('nothing comes of it where who asked %s', async (_, change) => {
    const third = await makePerson(api, { roles: ['admin'] });
    const person = await makePerson(api);
    const request = await asked(third, { action: 'give-role', personId: person.id, role: 'admin' });
    expect((await change(`/people/${third.id}`, (await one.get(`/people/${third.id}`)).etag ?? '')).status).toBe(200);
    expect(outcome(await confirm(two, request))).toEqual([409, 'request-state']);
    expect(await rolesOf(person)).toEqual([]);
  });

  test('what holds at the confirmation counts: a role that is there by then, somebody who is deactivated by then', async () => {
    const person = await makePerson(api);
    const request = await asked(one, { action: 'give-role', personId: person.id, role: 'admin' });
    const etag = (await one.get(`/people/${person.id}`)).etag ?? '';
    expect((await one.post(`/people/${person.id}/deactivation`, {}, { ifMatch: etag })).status).toBe(200);
    expect(outcome(await confirm(two, request))).toEqual([409, 'person-state']);
    expect((await two.get<AdminRequestAnswer>(request.path)).body.state).toBe('open');
  });
});

describe('a request', () => {
  test('is confirmed once, however many confirm at once', async () => {
    const third = await makePerson(api, { roles: ['admin'] });
    const person = await makePerson(api);
    const request = await asked(one, { action: 'give-role', personId: person.id, role: 'auditor' });
    const entries = await entriesOf(async () => {
      const answers = await Promise.all([two, third, two, third].map((admin) => confirm(admin, request)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
    });
    expect(entries.map(({ kind }) => kind)).toEqual(['request.confirmed', 'roles.changed']);
  });

  test('that is confirmed and withdrawn at once is one of both', async () => {
    for (let round = 0; round < 4; round += 1) {
      const person = await makePerson(api);
      const request = await asked(one, { action: 'give-role', personId: person.id, role: 'auditor' });
      const [confirmed, withdrawn] = await Promise.all([
        confirm(two, request),
        one.post<AdminRequestAnswer>(`${request.path}/withdrawal`, {}, { ifMatch: request.etag }),
      ]);
      expect([confirmed.status, withdrawn.status].sort()).toEqual([200, 412]);
      expect(await rolesOf(person)).toEqual(confirmed.status === 200 ? ['auditor'] : []);
    }
  });

  test('two admins confirm for each other at once, and neither waits for the other', async () => {
    const [left, right] = [await makePerson(api), await makePerson(api)];
    const ones = await asked(one, { action: 'give-role', personId: left.id, role: 'auditor' });
    const twos = await asked(two, { action: 'give-role', personId: right.id, role: 'auditor' });
    const answers = await Promise.all([confirm(two, ones), confirm(one, twos)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  test('is made once at a time for the same thing, never for oneself, and not for what is there', async () => {
    const person = await makePerson(api);
    const wanted = { action: 'give-role', personId: person.id, role: 'admin' };
    const made = await Promise.all([ask(one, wanted), ask(two, wanted), ask(one, wanted)]);
    expect(made.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect((await ask(one, { ...wanted, role: 'auditor' })).status).toBe(201);
    expect(outcome(await ask(one, { action: 'give-role', personId: one.id, role: 'auditor' }))).toEqual([403, 'own-relation']);
    expect(outcome(await ask(one, { action: 'give-role', personId: two.id, role: 'admin' }))).toEqual([409, 'person-state']);
    const nobody = '01931b2e-7c00-7000-8000-00000000000d';
    expect(outcome(await ask(one, { ...wanted, personId: nobody }))).toEqual([422, 'person-unknown']);
    expect(outcome(await ask(one, { action: 'fresh-invitation', personId: person.id, role: 'admin' }))).toEqual([400, 'malformed']);
    expect(outcome(await ask(one, { action: 'give-role', personId: person.id }))).toEqual([400, 'malformed']);
    expect(outcome(await ask(one, { action: 'erase-everybody', personId: person.id }))).toEqual([400, 'malformed']);
    expect(outcome(await ask(one, { ...wanted, reason: ' ' }))).toEqual([400, 'malformed']);
    for (const stranger of [auditor, person]) expect(outcome(await ask(stranger, wanted))).toEqual([403, 'not-allowed']);
  });

  test('is refused with a reason, or withdrawn, and then asked for again', async () => {
    const person = await makePerson(api);
    const wanted = { action: 'give-role', personId: person.id, role: 'admin' };
    const refused = await asked(one, wanted);
    const [entry] = await entriesOf(async () => {
      const answer = await two.post<AdminRequestAnswer>(`${refused.path}/refusal`, { reason: 'Not yet.' }, { ifMatch: refused.etag });
      expect(answer.body).toMatchObject({ state: 'refused', decidedBy: { id: two.id }, decisionReason: 'Not yet.' });
    });
    expect(entry).toMatchObject({ kind: 'request.declined', actor: two.id, content: { how: 'refused', reason: 'Not yet.' } });
    const again = await asked(one, wanted);
    const answer = await one.post<AdminRequestAnswer>(`${again.path}/withdrawal`, {}, { ifMatch: again.etag });
    expect(answer.body).toMatchObject({ state: 'withdrawn', decidedBy: { id: one.id } });
    for (const ended of [refused, again]) {
      const now = await two.get<AdminRequestAnswer>(ended.path);
      expect(outcome(await confirm(two, { ...ended, etag: now.etag ?? '' }))).toEqual([409, 'request-state']);
      expect(now.body.actions.confirm).toMatchObject({ allowed: false, code: 'request-state' });
    }
    expect(await rolesOf(person)).toEqual([]);
  });

  test('expires by the database’s clock, is noted so, and makes room for another one', async () => {
    const person = await makePerson(api);
    const wanted = { action: 'give-role', personId: person.id, role: 'admin' };
    const age = (): Promise<unknown> =>
      api.database.query(
        `UPDATE admin_request SET requested_at = requested_at - interval '8 days', expires_at = expires_at - interval '8 days' WHERE person_id = $1 AND state = 'open'`,
        [person.id],
      );
    const first = await asked(one, wanted);
    await age();
    expect((await two.get<AdminRequestAnswer>(first.path)).body).toMatchObject({
      state: 'expired',
      actions: { confirm: { allowed: false } },
    });
    expect(outcome(await confirm(two, first))).toEqual([409, 'request-state']);
    expect(outcome(await one.post(`${first.path}/withdrawal`, {}, { ifMatch: first.etag }))).toEqual([409, 'request-state']);
    const kinds = async (work: () => Promise<unknown>): Promise<string[]> => (await entriesOf(work)).map(({ kind }) => kind);
    expect(await kinds(() => asked(two, wanted))).toEqual(['request.expired', 'request.made']);
    await age();
    const note = (): Promise<void> => api.app.get(RequestsService, { strict: false }).noteExpiries();
    expect(await kinds(() => Promise.all([note(), note()]))).toEqual(['request.expired']);
    const items = (await auditor.get<AdminRequestPage>(`${base}?state=expired&limit=100`)).body.items;
    expect(items.filter((item) => item.person.id === person.id)).toHaveLength(2);
  });

  test('is listed, the newest first, by state and page by page', async () => {
    const { items } = (await two.get<AdminRequestPage>(`${base}?limit=100`)).body;
    expect(items.map(({ id }) => id)).toEqual(
      items
        .map(({ id }) => id)
        .sort()
        .reverse(),
    );
    const found: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: AdminRequestPage = (await two.get<AdminRequestPage>(`${base}?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`)).body;
      found.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(found).toEqual(items.map(({ id }) => id));
    const open = (await two.get<AdminRequestPage>(`${base}?state=open&limit=100`)).body.items;
    expect(open.map(({ id }) => id)).toEqual(items.filter(({ state }) => state === 'open').map(({ id }) => id));
    expect((await two.get(`${base}?state=done`)).status).toBe(400);
  });
});

describe('a fresh invitation for somebody who has signed in before', () => {
  test('takes two admins; tells them, and bars their approving for 72 hours', async () => {
    const mentor = await makePerson(api);
    const engineer = await makePerson(api);
    await mentors(api, mentor, engineer);
    expect(outcome(await one.post(`/people/${mentor.id}/invitation`, {}))).toEqual([422, 'second-admin-needed']);
    expect((await one.get(`/people/${mentor.id}`)).body).toMatchObject({
      actions: { invite: { allowed: false, code: 'second-admin-needed' } },
    });
    const request = await asked(one, { action: 'fresh-invitation', personId: mentor.id });
    const key = { ifMatch: request.etag, key: 'confirmed-once' };
    const answer = await two.post<ConfirmedRequestAnswer>(`${request.path}/confirmation`, { password: two.password }, key);
    expect(answer.status).toBe(200);
    const { token } = answer.body.invitation ?? {};
    const replayed = await two.post<ConfirmedRequestAnswer>(`${request.path}/confirmation`, { password: two.password }, key);
    expect(replayed.body.invitation).toMatchObject({ token: null, url: null });
    const told = { at: expect.any(String) as string, by: { id: two.id, name: two.name } };
    expect((await mentor.get('/me')).body).toMatchObject({ invitedAfresh: { ...told, usedAt: null } });
    const used = await api.send<{ token: string }>('POST', `/invitations/${token}`, { password: 'a wholly other password' });
    expect(used.status).toBe(201);
    const back = signedIn(api, { ...mentor, token: used.body.token });
    const me = (await back.get<{ approvalsBarredUntil: string; invitedAfresh: object }>('/me')).body;
    expect(Date.parse(me.approvalsBarredUntil) - Date.now()).toBeGreaterThan(71.9 * 3_600_000);
    expect(me.invitedAfresh).toMatchObject({ ...told, usedAt: expect.any(String) as string });
    const usedBefore = (days: number): Promise<unknown> =>
      api.database.query(
        `WITH one AS (UPDATE person SET first_signed_in_at = now() - interval '60 days' WHERE person_id = $1)
         UPDATE invitation SET created_at = now() - interval '40 days', used_at = now() - make_interval(days => $2::int) WHERE person_id = $1`,
        [mentor.id, days],
      );
    await usedBefore(29);
    expect((await back.get('/me')).body).toMatchObject({ invitedAfresh: told });
    await usedBefore(31);
    expect((await back.get('/me')).body).toMatchObject({ invitedAfresh: null });
  });

  test('the first invitation of somebody new takes one, and is no request', async () => {
    const { body } = await one.post<{ id: string }>('/people', { name: 'New Here', email: 'newhere@example.test' });
    expect((await two.post(`/people/${body.id}/invitation`, {})).status).toBe(201);
    expect(outcome(await ask(one, { action: 'fresh-invitation', personId: body.id }))).toEqual([409, 'person-state']);
  });
});

describe('a hand that one admin could hold alone', () => {
  test('holds no role for 72 hours after a fresh invitation: neither rights nor anybody’s evidence come of it', async () => {
    const other = await makePerson(api, { roles: ['admin', 'auditor'] });
    const engineer = await makePerson(api);
    const others = await api.database.query<{ id: string }>(
      `UPDATE person SET active = false, counts_as_admin_until = NULL WHERE 'admin' = ANY (roles) AND active AND person_id <> ALL ($1::uuid[]) RETURNING person_id AS id`,
      [[one.id, other.id]],
    );
    await api.database.query(`UPDATE person SET counts_as_admin_until = NULL`);
    let hand: string;
    try {
      // of two admins, one may renew the other's invitation alone
      const { status, body } = await one.post<{ token: string }>(`/people/${other.id}/invitation`, {});
      expect(status).toBe(201);
      const redeemed = await api.send('POST', `/invitations/${body.token}`, { password: 'seven grey herons on a wire' });
      hand = String(redeemed.body['token']);
    } finally {
      await api.database.query(`UPDATE person SET active = true WHERE person_id = ANY ($1::uuid[])`, [others.map(({ id }) => id)]);
    }
    const tries = (method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<Answer> =>
      api.send(method, path, body, { token: hand, ifMatch: '"1"' });
    expect([
      (await tries('PATCH', `/people/${one.id}`, { roles: ['admin', 'auditor'] })).status,
      (await tries('POST', `/engineers/${engineer.id}/mentors`, { mentorId: one.id, skills: ['sfia-9:ITOP'] })).status,
      (await tries('POST', `/people/${one.id}/accreditations`, { skill: 'sfia-9:ITOP', upToLevel: 5, reason: 'x' })).status,
      (await tries('GET', `/engineers/${engineer.id}/evidence`)).status,
      (await tries('GET', '/administration/ledger')).status,
      (await tries('GET', '/me')).status,
    ]).toEqual([404, 404, 404, 404, 403, 200]);
    await api.database.query(`UPDATE person SET approvals_barred_until = now() WHERE person_id = $1`, [other.id]);
    expect((await tries('GET', `/engineers/${engineer.id}/evidence`)).status).toBe(200);
  });

  test('is given no role before its person has signed in; who has one is invited by two', async () => {
    const { body } = await one.post<{ id: string }>('/people', { name: 'Not Yet', email: 'notyet@example.test' });
    expect(outcome(await ask(one, { action: 'give-role', personId: body.id, role: 'admin' }))).toEqual([409, 'person-state']);
    const other = await makePerson(api, { roles: ['auditor'] });
    await api.database.query(`UPDATE person SET password_hash = NULL, first_signed_in_at = NULL WHERE person_id = $1`, [other.id]);
    expect(outcome(await one.post(`/people/${other.id}/invitation`, {}))).toEqual([422, 'second-admin-needed']);
    expect((await ask(one, { action: 'fresh-invitation', personId: other.id })).status).toBe(201);
  });
});

test('lost one-time codes are turned off by two admins', async () => {
  const person = await makePerson(api);
  expect(outcome(await ask(one, { action: 'remove-totp', personId: person.id }))).toEqual([409, 'totp-state']);
  await api.database.query(
    `INSERT INTO totp (person_id, state, sealed_secret, key_id, confirmed_at) VALUES ($1, 'on', decode(repeat('00', 48), 'hex'), 'k', now())`,
    [person.id],
  );
  const request = await asked(one, { action: 'remove-totp', personId: person.id });
  const entries = await entriesOf(async () => expect((await confirm(two, request)).status).toBe(200));
  expect(entries.map(({ kind }) => kind)).toEqual(['request.confirmed', 'totp.removed']);
  expect((await person.get('/me/totp')).body).toMatchObject({ state: 'off' });
  expect((await person.get<{ approvalsBarredUntil: string | null }>('/me')).body.approvalsBarredUntil).not.toBeNull();
});

describe('where there is no second admin, one does it', () => {
  let alone: TestApp;
  let admin: TestPerson;
  beforeAll(async () => {
    alone = await startApp();
    admin = await makePerson(alone, { roles: ['admin'] });
  });
  afterAll(() => alone.close());

  test('roles, fresh invitations and bringing back; one who has never signed in cannot confirm, and does not count', async () => {
    const person = await makePerson(alone);
    const made = await admin.post<{ id: string; invitation: { token: string } }>('/people', {
      name: 'Second Admin',
      email: 'second@example.test',
      roles: ['admin'],
    });
    expect(made.status).toBe(201);
    const tag = async (): Promise<{ ifMatch: string }> => ({ ifMatch: (await admin.get(`/people/${person.id}`)).etag ?? '' });
    expect((await admin.patch(`/people/${person.id}`, { roles: ['auditor'] }, await tag())).status).toBe(200);
    expect((await admin.post(`/people/${person.id}/invitation`, {})).status).toBe(201);
    expect((await admin.post(`/people/${person.id}/deactivation`, {}, await tag())).status).toBe(200);
    expect((await admin.post(`/people/${person.id}/reactivation`, {}, await tag())).status).toBe(200);
    // from the moment that the second admin can sign in, it takes both
    await alone.send('POST', `/invitations/${made.body.invitation.token}`, { password: 'a wholly other password' });
    expect(outcome(await admin.post(`/people/${person.id}/invitation`, {}))).toEqual([422, 'second-admin-needed']);
    // whom it is about confirms nothing: of two admins one invites the other
    expect((await admin.post(`/people/${made.body.id}/invitation`, {})).status).toBe(201);
  });
});
