import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { levelRef, makeTrio, signedOffClaim } from '../factories/claims';
import { type TestPerson, makePerson } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';

/*
 * An admin's request passes the guards, and waits for a lock; meanwhile the role is taken away. What is written then must not be written by somebody who is no admin.
 */

let api: TestApp;
let holder: Client;
let another: TestPerson;
beforeAll(async () => {
  api = await startApp();
  another = await makePerson(api, { roles: ['admin'] });
  holder = new Client({ connectionString: api.database.adminUrl });
  await holder.connect();
});
afterAll(async () => {
  await holder.end();
  await api.close();
});

type Act = (admin: TestPerson, person: TestPerson) => Promise<Answer>;
const tagged = async (admin: TestPerson, id: string): Promise<{ ifMatch: string }> => ({
  ifMatch: (await admin.get(`/people/${id}`)).etag ?? '',
});

const policyNumbers = [
  ...['acceptedPerStatement', 'mayMiss', 'distinctEvidence', 'maxAgeMonths', 'approvals', 'stepping'],
  ...['lineManagerMayApprove', 'validMonths', 'reviewDays'],
];

const acts: readonly (readonly [string, Act])[] = [
  ['making somebody', (admin) => admin.post('/people', { name: 'New', email: 'new@example.test' })],
  ['editing', async (admin, { id }) => admin.patch(`/people/${id}`, { name: 'Other' }, await tagged(admin, id))],
  ['changing roles', async (admin, { id }) => admin.patch(`/people/${id}`, { roles: [] }, await tagged(admin, id))],
  ['changing the manager', async (admin, { id }) => admin.put(`/people/${id}/manager`, { managerId: null }, await tagged(admin, id))],
  ['deactivating', async (admin, { id }) => admin.post(`/people/${id}/deactivation`, {}, await tagged(admin, id))],
  ['inviting', (admin, { id }) => admin.post(`/people/${id}/invitation`, {})],
  ['accrediting', (admin, { id }) => admin.post(`/people/${id}/accreditations`, { skill: 'sfia-9:ITOP', upToLevel: 1, reason: 'x' })],
  ['making a mentor', (admin, { id }) => admin.post(`/engineers/${id}/mentors`, { mentorId: another.id, skills: ['sfia-9:ITOP'] })],
  [
    'asking for what takes two',
    (admin, { id }) => admin.post('/administration/requests', { action: 'erase-person', personId: id, reason: 'x' }),
  ],
  ['exporting somebody’s record', (admin, { id }) => admin.get(`/engineers/${id}/export?reason=x`)],
  [
    'setting a policy',
    async (admin) => {
      const { body, etag } = await admin.get<Record<string, unknown>>('/policies/sfia-9:ITOP.5');
      const numbers = Object.fromEntries(policyNumbers.map((name) => [name, body[name]]));
      return admin.put('/policies/sfia-9:ITOP.5', { ...numbers, reviewDays: 12 }, { ifMatch: etag ?? '' });
    },
  ],
  [
    'loading a framework',
    (admin) =>
      admin.post('/frameworks/imports', undefined, {
        raw: readFileSync(join(__dirname, '../setup/small-pack.json'), 'utf8'),
        headers: { 'content-type': 'application/json' },
      }),
  ],
];

const rows = async (): Promise<unknown> =>
  api.database.query(
    `SELECT (SELECT head_seq FROM administration_record) AS acts, (SELECT sum(head_seq)::int FROM record) AS entries, (SELECT count(*)::int FROM admin_request) AS requests,
            (SELECT count(*)::int FROM policy) AS policies, (SELECT count(*)::int FROM skill) AS skills`,
  );

/** Does something while the role is taken away in the moment between the guards and the locks. */
async function losingTheRole(admin: TestPerson, act: () => Promise<Answer>): Promise<[number, unknown]> {
  await holder.query('BEGIN');
  await holder.query(`SELECT pg_advisory_xact_lock(hashtextextended('touchstone admins', 7))`);
  const answer = act();
  for (let waiting = 0; waiting === 0;) {
    const found = await holder.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`,
    );
    waiting = found.rows[0]?.count ?? 0;
    if (waiting === 0) await delay(10);
  }
  await holder.query(`UPDATE person SET roles = '{}' WHERE person_id = $1`, [admin.id]);
  await holder.query('COMMIT');
  const { status, body } = await answer;
  return [status, (body as { code?: string }).code];
}

test.each(acts)('%s is not done by somebody who was an admin when they asked', async (_, act) => {
  const [admin, person] = [await makePerson(api, { roles: ['admin'] }), await makePerson(api)];
  const before = await rows();
  expect(await losingTheRole(admin, () => act(admin, person))).toEqual([403, 'not-allowed']);
  expect(await rows()).toEqual(before);
});

test('nor a revocation', async () => {
  const trio = await makeTrio(api);
  const { claim } = await signedOffClaim(trio, 1);
  expect(claim.skillLevel).toBe(levelRef(1));
  const admin = await makePerson(api, { roles: ['admin'] });
  const path = `/engineers/${trio.engineer.id}/sign-offs/${claim.signOff?.id}/revocation`;
  const revoke = (): Promise<Answer> => admin.post(path, { password: admin.password, reason: 'x' });
  expect(await losingTheRole(admin, revoke)).toEqual([403, 'not-allowed']);
  expect((await trio.engineer.get<{ items: { state: string }[] }>('/engineers/me/sign-offs')).body.items).toMatchObject([
    { state: 'in-force' },
  ]);
});
