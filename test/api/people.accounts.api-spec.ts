import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { type TestPerson, byTwoAdmins, makePerson, signedIn, testPassword } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';

let api: TestApp;
let admin: TestPerson;
let other: TestPerson;

beforeAll(async () => {
  api = await startApp();
  admin = await makePerson(api, { name: 'Admin One', roles: ['admin'] });
  other = await makePerson(api, { name: 'Admin Two', roles: ['admin'] });
});
afterAll(() => api.close());

interface Invitation {
  token: string;
  url: string;
  expiresAt: string;
}

const code = ({ status, body }: Answer): [number, unknown] => [status, body['code']];
const invitationOf = ({ body }: Answer): Invitation => body['invitation'] as Invitation;
const tagOf = async (person: { id: string }): Promise<{ ifMatch: string }> => ({
  ifMatch: String((await admin.get(`/people/${person.id}`)).etag),
});
const redeem = (token: string, password = testPassword): Promise<Answer> => api.send('POST', `/invitations/${token}`, { password });

describe('making a person', () => {
  it('answers the person with an invitation that is shown once, and begins an empty record', async () => {
    const made = await admin.post('/people', { name: ' New One ', email: ' new.one@Example.test ', managerId: other.id });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      name: 'New One',
      email: 'new.one@Example.test',
      roles: [],
      manager: { id: other.id, name: 'Admin Two' },
      active: true,
      signedInBefore: false,
      approvalsBarredUntil: null,
      actions: { edit: { allowed: true }, deactivate: { allowed: true }, reactivate: { allowed: false, code: 'person-state' } },
    });
    const id = String(made.body['id']);
    expect(made.headers.get('location')).toBe(`/api/v1/people/${id}`);
    const { token, url } = invitationOf(made);
    expect(url).toBe(`${api.origin}/api/v1/invitations/${token}`);
    const again = await admin.get(`/people/${id}`);
    expect(again.etag).toBe(made.etag);
    expect(again.body).not.toHaveProperty('invitation');
    expect(await api.database.query(`SELECT head_seq FROM record WHERE engineer_id = $1`, [id])).toEqual([{ head_seq: 0 }]);
    expect(
      await api.database.query(`SELECT depth FROM reporting_line WHERE ancestor_id = $1 AND descendant_id = $2`, [other.id, id]),
    ).toEqual([{ depth: 1 }]);
    const [row] = await api.database.query<{ text: string }>(`SELECT i::text AS text FROM invitation i WHERE person_id = $1`, [id]);
    expect(row?.text).not.toContain(token);
  });

  it('is for admins, and refuses a taken address in any case, an unknown manager and oneself as manager', async () => {
    const engineer = await makePerson(api);
    const body = { name: 'X', email: engineer.email.toUpperCase() };
    expect(code(await engineer.post('/people', body))).toEqual([403, 'not-allowed']);
    expect(code(await admin.post('/people', body))).toEqual([409, 'email-taken']);
    const unknown = { name: 'X', email: 'x1@example.test', managerId: '01931b2e-7c00-7000-8000-000000000009' };
    expect(code(await admin.post('/people', unknown))).toEqual([422, 'person-unknown']);
    expect(code(await admin.post('/people', { ...unknown, managerId: admin.id }))).toEqual([403, 'own-relation']);
    expect(code(await admin.post('/people', { ...unknown, roles: ['mentor'] }))).toEqual([400, 'malformed']);
    expect(code(await admin.post('/people', { ...unknown, password: 'chosen by the admin' }))).toEqual([400, 'malformed']);
    expect(await api.database.query(`SELECT 1 FROM person WHERE email = 'x1@example.test'`)).toEqual([]);
  });

  it('makes one of two people who are given one address at the same time', async () => {
    for (let round = 0; round < 10; round += 1) {
      const answers = await Promise.all(
        [`race${round}@example.test`, `RACE${round}@example.test`].map((email) => admin.post('/people', { name: 'Racer', email })),
      );
      expect(answers.map(code).sort()).toEqual([
        [201, undefined],
        [409, 'email-taken'],
      ]);
    }
  });

  it('answers the same again under an Idempotency-Key, without the secrets', async () => {
    const body = { name: 'Once', email: 'once@example.test' };
    const first = await admin.post('/people', body, { key: 'once' });
    const second = await admin.post('/people', body, { key: 'once' });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.body).toEqual({ ...first.body, invitation: { ...invitationOf(first), token: null, url: null } });
    const [kept] = await api.database.query<{ text: string }>(`SELECT a::text AS text FROM idempotent_answer a WHERE key = 'once'`);
    expect(kept?.text).not.toContain(invitationOf(first).token);
  });
});

describe('an invitation', () => {
  const invitee = async (email: string): Promise<{ id: string; token: string }> => {
    const made = await admin.post('/people', { name: 'Invited', email });
    return { id: String(made.body['id']), token: invitationOf(made).token };
  };

  it('signs in once, with a password that its person chooses', async () => {
    const { id, token } = await invitee('invited1@example.test');
    expect(code(await redeem(token, 'too short'))).toEqual([400, 'malformed']);
    expect(code(await redeem(token, 'é'.repeat(257)))).toEqual([400, 'malformed']);
    const session = await redeem(token, '🔑🐘🌵🪁🧵🛶🦉🧊🪗🥁🛰🧭');
    expect(session.status).toBe(201);
    expect(session.body).toMatchObject({ person: { id, email: 'invited1@example.test' } });
    const { status, body } = await api.send('GET', '/people/me', undefined, { token: String(session.body['token']) });
    expect([status, body['signedInBefore']]).toEqual([200, true]);
    const signIn = await api.send('POST', '/sessions', { email: 'invited1@example.test', password: '🔑🐘🌵🪁🧵🛶🦉🧊🪗🥁🛰🧭' });
    expect(signIn.status).toBe(201);
    expect(code(await redeem(token))).toEqual([404, 'not-found']);
    expect(code(await redeem(token, 'short'))).toEqual([404, 'not-found']);
  });

  it('is redeemed by one of two who do so at the same time', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id, token } = await invitee(`twice${round}@example.test`);
      const answers = await Promise.all([redeem(token, 'the first password'), redeem(token, 'the other password')]);
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 404]);
      expect(await api.database.query(`SELECT 1 FROM session WHERE person_id = $1`, [id])).toHaveLength(1);
    }
  });

  it('is not there once it has expired, a fresh one was made, or its person was deactivated', async () => {
    const { id, token } = await invitee('invited2@example.test');
    const fresh = await admin.post(`/people/${id}/invitation`);
    expect(fresh.status).toBe(201);
    expect(fresh.headers.get('location')).toBe(`/api/v1/people/${id}`);
    expect(code(await redeem(token))).toEqual([404, 'not-found']);
    await api.database.query(`UPDATE invitation SET expires_at = now() WHERE person_id = $1`, [id]);
    expect(code(await redeem(String(fresh.body['token'])))).toEqual([404, 'not-found']);
    const third = await admin.post(`/people/${id}/invitation`);
    await admin.post(`/people/${id}/deactivation`, {}, await tagOf({ id }));
    expect(code(await redeem(String(third.body['token'])))).toEqual([404, 'not-found']);
    expect(code(await admin.post(`/people/${id}/invitation`))).toEqual([409, 'person-state']);
    expect(code(await redeem('no-token'))).toEqual([404, 'not-found']);
  });

  it('for somebody who has signed in before bars their approving for 72 hours, and ends their sessions when it is redeemed', async () => {
    const mentor = await makePerson(api);
    const before = await admin.get(`/people/${mentor.id}`);
    const fresh = await byTwoAdmins(admin, other, { action: 'fresh-invitation', personId: mentor.id });
    const after = await admin.get(`/people/${mentor.id}`);
    const hours = (Date.parse(String(after.body['approvalsBarredUntil'])) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(71.9);
    expect(hours).toBeLessThan(72.1);
    expect(after.etag).not.toBe(before.etag);
    expect((await mentor.get('/people/me')).body['approvalsBarredUntil']).toBe(after.body['approvalsBarredUntil']);
    // the link may lie about until the bar has run out: it runs again from the link's use
    await api.database.query(`UPDATE person SET approvals_barred_until = now() - interval '1 hour' WHERE person_id = $1`, [mentor.id]);
    const session = await redeem(invitationOf(fresh).token, 'a brand new password');
    expect(session.status).toBe(201);
    expect(code(await mentor.get('/people/me'))).toEqual([401, 'not-signed-in']);
    const [row] = await api.database.query<{ barred: boolean }>(
      `SELECT approvals_barred_until > now() AS barred FROM person WHERE person_id = $1`,
      [mentor.id],
    );
    expect(row?.barred).toBe(true);
  });

  it('is never one’s own, and only admins make one', async () => {
    expect(code(await admin.post(`/people/${admin.id}/invitation`))).toEqual([403, 'own-relation']);
    expect(code(await admin.post(`/people/me/invitation`))).toEqual([403, 'own-relation']);
    const engineer = await makePerson(api);
    const stranger = await makePerson(api);
    expect(code(await engineer.post(`/people/${engineer.id}/invitation`))).toEqual([403, 'not-allowed']);
    expect(code(await stranger.post(`/people/${engineer.id}/invitation`))).toEqual([404, 'not-found']);
  });
});

describe('an invitation of somebody who has never signed in, but holds something', () => {
  let made = 0;
  const invitee = async (by = admin): Promise<{ id: string; token: string }> => {
    made += 1;
    const answer = await by.post('/people', { name: `Not yet here ${made}`, email: `notyet${made}@example.test` });
    return { id: String(answer.body['id']), token: invitationOf(answer).token };
  };
  const accredit = (by: TestPerson, id: string): Promise<Answer> =>
    by.post(`/people/${id}/accreditations`, { skill: 'sfia-9:ITOP', upToLevel: 3, reason: 'They led this work elsewhere.' });
  const mentoring = async (by: TestPerson, id: string, body: object = {}): Promise<string> => {
    const engineer = await makePerson(api);
    const { headers } = await by.post(`/engineers/${engineer.id}/mentors`, { mentorId: id, skills: ['sfia-9:ITOP'], ...body });
    return (headers.get('location') ?? '').replace('/api/v1', '');
  };
  const offered = async (id: string): Promise<unknown> => ((await admin.get(`/people/${id}`)).body['actions'] as { invite: object }).invite;
  const barredUntil = async (token: string): Promise<unknown> =>
    (await api.send('GET', '/me', undefined, { token })).body['approvalsBarredUntil'];
  const redeemed = async (token: string): Promise<string> => {
    const { status, body } = await redeem(token, 'a password of their own');
    expect(status).toBe(201);
    return String(body['token']);
  };
  const inTwoDays = (): string => new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);

  it('takes two admins while it lasts: accredited, a mentor now or later, or somebody’s manager', async () => {
    const holdings: [string, (id: string) => Promise<() => Promise<unknown>>][] = [
      [
        'an accreditation',
        async (id) => {
          const path = ((await accredit(other, id)).headers.get('location') ?? '').replace('/api/v1', '');
          return () => other.delete(path);
        },
      ],
      [
        'a mentorship',
        async (id) => {
          const path = await mentoring(other, id);
          return () => other.delete(path);
        },
      ],
      [
        'a mentorship that is to begin',
        async (id) => {
          const path = await mentoring(other, id, { from: inTwoDays() });
          return () => other.delete(path);
        },
      ],
      [
        'somebody who reports to them',
        async (id) => {
          const below = await makePerson(api, { manager: { id } });
          return async () => admin.post(`/people/${below.id}/deactivation`, {}, await tagOf(below));
        },
      ],
    ];
    for (const [what, give] of holdings) {
      const { id } = await invitee();
      const end = await give(id);
      expect([what, ...code(await admin.post(`/people/${id}/invitation`))]).toEqual([what, 422, 'second-admin-needed']);
      expect([what, await offered(id)]).toEqual([what, expect.objectContaining({ allowed: false, code: 'second-admin-needed' })]);
      // whichever admin asks: who gave it does not take the hand alone either
      expect([what, ...code(await other.post(`/people/${id}/invitation`))]).toEqual([what, 422, 'second-admin-needed']);
      await end();
      expect([what, await offered(id)]).toEqual([what, { allowed: true }]);
      expect([what, (await admin.post(`/people/${id}/invitation`)).status]).toEqual([what, 201]);
    }
  });

  it('by two admins it is made, and bars approving for 72 hours from its use as well', async () => {
    const { id } = await invitee();
    await accredit(other, id);
    const fresh = await byTwoAdmins(admin, other, { action: 'fresh-invitation', personId: id });
    expect(fresh.status).toBe(200);
    await api.database.query(`UPDATE person SET approvals_barred_until = now() - interval '1 hour' WHERE person_id = $1`, [id]);
    expect(await barredUntil(await redeemed(invitationOf(fresh).token))).toEqual(expect.any(String));
  });

  it('bars approving where others have let them judge since it was made: whoever made it may hold it', async () => {
    for (const give of [accredit, mentoring]) {
      const { id, token } = await invitee(admin);
      await give(other, id);
      expect(await barredUntil(await redeemed(token))).toEqual(expect.any(String));
      const [act] = await api.database.query(
        `SELECT k.body AS content FROM administration_entry e JOIN administration_content k USING (digest) WHERE e.kind = 'invitation.used' AND e.subject = $1`,
        [`people/${id}`],
      );
      expect(act).toEqual({ content: { barsApprovals: true } });
    }
  });

  it('bars nothing where one admin has done all of it: they could do as much for anybody', async () => {
    const { id, token } = await invitee();
    await accredit(admin, id);
    await mentoring(admin, id);
    expect(await barredUntil(await redeemed(token))).toBeNull();
  });

  it('is looked at under the lock: who is accredited while the invitation waits is not stepped into', async () => {
    const { id } = await invitee();
    const holder = new Client({ connectionString: api.database.adminUrl });
    await holder.connect();
    try {
      await holder.query('BEGIN');
      await holder.query(`SELECT 1 FROM person WHERE person_id = $1 FOR UPDATE`, [id]);
      const invited = admin.post(`/people/${id}/invitation`);
      for (let waiting = 0; waiting === 0;) {
        const found = await holder.query<{ count: number }>(
          `SELECT count(*)::int AS count FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')`,
        );
        waiting = found.rows[0]?.count ?? 0;
        if (waiting === 0) await delay(10);
      }
      await holder.query(
        `INSERT INTO accreditation (person_id, accreditation_id, skill_ref, up_to_level, reason, granted_by, granted_at)
         VALUES ($1, gen_random_uuid(), 'sfia-9:ITOP', 3, 'for a test', $2, now())`,
        [id, other.id],
      );
      await holder.query('COMMIT');
      expect(code(await invited)).toEqual([422, 'second-admin-needed']);
    } finally {
      await holder.end();
    }
  });

  it('where there is one admin, they invite again and again, and who they made a mentor judges at once', async () => {
    await api.database.query(`UPDATE person SET password_hash = NULL WHERE person_id = $1`, [other.id]);
    try {
      const { id } = await invitee();
      await accredit(admin, id);
      await mentoring(admin, id);
      const again = await admin.post(`/people/${id}/invitation`);
      expect(again.status).toBe(201);
      expect(await barredUntil(await redeemed(String(again.body['token'])))).toBeNull();
    } finally {
      await api.database.query(
        `UPDATE person SET password_hash = (SELECT password_hash FROM person WHERE person_id = $2) WHERE person_id = $1`,
        [other.id, admin.id],
      );
    }
  });
});

describe('editing a person', () => {
  it('needs the version that was seen, and answers the next', async () => {
    const person = await makePerson(api, { roles: ['auditor'] });
    expect(code(await admin.patch(`/people/${person.id}`, { name: 'New Name' }))).toEqual([428, 'if-match-required']);
    const seen = await tagOf(person);
    const edited = await admin.patch(`/people/${person.id}`, { name: 'New Name', roles: [] }, seen);
    expect(edited.status).toBe(200);
    expect(edited.body).toMatchObject({ name: 'New Name', email: person.email, roles: [] });
    expect(edited.etag).not.toBe(seen.ifMatch);
    expect(code(await admin.patch(`/people/${person.id}`, { name: 'Other' }, seen))).toEqual([412, 'stale']);
    expect(code(await admin.patch(`/people/${person.id}`, { email: other.email }, await tagOf(person)))).toEqual([409, 'email-taken']);
    expect(code(await admin.patch(`/people/${person.id}`, { name: null }, await tagOf(person)))).toEqual([400, 'malformed']);
    expect(code(await admin.patch(`/people/${person.id}`, { active: false }, await tagOf(person)))).toEqual([400, 'malformed']);
  });

  it('takes a role away from the very next request', async () => {
    const auditor = await makePerson(api, { roles: ['auditor'] });
    expect((await auditor.get(`/people/${other.id}`)).status).toBe(200);
    await admin.patch(`/people/${auditor.id}`, { roles: [] }, await tagOf(auditor));
    expect(code(await auditor.get(`/people/${other.id}`))).toEqual([404, 'not-found']);
  });

  it('never changes one’s own roles, but one’s own name', async () => {
    const own = await tagOf(admin);
    expect(code(await admin.patch(`/people/${admin.id}`, { roles: [] }))).toEqual([403, 'own-relation']);
    expect((await admin.patch(`/people/me`, { name: 'Admin One', roles: ['admin'] }, own)).status).toBe(200);
  });

  it('leaves an admin when two take the role from each other', async () => {
    for (let round = 0; round < 10; round += 1) {
      const alone = await startAdmins();
      const answers = await Promise.all([
        alone[0].patch(`/people/${alone[1].id}`, { roles: [] }, { ifMatch: '"v1"' }),
        alone[1].patch(`/people/${alone[0].id}`, { roles: [] }, { ifMatch: '"v1"' }),
      ]);
      const refusals = answers.filter(({ status }) => status !== 200);
      expect(refusals).toHaveLength(1);
      // which of the two it is depends on whether the loser had passed the guard before the winner was done
      expect(['last-admin', 'not-allowed', 'not-found']).toContain(refusals[0]?.body['code']);
      expect(await api.database.query(`SELECT 1 FROM person WHERE active AND 'admin' = ANY (roles)`)).toHaveLength(1);
    }
    await api.database.query(`UPDATE person SET roles = '{admin}' WHERE person_id = ANY ($1::uuid[])`, [[admin.id, other.id]]);
  });

  async function startAdmins(): Promise<[TestPerson, TestPerson]> {
    await api.database.query(`UPDATE person SET roles = '{}'`);
    return [await makePerson(api, { roles: ['admin'] }), await makePerson(api, { roles: ['admin'] })];
  }
});

describe('deactivation', () => {
  it('ends every session at the very next request, and sign-in with the right password', async () => {
    const person = await makePerson(api);
    const second = await api.send('POST', '/sessions', { email: person.email, password: person.password });
    const phone = signedIn(api, { ...person, token: String(second.body['token']) });
    expect((await phone.get('/people/me')).status).toBe(200);
    const gone = await admin.post(`/people/${person.id}/deactivation`, undefined, await tagOf(person));
    expect([gone.status, gone.body['active']]).toEqual([200, false]);
    expect(code(await person.get('/people/me'))).toEqual([401, 'not-signed-in']);
    expect(code(await phone.get('/people/me'))).toEqual([401, 'not-signed-in']);
    expect(code(await api.send('POST', '/sessions', { email: person.email, password: person.password }))).toEqual([401, 'bad-credentials']);
    expect(code(await admin.post(`/people/${person.id}/deactivation`, {}, await tagOf(person)))).toEqual([409, 'person-state']);
    const back = await admin.post(`/people/${person.id}/reactivation`, {}, await tagOf(person));
    expect([back.status, back.body['active']]).toEqual([200, true]);
    expect(code(await person.get('/people/me'))).toEqual([401, 'not-signed-in']);
    expect((await api.send('POST', '/sessions', { email: person.email, password: person.password })).status).toBe(201);
    expect(code(await admin.post(`/people/${person.id}/reactivation`, {}, await tagOf(person)))).toEqual([409, 'person-state']);
  });

  it('leaves no session behind that was beginning at that moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const person = await makePerson(api);
      const [, gone] = await Promise.all([
        api.send('POST', '/sessions', { email: person.email, password: person.password }),
        tagOf(person).then((seen) => admin.post(`/people/${person.id}/deactivation`, {}, seen)),
      ]);
      expect(gone.status).toBe(200);
      expect(await api.database.query(`SELECT 1 FROM session WHERE person_id = $1`, [person.id])).toEqual([]);
    }
  });

  it('needs the version, is not for oneself, and not for others than admins', async () => {
    const person = await makePerson(api);
    expect(code(await admin.post(`/people/${person.id}/deactivation`))).toEqual([428, 'if-match-required']);
    expect(code(await admin.post(`/people/${person.id}/deactivation`, {}, { ifMatch: '"v99"' }))).toEqual([412, 'stale']);
    expect(code(await admin.post(`/people/${admin.id}/deactivation`))).toEqual([403, 'own-relation']);
    expect(code(await person.post(`/people/me/deactivation`))).toEqual([403, 'not-allowed']);
    expect(code(await admin.post(`/people/01931b2e-7c00-7000-8000-000000000009/deactivation`))).toEqual([404, 'not-found']);
  });
});

describe('who sees whom', () => {
  it('is everybody for admins and auditors, and those they are related to for others', async () => {
    const boss = await makePerson(api, { name: 'Boss' });
    const manager = await makePerson(api, { name: 'Manager', manager: boss });
    const engineer = await makePerson(api, { name: 'Engineer', manager });
    const mentor = await makePerson(api, { name: 'Mentor' });
    const former = await makePerson(api, { name: 'Former mentor' });
    const stranger = await makePerson(api, { name: 'Stranger' });
    const auditor = await makePerson(api, { roles: ['auditor'] });
    await mentorship(mentor, engineer, 'infinity');
    await mentorship(former, engineer, 'now');
    const names = async (person: TestPerson): Promise<unknown[]> =>
      ((await person.get('/people?limit=100')).body['items'] as { name: string }[]).map(({ name }) => name);
    expect(await names(engineer)).toEqual(['Boss', 'Engineer', 'Manager', 'Mentor']);
    expect(await names(boss)).toEqual(['Boss', 'Engineer', 'Manager']);
    expect(await names(mentor)).toEqual(['Engineer', 'Mentor']);
    expect(await names(former)).toEqual(['Former mentor']);
    expect((await mentor.get(`/people/${engineer.id}`)).body).toEqual({
      id: engineer.id,
      name: 'Engineer',
      email: engineer.email,
      roles: [],
      manager: { id: manager.id, name: 'Manager' },
      active: true,
      actions: expect.objectContaining({ edit: expect.objectContaining({ allowed: false, code: 'not-allowed' }) as unknown }) as unknown,
    });
    expect(code(await stranger.get(`/people/${engineer.id}`))).toEqual([404, 'not-found']);
    expect(code(await former.get(`/people/${engineer.id}`))).toEqual([404, 'not-found']);
    expect((await auditor.get(`/people/${engineer.id}`)).status).toBe(200);
  });

  const mentorship = (mentor: TestPerson, engineer: TestPerson, until: string) =>
    api.database.query(
      `INSERT INTO mentorship (engineer_id, mentorship_id, mentor_id, from_at, until_at, created_by)
       VALUES ($1, gen_random_uuid(), $2, now() - interval '1 day', nullif($3, 'infinity')::timestamptz, $4)`,
      [engineer.id, mentor.id, until, admin.id],
    );

  it('is listed by name in pages, and searched by a part of name or address', async () => {
    const all: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Answer = await admin.get(`/people?limit=7&active=true${cursor === null ? '' : `&cursor=${cursor}`}`);
      expect(page.status).toBe(200);
      all.push(...(page.body['items'] as { id: string }[]).map(({ id }) => id));
      cursor = page.body['nextCursor'] as string | null;
    } while (cursor !== null);
    const rows = await api.database.query<{ person_id: string }>(`SELECT person_id FROM person WHERE active ORDER BY name, person_id`);
    expect(all).toEqual(rows.map(({ person_id }) => person_id));
    expect((await admin.get('/people?q=FORMER')).body).toMatchObject({ items: [{ name: 'Former mentor' }], nextCursor: null });
    expect((await admin.get(`/people?q=${other.email.slice(0, -9)}`)).body).toMatchObject({ items: [{ name: 'Admin Two' }] });
    const first = await admin.get('/people?limit=1');
    expect(code(await admin.get(`/people?limit=1&q=a&cursor=${String(first.body['nextCursor'])}`))).toEqual([400, 'malformed']);
    expect(code(await admin.get('/people?active=perhaps'))).toEqual([400, 'malformed']);
  });
});
