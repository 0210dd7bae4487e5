import type { EvidenceAnswer } from '../../src/evidence/evidence-answers.dto';
import type { LedgerVerificationAnswer } from '../../src/ledger/checkpoints.dto';
import {
  type SeenClaim,
  acceptAll,
  act,
  approval,
  draftClaim,
  logWork,
  logWorkForLevel,
  makeTrio,
  seeClaim,
  signedOffClaim,
  statementRef,
  submittedClaim,
} from '../factories/claims';
import { progressOf } from '../factories/evidence';
import { type TestPerson, byTwoAdmins, makePerson, mentors } from '../factories/people';
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
afterEach(async () => {
  expect((await auditor.get<LedgerVerificationAnswer>('/ledger/verification')).body).toMatchObject({ ok: true });
});

const reason = 'It held the name of a customer.';
const outcome = ({ status, body }: Answer<object>): [number, unknown] => [status, (body as { code?: string }).code];
const see = (person: TestPerson, path: string): Promise<Answer<EvidenceAnswer>> => person.get<EvidenceAnswer>(path);
const tagOf = async (person: TestPerson, path: string): Promise<{ ifMatch: string }> => ({ ifMatch: (await person.get(path)).etag ?? '' });
const redact = async (person: TestPerson, path: string, below: string): Promise<Answer> =>
  person.post(`${path}/${below}/redaction`, { reason }, await tagOf(person, path));

/** In which tables a word still stands. */
async function where(word: string): Promise<string[]> {
  const tables = await api.database.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await api.database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${name} t WHERE strpos(lower(t::text), $1) > 0`,
      [word],
    );
    if ((row?.count ?? 0) > 0) found.push(name);
  }
  return found;
}

async function logged(engineer: TestPerson, word: string): Promise<string> {
  const answer = await engineer.post<{ id: string }>(
    '/engineers/me/evidence',
    {
      title: `Title ${word}`,
      description: `Description ${word}`,
      tags: [word],
      endedOn: '2026-10-01',
      supports: [1, 2].map((n) => ({ statement: statementRef(1, n), rationale: `Rationale ${n}` })),
    },
    { key: word },
  );
  expect(answer.status).toBe(201);
  return `/engineers/${engineer.id}/evidence/${answer.body.id}`;
}

describe('the engineer, before a submission', () => {
  test('takes an older revision out: content, salt and kept answers go, digest and reason stay', async () => {
    const engineer = await makePerson(api);
    const path = await logged(engineer, 'zqolder');
    await engineer.patch(path, { title: 'Title', description: 'Description', tags: [] }, await tagOf(engineer, path));
    expect(await where('zqolder')).toEqual(['idempotent_answer', 'record_content']);
    const [digest] = await api.database.query(`SELECT revision, digest FROM evidence_revision WHERE engineer_id = $1 ORDER BY revision`, [
      engineer.id,
    ]);
    const answer = await redact(engineer, path, 'revisions/1');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      redacts: `${path.slice(path.indexOf('evidence'))}/revisions/1`,
      at: expect.any(String) as string,
      reason,
    });
    const now = await see(engineer, path);
    // the revision of now was not touched
    expect([now.body, now.etag]).toMatchObject([{ revision: 2, title: 'Title', redacted: null }, answer.etag]);
    expect(await where('zqolder')).toEqual([]);
    const old = (await see(engineer, `${path}?revision=1`)).body;
    expect(old).toMatchObject({
      title: 'Redacted',
      description: 'Redacted',
      links: [],
      redacted: { reason, at: expect.any(String) as string },
    });
    expect(
      await api.database.query(`SELECT revision, digest FROM evidence_revision WHERE engineer_id = $1 ORDER BY revision LIMIT 1`, [
        engineer.id,
      ]),
    ).toEqual([digest]);
    const entries = (await engineer.get<{ items: { kind: string; subject: string; actor: string }[] }>('/engineers/me/ledger?limit=100'))
      .body.items;
    expect(entries.at(-1)).toMatchObject({
      kind: 'record.redacted',
      actor: engineer.id,
      subject: `${path.slice(path.indexOf('evidence'))}/revisions/1`,
    });
    expect(outcome(await redact(engineer, path, 'revisions/1'))).toEqual([409, 'already-redacted']);
  });

  test('takes the revision of now out: it goes from lists and search, and the next edit begins anew', async () => {
    const engineer = await makePerson(api);
    const mentor = await makePerson(api);
    await mentors(api, mentor, engineer);
    const path = await logged(engineer, 'zqnow');
    const key = { ...(await tagOf(engineer, path)), key: 'redacted-once' };
    const send = (): Promise<Answer> => engineer.post(`${path}/revisions/1/redaction`, { reason }, key);
    const [first, again] = [await send(), await send()];
    expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 200, 'true']);
    expect((await see(engineer, path)).body).toMatchObject({
      title: 'Redacted',
      tags: [],
      endedOn: '2026-10-01',
      kind: 'work',
      redacted: { reason },
    });
    expect(await where('zqnow')).toEqual([]);
    expect((await engineer.get<{ items: object[] }>('/engineers/me/evidence')).body.items).toMatchObject([{ title: 'Redacted', tags: [] }]);
    expect((await engineer.get<{ items: object[] }>('/engineers/me/evidence?q=zqnow')).body.items).toEqual([]);
    // there is nothing to judge until it is said anew
    const waiting = async (): Promise<object[]> => (await mentor.get<{ supports: { items: object[] } }>('/reviews')).body.supports.items;
    expect(await waiting()).toEqual([]);
    expect((await see(mentor, path)).body.redacted).toMatchObject({ reason });
    const edited = await engineer.patch<EvidenceAnswer>(
      path,
      { title: 'Said anew', description: 'Without it.' },
      await tagOf(engineer, path),
    );
    expect(edited.body).toMatchObject({ revision: 2, title: 'Said anew', endedOn: '2026-10-01', redacted: null });
    expect((await engineer.get<{ items: object[] }>('/engineers/me/evidence?q=anew')).body.items).toHaveLength(1);
    expect(await waiting()).toMatchObject([{ title: 'Said anew' }, { title: 'Said anew' }]);
  });

  test('takes verdicts along with what they were given on: the supports wait, nothing of it counts, nobody judges it', async () => {
    const { engineer, mentor } = await makeTrio(api);
    await logWorkForLevel(engineer, 1);
    const path = `/engineers/${engineer.id}/evidence/${await logWork(engineer, [statementRef(2, 1)])}`;
    const claim = await draftClaim(engineer, 1);
    const { evidenceId = '' } = claim.claim.statements[0]?.evidence[0] ?? {};
    const first = `/engineers/${engineer.id}/evidence/${evidenceId}`;
    const review = async (of: string, statement: string, verdict: object): Promise<Answer> =>
      mentor.post(`${of}/supports/${statement}/review`, verdict, await tagOf(mentor, of));
    expect((await review(first, statementRef(1, 1), { verdict: 'accepted' })).status).toBe(200);
    expect((await review(path, statementRef(2, 1), { verdict: 'returned', feedback: 'Which servers?' })).status).toBe(200);
    const accepted = async (): Promise<unknown> =>
      api.database.query(`SELECT level::int, accepted::int, proposed::int FROM progress WHERE engineer_id = $1 ORDER BY level`, [
        engineer.id,
      ]);
    expect(await accepted()).toEqual([
      { level: 1, accepted: 1, proposed: 1 },
      { level: 2, accepted: 0, proposed: 0 },
    ]);
    for (const one of [first, path]) expect((await redact(engineer, one, 'revisions/1')).status).toBe(200);

    // the verdicts are gone with what was seen, and the ledger says which
    for (const one of [first, path]) {
      const [support] = (await see(mentor, one)).body.supports;
      expect(support).toMatchObject({ state: 'proposed', actions: { review: { allowed: false, code: 'already-redacted' } } });
    }
    const entries = (await auditor.get<{ items: { kind: string; subject: string }[] }>(`/engineers/${engineer.id}/ledger?limit=100`)).body
      .items;
    expect(entries.slice(-4).map(({ kind, subject }) => [kind, subject])).toEqual([
      ['record.redacted', `evidence/${evidenceId}/revisions/1`],
      ['support.reopened', `evidence/${evidenceId}/supports/${statementRef(1, 1)}`],
      ['record.redacted', `${path.slice(path.indexOf('evidence/'))}/revisions/1`],
      ['support.reopened', `${path.slice(path.indexOf('evidence/'))}/supports/${statementRef(2, 1)}`],
    ]);
    const [said] = await api.database.query<{ body: object }>(
      `SELECT k.body FROM ledger_entry y JOIN record_content k USING (engineer_id, digest)
        WHERE engineer_id = $1 AND y.kind = 'support.reopened' ORDER BY y.seq LIMIT 1`,
      [engineer.id],
    );
    expect(said?.body).toMatchObject({ revision: 1, verdict: 'accepted', judgedRevision: 1 });

    // nothing rests on it: progress, readiness and gate agree
    expect(await accepted()).toEqual([
      { level: 1, accepted: 0, proposed: 1 },
      { level: 2, accepted: 0, proposed: 0 },
    ]);
    const { kept, rebuilt } = await progressOf(api, engineer);
    expect(kept).toEqual(rebuilt);
    const readiness = await engineer.get<{ gate: { unmet: object[] } }>('/engineers/me/readiness?skillLevel=sfia-9:ITOP.1');
    expect(readiness.body.gate.unmet).toContainEqual(
      expect.objectContaining({ code: 'statement-without-evidence', statement: statementRef(1, 1) }),
    );
    const seen = await seeClaim(engineer, claim.path);
    expect(seen.claim.statements[0]?.evidence).toMatchObject([{ counts: false, ignored: 'redacted', supportState: 'proposed' }]);
    expect(outcome(await act(engineer, seen, 'submission'))).toEqual([422, 'gate-not-met']);
    for (const verdict of [{ verdict: 'accepted' }, { verdict: 'returned', feedback: 'Say it anew.' }])
      expect(outcome(await review(first, statementRef(1, 1), verdict))).toEqual([409, 'already-redacted']);

    // said anew, it counts and is judged
    await engineer.patch(first, { title: 'Said anew', description: 'Without it.' }, await tagOf(engineer, first));
    expect((await act(engineer, await seeClaim(engineer, claim.path), 'submission')).status).toBe(200);
    expect((await review(first, statementRef(1, 1), { verdict: 'accepted' })).status).toBe(200);
  });

  test('an older revision takes no verdict along', async () => {
    const { engineer, mentor } = await makeTrio(api);
    const path = `/engineers/${engineer.id}/evidence/${await logWork(engineer, [statementRef(1, 1)])}`;
    await engineer.patch(path, { title: 'Another title' }, await tagOf(engineer, path));
    const review = `${path}/supports/${statementRef(1, 1)}/review`;
    expect((await mentor.post(review, { verdict: 'accepted' }, await tagOf(mentor, path))).status).toBe(200);
    expect((await redact(engineer, path, 'revisions/1')).status).toBe(200);
    expect((await see(mentor, path)).body.supports).toMatchObject([{ state: 'accepted', actions: { review: { allowed: true } } }]);
  });

  test('takes every word about a support out, whatever it was reworded to and whoever said it', async () => {
    const engineer = await makePerson(api);
    const mentor = await makePerson(api);
    await mentors(api, mentor, engineer);
    const path = await logged(engineer, 'zqwhole');
    const support = `supports/${statementRef(1, 1)}`;
    await engineer.patch(`${path}/${support}`, { rationale: 'Because of zqwords.' }, await tagOf(engineer, path));
    const review = { verdict: 'returned', feedback: 'Zqwords should not stand here.' };
    expect((await mentor.post(`${path}/${support}/review`, review, await tagOf(mentor, path))).status).toBe(200);
    await engineer.patch(`${path}/${support}`, { rationale: 'Because of zqwords again.' }, await tagOf(engineer, path));
    expect(await where('zqwords')).toEqual(['record_content', 'support']);
    expect((await redact(engineer, path, support)).status).toBe(200);
    expect(await where('zqwords')).toEqual([]);
    const shown = (await see(engineer, path)).body;
    expect(shown.supports[0]).toMatchObject({ rationale: 'Redacted', state: 'proposed' });
    expect(shown.title).toBe('Title zqwhole');
    expect((await mentor.post(`${path}/${support}/review`, { verdict: 'accepted' }, await tagOf(mentor, path))).status).toBe(200);
  });

  test('also about a support that was withdrawn: its words are still kept', async () => {
    const engineer = await makePerson(api);
    const path = await logged(engineer, 'zqwhole2');
    const support = `supports/${statementRef(1, 1)}`;
    await engineer.patch(`${path}/${support}`, { rationale: 'Because of zqtakenback.' }, await tagOf(engineer, path));
    expect((await engineer.delete(`${path}/${support}`, await tagOf(engineer, path))).status).toBe(204);
    expect(await where('zqtakenback')).toEqual(['record_content', 'support']);
    expect(outcome(await redact(engineer, path, support))).toEqual([200, undefined]);
    expect(await where('zqtakenback')).toEqual([]);
    expect(outcome(await redact(engineer, path, support))).toEqual([409, 'already-redacted']);
    // it stays withdrawn, and what was never there is not there
    expect((await see(engineer, path)).body.supports.map(({ statement }) => statement)).not.toContain(statementRef(1, 1));
    expect(outcome(await redact(engineer, path, `supports/${statementRef(5, 1)}`))).toEqual([404, 'not-found']);
  });

  test('only on what they saw, only their own, only what is there, and only with a reason', async () => {
    const engineer = await makePerson(api);
    const mentor = await makePerson(api);
    await mentors(api, mentor, engineer);
    const path = await logged(engineer, 'zqrefused');
    const target = `${path}/revisions/1/redaction`;
    expect(outcome(await engineer.post(target, { reason }))).toEqual([428, 'if-match-required']);
    expect(outcome(await engineer.post(target, { reason }, { ifMatch: '"v9"' }))).toEqual([412, 'stale']);
    expect(outcome(await engineer.post(target, {}, await tagOf(engineer, path)))).toEqual([400, 'malformed']);
    for (const other of [mentor, one, auditor]) expect(outcome(await other.post(target, { reason }))).toEqual([403, 'not-allowed']);
    for (const revision of ['2', '0', '01', '-1', 'x', '1.0', '99999999999']) {
      expect(outcome(await engineer.post(`${path}/revisions/${revision}/redaction`, { reason }))).toEqual([404, 'not-found']);
    }
    expect((await see(engineer, path)).body.title).toBe('Title zqrefused');
  });
});

describe('after a submission', () => {
  test('the engineer does not; two admins do, and what was submitted is not approved on it', async () => {
    const trio = await makeTrio(api);
    const claim = await submittedClaim(trio.engineer, 1);
    const { evidenceId } = claim.claim.statements[0]?.evidence[0] ?? { evidenceId: '' };
    const path = `/engineers/${trio.engineer.id}/evidence/${evidenceId}`;
    expect(outcome(await redact(trio.engineer, path, 'revisions/1'))).toEqual([409, 'evidence-pinned']);
    expect(outcome(await redact(trio.engineer, path, `supports/${statementRef(1, 1)}`))).toEqual([409, 'evidence-pinned']);
    const wanted = { action: 'redact', personId: trio.engineer.id, evidence: evidenceId, revision: 1, reason };
    const waiting = async (): Promise<number[]> =>
      (await trio.mentor.get<{ claims: { items: { waiting: number }[] } }>('/reviews')).body.claims.items.map((item) => item.waiting);
    expect(await waiting()).toEqual([2]);
    const done = await byTwoAdmins<{ redacts: string }>(one, two, wanted);
    expect([done.status, done.body.redacts]).toEqual([200, `evidence/${evidenceId}/revisions/1`]);
    // nobody judges what is gone: it waits for the engineer
    expect(await waiting()).toEqual([1]);
    expect((await see(trio.mentor, path)).body).toMatchObject({ title: 'Redacted', redacted: { reason } });
    const [entry] = (
      await auditor.get<{ items: { kind: string; actor: string }[] }>(`/engineers/${trio.engineer.id}/ledger?limit=100`)
    ).body.items.slice(-1);
    expect(entry).toMatchObject({ kind: 'record.redacted', actor: two.id });
    const { claim: now } = await seeClaim(trio.mentor, claim.path);
    expect(now.statements[0]?.evidence[0]).toMatchObject({ title: 'Redacted', revision: 1 });
    expect(now.statements[0]?.evidence[0]).toMatchObject({ supportState: 'proposed', counts: false, ignored: 'redacted' });
    const verdicts = now.statements.flatMap(({ ref, evidence }) =>
      evidence.map((one) => ({ evidence: one.evidenceId, statement: ref, verdict: 'accepted' })),
    );
    const seen = (): Promise<SeenClaim> => seeClaim(trio.mentor, claim.path);
    expect(outcome(await act(trio.mentor, await seen(), 'reviews', { verdicts }))).toEqual([409, 'already-redacted']);
    expect((await act(trio.mentor, await seen(), 'reviews', { verdicts: verdicts.slice(1) })).status).toBe(200);
    expect(outcome(await act(trio.mentor, await seen(), 'approval', approval(trio.mentor)))).toEqual([422, 'gate-not-met']);
    // the mentor sends it back, and the engineer says it anew
    const changes = { feedback: 'Say it anew.', statements: [{ statement: statementRef(1, 1), feedback: 'It was redacted.' }] };
    expect((await act(trio.mentor, await seen(), 'change-request', changes)).status).toBe(200);
    await trio.engineer.patch(path, { title: 'Said anew', description: 'Without it.' }, await tagOf(trio.engineer, path));
    expect((await act(trio.engineer, await seeClaim(trio.engineer, claim.path), 'submission')).status).toBe(200);
    const accepted = await acceptAll(trio.mentor, claim);
    expect((await act(trio.mentor, accepted, 'approval', approval(trio.mentor))).body).toMatchObject({ state: 'approved' });
    // what is decided stays so, whatever goes of it afterwards
    expect((await byTwoAdmins(one, two, { ...wanted, revision: 2 })).status).toBe(200);
    const decided = (await seen()).claim.statements[0]?.evidence[0];
    expect(decided).toMatchObject({ title: 'Redacted', revision: 2, supportState: 'accepted', counts: true });
    expect((await trio.engineer.get('/engineers/me/progress?skill=sfia-9:ITOP')).body).toMatchObject({ currentLevel: 1 });
    const { kept, rebuilt } = await progressOf(api, trio.engineer);
    expect(kept).toEqual(rebuilt);
    // admins still read nothing of the record
    expect((await one.get(path)).status).toBe(403);
  });

  test('who saw the revision that is gone learns nothing of what was said since', async () => {
    const { engineer, mentor, manager } = await makeTrio(api);
    const claim = await signedOffClaim({ engineer, mentor, manager }, 1);
    const path = `/engineers/${engineer.id}/evidence/${claim.claim.statements[0]?.evidence[0]?.evidenceId ?? ''}`;
    const days = async (person: TestPerson): Promise<unknown[]> => {
      const { revision, kind, startedOn, endedOn, title } = (await see(person, path)).body;
      const { items } = (await person.get<{ items: EvidenceAnswer[] }>(`/engineers/${engineer.id}/evidence`)).body;
      const listed = items.find(({ id }) => path.endsWith(id));
      return [revision, kind, startedOn, endedOn, title, listed?.kind, listed?.startedOn, listed?.endedOn];
    };
    const [, , began, ended] = await days(manager);
    const wanted = { action: 'redact', personId: engineer.id, evidence: path.split('/').at(-1), revision: 1, reason };
    const since = { startedOn: '2026-02-03', endedOn: '2026-11-11', kind: 'lab', title: 'Something else' };
    expect((await engineer.patch(path, since, await tagOf(engineer, path))).status).toBe(200);
    expect((await byTwoAdmins(one, two, wanted)).status).toBe(200);
    expect(await days(manager)).toEqual([1, 'work', null, null, 'Redacted', 'work', null, null]);
    expect(await days(engineer)).toEqual([2, 'lab', '2026-02-03', '2026-11-11', 'Something else', 'lab', '2026-02-03', '2026-11-11']);
    expect([began, ended]).not.toEqual([null, null]);
  });

  test('what a sign-off froze of it stays, unless the two admins say that it goes too', async () => {
    const trio = await makeTrio(api);
    const { claim } = await signedOffClaim(trio, 1);
    const { evidenceId } = claim.statements[0]?.evidence[0] ?? { evidenceId: '' };
    const signOff = `/engineers/${trio.engineer.id}/sign-offs/${claim.signOff?.id ?? ''}`;
    const wanted = { action: 'redact', personId: trio.engineer.id, evidence: evidenceId, statement: statementRef(1, 1), reason };
    expect((await byTwoAdmins(one, two, wanted)).status).toBe(200);
    const frozen = await trio.engineer.get<{ content?: unknown; ledger: { digest: string } }>(signOff);
    expect(JSON.stringify(frozen.body.content)).toContain('The playbooks and the module that drives them are mine.');
    expect((await byTwoAdmins(one, two, { ...wanted, frozen: true })).status).toBe(200);
    const gone = (await trio.engineer.get<{ content?: unknown; ledger: { digest: string } }>(signOff)).body;
    expect([gone.content, gone.ledger.digest]).toEqual([undefined, frozen.body.ledger.digest]);
    for (const part of ['pack', 'badge', 'proof']) expect((await trio.engineer.get(`${signOff}/${part}`)).status).toBeLessThan(500);
    expect((await trio.engineer.get('/engineers/me/progress?skill=sfia-9:ITOP')).body).toMatchObject({ currentLevel: 1 });
    expect((await auditor.get(`/engineers/${trio.engineer.id}/claims/${claim.id}`)).status).toBe(200);
  });

  test('a request names what is in that person’s record, and once', async () => {
    const trio = await makeTrio(api);
    const evidence = await logWork(trio.engineer, [statementRef(1, 1)]);
    await draftClaim(trio.engineer, 1);
    const other = await makePerson(api);
    const wanted = { action: 'redact', personId: trio.engineer.id, evidence, revision: 1, reason };
    const ask = (body: object): Promise<Answer> => one.post('/administration/requests', body);
    expect(outcome(await ask({ ...wanted, personId: other.id }))).toEqual([422, 'evidence-unknown']);
    expect(outcome(await ask({ ...wanted, revision: 2 }))).toEqual([422, 'evidence-unknown']);
    expect(outcome(await ask({ ...wanted, revision: undefined, statement: statementRef(1, 2) }))).toEqual([422, 'evidence-unknown']);
    expect(outcome(await ask({ ...wanted, statement: statementRef(1, 1) }))).toEqual([400, 'malformed']);
    expect(outcome(await ask({ ...wanted, revision: undefined }))).toEqual([400, 'malformed']);
    expect(outcome(await ask({ ...wanted, evidence: undefined }))).toEqual([400, 'malformed']);
    expect(outcome(await ask({ ...wanted, role: 'admin' }))).toEqual([400, 'malformed']);
    expect((await byTwoAdmins(one, two, wanted)).status).toBe(200);
    expect(outcome(await ask(wanted))).toEqual([409, 'already-redacted']);
  });
});
