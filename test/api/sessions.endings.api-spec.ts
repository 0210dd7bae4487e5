import { scopes } from '../../src/kernel/actor';
import type { Role } from '../../src/kernel/actor';
import { type SeenClaim, acceptedClaim, approval, submittedClaim } from '../factories/claims';
import { type TestPerson, byTwoAdmins, makePerson, mentors, signedIn, testPassword } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';

let api: TestApp;
let admin: TestPerson;
let otherAdmin: TestPerson;
beforeAll(async () => {
  api = await startApp({ SESSION_IDLE_MINUTES: '60' });
  admin = await makePerson(api, { roles: ['admin'] });
  otherAdmin = await makePerson(api, { roles: ['admin'] });
});
afterAll(() => api.close());

type Verdict = readonly [status: number, code: unknown];
const verdict = ({ status, body }: Answer): Verdict => [status, status < 400 ? 'done' : body['code']];
const done = (status: number): Verdict => [status, 'done'];
const notSignedIn: Verdict = [401, 'not-signed-in'];
const notAllowed: Verdict = [403, 'not-allowed'];
const notFound: Verdict = [404, 'not-found'];

/** Somebody who may do nearly everything here: an engineer who mentors one person and manages another. */
interface World {
  readonly person: TestPerson;
  readonly mentee: TestPerson;
  readonly report: TestPerson;
  readonly mentorship: string;
  /** With every support to be judged yet. */
  readonly open: SeenClaim;
  /** With every support accepted. */
  readonly accepted: SeenClaim;
}

async function makeWorld(roles: readonly Role[]): Promise<World> {
  const person = await makePerson(api, { roles });
  const [mentee, other] = [await makePerson(api), await makePerson(api)];
  const report = await makePerson(api, { manager: person });
  const mentorship = await mentors(api, person, mentee);
  await mentors(api, person, other, { accreditedTo: null });
  const helper = await makePerson(api);
  await mentors(api, helper, other);
  return {
    person,
    mentee,
    report,
    mentorship,
    open: await submittedClaim(mentee, 1),
    accepted: await acceptedClaim({ engineer: other, mentor: helper, manager: helper }, 1),
  };
}

/** One request of each class of routes. */
const classes = {
  'own record, read': ({ person }: World) => person.get('/engineers/me/evidence'),
  'own record, write': ({ person }: World) => person.post('/engineers/me/evidence', { title: 'Patching', description: 'Playbooks.' }),
  'mentee, read': ({ person, open }: World) => person.get(open.path),
  'mentee, list': ({ person, mentee }: World) => person.get(`/engineers/${mentee.id}/evidence`),
  review: ({ person, open }: World) =>
    person.post(
      `${open.path}/reviews`,
      {
        verdicts: open.claim.statements.flatMap(({ ref, evidence }) =>
          evidence.map(({ evidenceId }) => ({ evidence: evidenceId, statement: ref, verdict: 'accepted' })),
        ),
      },
      { ifMatch: open.etag },
    ),
  approval: ({ person, accepted }: World) => person.post(`${accepted.path}/approval`, approval(person), { ifMatch: accepted.etag }),
  'what waits for review': ({ person }: World) => person.get('/reviews?state=waiting'),
  'own team': ({ person }: World) => person.get('/teams/me/dashboard?skill=sfia-9:ITOP'),
  'a report’s progress': ({ person, report }: World) => person.get(`/engineers/${report.id}/progress?skill=sfia-9:ITOP`),
  'a report’s team': ({ person, report }: World) => person.get(`/teams/${report.id}/dashboard?skill=sfia-9:ITOP`),
  'administration, read': ({ person }: World) => person.get('/mentors/shortages'),
  'administration, write': ({ person, report }: World) =>
    person.post('/people', { name: 'Somebody New', email: `new.${report.id}@example.test` }),
  'ledger of all': ({ person }: World) => person.get('/ledger/checkpoints'),
  'ledger of somebody': ({ person, report }: World) => person.get(`/engineers/${report.id}/ledger`),
  'own sessions': ({ person }: World) => person.get('/sessions'),
  'own tokens': ({ person }: World) =>
    person.post('/me/tokens', { name: 'x', scopes: ['record:read'], expiresOn: new Date().toISOString().slice(0, 10) }),
} as const satisfies Record<string, (world: World) => Promise<Answer>>;
type Class = keyof typeof classes;
const names = Object.keys(classes) as Class[];

/** What is in force answers so; as an admin and auditor, and without a role. */
const inForce: Readonly<Record<Class, Verdict>> = {
  'own record, read': done(200),
  'own record, write': done(201),
  'mentee, read': done(200),
  'mentee, list': done(200),
  review: done(200),
  approval: done(200),
  'what waits for review': done(200),
  'own team': done(200),
  'a report’s progress': done(200),
  'a report’s team': done(200),
  'administration, read': done(200),
  'administration, write': done(201),
  'ledger of all': done(200),
  'ledger of somebody': done(200),
  'own sessions': done(200),
  'own tokens': done(201),
};
const withoutRole: Partial<Record<Class, Verdict>> = {
  'administration, read': notAllowed,
  'administration, write': notAllowed,
  'ledger of all': notAllowed,
  'ledger of somebody': notAllowed,
};

/** Everything that a request here can write to, counted. */
const written = async (): Promise<unknown> =>
  (
    await api.database.query(
      `SELECT (SELECT count(*) FROM ledger_entry) AS entries, (SELECT count(*) FROM administration_entry) AS acts, (SELECT count(*) FROM person) AS people,
              (SELECT count(*) FROM approval) AS approvals, (SELECT count(*) FROM personal_token) AS tokens, (SELECT count(*) FROM session) AS sessions`,
    )
  )[0];

/** What each class of routes answers now; also whether anything was written by those that were refused. */
async function ask(world: World, expected: Readonly<Record<Class, Verdict>>): Promise<void> {
  for (const name of names) {
    const before = await written();
    const answer = verdict(await classes[name](world));
    expect([name, ...answer]).toEqual([name, ...expected[name]]);
    if (answer[0] >= 400) expect([name, await written()]).toEqual([name, before]);
  }
}

const all = (one: Verdict): Record<Class, Verdict> => Object.fromEntries(names.map((name) => [name, one])) as Record<Class, Verdict>;
const versionOf = async (person: TestPerson): Promise<string> => (await admin.get(`/people/${person.id}`)).etag ?? '';
const must = (answer: Answer<object>, ...statuses: number[]): void => {
  if (!statuses.includes(answer.status)) throw new Error(`the ending was refused: ${answer.status} ${JSON.stringify(answer.body)}`);
};
const inviteAfresh = ({ id }: TestPerson): Promise<Answer<{ invitation: { token: string } }>> =>
  byTwoAdmins(admin, otherAdmin, { action: 'fresh-invitation', personId: id });
const secondSession = async (person: TestPerson): Promise<TestPerson> => {
  const { body } = await api.send('POST', '/sessions', { email: person.email, password: testPassword });
  return signedIn(api, { ...person, token: String(body['token']) });
};

describe('as long as nothing has ended', () => {
  test('each class of routes answers: with roles', async () => {
    await ask(await makeWorld(['admin', 'auditor']), inForce);
  });

  test('each class of routes answers: without roles', async () => {
    await ask(await makeWorld([]), { ...inForce, ...withoutRole });
  });
});

/** What ends a session, whatever its person may do. */
const endings: Record<string, (person: TestPerson) => Promise<unknown>> = {
  'signing out': async (person) => must(await person.delete('/sessions/current'), 204),
  'ending it from another session': async (person) => {
    const second = await secondSession(person);
    const { body } = await second.get<{ items: { id: string; current: boolean }[] }>('/sessions');
    must(await second.delete(`/sessions/${body.items.find(({ current }) => !current)?.id ?? ''}`), 204);
  },
  'a new password, set in another session': async (person) => {
    const second = await secondSession(person);
    must(await second.put('/me/password', { current: testPassword, next: 'seven grey herons on a wire' }), 204);
  },
  'a deactivation': async (person) =>
    must(await admin.post(`/people/${person.id}/deactivation`, {}, { ifMatch: await versionOf(person) }), 200),
  'an invitation that was redeemed': async (person) => {
    const { body } = await inviteAfresh(person);
    must(await api.send('POST', `/invitations/${body.invitation.token}`, { password: 'seven grey herons on a wire' }), 201);
  },
  'not being used for long': (person) =>
    api.database.query(`UPDATE session SET last_used_at = now() - interval '60 minutes' WHERE person_id = $1`, [person.id]),
  'its time': (person) => api.database.query(`UPDATE session SET expires_at = now() WHERE person_id = $1`, [person.id]),
};

test.each(Object.entries(endings))('a session ended by %s lets nobody in anywhere, from the next request on', async (_, end) => {
  const world = await makeWorld(['admin', 'auditor']);
  await end(world.person);
  await ask(world, all(notSignedIn));
});

describe('a personal access token', () => {
  const tokenEndings: Record<string, (person: TestPerson, id: string) => Promise<unknown>> = {
    'taking it back': async (person, id) => must(await person.delete(`/me/tokens/${id}`), 204),
    'its last day': (_, id) =>
      api.database.query(`UPDATE personal_token SET created_at = now() - interval '2 days', expires_at = now() WHERE token_id = $1`, [id]),
    'a new password': async (person) =>
      must(await person.put('/me/password', { current: testPassword, next: 'seven grey herons on a wire' }), 204),
    'a deactivation': async (person) =>
      must(await admin.post(`/people/${person.id}/deactivation`, {}, { ifMatch: await versionOf(person) }), 200),
    'a deactivation, for good': async (person) => {
      must(await admin.post(`/people/${person.id}/deactivation`, {}, { ifMatch: await versionOf(person) }), 200);
      must(await admin.patch(`/people/${person.id}`, { roles: [] }, { ifMatch: await versionOf(person) }), 200);
      must(await admin.post(`/people/${person.id}/reactivation`, {}, { ifMatch: await versionOf(person) }), 200);
    },
    'an invitation that was redeemed': async (person) => {
      const { body } = await inviteAfresh(person);
      must(await api.send('POST', `/invitations/${body.invitation.token}`, { password: 'seven grey herons on a wire' }), 201);
    },
  };

  test.each(Object.entries(tokenEndings))('ended by %s lets nobody in anywhere, from the next request on', async (_, end) => {
    const world = await makeWorld(['admin', 'auditor']);
    const made = await world.person.post('/me/tokens', {
      name: 'x',
      scopes,
      expiresOn: new Date(Date.now() + 864e5).toISOString().slice(0, 10),
    });
    const byToken = signedIn(api, { ...world.person, token: String(made.body['token']) });
    expect((await byToken.get('/me')).status).toBe(200);
    await end(world.person, String(made.body['id']));
    await ask({ ...world, person: byToken }, all(notSignedIn));
  });

  test('ends nothing but itself when it is taken back', async () => {
    const world = await makeWorld([]);
    const made = await world.person.post('/me/tokens', { name: 'x', scopes, expiresOn: new Date().toISOString().slice(0, 10) });
    must(await world.person.delete(`/me/tokens/${String(made.body['id'])}`), 204);
    await ask(world, { ...inForce, ...withoutRole });
  });
});

describe('what a person is to others counts as it is at the next request', () => {
  test('changed roles', async () => {
    const world = await makeWorld(['admin', 'auditor']);
    const { person } = world;
    must(await admin.patch(`/people/${person.id}`, { roles: ['auditor'] }, { ifMatch: await versionOf(person) }), 200);
    const { 'administration, read': read, 'administration, write': write } = withoutRole;
    expect([verdict(await classes['administration, read'](world)), verdict(await classes['administration, write'](world))]).toEqual([
      read,
      write,
    ]);
    expect((await classes['ledger of all'](world)).status).toBe(200);
    must(await admin.patch(`/people/${person.id}`, { roles: [] }, { ifMatch: await versionOf(person) }), 200);
    await ask(world, { ...inForce, ...withoutRole });
  });

  test('an ended mentorship', async () => {
    const world = await makeWorld([]);
    must(await admin.delete(`/engineers/${world.mentee.id}/mentors/${world.mentorship}`), 204);
    await ask(world, { ...inForce, ...withoutRole, 'mentee, read': notFound, 'mentee, list': notFound, review: notFound });
  });

  test('a mentorship whose time is over', async () => {
    const world = await makeWorld([]);
    await api.database.query(`UPDATE mentorship SET until_at = now() WHERE mentorship_id = $1`, [world.mentorship]);
    await ask(world, { ...inForce, ...withoutRole, 'mentee, read': notFound, 'mentee, list': notFound, review: notFound });
  });

  test('an ended accreditation', async () => {
    const world = await makeWorld([]);
    const { body } = await admin.get<{ items: { id: string }[] }>(`/people/${world.person.id}/accreditations`);
    for (const { id } of body.items) must(await admin.delete(`/people/${world.person.id}/accreditations/${id}`), 204);
    const tooLow: Verdict = [403, 'mentor-level-too-low'];
    await ask(world, { ...inForce, ...withoutRole, review: tooLow, approval: tooLow });
  });

  test('a report who was moved to another manager', async () => {
    const world = await makeWorld([]);
    const other = await makePerson(api);
    must(await admin.put(`/people/${world.report.id}/manager`, { managerId: other.id }, { ifMatch: await versionOf(world.report) }), 200);
    await ask(world, {
      ...inForce,
      ...withoutRole,
      'a report’s progress': notFound,
      'a report’s team': notFound,
      'ledger of somebody': notFound,
    });
    const team = await world.person.get<{ people: { id: string }[] }>('/teams/me/dashboard?skill=sfia-9:ITOP');
    expect(team.body.people.map(({ id }) => id)).not.toContain(world.report.id);
  });

  test('a fresh invitation bars approving and all other judging, and nothing else', async () => {
    const world = await makeWorld([]);
    must(await inviteAfresh(world.person), 200);
    await ask(world, { ...inForce, ...withoutRole, review: notAllowed, approval: notAllowed });
  });
});
