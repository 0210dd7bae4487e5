import {
  type EvidenceBody,
  type LoggedEvidence,
  checkLedger,
  evidencePath,
  ledgerOf,
  logEvidence,
  pinBySql,
  progressOf,
  review,
  seen,
} from '../factories/evidence';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';

type Body = EvidenceBody & { code?: string; errors?: { pointer: string }[] };
const statement = 'sfia-9:ITOP.4.2';

let api: TestApp;
let engineer: TestPerson;
let manager: TestPerson;
let mentor: TestPerson;
let evidence: LoggedEvidence;

beforeAll(async () => {
  api = await startApp();
});
beforeEach(async () => {
  manager = await makePerson(api);
  engineer = await makePerson(api, { manager });
  mentor = await makePerson(api, { name: 'Mentor One' });
  await mentors(api, mentor, engineer, { accreditedTo: 4 });
  evidence = await logEvidence(engineer, {
    supports: [
      { statement, rationale: 'It is mine.' },
      { statement: 'sfia-9:ITOP.5.1', rationale: 'So is this.' },
    ],
  });
});
afterAll(() => api.close());

const judge = (who: TestPerson, body: unknown, of = statement, ifMatch: string | null = evidence.etag): Promise<Answer<Body>> =>
  who.post<Body>(`${evidencePath(engineer, evidence.id)}/supports/${of}/review`, body, ifMatch === null ? {} : { ifMatch });
const accepts = { verdict: 'accepted' };

describe('reviewing a support', () => {
  it('is not for a mentor invited afresh less than 72 hours ago', async () => {
    const until = (when: string) =>
      api.database.query(`UPDATE person SET approvals_barred_until = now() + $2::interval WHERE person_id = $1`, [mentor.id, when]);
    await until('1 hour');
    for (const body of [accepts, { verdict: 'returned', feedback: 'Not yet.' }]) {
      const { status, body: answer } = await judge(mentor, body);
      expect([status, answer.code]).toEqual([403, 'not-allowed']);
    }
    expect((await seen(mentor, engineer, evidence.id)).supports[0]?.actions.review).toMatchObject({ allowed: false, code: 'not-allowed' });
    await until('-1 second');
    expect((await judge(mentor, accepts)).status).toBe(200);
  });

  it('accepts it for the revision that was seen', async () => {
    const { status, body, etag } = await judge(mentor, { verdict: 'accepted', feedback: 'Well shown.' });
    expect([status, etag]).toEqual([200, '"v2"']);
    const [one] = body.supports;
    expect(one).toMatchObject({
      state: 'accepted',
      revision: 1,
      feedback: 'Well shown.',
      reviewedBy: { id: mentor.id, name: 'Mentor One' },
    });
    expect(one?.reviewedAt).toMatch(/^\d{4}-.*Z$/);
    expect((await seen(engineer, engineer, evidence.id)).supports[0]).toMatchObject({ state: 'accepted', feedback: 'Well shown.' });
    expect((await ledgerOf(engineer)).at(-1)).toBe(`support.accepted supports/${statement}`);
    await checkLedger(engineer);
    const [content] = await api.database.query(
      `SELECT l.actor_id, c.body FROM ledger_entry l JOIN record_content c USING (engineer_id, digest) WHERE l.engineer_id = $1 ORDER BY l.seq DESC LIMIT 1`,
      [engineer.id],
    );
    expect(content).toEqual({
      actor_id: mentor.id,
      body: { revision: 1, verdict: 'accepted', feedback: 'Well shown.', rationale: 'It is mine.' },
    });
    const { kept, rebuilt } = await progressOf(api, engineer);
    expect(kept).toMatchObject([{ skill_level_ref: 'sfia-9:ITOP.4', accepted: 1, proposed: 0 }, { proposed: 1 }]);
    expect(rebuilt).toEqual(kept);
  });

  it('returns it with feedback, and may be changed by another mentor', async () => {
    const returned = await judge(mentor, { verdict: 'returned', feedback: 'Which part is yours?' });
    expect(returned.body.supports[0]).toMatchObject({ state: 'returned', feedback: 'Which part is yours?' });
    expect((await progressOf(api, engineer)).kept[0]).toMatchObject({ accepted: 0, proposed: 0 });
    const other = await makePerson(api);
    await mentors(api, other, engineer);
    const accepted = await review(other, engineer, evidence, statement);
    expect(accepted.supports[0]).toMatchObject({ state: 'accepted', feedback: null, reviewedBy: { id: other.id } });
  });

  it.each<[string, unknown, string]>([
    ['no verdict', {}, '/verdict'],
    ['another verdict', { verdict: 'excellent' }, '/verdict'],
    ['a return without feedback', { verdict: 'returned' }, '/feedback'],
    ['a return with nothing said', { verdict: 'returned', feedback: ' ' }, '/feedback'],
    ['a return with null', { verdict: 'returned', feedback: null }, '/feedback'],
    ['empty feedback', { verdict: 'accepted', feedback: '' }, '/feedback'],
    ['unknown fields', { verdict: 'accepted', revision: 2 }, '/revision'],
  ])('refuses %s', async (_, body, pointer) => {
    const answer = await judge(mentor, body);
    expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([400, pointer]);
  });

  it('is of what was seen: not without If-Match, nor after a change', async () => {
    expect((await judge(mentor, accepts, statement, null)).status).toBe(428);
    await engineer.patch(evidencePath(engineer, evidence.id), { title: 'Changed' }, { ifMatch: evidence.etag });
    const { status, body } = await judge(mentor, accepts);
    expect([status, body.code]).toEqual([412, 'stale']);
    expect((await seen(engineer, engineer, evidence.id)).supports[0]?.state).toBe('proposed');
  });

  it('finds no support that is not there or was withdrawn', async () => {
    await engineer.delete(`${evidencePath(engineer, evidence.id)}/supports/${statement}`);
    for (const other of [statement, 'sfia-9:ITOP.4.3', 'nonsense']) expect((await judge(mentor, {}, other, null)).status).toBe(404);
  });
});

describe('who reviews a support', () => {
  const codeOf = async (who: TestPerson, of = statement): Promise<unknown> => {
    // a body that is malformed and no If-Match: who may not at all is told that first
    const { status, body } = await judge(who, { nonsense: 1 }, of, null);
    return `${status} ${body.code}`;
  };

  it('nobody for themselves, even as a mentor of others', async () => {
    expect(await codeOf(engineer)).toBe('403 own-claim');
    const own = await seen(engineer, engineer, evidence.id);
    expect(own.supports[0]?.actions['review']).toMatchObject({ allowed: false, code: 'own-claim' });
  });

  it('no mentor whose level is too low', async () => {
    expect(await codeOf(mentor, 'sfia-9:ITOP.5.1')).toBe('403 mentor-level-too-low');
    const { supports } = await seen(mentor, engineer, evidence.id);
    expect(supports.map(({ actions }) => actions['review'])).toMatchObject([
      { allowed: true },
      { allowed: false, code: 'mentor-level-too-low' },
    ]);
  });

  it('no auditor and no admin by their role', async () => {
    const auditor = await makePerson(api, { roles: ['auditor'] });
    expect(await codeOf(auditor)).toBe('403 not-your-mentee');
    const past = { from: new Date(Date.now() - 9e6), until: new Date(Date.now() - 3e6) };
    await mentors(api, auditor, engineer, past);
    expect(await codeOf(auditor)).toBe('403 mentorship-ended');
    expect(await codeOf(await makePerson(api, { roles: ['admin'] }))).toBe('403 not-allowed');
  });

  it('no mentor whose mentorship has ended, and no stranger: they find nothing', async () => {
    const former = await makePerson(api);
    await mentors(api, former, engineer, { from: new Date(Date.now() - 9e6), until: new Date(Date.now() - 3e6) });
    expect(await codeOf(former)).toBe('404 not-found');
    expect(await codeOf(await makePerson(api))).toBe('404 not-found');
  });

  it('no manager, who finds only what a claim rests on', async () => {
    expect(await codeOf(manager)).toBe('404 not-found');
    await pinBySql(api, engineer, 'sfia-9:ITOP.4', [{ evidenceId: evidence.id, statement }]);
    expect(await codeOf(manager)).toBe('403 line-manager');
    expect(await codeOf(manager, 'sfia-9:ITOP.5.1')).toBe('404 not-found');
  });

  it('a manager who is a mentor too, only where the policy of the level lets them', async () => {
    await mentors(api, manager, engineer);
    expect(await codeOf(manager)).toBe('403 line-manager');
    const [set] = await api.database.query<{ version: number }>(
      `INSERT INTO policy SELECT skill_level_ref, version + 1, accepted_per_statement, may_miss, distinct_evidence, max_age_months, approvals, stepping, true, valid_months, review_days
         FROM policy WHERE skill_level_ref = 'sfia-9:ITOP.4' ORDER BY version DESC LIMIT 1 RETURNING version`,
    );
    const shown = await seen(manager, engineer, evidence.id);
    expect(shown.supports.map(({ actions }) => actions['review']?.code)).toEqual([undefined, 'line-manager']);
    expect((await judge(manager, accepts)).status).toBe(200);
    await api.database.query(`DELETE FROM policy WHERE skill_level_ref = 'sfia-9:ITOP.4' AND version = $1`, [set?.version]);
  });

  it('a mentor who holds the level', async () => {
    const holder = await makePerson(api);
    await mentors(api, holder, engineer, { accreditedTo: null });
    expect(await codeOf(holder)).toBe('403 mentor-level-too-low');
    await mentors(api, holder, await makePerson(api), { accreditedTo: 4 });
    expect((await judge(holder, accepts)).status).toBe(200);
  });
});
