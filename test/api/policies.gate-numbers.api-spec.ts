import type { PolicyAnswer, PolicyRequest } from '../../src/frameworks/policies.dto';
import { act, draftClaim } from '../factories/claims';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';

let api: TestApp;
let admin: TestPerson;
let engineer: TestPerson;

beforeAll(async () => {
  api = await startApp();
  admin = await makePerson(api, { name: 'Admin One', roles: ['admin'] });
  engineer = await makePerson(api);
});
afterAll(() => api.close());

const numbers: PolicyRequest = {
  acceptedPerStatement: 1,
  mayMiss: 0,
  distinctEvidence: 3,
  maxAgeMonths: 24,
  approvals: 1,
  stepping: 'any',
  lineManagerMayApprove: false,
  validMonths: null,
  reviewDays: 10,
};
const path = (level: number): string => `/policies/sfia-9:ITOP.${level}`;
const versionsOf = async (level: number): Promise<number> => (await engineer.get<PolicyAnswer>(path(level))).body.versions.length;

describe('a policy', () => {
  it.each([
    [1, { distinctEvidence: 1, approvals: 1 }],
    [2, { distinctEvidence: 1, approvals: 1 }],
    [3, { distinctEvidence: 3, approvals: 1 }],
    [4, { distinctEvidence: 3, approvals: 1 }],
    [5, { distinctEvidence: 3, approvals: 2 }],
  ])('of level %d begins with the defaults', async (level, own) => {
    const { status, body, etag } = await engineer.get<PolicyAnswer>(path(level));
    expect([status, etag]).toEqual([200, '"v1"']);
    const first = {
      version: 1,
      ...numbers,
      approversUseTotp: false,
      ...own,
      setBy: null,
      setAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    };
    expect(body).toEqual({ skillLevel: `sfia-9:ITOP.${level}`, ...first, versions: [first] });
  });

  it('is found with its colon written either way', async () => {
    const { body } = await engineer.get<PolicyAnswer>('/policies/sfia-9%3AITOP.4');
    expect(body.skillLevel).toBe('sfia-9:ITOP.4');
    const changed = await admin.put<PolicyAnswer>('/policies/sfia-9%3AITOP.4', { ...numbers, mayMiss: 1 }, { ifMatch: '"v1"' });
    expect([changed.status, changed.body.mayMiss, changed.body.skillLevel]).toEqual([200, 1, 'sfia-9:ITOP.4']);
  });

  it('keeps every version, with who set it and when', async () => {
    const changed = await admin.put<PolicyAnswer>(
      path(3),
      { ...numbers, approvals: 3, validMonths: 36, stepping: 'one-at-a-time', lineManagerMayApprove: true },
      { ifMatch: '"v1"' },
    );
    expect([changed.status, changed.etag]).toEqual([200, '"v2"']);
    const setBy = { id: admin.id, name: 'Admin One' };
    expect(changed.body).toMatchObject({
      version: 2,
      approvals: 3,
      validMonths: 36,
      stepping: 'one-at-a-time',
      lineManagerMayApprove: true,
      setBy,
    });
    expect(changed.body.versions).toMatchObject([
      { version: 2, approvals: 3, setBy },
      { version: 1, approvals: 1, validMonths: null, setBy: null },
    ]);
    expect((await engineer.get<PolicyAnswer>(path(3))).body).toEqual(changed.body);
    const back = await admin.put<PolicyAnswer>(path(3), numbers, { ifMatch: '"v2"' });
    expect(back.body.versions.map(({ version, approvals }) => [version, approvals])).toEqual([
      [3, 1],
      [2, 3],
      [1, 1],
    ]);
  });

  it('gains no version by numbers that are the same', async () => {
    const before = await engineer.get<PolicyAnswer>(path(1));
    const { skillLevel: _1, version: _2, setBy: _3, setAt: _4, versions: _5, ...same } = before.body;
    const answer = await admin.put<PolicyAnswer>(path(1), same, { ifMatch: before.etag ?? '' });
    expect([answer.status, answer.etag]).toEqual([200, before.etag]);
    expect(answer.body).toEqual(before.body);
  });

  it('may ask for more evidence than the level has statements: the gate never does', async () => {
    const { etag } = await engineer.get(path(1));
    const answer = await admin.put<PolicyAnswer>(path(1), { ...numbers, distinctEvidence: 50 }, { ifMatch: etag ?? '' });
    expect([answer.status, answer.body.distinctEvidence]).toEqual([200, 50]);
  });

  it('changes once when twenty change it at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => admin.put(path(5), { ...numbers, reviewDays: 20 + i }, { ifMatch: '"v1"' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...new Array<number>(19).fill(412)]);
    expect(await versionsOf(5)).toBe(2);
  });

  it('is kept: the application may not change or delete a version', async () => {
    const [rights] = await api.database.query<{ update: boolean; delete: boolean }>(
      `SELECT has_table_privilege('touchstone_app', 'policy', 'UPDATE') AS update, has_table_privilege('touchstone_app', 'policy', 'DELETE') AS delete`,
    );
    expect(rights).toEqual({ update: false, delete: false });
  });
});

describe('setting a policy', () => {
  it('asks what was seen', async () => {
    const unsaid = await admin.put(path(2), { ...numbers, mayMiss: 2 });
    expect([unsaid.status, unsaid.body['code']]).toEqual([428, 'if-match-required']);
    const stale = await admin.put(path(2), { ...numbers, mayMiss: 2 }, { ifMatch: '"v7"' });
    expect([stale.status, stale.body['code']]).toEqual([412, 'stale']);
    expect(await versionsOf(2)).toBe(1);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no accepted support', { acceptedPerStatement: 0 }, '/acceptedPerStatement'],
    ['too many accepted supports', { acceptedPerStatement: 11 }, '/acceptedPerStatement'],
    ['fewer than no misses', { mayMiss: -1 }, '/mayMiss'],
    ['too many misses', { mayMiss: 21 }, '/mayMiss'],
    ['no evidence', { distinctEvidence: 0 }, '/distinctEvidence'],
    ['too much evidence', { distinctEvidence: 51 }, '/distinctEvidence'],
    ['no age', { maxAgeMonths: 0 }, '/maxAgeMonths'],
    ['half a month', { maxAgeMonths: 1.5 }, '/maxAgeMonths'],
    ['no approval', { approvals: 0 }, '/approvals'],
    ['too many approvals', { approvals: 6 }, '/approvals'],
    ['text for a number', { approvals: '2' }, '/approvals'],
    ['another stepping', { stepping: 'none' }, '/stepping'],
    ['text for a yes', { lineManagerMayApprove: 'yes' }, '/lineManagerMayApprove'],
    ['no validity', { validMonths: 0 }, '/validMonths'],
    ['too long a validity', { validMonths: 241 }, '/validMonths'],
    ['no days', { reviewDays: 0 }, '/reviewDays'],
    ['null for a number', { reviewDays: null }, '/reviewDays'],
    ['something unknown', { colour: 'blue' }, '/colour'],
  ])('refuses %s', async (_what, wrong, pointer) => {
    const { status, body } = await admin.put(path(2), { ...numbers, ...wrong }, { ifMatch: '"v1"' });
    expect([status, body['code']]).toEqual([400, 'malformed']);
    expect(body['errors']).toEqual([expect.objectContaining({ pointer })]);
    expect(await versionsOf(2)).toBe(1);
  });

  it('names everything that is missing', async () => {
    const { status, body } = await admin.put(path(2), { approvals: 1 }, { ifMatch: '"v1"' });
    expect(status).toBe(400);
    const errors = body['errors'] as { pointer: string; detail: string }[];
    expect(errors.map(({ pointer }) => pointer.slice(1)).sort()).toEqual(
      Object.keys(numbers)
        .filter((name) => name !== 'approvals')
        .sort(),
    );
    expect(errors.every(({ detail }) => detail.includes('must be given'))).toBe(true);
  });

  it.each(['sfia-9:ITOP.6', 'sfia-9:ITOP.8', 'sfia-9:NONE.1', 'sfia-9:ITOP', 'sfia-9:ITOP.4.2', 'nonsense', '%00'])(
    'finds no %s',
    async (ref) => {
      const read = await engineer.get(`/policies/${ref}`);
      expect([read.status, read.body['code']]).toEqual([404, 'not-found']);
      // the level is looked for before the body is read
      const write = await admin.put(`/policies/${ref}`, { nonsense: true });
      expect([write.status, write.body['code']]).toEqual([404, 'not-found']);
    },
  );

  it('is for admins', async () => {
    const auditor = await makePerson(api, { roles: ['auditor'] });
    for (const person of [engineer, auditor]) {
      const { status, body } = await person.put(path(2), { ...numbers, mayMiss: 2 }, { ifMatch: '"v1"' });
      expect([status, body['code']]).toEqual([403, 'not-allowed']);
      expect((await person.get(path(2))).status).toBe(200);
    }
    expect((await api.send('PUT', path(2), numbers)).status).toBe(401);
    expect((await api.send('GET', path(2))).status).toBe(401);
    expect(await versionsOf(2)).toBe(1);
  });
});

describe('nobody changes a rule for themselves', () => {
  const attempt = async (level: number, caller: TestPerson): Promise<unknown> => {
    const { etag } = await caller.get(path(level));
    const before = await versionsOf(level);
    const answer = await caller.put<{ code?: string }>(path(level), { ...numbers, reviewDays: 20 + before }, { ifMatch: etag ?? '' });
    // what is refused leaves no version and no entry
    expect(await versionsOf(level)).toBe(before + (answer.status === 200 ? 1 : 0));
    return answer.status === 200 ? 200 : [answer.status, answer.body.code];
  };
  const refused = [403, 'own-relation'];

  it('not an admin with a claim in the skill, at whichever level, until it is closed', async () => {
    const claimant = await makePerson(api, { roles: ['admin'] });
    expect(await attempt(5, claimant)).toBe(200);
    const claim = await draftClaim(claimant, 1);
    expect(await attempt(5, claimant)).toEqual(refused);
    expect(await attempt(1, claimant)).toEqual(refused);
    expect((await act(claimant, claim, 'withdrawal')).status).toBe(200);
    expect(await attempt(1, claimant)).toBe(200);
  });

  it('not an admin who is mentored in the skill, nor one who mentors, from tomorrow on too; once it is over, they may', async () => {
    const mentored = await makePerson(api, { roles: ['admin'] });
    const mentoring = await makePerson(api, { roles: ['admin'] });
    const tomorrow = new Date(Date.now() + 86_400_000);
    const ended = { until: new Date(Date.now() - 1_000) };
    await mentors(api, engineer, mentored, ended);
    await mentors(api, mentoring, engineer, ended);
    expect([await attempt(1, mentored), await attempt(1, mentoring)]).toEqual([200, 200]);
    await mentors(api, await makePerson(api), mentored, { from: tomorrow });
    await mentors(api, mentoring, engineer);
    expect(await attempt(1, mentored)).toEqual(refused);
    expect(await attempt(1, mentoring)).toEqual(refused);
    expect(await attempt(1, admin)).toBe(200);
  });

  it('is told before the body is read and before the version is looked at', async () => {
    const claimant = await makePerson(api, { roles: ['admin'] });
    await draftClaim(claimant, 1);
    for (const options of [{}, { ifMatch: '"v1"' }, { raw: '{"not": json' }]) {
      const { status, body } = await claimant.put<{ code: string }>(path(3), {}, options);
      expect([status, body.code]).toEqual(refused);
    }
    expect((await claimant.put(`/policies/sfia-9:ITOP.7`, {})).status).toBe(404);
    expect((await engineer.put<{ code: string }>(path(3), {})).body.code).toBe('not-allowed');
  });

  it('is decided under lock: of a claim and a change at the same moment, one comes first', async () => {
    for (let round = 0; round < 5; round += 1) {
      const both = await makePerson(api, { roles: ['admin'] });
      const { etag } = await both.get(path(2));
      const [set, drafted] = await Promise.all([
        both.put<{ code?: string }>(path(2), { ...numbers, reviewDays: 30 + round }, { ifMatch: etag ?? '' }),
        both.post('/engineers/me/claims', { skillLevel: 'sfia-9:ITOP.2', summary: 'Mine.' }),
      ]);
      expect(drafted.status).toBe(201);
      expect([200, 403]).toContain(set.status);
      expect(await attempt(2, both)).toEqual(refused);
    }
  });
});
