import { type TestPerson, makePerson } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';

let api: TestApp;
let admin: TestPerson;
let engineer: TestPerson;
let mentor: TestPerson;

beforeAll(async () => {
  api = await startApp({ TIME_ZONE: 'Europe/Berlin' });
  admin = await makePerson(api, { roles: ['admin'] });
});
afterAll(() => api.close());
beforeEach(async () => {
  engineer = await makePerson(api, { name: 'Engineer One' });
  mentor = await makePerson(api, { name: 'Mentor One' });
});

const nobody = '01931b2e-7c00-7000-8000-000000000009';
const code = ({ status, body }: Answer): [number, unknown] => [status, body['code']];
const begin = (body: object, by = admin): Promise<Answer> =>
  by.post(`/engineers/${engineer.id}/mentors`, { mentorId: mentor.id, skills: ['sfia-9:ITOP'], ...body });

/** What the engineer's ledger says, with the content that its digests stand for; the chain must hold. */
async function ledger(): Promise<{ kind: string; subject: string; actor_id: string; body: unknown }[]> {
  expect((await engineer.get('/engineers/me/ledger/verification')).body).toMatchObject({ ok: true });
  return api.database.query(
    `SELECT e.kind, e.subject, e.actor_id, c.body FROM ledger_entry e JOIN record_content c USING (engineer_id, digest) WHERE e.engineer_id = $1 ORDER BY e.seq`,
    [engineer.id],
  );
}

describe('a mentorship', () => {
  it('begins now and for good if nothing else is said, and stands in the engineer’s ledger', async () => {
    expect(code(await mentor.get(`/engineers/${engineer.id}/mentors`))).toEqual([404, 'not-found']);
    const begun = await begin({});
    expect(begun.status).toBe(201);
    expect(begun.body).toMatchObject({
      mentor: { id: mentor.id, name: 'Mentor One' },
      skills: ['sfia-9:ITOP'],
      until: null,
      inForce: true,
    });
    const id = String(begun.body['id']);
    expect(begun.headers.get('location')).toBe(`/api/v1/engineers/${engineer.id}/mentors/${id}`);
    expect((await mentor.get(`/engineers/${engineer.id}/mentors/${id}`)).body).toEqual(begun.body);
    expect((await engineer.get('/engineers/me/mentors')).body).toEqual({ items: [begun.body], nextCursor: null });
    expect(await ledger()).toEqual([
      {
        kind: 'mentorship.begun',
        subject: `mentors/${id}`,
        actor_id: admin.id,
        body: { mentor: mentor.id, skills: ['sfia-9:ITOP'], from: begun.body['from'], until: null },
      },
    ]);
  });

  it('counts days in the organisation’s time zone, from the beginning of the first to the end of the last', async () => {
    const planned = await begin({ from: '2099-01-01', until: '2099-06-30' });
    expect(planned.body).toMatchObject({ from: '2098-12-31T23:00:00.000Z', until: '2099-06-30T22:00:00.000Z', inForce: false });
    expect(code(await mentor.get(`/engineers/${engineer.id}/mentors`))).toEqual([404, 'not-found']);
    const exact = await begin({ from: '2099-07-01T10:00:00+02:00', until: '2099-07-02T08:00:00Z' });
    expect(exact.body).toMatchObject({ from: '2099-07-01T08:00:00.000Z', until: '2099-07-02T08:00:00.000Z' });
  });

  it('is ended by an admin at once, once', async () => {
    const { body } = await begin({});
    const path = `/engineers/${engineer.id}/mentors/${String(body['id'])}`;
    expect((await mentor.get(path)).status).toBe(200);
    expect((await admin.delete(path)).status).toBe(204);
    expect(code(await mentor.get(path))).toEqual([404, 'not-found']);
    expect((await admin.delete(path)).status).toBe(204);
    const ended = await engineer.get(path);
    expect(ended.body).toMatchObject({ inForce: false });
    expect((await ledger()).map(({ kind, body: content }) => [kind, (content as { until: unknown }).until])).toEqual([
      ['mentorship.begun', null],
      ['mentorship.ended', ended.body['until']],
    ]);
    expect(code(await admin.delete(`/engineers/${engineer.id}/mentors/${nobody}`))).toEqual([404, 'not-found']);
    expect((await begin({})).status).toBe(201);
  });

  it('that has not begun is ended to no time at all, and may be made again', async () => {
    const { body } = await begin({ from: '2099-01-01' });
    expect((await admin.delete(`/engineers/${engineer.id}/mentors/${String(body['id'])}`)).status).toBe(204);
    expect((await admin.get(`/engineers/${engineer.id}/mentors/${String(body['id'])}`)).body).toMatchObject({ until: body['from'] });
    expect((await begin({ from: '2098-01-01', until: '2099-12-31' })).status).toBe(201);
  });

  it('is not there twice for one skill at one time, also when it is made twice in the same moment', async () => {
    await begin({ from: '2099-01-01', until: '2099-06-30' });
    expect(code(await begin({ from: '2099-06-30', until: '2099-12-31' }))).toEqual([409, 'mentorship-exists']);
    expect(code(await begin({}))).toEqual([409, 'mentorship-exists']);
    expect((await begin({ from: '2099-07-01' })).status).toBe(201);
    for (let round = 0; round < 5; round += 1) {
      mentor = await makePerson(api);
      const answers = await Promise.all([begin({}), begin({})]);
      expect(answers.map(code).sort()).toEqual([
        [201, undefined],
        [409, 'mentorship-exists'],
      ]);
    }
  });

  it('is refused with what is wrong, and nothing is written', async () => {
    const gone = await makePerson(api);
    await api.database.query(`UPDATE person SET active = false WHERE person_id = $1`, [gone.id]);
    expect(code(await begin({ mentorId: nobody }))).toEqual([422, 'person-unknown']);
    expect(code(await begin({ mentorId: gone.id }))).toEqual([422, 'person-unknown']);
    const unknown = await begin({ skills: ['sfia-9:ITOP', 'sfia-9:NONE', 'sfia-9:ITOP.4'] });
    expect(code(unknown)).toEqual([422, 'skill-unknown']);
    expect(unknown.body['errors']).toMatchObject([{ pointer: '/skills/1' }, { pointer: '/skills/2' }]);
    for (const body of [
      { mentorId: engineer.id },
      { mentorId: 'me' },
      { skills: [] },
      { skills: ['sfia-9:ITOP', 'sfia-9:ITOP'] },
      { from: '2099-02-30' },
      { from: '2099-01-02', until: '2099-01-01' },
      { until: '2020-01-01' },
      { from: '2099-01-01T10:00:00Z', until: '2099-01-01T10:00:00Z' },
      { untill: '2099-01-01' },
    ]) {
      expect(code(await begin(body))).toEqual([400, 'malformed']);
    }
    await api.database.query(`UPDATE person SET active = false WHERE person_id = $1`, [engineer.id]);
    expect(code(await begin({}))).toEqual([409, 'person-state']);
    await api.database.query(`UPDATE person SET active = true WHERE person_id = $1`, [engineer.id]);
    expect(await ledger()).toEqual([]);
  });

  it('is made by admins only, never for themselves or as the mentor', async () => {
    const other = await makePerson(api, { roles: ['admin'] });
    expect(code(await begin({ mentorId: admin.id }))).toEqual([403, 'own-relation']);
    const own = await admin.post('/engineers/me/mentors', { mentorId: mentor.id, skills: ['sfia-9:ITOP'] });
    expect(code(own)).toEqual([403, 'own-relation']);
    expect(code(await begin({}, engineer))).toEqual([403, 'not-allowed']);
    expect(code(await begin({}, mentor))).toEqual([404, 'not-found']);
    const begun = await begin({ mentorId: admin.id }, other);
    expect(begun.status).toBe(201);
    const path = `/engineers/${engineer.id}/mentors/${String(begun.body['id'])}`;
    expect(code(await admin.delete(path))).toEqual([403, 'own-relation']);
    expect(code(await engineer.delete(path))).toEqual([403, 'not-allowed']);
  });

  it('is listed to those who know the engineer, in pages, the newest first', async () => {
    const first = await begin({});
    mentor = await makePerson(api, { name: 'Mentor Two' });
    const second = await begin({});
    const page = await engineer.get<{ items: unknown[]; nextCursor: string }>('/engineers/me/mentors?limit=1');
    expect(page.body.items).toEqual([second.body]);
    const next = await engineer.get(`/engineers/me/mentors?limit=1&cursor=${page.body.nextCursor}`);
    expect(next.body).toEqual({ items: [first.body], nextCursor: null });
    const auditor = await makePerson(api, { roles: ['auditor'] });
    for (const reader of [admin, auditor, mentor]) expect((await reader.get(`/engineers/${engineer.id}/mentors`)).status).toBe(200);
    expect(code(await (await makePerson(api)).get(`/engineers/${engineer.id}/mentors`))).toEqual([404, 'not-found']);
  });
});

describe('an accreditation', () => {
  const grant = (body: object, by = admin): Promise<Answer> =>
    by.post(`/people/${mentor.id}/accreditations`, { skill: 'sfia-9:ITOP', upToLevel: 5, reason: 'Ran operations for years.', ...body });

  it('is granted by an admin, shown to the person and to auditors, and ended', async () => {
    const granted = await grant({});
    expect(granted.status).toBe(201);
    expect(granted.body).toMatchObject({
      skill: 'sfia-9:ITOP',
      upToLevel: 5,
      reason: 'Ran operations for years.',
      grantedBy: { id: admin.id },
      ended: null,
    });
    const path = `/people/${mentor.id}/accreditations/${String(granted.body['id'])}`;
    expect(granted.headers.get('location')).toBe(`/api/v1${path}`);
    expect((await mentor.get('/people/me/accreditations')).body).toEqual({ items: [granted.body], nextCursor: null });
    const auditor = await makePerson(api, { roles: ['auditor'] });
    expect((await auditor.get(path)).body).toEqual(granted.body);
    expect((await admin.delete(path)).status).toBe(204);
    const ended = await mentor.get(path);
    expect(ended.body).toMatchObject({ ended: { by: { id: admin.id } } });
    expect((await admin.delete(path)).status).toBe(204);
    expect((await mentor.get(path)).body).toEqual(ended.body);
    expect(code(await admin.delete(`/people/${mentor.id}/accreditations/${nobody}`))).toEqual([404, 'not-found']);
  });

  it('names a skill and a level that it defines', async () => {
    expect(code(await grant({ upToLevel: 6 }))).toEqual([422, 'level-not-defined']);
    expect(code(await grant({ skill: 'sfia-9:NONE' }))).toEqual([422, 'skill-unknown']);
    expect(code(await grant({ upToLevel: 8 }))).toEqual([400, 'malformed']);
    expect(code(await grant({ upToLevel: '5' }))).toEqual([400, 'malformed']);
    expect(code(await grant({ reason: ' ' }))).toEqual([400, 'malformed']);
    await api.database.query(`UPDATE person SET active = false WHERE person_id = $1`, [mentor.id]);
    expect(code(await grant({}))).toEqual([409, 'person-state']);
  });

  it('is never one’s own, nor anybody’s but an admin’s to give', async () => {
    const own = await admin.post('/people/me/accreditations', { skill: 'sfia-9:ITOP', upToLevel: 5, reason: 'I can do it.' });
    expect(code(own)).toEqual([403, 'own-relation']);
    expect(code(await grant({}, mentor))).toEqual([403, 'not-allowed']);
    expect(code(await grant({}, engineer))).toEqual([404, 'not-found']);
    const manager = await makePerson(api);
    await api.database.query(`INSERT INTO reporting_line VALUES ($1, $2, 1)`, [manager.id, mentor.id]);
    expect(code(await manager.get(`/people/${mentor.id}/accreditations`))).toEqual([403, 'not-allowed']);
    expect(code(await engineer.get(`/people/${mentor.id}/accreditations`))).toEqual([404, 'not-found']);
  });
});
