import { recordAct } from '../factories/administration';
import { personSubject } from '../../src/ledger/administration';
import { type TestPerson, byTwoAdmins, makePerson } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';

let api: TestApp;
let one: TestPerson;
let two: TestPerson;
beforeAll(async () => {
  api = await startApp({ ACCREDITATION_SEPARATE_FROM_INVITATION: 'true' });
  one = await makePerson(api, { roles: ['admin'] });
  two = await makePerson(api, { roles: ['admin'] });
});
afterAll(() => api.close());

const outcome = ({ status, body }: Answer<object>): [number, unknown] => [status, (body as { code?: string }).code];
const refused = [403, 'own-relation'];
const wanted = { skill: 'sfia-9:ITOP', upToLevel: 3, reason: 'They led this work elsewhere.' };
const accredit = (by: TestPerson, id: string, body: object = wanted): Promise<Answer> => by.post(`/people/${id}/accreditations`, body);
const invite = (by: TestPerson, id: string): Promise<Answer> => by.post(`/people/${id}/invitation`, {});
let made = 0;
const create = async (by: TestPerson): Promise<string> => {
  made += 1;
  const answer = await by.post<{ id: string }>('/people', { name: `Invented ${made}`, email: `invented${made}@example.test` });
  expect(answer.status).toBe(201);
  return answer.body.id;
};
const accreditations = async (id: string): Promise<number> =>
  (await api.database.query(`SELECT 1 FROM accreditation WHERE person_id = $1`, [id])).length;

test('who made a person, and holds their link, does not let them judge: another admin does', async () => {
  const id = await create(one);
  expect(outcome(await accredit(one, id))).toEqual(refused);
  // before the body is looked at, like every 403
  expect(outcome(await accredit(one, id, {}))).toEqual(refused);
  expect(await accreditations(id)).toBe(0);
  expect((await accredit(two, id)).status).toBe(201);
  // and whoever let them judge is not handed their link; they ask for it, and the other is
  expect(outcome(await invite(two, id))).toEqual(refused);
  expect(outcome(await invite(one, id))).toEqual([422, 'second-admin-needed']);
  expect((await byTwoAdmins(two, one, { action: 'fresh-invitation', personId: id })).status).toBe(200);
});

test('what would be refused is not offered', async () => {
  const offered = async (by: TestPerson, id: string): Promise<unknown> => {
    const { actions } = (await by.get<{ actions: Record<string, { allowed: boolean; code?: string }> }>(`/people/${id}`)).body;
    return [actions['accredit']?.code ?? 'allowed', actions['invite']?.code ?? 'allowed'];
  };
  const id = await create(one);
  expect([await offered(one, id), await offered(two, id)]).toEqual([
    ['own-relation', 'allowed'],
    ['allowed', 'allowed'],
  ]);
  expect((await accredit(two, id)).status).toBe(201);
  expect([await offered(one, id), await offered(two, id)]).toEqual([
    ['own-relation', 'second-admin-needed'],
    ['allowed', 'own-relation'],
  ]);
});

test('however they were invited, and however long ago', async () => {
  const text = 'name,email\nImported,imported@example.test\n';
  const imported = await api.send('POST', '/people/import', undefined, {
    token: one.token,
    raw: text,
    headers: { 'content-type': 'text/csv' },
  });
  expect(imported.status).toBe(200);
  const [row] = await api.database.query<{ id: string }>(`SELECT person_id AS id FROM person WHERE email = 'imported@example.test'`);
  const ids = [row?.id ?? '', await create(one)];
  // an old invitation is dropped; what the ledger says stays
  await api.database.query(`DELETE FROM invitation WHERE person_id = ANY ($1::uuid[])`, [ids]);
  for (const id of ids) {
    expect(outcome(await accredit(one, id))).toEqual(refused);
    expect((await accredit(two, id)).status).toBe(201);
  }
});

test('with a request that two admins agree on, it is whoever confirms who has invited', async () => {
  const { id } = await makePerson(api);
  const fresh = { action: 'fresh-invitation', personId: id };
  expect((await accredit(two, id)).status).toBe(201);
  expect(outcome(await byTwoAdmins(one, two, fresh))).toEqual(refused);
  const [request] = (await one.get<{ items: { id: string }[] }>('/administration/requests?state=open')).body.items;
  const { etag = '' } = await one.get(`/administration/requests/${request?.id}`);
  expect((await one.post(`/administration/requests/${request?.id}/withdrawal`, {}, { ifMatch: etag })).status).toBe(200);
  expect((await byTwoAdmins(two, one, fresh)).status).toBe(200);
  expect(outcome(await accredit(one, id))).toEqual(refused);
});

test('an accreditation that has ended is no hand in it any more', async () => {
  const id = await create(one);
  const granted = await accredit(two, id);
  expect(outcome(await invite(two, id))).toEqual(refused);
  const [, , path = ''] = /^(\/api\/v1)(.*)$/.exec(granted.headers.get('location') ?? '') ?? [];
  expect((await two.delete(path)).status).toBe(204);
  expect((await invite(two, id)).status).toBe(201);
  expect(outcome(await accredit(two, id))).toEqual(refused);
});

test('both at once: of the two hands one admin has one', async () => {
  for (let round = 0; round < 10; round += 1) {
    const { id } = await makePerson(api, { name: `Raced ${round}` });
    await api.database.query(`UPDATE person SET password_hash = NULL, first_signed_in_at = NULL WHERE person_id = $1`, [id]);
    const answers = await Promise.all([accredit(one, id), invite(one, id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 403]);
  }
});

test('where there is nobody else, one admin does both', async () => {
  const id = await create(one);
  const write = `UPDATE person SET active = false WHERE person_id = '${two.id}' AND EXISTS (SELECT 1 FROM moved)`;
  await recordAct(api, { kind: 'person.deactivated', subject: personSubject(two.id), write });
  expect((await accredit(one, id)).status).toBe(201);
  expect((await invite(one, id)).status).toBe(201);
});
