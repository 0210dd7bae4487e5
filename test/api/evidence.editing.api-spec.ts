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
  setClaimState,
  support,
} from '../factories/evidence';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';

type Body = EvidenceBody & { code?: string; errors?: { pointer: string }[] };

let api: TestApp;
let mentor: TestPerson;

beforeAll(async () => {
  api = await startApp();
  mentor = await makePerson(api);
});
afterAll(() => api.close());

/** An engineer with evidence that shows three statements of two levels: accepted, returned and proposed. */
async function reviewed(): Promise<{ engineer: TestPerson; evidence: LoggedEvidence }> {
  const engineer = await makePerson(api);
  await mentors(api, mentor, engineer, { accreditedTo: 5 });
  const { id } = await logEvidence(engineer, {
    tags: ['ansible'],
    links: [{ url: 'https://git.example/a', label: 'Code' }],
    endedOn: '2024-06-30',
    supports: ['sfia-9:ITOP.3.1', 'sfia-9:ITOP.4.2', 'sfia-9:ITOP.4.3'].map((statement) => ({ statement, rationale: 'It is mine.' })),
  });
  await review(mentor, engineer, { id }, 'sfia-9:ITOP.3.1', 'accepted', 'Well shown.');
  await review(mentor, engineer, { id }, 'sfia-9:ITOP.4.2', 'returned', 'Which part is yours?');
  return { engineer, evidence: await seen(engineer, engineer, id) };
}

const patch = (engineer: TestPerson, { id, etag }: LoggedEvidence, body: unknown): Promise<Answer<Body>> =>
  engineer.patch<Body>(evidencePath(engineer, id), body, { ifMatch: etag });
const archive = (engineer: TestPerson, { id, etag }: LoggedEvidence): Promise<Answer<Body>> =>
  engineer.post<Body>(`${evidencePath(engineer, id)}/archival`, undefined, { ifMatch: etag });
const states = ({ supports }: EvidenceBody): unknown[] => supports.map(({ state, revision }) => [state, revision]);

describe('editing evidence', () => {
  it('makes a new revision whose supports are all proposed again, with the difference for the reviewer', async () => {
    const { engineer, evidence } = await reviewed();
    const before = (await ledgerOf(engineer)).length;
    const { status, body, etag } = await patch(engineer, evidence, { outcome: 'Two hours a month.', role: null, tags: ['terraform'] });
    expect([status, etag, body.revision, body.outcome, body.role, body.title]).toEqual([
      200,
      '"v4"',
      2,
      'Two hours a month.',
      null,
      evidence.title,
    ]);
    expect(states(body)).toEqual([
      ['proposed', 2],
      ['proposed', 2],
      ['proposed', 2],
    ]);
    const seenByMentor = await seen(mentor, engineer, evidence.id);
    const difference = [
      { field: 'outcome', before: null, after: 'Two hours a month.' },
      { field: 'role', before: 'alone', after: null },
      { field: 'tags', before: ['ansible'], after: ['terraform'] },
    ];
    expect(seenByMentor.supports).toMatchObject([
      { feedback: null, reviewedBy: null, reopened: { verdict: 'accepted', revision: 1, feedback: 'Well shown.', difference } },
      { feedback: null, reviewedBy: null, reopened: { verdict: 'returned', revision: 1, feedback: 'Which part is yours?', difference } },
      { feedback: null, reviewedBy: null },
    ]);
    expect(seenByMentor.supports[2]).not.toHaveProperty('reopened');
    expect((await ledgerOf(engineer)).slice(before)).toEqual([
      'evidence.revised',
      'support.reopened supports/sfia-9:ITOP.3.1',
      'support.reopened supports/sfia-9:ITOP.4.2',
    ]);
    await checkLedger(engineer);
    const { kept, rebuilt } = await progressOf(api, engineer);
    expect(kept).toMatchObject([
      { skill_level_ref: 'sfia-9:ITOP.3', accepted: 0, proposed: 1, last_evidence_on: '2024-06-30' },
      { skill_level_ref: 'sfia-9:ITOP.4', accepted: 0, proposed: 2 },
    ]);
    expect(rebuilt).toEqual(kept);
    const again = await review(mentor, engineer, evidence, 'sfia-9:ITOP.3.1');
    expect(again.supports[0]).toMatchObject({ state: 'accepted', revision: 2, feedback: null, reviewedBy: { id: mentor.id } });
    expect(again.supports[0]).not.toHaveProperty('reopened');
  });

  it('keeps every verdict when only tags and labels of links change', async () => {
    const { engineer, evidence } = await reviewed();
    const before = (await ledgerOf(engineer)).length;
    const { body } = await patch(engineer, evidence, { tags: ['terraform'], links: [{ url: 'https://git.example/a' }] });
    expect(states(body)).toEqual([
      ['accepted', 2],
      ['returned', 2],
      ['proposed', 2],
    ]);
    expect(body.supports[0]).toMatchObject({ feedback: 'Well shown.' });
    expect((await ledgerOf(engineer)).slice(before)).toEqual(['evidence.revised']);
  });

  it('keeps old revisions, for those who may see them', async () => {
    const { engineer, evidence } = await reviewed();
    await patch(engineer, evidence, { title: 'Patching, all of it', startedOn: null, endedOn: null });
    const [old, current] = await Promise.all([1, 2].map((n) => mentor.get<Body>(`${evidencePath(engineer, evidence.id)}?revision=${n}`)));
    expect(old?.body).toMatchObject({ revision: 1, title: evidence.title, endedOn: '2024-06-30' });
    expect(current?.body).toMatchObject({ revision: 2, title: 'Patching, all of it', startedOn: null, endedOn: null });
    expect(old?.body.history.map(({ revision }) => revision)).toEqual([1, 2]);
    expect(old?.etag).toBe(current?.etag);
    const answers = await Promise.all(['3', '0', 'x'].map((n) => engineer.get(`${evidencePath(engineer, evidence.id)}?revision=${n}`)));
    expect(answers.map(({ status }) => status)).toEqual([404, 400, 400]);
  });

  it('makes no revision where nothing changes', async () => {
    const { engineer, evidence } = await reviewed();
    const before = (await ledgerOf(engineer)).length;
    for (const change of [{}, { title: ` ${evidence.title}`, tags: ['ANSIBLE'], outcome: null }]) {
      const { status, body, etag } = await patch(engineer, evidence, change);
      expect([status, body.revision, etag]).toEqual([200, 1, evidence.etag]);
    }
    expect(await ledgerOf(engineer)).toHaveLength(before);
  });

  it('changes what counts when the kind changes', async () => {
    const { engineer, evidence } = await reviewed();
    await patch(engineer, evidence, { kind: 'training' });
    const { kept, rebuilt } = await progressOf(api, engineer);
    expect(kept.map(({ accepted, proposed }) => [accepted, proposed])).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(rebuilt).toEqual(kept);
  });

  it.each<[string, unknown, string]>([
    ['a title taken away', { title: null }, '/title'],
    ['an empty description', { description: '' }, '/description'],
    ['a first day after the last one that stands', { startedOn: '2024-07-01' }, '/startedOn'],
    ['a last day before the first one that stands', { endedOn: '2024-01-01' }, '/endedOn'],
    ['a day in the future', { endedOn: '2999-01-01' }, '/endedOn'],
    ['a link that is no http', { links: [{ url: 'mailto:a@b.example' }] }, '/links/0/url'],
    ['supports', { supports: [] }, '/supports'],
    ['a revision', { revision: 7 }, '/revision'],
    ['links that are null', { links: null }, '/links'],
  ])('refuses %s', async (_, change, pointer) => {
    const engineer = await makePerson(api);
    const evidence = await logEvidence(engineer, { endedOn: '2024-06-30' });
    const { status, body } = await patch(engineer, evidence, change);
    expect([status, body.code, body.errors?.[0]?.pointer]).toEqual([400, 'malformed', pointer]);
    expect(await seen(engineer, engineer, evidence.id)).toEqual(evidence);
  });

  it('needs the version that was seen', async () => {
    const { engineer, evidence } = await reviewed();
    const without = await engineer.patch<Body>(evidencePath(engineer, evidence.id), { title: 'x' });
    expect([without.status, without.body.code]).toEqual([428, 'if-match-required']);
    await patch(engineer, evidence, { title: 'One' });
    const stale = await patch(engineer, evidence, { title: 'Two' });
    expect([stale.status, stale.body.code]).toEqual([412, 'stale']);
    expect((await archive(engineer, evidence)).status).toBe(412);
    expect((await engineer.post(`${evidencePath(engineer, evidence.id)}/archival`)).status).toBe(428);
    // what is malformed is said before what is stale
    expect((await patch(engineer, evidence, { title: '' })).status).toBe(400);
  });

  it('is for the engineer alone, and for evidence that is there', async () => {
    const { engineer, evidence } = await reviewed();
    const [other, stranger] = [await logEvidence(await makePerson(api)), await makePerson(api)];
    const answers = [
      await mentor.patch(evidencePath(engineer, evidence.id), {}, { ifMatch: evidence.etag }),
      await mentor.post(`${evidencePath(engineer, evidence.id)}/archival`, undefined, { ifMatch: evidence.etag }),
      await stranger.patch(evidencePath(engineer, evidence.id), {}, { ifMatch: evidence.etag }),
      // before anything is said of the body or of If-Match
      await engineer.patch(evidencePath(engineer, other.id), { nonsense: 1 }),
      await engineer.patch(evidencePath(engineer, 'nonsense'), {}),
      await engineer.post(`${evidencePath(engineer, other.id)}/archival`),
    ];
    expect(answers.map(({ body }) => body['code'])).toEqual([
      'not-allowed',
      'not-allowed',
      'not-found',
      'not-found',
      'not-found',
      'not-found',
    ]);
  });
});

describe('archiving evidence', () => {
  it('takes it out of the lists for good, and lowers progress', async () => {
    const { engineer, evidence } = await reviewed();
    const { status, body } = await archive(engineer, evidence);
    expect([status, body.state]).toEqual([200, 'archived']);
    expect(Object.values(body.actions).map(({ code }) => code)).toEqual(['evidence-archived', 'evidence-archived', 'evidence-archived']);
    const lists = await Promise.all(
      ['', '?state=archived'].map((query) => engineer.get<{ items: { id: string }[] }>(`${evidencePath(engineer)}${query}`)),
    );
    expect(lists.map((list) => list.body.items.map(({ id }) => id))).toEqual([[], [evidence.id]]);
    expect((await ledgerOf(engineer)).at(-1)).toBe('evidence.archived');
    await checkLedger(engineer);
    const { kept, rebuilt } = await progressOf(api, engineer);
    expect(kept.map(({ accepted, proposed }) => [accepted, proposed])).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(rebuilt).toEqual(kept);
  });

  it('leaves nothing to do', async () => {
    const { engineer, evidence } = await reviewed();
    await archive(engineer, evidence);
    const now = await seen(engineer, engineer, evidence.id);
    const path = evidencePath(engineer, evidence.id);
    const options = { ifMatch: now.etag };
    const answers = [
      await patch(engineer, now, { title: 'x' }),
      await archive(engineer, now),
      await engineer.post(`${path}/supports`, { statement: 'sfia-9:ITOP.4.4', rationale: 'x' }, options),
      await engineer.patch(`${path}/supports/sfia-9:ITOP.4.2`, { rationale: 'x' }, options),
      await engineer.delete(`${path}/supports/sfia-9:ITOP.4.2`),
      await mentor.post(`${path}/supports/sfia-9:ITOP.4.2/review`, { verdict: 'accepted' }, options),
    ];
    expect(answers.map(({ status, body }) => [status, body['code']])).toEqual(answers.map(() => [409, 'evidence-archived']));
  });
});

describe('evidence that a submitted claim rests on', () => {
  it('is locked while the submission stands, and free again after it', async () => {
    const { engineer, evidence } = await reviewed();
    const pin = { evidenceId: evidence.id, statement: 'sfia-9:ITOP.3.1' };
    const claim = await pinBySql(api, engineer, 'sfia-9:ITOP.3', [pin]);
    const now = await seen(engineer, engineer, evidence.id);
    const codes = ({ actions }: EvidenceBody): unknown[] => [actions['edit']?.code, actions['archive']?.code, actions['addSupport']?.code];
    expect(codes(now)).toEqual(['evidence-locked', 'evidence-locked', undefined]);
    expect(now.supports.map(({ actions }) => actions['edit']?.code)).toEqual(['evidence-locked', undefined, undefined]);
    const before = (await ledgerOf(engineer)).length;
    for (const change of [{ title: 'x' }, { tags: [] }, {}]) {
      expect((await patch(engineer, now, change)).body.code).toBe('evidence-locked');
    }
    expect((await archive(engineer, now)).body.code).toBe('evidence-locked');
    expect(await ledgerOf(engineer)).toHaveLength(before);
    expect((await seen(engineer, engineer, evidence.id)).etag).toBe(now.etag);
    await setClaimState(api, claim, 'changes-requested');
    expect((await patch(engineer, now, { title: 'x' })).status).toBe(200);
  });

  it('is free where only an earlier submission pinned it', async () => {
    const { engineer, evidence } = await reviewed();
    await pinBySql(api, engineer, 'sfia-9:ITOP.3', [{ evidenceId: evidence.id, statement: 'sfia-9:ITOP.3.1' }]);
    await api.database.query(
      `INSERT INTO claim_submission SELECT engineer_id, claim_id, 2, at, submitted_on, digest FROM claim_submission WHERE engineer_id = $1`,
      [engineer.id],
    );
    await api.database.query(`UPDATE claim SET submission = 2 WHERE engineer_id = $1`, [engineer.id]);
    expect((await patch(engineer, evidence, { title: 'x' })).status).toBe(200);
  });

  it('takes new supports, and lets those to other levels go', async () => {
    const { engineer, evidence } = await reviewed();
    await pinBySql(api, engineer, 'sfia-9:ITOP.3', [{ evidenceId: evidence.id, statement: 'sfia-9:ITOP.3.1' }]);
    const path = evidencePath(engineer, evidence.id);
    const { etag, supports } = await support(engineer, evidence, 'sfia-9:ITOP.3.2');
    expect(supports).toHaveLength(4);
    const options = { ifMatch: etag };
    for (const statement of ['sfia-9:ITOP.3.1', 'sfia-9:ITOP.3.2']) {
      expect((await engineer.patch(`${path}/supports/${statement}`, { rationale: 'x' }, options)).body['code']).toBe('evidence-locked');
      expect((await engineer.delete(`${path}/supports/${statement}`)).body['code']).toBe('evidence-locked');
    }
    expect((await engineer.patch(`${path}/supports/sfia-9:ITOP.4.2`, { rationale: 'x' }, options)).status).toBe(200);
    expect((await engineer.delete(`${path}/supports/sfia-9:ITOP.4.3`)).status).toBe(204);
  });

  it('is still reviewed, until somebody has approved', async () => {
    const { engineer, evidence } = await reviewed();
    const other = await makePerson(api);
    await pinBySql(api, engineer, 'sfia-9:ITOP.4', [{ evidenceId: evidence.id, statement: 'sfia-9:ITOP.4.2' }], { approvedBy: other });
    const path = `${evidencePath(engineer, evidence.id)}/supports`;
    const now = await seen(mentor, engineer, evidence.id);
    expect(now.supports.map(({ actions }) => actions['review']?.code)).toEqual([undefined, 'claim-state', undefined]);
    const refused = await mentor.post(`${path}/sfia-9:ITOP.4.2/review`, { verdict: 'accepted' }, { ifMatch: now.etag });
    expect([refused.status, refused.body['code']]).toEqual([409, 'claim-state']);
    const free = await mentor.post(`${path}/sfia-9:ITOP.4.3/review`, { verdict: 'accepted' }, { ifMatch: now.etag });
    expect(free.status).toBe(200);
    await api.database.query(`DELETE FROM approval WHERE engineer_id = $1`, [engineer.id]);
    expect((await review(mentor, engineer, evidence, 'sfia-9:ITOP.4.2')).supports[1]?.state).toBe('accepted');
  });
});
