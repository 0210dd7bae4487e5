import type { EvidenceAnswer } from '../../src/evidence/evidence-answers.dto';
import type { LedgerVerificationAnswer } from '../../src/ledger/checkpoints.dto';
import {
  acceptAll,
  act,
  approval,
  draftClaim,
  logWork,
  makeTrio,
  seeClaim,
  signedOffClaim,
  statementRef,
  submittedClaim,
} from '../factories/claims';
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
    expect((await mentor.get<{ supports: { items: object[] } }>('/reviews')).body.supports.items).toMatchObject([
      { title: 'Redacted' },
      { title: 'Redacted' },
    ]);
    expect((await see(mentor, path)).body.redacted).toMatchObject({ reason });
    const edited = await engineer.patch<EvidenceAnswer>(
      path,
      { title: 'Said anew', description: 'Without it.' },
      await tagOf(engineer, path),
    );
    expect(edited.body).toMatchObject({ revision: 2, title: 'Said anew', endedOn: '2026-10-01', redacted: null });
    expect((await engineer.get<{ items: object[] }>('/engineers/me/evidence?q=anew')).body.items).toHaveLength(1);
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
  test('the engineer does not; two admins do, and the claim is decided all the same', async () => {
    const trio = await makeTrio(api);
    const claim = await submittedClaim(trio.engineer, 1);
    const { evidenceId } = claim.claim.statements[0]?.evidence[0] ?? { evidenceId: '' };
    const path = `/engineers/${trio.engineer.id}/evidence/${evidenceId}`;
    expect(outcome(await redact(trio.engineer, path, 'revisions/1'))).toEqual([409, 'evidence-pinned']);
    expect(outcome(await redact(trio.engineer, path, `supports/${statementRef(1, 1)}`))).toEqual([409, 'evidence-pinned']);
    const wanted = { action: 'redact', personId: trio.engineer.id, evidence: evidenceId, revision: 1, reason };
    const done = await byTwoAdmins<{ redacts: string }>(one, two, wanted);
    expect([done.status, done.body.redacts]).toEqual([200, `evidence/${evidenceId}/revisions/1`]);
    expect((await see(trio.mentor, path)).body).toMatchObject({ title: 'Redacted', redacted: { reason } });
    const [entry] = (
      await auditor.get<{ items: { kind: string; actor: string }[] }>(`/engineers/${trio.engineer.id}/ledger?limit=100`)
    ).body.items.slice(-1);
    expect(entry).toMatchObject({ kind: 'record.redacted', actor: two.id });
    const { claim: now } = await seeClaim(trio.mentor, claim.path);
    expect(now.statements[0]?.evidence[0]).toMatchObject({ title: 'Redacted', revision: 1 });
    const accepted = await acceptAll(trio.mentor, claim);
    expect((await act(trio.mentor, accepted, 'approval', approval(trio.mentor))).body).toMatchObject({ state: 'approved' });
    // admins still read nothing of the record
    expect((await one.get(path)).status).toBe(403);
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
