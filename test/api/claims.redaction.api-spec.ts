import type { ClaimAnswer, ClaimHistoryItem } from '../../src/claims/claim-answers.dto';
import type { SignOffAnswer } from '../../src/claims/sign-offs.dto';
import type { LedgerVerificationAnswer } from '../../src/ledger/checkpoints.dto';
import {
  type SeenClaim,
  acceptAll,
  acceptedClaim,
  act,
  approval,
  draftClaim,
  logWorkForLevel,
  makeTrio,
  seeClaim,
  statementRef,
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

const reason = 'It held a password.';
const outcome = ({ status, body }: Answer<object>): [number, unknown] => [status, (body as { code?: string }).code];
const redactedBy = (person: TestPerson): object => ({ at: expect.any(String) as string, by: { id: person.id, name: person.name }, reason });

let everywhere: string | undefined;
/** In which tables a word still stands. */
async function where(word: string): Promise<string[]> {
  if (everywhere === undefined) {
    const tables = await api.database.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`,
    );
    everywhere = tables
      .map(({ name }) => `SELECT '${name}' AS name WHERE EXISTS (SELECT 1 FROM ${name} t WHERE strpos(lower(t::text), $1) > 0)`)
      .join(' UNION ALL ');
  }
  const rows = await api.database.query<{ name: string }>(`${everywhere} ORDER BY name`, [word]);
  return rows.map(({ name }) => name);
}

const claimed = (engineer: TestPerson, summary: string, level = 1): Promise<Answer<ClaimAnswer>> =>
  engineer.post<ClaimAnswer>(
    '/engineers/me/claims',
    { skillLevel: `sfia-9:ITOP.${level}`, summary },
    { key: summary.replace(/[^a-z]/gi, '') },
  );
const pathOf = (engineer: TestPerson, id: string): string => `/engineers/${engineer.id}/claims/${id}`;
const edit = async (engineer: TestPerson, path: string, change: object): Promise<SeenClaim> => {
  const answer = await engineer.patch(path, change, { ifMatch: (await seeClaim(engineer, path)).etag });
  expect(answer.status).toBe(200);
  return seeClaim(engineer, path);
};
const redact = async (person: TestPerson, path: string): Promise<Answer<{ redacts: string }>> =>
  person.post(`${path}/redaction`, { reason }, { ifMatch: (await person.get(path)).etag ?? '' });
const entriesOf = async (engineer: TestPerson): Promise<{ kind: string; subject: string; actor: string; digest: string }[]> =>
  (await engineer.get<{ items: { kind: string; subject: string; actor: string; digest: string }[] }>('/engineers/me/ledger?limit=100')).body
    .items;
const itemOf = ({ claim }: SeenClaim, kind: string): ClaimHistoryItem => {
  const item = claim.history.find((happened) => happened.kind === kind);
  if (item === undefined) throw new Error(`no ${kind}`);
  return item;
};

describe('the engineer, before a submission', () => {
  test('takes every own word about a claim out: content, salt, columns and kept answers go, digests and reason stay', async () => {
    const { engineer } = await makeTrio(api);
    await logWorkForLevel(engineer, 1);
    const drafted = await claimed(engineer, 'Everybody knows zqdraft.');
    const path = pathOf(engineer, drafted.body.id);
    const noOpportunity = [{ statement: statementRef(1, 2), reason: 'Zqdraft is what they use.' }];
    await edit(engineer, path, { noOpportunity });
    const before = await entriesOf(engineer);
    expect(await where('zqdraft')).toEqual(['claim', 'claim_no_opportunity', 'idempotent_answer', 'record_content']);

    const answer = await redact(engineer, path);
    expect([answer.status, answer.body]).toEqual([
      200,
      { redacts: `claims/${drafted.body.id}/words`, at: expect.any(String) as string, reason },
    ]);
    expect(await where('zqdraft')).toEqual([]);
    const seen = await seeClaim(engineer, path);
    expect([seen.etag, seen.claim.state, seen.claim.summary]).toEqual([answer.etag, 'draft', 'Redacted']);
    expect(seen.claim.statements[1]?.noOpportunity).toBe('Redacted');
    expect(seen.claim.history.map(({ kind, redacted }) => [kind, redacted])).toEqual([
      ['claim.drafted', redactedBy(engineer)],
      ['claim.edited', redactedBy(engineer)],
    ]);
    const after = await entriesOf(engineer);
    expect(after.slice(0, -1)).toEqual(before);
    expect(after.at(-1)).toMatchObject({ kind: 'record.redacted', subject: `claims/${drafted.body.id}/words`, actor: engineer.id });
    expect(outcome(await redact(engineer, path))).toEqual([409, 'already-redacted']);

    // it is said anew before it is submitted, or not at all
    expect(seen.claim.actions.submit).toMatchObject({ allowed: false, code: 'already-redacted' });
    expect(outcome(await act(engineer, seen, 'submission'))).toEqual([409, 'already-redacted']);
    const anew = await edit(engineer, path, { summary: 'Said anew.' });
    expect(anew.claim.actions.submit).toEqual({ allowed: true });
    expect((await act(engineer, anew, 'submission')).status).toBe(200);
  });

  test('a reason that was redacted is none: the statement is short again', async () => {
    const { engineer } = await makeTrio(api);
    await api.database.query(
      `UPDATE policy SET may_miss = 1 WHERE skill_level_ref = 'sfia-9:ITOP.2' AND version = (SELECT max(version) FROM policy WHERE skill_level_ref = 'sfia-9:ITOP.2')`,
    );
    try {
      const { body } = await claimed(engineer, 'Level two, zqreason.', 2);
      const path = pathOf(engineer, body.id);
      const noOpportunity = [{ statement: statementRef(2, 1), reason: 'Zqreason is elsewhere.' }];
      const short = ({ claim }: SeenClaim): unknown =>
        claim.gate.unmet.filter(({ code, blocks }) => code === 'statement-without-evidence' && blocks === 'submission').length;
      expect(short(await edit(engineer, path, { noOpportunity }))).toBe(2);
      expect((await redact(engineer, path)).status).toBe(200);
      expect(short(await seeClaim(engineer, path))).toBe(3);
      expect(await where('zqreason')).toEqual([]);
    } finally {
      await api.database.query(`UPDATE policy SET may_miss = 0 WHERE skill_level_ref = 'sfia-9:ITOP.2'`);
    }
  });

  test('also why it was withdrawn; only on what they saw, only their own, only with a reason', async () => {
    const { engineer, mentor, manager } = await makeTrio(api);
    const { body } = await claimed(engineer, 'It is zqwithdrawn.');
    const path = pathOf(engineer, body.id);
    expect((await act(engineer, await seeClaim(engineer, path), 'withdrawal', { reason: 'Since zqwithdrawn.' })).status).toBe(200);
    const target = `${path}/redaction`;
    expect(outcome(await engineer.post(target, { reason }))).toEqual([428, 'if-match-required']);
    expect(outcome(await engineer.post(target, { reason }, { ifMatch: '"v9"' }))).toEqual([412, 'stale']);
    expect(outcome(await engineer.post(target, {}, { ifMatch: '"v9"' }))).toEqual([400, 'malformed']);
    for (const other of [mentor, manager, one, auditor])
      expect(outcome(await other.post(target, { reason }))).toEqual([403, 'not-allowed']);
    expect((await seeClaim(engineer, path)).claim.summary).toBe('It is zqwithdrawn.');
    expect((await redact(engineer, path)).status).toBe(200);
    expect(await where('zqwithdrawn')).toEqual([]);
    expect((await seeClaim(engineer, path)).claim.state).toBe('withdrawn');
  });
});

describe('after a submission', () => {
  test('the engineer does not; two admins do, and what was submitted is submitted anew', async () => {
    const trio = await makeTrio(api);
    const { engineer, mentor } = trio;
    await logWorkForLevel(engineer, 1);
    const { body } = await claimed(engineer, 'My zqsubmitted.');
    const path = pathOf(engineer, body.id);
    expect((await act(engineer, await seeClaim(engineer, path), 'submission')).status).toBe(200);
    expect(outcome(await redact(engineer, path))).toEqual([409, 'claim-state']);
    const accepted = await acceptAll(mentor, await seeClaim(mentor, path));
    expect(accepted.claim.actions.approve).toEqual({ allowed: true });

    const wanted = { action: 'redact', personId: engineer.id, claim: body.id, reason };
    const done = await byTwoAdmins<{ redacts: string }>(one, two, wanted);
    expect([done.status, done.body.redacts]).toEqual([200, `claims/${body.id}/words`]);
    // what was submitted is frozen: it stays until both say so
    expect(await where('zqsubmitted')).toEqual(['record_content']);
    expect(outcome(await act(mentor, accepted, 'approval', approval(mentor)))).toEqual([412, 'stale']);
    const gone = async (): Promise<void> => {
      const seen = await seeClaim(mentor, path);
      expect([seen.claim.state, seen.claim.summary]).toEqual(['submitted', 'Redacted']);
      expect(seen.claim.actions.approve).toMatchObject({ allowed: false, code: 'already-redacted' });
      expect(seen.claim.actions.requestChanges).toEqual({ allowed: true });
      expect(outcome(await act(mentor, seen, 'approval', approval(mentor)))).toEqual([409, 'already-redacted']);
    };
    await gone();
    expect((await byTwoAdmins(one, two, { ...wanted, frozen: true })).status).toBe(200);
    expect(await where('zqsubmitted')).toEqual([]);
    await gone();
    expect(itemOf(await seeClaim(mentor, path), 'claim.submitted').redacted).toEqual(redactedBy(two));
    expect(outcome(await one.post('/administration/requests', wanted))).toEqual([409, 'already-redacted']);

    // sent back, said anew, submitted anew: that is approved
    const changes = { feedback: 'Say it anew.', statements: [{ statement: statementRef(1, 1), feedback: 'As before.' }] };
    expect((await act(mentor, await seeClaim(mentor, path), 'change-request', changes)).status).toBe(200);
    expect(outcome(await act(engineer, await seeClaim(engineer, path), 'submission'))).toEqual([409, 'already-redacted']);
    expect((await act(engineer, await edit(engineer, path, { summary: 'Said anew.' }), 'submission')).status).toBe(200);
    const approved = await act(mentor, await seeClaim(mentor, path), 'approval', approval(mentor));
    expect([approved.status, approved.body.state]).toEqual([200, 'approved']);
  }, 90_000);

  test('what a mentor said: of a change request, of a refusal; the state stays', async () => {
    const { engineer, mentor } = await makeTrio(api);
    await logWorkForLevel(engineer, 1);
    const { body } = await claimed(engineer, 'Decided upon.');
    const path = pathOf(engineer, body.id);
    expect((await act(engineer, await seeClaim(engineer, path), 'submission')).status).toBe(200);
    const changes = { feedback: 'Not zqchanges.', statements: [{ statement: statementRef(1, 1), feedback: 'Zqchanges.' }] };
    expect((await act(mentor, await seeClaim(mentor, path), 'change-request', changes)).status).toBe(200);
    expect((await act(engineer, await seeClaim(engineer, path), 'submission')).status).toBe(200);
    expect((await act(mentor, await seeClaim(mentor, path), 'refusal', { reason: 'For zqrefused.' })).status).toBe(200);
    const wanted = { action: 'redact', personId: engineer.id, claim: body.id, reason };
    for (const [kind, word] of [
      ['claim.changes-requested', 'zqchanges'],
      ['claim.refused', 'zqrefused'],
    ] as const) {
      expect(await where(word)).toContain('record_content');
      const { entry } = itemOf(await seeClaim(engineer, path), kind);
      const done = await byTwoAdmins<{ redacts: string }>(one, two, { ...wanted, entry });
      expect([done.status, done.body.redacts]).toEqual([200, `claims/${body.id}/entries/${entry}`]);
      expect(await where(word)).toEqual([]);
      const seen = await seeClaim(engineer, path);
      const { feedback, reason: said, statements, redacted } = itemOf(seen, kind);
      expect([feedback, said, statements, redacted]).toEqual([undefined, undefined, undefined, redactedBy(two)]);
      expect([seen.claim.state, seen.claim.summary]).toEqual(['refused', 'Decided upon.']);
    }
  });

  test('what one of two approvers said, before the other has: that submission is not approved any more', async () => {
    const trio = await makeTrio(api);
    const second = await makePerson(api);
    await mentors(api, second, trio.engineer);
    const claim = await acceptedClaim(trio, 5);
    const note = { essence: { met: true, note: 'As zqnote shows.' } };
    const given = await act(trio.mentor, claim, 'approval', approval(trio.mentor, note));
    expect([given.status, given.body.state]).toEqual([200, 'submitted']);
    const { entry } = itemOf(await seeClaim(second, claim.path), 'claim.approved');
    expect((await byTwoAdmins(one, two, { action: 'redact', personId: trio.engineer.id, claim: claim.id, entry, reason })).status).toBe(
      200,
    );
    expect(await where('zqnote')).toEqual([]);
    const seen = await seeClaim(second, claim.path);
    expect(seen.claim.approvals).toMatchObject([
      { mentor: { id: trio.mentor.id, name: trio.mentor.name }, meaning: 'Redacted', essence: { met: true, note: 'Redacted' } },
    ]);
    expect(outcome(await act(second, seen, 'approval', approval(second)))).toEqual([409, 'already-redacted']);
  });

  test('of a sign-off: approver’s note and engineer’s words with what was frozen of them, and why it was revoked; it stays what it is', async () => {
    const trio = await makeTrio(api);
    const { engineer, mentor } = trio;
    const accepted = await acceptedClaim(trio, 1);
    const note = { essence: { met: true, note: 'As zqsigned shows.' } };
    expect((await act(mentor, accepted, 'approval', approval(mentor, note))).status).toBe(200);
    const claim = await seeClaim(engineer, accepted.path);
    const path = `/engineers/${engineer.id}/sign-offs/${claim.claim.signOff?.id}`;
    const see = async (person: TestPerson): Promise<SignOffAnswer> => (await person.get<SignOffAnswer>(path)).body;
    const revocation = { password: one.password, reason: 'It was zqrevoked.' };
    expect((await one.post(`${path}/revocation`, revocation)).status).toBe(200);
    expect((await see(engineer)).revocation).toMatchObject({ reason: 'It was zqrevoked.', redacted: null });
    const wanted = { action: 'redact', personId: engineer.id, reason };
    const signOff = claim.claim.signOff?.id ?? '';
    const done = await byTwoAdmins<{ redacts: string }>(one, two, { ...wanted, signOff });
    expect([done.status, done.body.redacts]).toEqual([200, `sign-offs/${signOff}/revocation`]);
    expect(await where('zqrevoked')).toEqual([]);
    const ended = await see(engineer);
    expect([ended.state, ended.revocation?.reason, ended.revocation?.redacted]).toEqual(['revoked', undefined, redactedBy(two)]);
    expect([ended.content?.summary, ended.redacted]).toEqual(['I do this work on my own.', null]);
    // who sees the register only sees nothing of it
    expect(Object.keys(await see(one))).not.toContain('redacted');
    expect(Object.keys((await see(one)).revocation ?? {})).not.toContain('redacted');

    const { entry } = itemOf(await seeClaim(mentor, claim.path), 'claim.approved');
    expect((await byTwoAdmins(one, two, { ...wanted, claim: claim.id, entry, frozen: true })).status).toBe(200);
    expect(await where('zqsigned')).toEqual([]);
    const frozen = await see(engineer);
    expect([frozen.state, frozen.content, frozen.redacted]).toEqual(['revoked', undefined, redactedBy(two)]);
    expect((await seeClaim(engineer, claim.path)).claim).toMatchObject({ state: 'approved', summary: 'I do this work on my own.' });
    expect((await byTwoAdmins(one, two, { ...wanted, claim: claim.id, frozen: true })).status).toBe(200);
    expect(await api.database.query(`SELECT 1 FROM record_content WHERE engineer_id = $1 AND body ? 'summary'`, [engineer.id])).toEqual([]);
    expect((await seeClaim(engineer, claim.path)).claim.state).toBe('approved');
  }, 90_000);

  test('kept answers go by whose record they are of, and not by what they name', async () => {
    const trio = await makeTrio(api);
    const { engineer, mentor } = trio;
    const accepted = await acceptedClaim(trio, 1);
    const yes = await act(mentor, accepted, 'approval', approval(mentor));
    const signOff = yes.body.signOff?.id ?? '';
    const { entry } = itemOf(await seeClaim(mentor, accepted.path), 'claim.approved');
    const wanted = { action: 'redact', personId: engineer.id, reason };
    expect((await byTwoAdmins(one, two, { ...wanted, claim: accepted.id, entry, frozen: true })).status).toBe(200);
    // what was frozen is gone, so that the answer to an admin who is a mentor besides says why it was revoked, and names the sign-off only
    await mentors(api, two, engineer);
    const revocation = { password: two.password, reason: 'It was zqrevoked.' };
    const revoked = await two.post(`/engineers/${engineer.id}/sign-offs/${signOff}/revocation`, revocation, { key: 'revoked-once' });
    expect([revoked.status, JSON.stringify(revoked.body).includes(accepted.id)]).toEqual([200, false]);
    expect(await where('zqrevoked')).toEqual(['idempotent_answer', 'record_content']);
    expect((await byTwoAdmins(one, two, { ...wanted, signOff })).status).toBe(200);
    expect(await where('zqrevoked')).toEqual([]);
    const again = await two.post(`/engineers/${engineer.id}/sign-offs/${signOff}/revocation`, revocation, { key: 'revoked-once' });
    expect(outcome(again)).toEqual([409, 'already-revoked']);
  });

  test('only what there is, and only in one way', async () => {
    const { engineer } = await makeTrio(api);
    const other = await makeTrio(api);
    const claim = await draftClaim(engineer, 1);
    const theirs = await draftClaim(other.engineer, 1);
    const ask = async (what: object): Promise<[number, unknown]> =>
      outcome(await one.post('/administration/requests', { action: 'redact', personId: engineer.id, reason, ...what }));
    const drafted = itemOf(await seeClaim(engineer, claim.path), 'claim.drafted').entry;
    for (const what of [{ claim: theirs.id }, { claim: claim.id, entry: drafted }, { claim: claim.id, entry: 999 }, { signOff: claim.id }])
      expect(await ask(what)).toEqual([422, 'evidence-unknown']);
    for (const what of [
      {},
      { entry: 1 },
      { claim: claim.id, evidence: claim.id, revision: 1 },
      { claim: claim.id, revision: 1 },
      { claim: claim.id, signOff: claim.id },
      { signOff: claim.id, entry: 1 },
      { claim: claim.id, entry: 0 },
      { claim: claim.id, entry: '1' },
      { claim: 'x' },
      { claim: claim.id, statement: statementRef(1, 1) },
    ])
      expect(await ask(what)).toEqual([400, 'malformed']);
    expect(
      outcome(await one.post('/administration/requests', { action: 'erase-person', personId: engineer.id, reason, claim: claim.id })),
    ).toEqual([400, 'malformed']);
  });
});
