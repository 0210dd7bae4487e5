import type { ClaimAnswer } from '../../src/claims/claim-answers.dto';
import type { SignOffAnswer } from '../../src/claims/sign-offs.dto';
import {
  act,
  acceptAll,
  acceptedClaim,
  approval,
  levelRef,
  makeTrio,
  seeClaim,
  signedOffClaim,
  statementRef,
  submittedClaim,
} from '../factories/claims';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';

interface ProblemAnswer {
  code: string;
  errors?: { code: string; statement?: string; blocks?: string; pointer?: string }[];
}

let api: TestApp;
beforeAll(async () => {
  api = await startApp();
});
afterAll(() => api.close());

const refusal = async (promise: Promise<{ status: number; body: unknown }>): Promise<[number, string]> => {
  const { status, body } = await promise;
  return [status, (body as ProblemAnswer).code];
};

describe('approving', () => {
  test('signs the level off in the same transaction, with everything frozen', async () => {
    const trio = await makeTrio(api);
    const { engineer, mentor } = trio;
    const claim = await acceptedClaim(trio, 3);
    const answer = await act(mentor, claim, 'approval', approval(mentor));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      state: 'approved',
      dueOn: null,
      approvals: [{ mentor: { id: mentor.id }, essence: { met: true } }],
    });
    const signOffId = answer.body.signOff?.id ?? '';
    const signOff = await engineer.get<SignOffAnswer>(`/engineers/me/sign-offs/${signOffId}`);
    expect(signOff.status).toBe(200);
    expect(signOff.body).toMatchObject({ state: 'in-force', skillLevel: levelRef(3), approvers: [{ id: mentor.id }], revocation: null });
    expect(signOff.body.content?.statements).toHaveLength(6);
    expect(
      signOff.body.content?.statements.every(
        ({ evidence }) => evidence.length > 0 && evidence.every(({ acceptedBy }) => acceptedBy.id === mentor.id),
      ),
    ).toBe(true);
    expect(signOff.body.content).toMatchObject({
      policy: { version: 1 },
      framework: { id: 'sfia-9' },
      approvals: [{ meaning: 'I have seen this work and judged it against each statement.' }],
    });
    const [submission] = await api.database.query<{ digest: string }>(
      `SELECT encode(digest, 'hex') AS digest FROM claim_submission WHERE claim_id = $1`,
      [claim.id],
    );
    expect(signOff.body.content?.approvals[0]?.submissionDigest).toBe(submission?.digest);
    const ledger = await engineer.get<{ items: { kind: string; seq: number; hash: string }[] }>('/engineers/me/ledger?limit=100');
    const last = ledger.body.items.slice(-2);
    expect(last.map(({ kind }) => kind)).toEqual(['claim.approved', 'sign-off.granted']);
    expect(signOff.body.ledger).toMatchObject({ seq: last[1]?.seq, hash: last[1]?.hash });
    const progress = await engineer.get<{ currentLevel: number }>('/engineers/me/progress?skill=sfia-9:ITOP');
    expect(progress.body.currentLevel).toBe(3);
    expect((await engineer.get<{ ok: boolean }>('/engineers/me/ledger/verification')).body.ok).toBe(true);
  });

  test('later edits of the evidence leave the sign-off untouched', async () => {
    const trio = await makeTrio(api);
    const claim = await signedOffClaim(trio, 1);
    const path = `/engineers/me/sign-offs/${claim.claim.signOff?.id}`;
    const before = await trio.engineer.get<SignOffAnswer>(path);
    const evidenceId = before.body.content?.statements[0]?.evidence[0]?.evidenceId ?? '';
    const evidence = await trio.engineer.get(`/engineers/me/evidence/${evidenceId}`);
    expect(
      (await trio.engineer.patch(`/engineers/me/evidence/${evidenceId}`, { title: 'Another title' }, { ifMatch: evidence.etag ?? '' }))
        .status,
    ).toBe(200);
    expect((await trio.engineer.get<SignOffAnswer>(path)).body).toEqual(before.body);
    expect((await seeClaim(trio.mentor, claim.path)).claim.statements[0]?.evidence[0]).toMatchObject({
      title: 'Work 1 for level 1',
      supportState: 'accepted',
    });
  });

  test('of level 5 takes two different mentors', async () => {
    const trio = await makeTrio(api);
    const second = await makePerson(api);
    await mentors(api, second, trio.engineer);
    const claim = await acceptedClaim(trio, 5);
    const first = await act(trio.mentor, claim, 'approval', approval(trio.mentor));
    expect(first.body).toMatchObject({ state: 'submitted', signOff: null });
    expect(await refusal(act(trio.mentor, { ...claim, etag: first.etag ?? '' }, 'approval', approval(trio.mentor)))).toEqual([
      409,
      'already-approved',
    ]);
    const seen = await seeClaim(second, claim.path);
    // after a first approval the verdicts change only by a change request
    const evidence = seen.claim.statements[0]?.evidence[0]?.evidenceId;
    expect(
      await refusal(
        act(second, seen, 'reviews', { verdicts: [{ evidence, statement: statementRef(5, 1), verdict: 'returned', feedback: 'no' }] }),
      ),
    ).toEqual([409, 'claim-state']);
    const last = await act(second, seen, 'approval', approval(second));
    expect(last.body).toMatchObject({ state: 'approved' });
    expect(last.body.approvals.map(({ mentor }) => mentor.id)).toEqual([trio.mentor.id, second.id]);
  });

  test.each<[string, Record<string, unknown>, number, string]>([
    ['a wrong password', { password: 'not the password at all' }, 403, 're-authentication-failed'],
    ['the essence not met', { essence: { met: false, note: 'Still needs guidance.' } }, 422, 'essence-not-met'],
    ['no meaning', { meaning: '' }, 400, 'malformed'],
    ['no note on the essence', { essence: { met: true } }, 400, 'malformed'],
    ['no essence', { essence: undefined }, 400, 'malformed'],
    ['another field', { approved: true }, 400, 'malformed'],
  ])('with %s is refused', async (_, over, status, code) => {
    const trio = await makeTrio(api);
    const claim = await acceptedClaim(trio, 1);
    expect(await refusal(act(trio.mentor, claim, 'approval', approval(trio.mentor, over)))).toEqual([status, code]);
    expect((await seeClaim(trio.engineer, claim.path)).claim).toMatchObject({ state: 'submitted', approvals: [] });
  });

  test('with supports that are not accepted lists what blocks approval', async () => {
    const { engineer, mentor } = await makeTrio(api);
    const claim = await submittedClaim(engineer, 1);
    const answer = await mentor.post<ProblemAnswer>(`${claim.path}/approval`, approval(mentor), { ifMatch: claim.etag });
    expect([answer.status, answer.body.code]).toEqual([422, 'gate-not-met']);
    expect(answer.body.errors?.map(({ code, blocks }) => `${code} ${blocks}`)).toEqual([
      'statement-not-accepted approval',
      'statement-not-accepted approval',
      'too-few-items approval',
    ]);
  });

  test('needs the version that was seen', async () => {
    const trio = await makeTrio(api);
    const submitted = await submittedClaim(trio.engineer, 1);
    const claim = await acceptAll(trio.mentor, submitted);
    expect(await refusal(trio.mentor.post(`${claim.path}/approval`, approval(trio.mentor)))).toEqual([428, 'if-match-required']);
    expect(await refusal(act(trio.mentor, { ...claim, etag: submitted.etag }, 'approval', approval(trio.mentor)))).toEqual([412, 'stale']);
  });
});

test('a version must be named: * says nothing of what was seen', async () => {
  const trio = await makeTrio(api);
  const claim = await acceptedClaim(trio, 1);
  expect(await refusal(act(trio.mentor, { ...claim, etag: '*' }, 'approval', approval(trio.mentor)))).toEqual([412, 'stale']);
});

test('the work of somebody who was deactivated is not judged', async () => {
  const trio = await makeTrio(api);
  const claim = await acceptedClaim(trio, 1);
  await api.database.query(`UPDATE person SET active = false WHERE person_id = $1`, [trio.engineer.id]);
  expect(await refusal(act(trio.mentor, claim, 'approval', approval(trio.mentor)))).toEqual([409, 'person-state']);
  const queue = await trio.mentor.get<{ claims: { items: unknown[] } }>('/reviews?state=waiting');
  expect(queue.body.claims.items).toEqual([]);
});

describe('who may approve', () => {
  let engineer: TestPerson;
  let manager: TestPerson;
  let path: string;
  let etag: string;
  beforeAll(async () => {
    const trio = await makeTrio(api);
    ({ engineer, manager } = trio);
    const claim = await acceptedClaim(trio, 3);
    ({ path, etag } = claim);
  });

  const attempt = (who: TestPerson): Promise<[number, string]> => refusal(who.post(`${path}/approval`, approval(who), { ifMatch: etag }));
  const auditing = (): Promise<TestPerson> => makePerson(api, { roles: ['auditor'] });

  test('not the engineer', async () => expect(await attempt(engineer)).toEqual([403, 'own-claim']));
  test('not a peer, who may not even know of it', async () => expect(await attempt(await makePerson(api))).toEqual([404, 'not-found']));
  test('not an admin who is no mentor', async () =>
    expect(await attempt(await makePerson(api, { roles: ['admin'] }))).toEqual([403, 'not-allowed']));
  test('not an auditor without a mentorship', async () => expect(await attempt(await auditing())).toEqual([403, 'not-your-mentee']));
  test('not the line manager', async () => expect(await attempt(manager)).toEqual([403, 'line-manager']));

  test('not the line manager who is a mentor besides', async () => {
    await mentors(api, manager, engineer);
    expect(await attempt(manager)).toEqual([403, 'line-manager']);
  });

  test('not a mentor whose mentorship ended, who sees nothing any more', async () => {
    const former = await makePerson(api);
    await mentors(api, former, engineer, { until: new Date(Date.now() - 1000) });
    expect(await attempt(former)).toEqual([404, 'not-found']);
  });

  test('not a former mentor who may still read', async () => {
    const former = await auditing();
    await mentors(api, former, engineer, { until: new Date(Date.now() - 1000) });
    expect(await attempt(former)).toEqual([403, 'mentorship-ended']);
  });

  test('not a mentor whose mentorship has not begun', async () => {
    const later = await auditing();
    await mentors(api, later, engineer, { from: new Date(Date.now() + 3_600_000) });
    expect(await attempt(later)).toEqual([403, 'mentorship-ended']);
  });

  test('not a mentor below the level', async () => {
    const junior = await makePerson(api);
    await mentors(api, junior, engineer, { accreditedTo: 2 });
    expect(await attempt(junior)).toEqual([403, 'mentor-level-too-low']);
  });

  test('a mentor who holds the level by a sign-off of their own, until it is revoked', async () => {
    const holder = await makeTrio(api);
    const signed = await signedOffClaim(holder, 3);
    await mentors(api, holder.engineer, engineer, { accreditedTo: null });
    expect((await seeClaim(holder.engineer, path)).claim.actions.approve).toEqual({ allowed: true });
    const admin = await makePerson(api, { roles: ['admin'] });
    const revoked = await admin.post(`/engineers/${holder.engineer.id}/sign-offs/${signed.claim.signOff?.id}/revocation`, {
      password: admin.password,
      reason: 'Not theirs.',
    });
    expect(revoked.status).toBe(200);
    expect(await attempt(holder.engineer)).toEqual([403, 'mentor-level-too-low']);
  });

  test('not a mentor invited afresh less than 72 hours ago', async () => {
    const barred = await makePerson(api);
    await mentors(api, barred, engineer);
    await api.database.query(`UPDATE person SET approvals_barred_until = now() + interval '1 hour' WHERE person_id = $1`, [barred.id]);
    expect(await attempt(barred)).toEqual([403, 'not-allowed']);
    const seenBy = await seeClaim(barred, path);
    expect(Object.values(seenBy.claim.actions).filter(({ allowed }) => allowed)).toEqual([]);
    for (const action of ['change-request', 'refusal']) {
      expect([action, ...(await refusal(act(barred, seenBy, action, { reason: 'No.' })))]).toEqual([action, 403, 'not-allowed']);
    }
    expect(await refusal(act(barred, seenBy, 'reviews', { verdicts: [] }))).toEqual([403, 'not-allowed']);
    await api.database.query(`UPDATE person SET approvals_barred_until = now() - interval '1 second' WHERE person_id = $1`, [barred.id]);
    expect(await attempt(barred)).toEqual([200, undefined]);
  });
});

test('a claim that is decided never moves again', async () => {
  const trio = await makeTrio(api);
  const claim = await signedOffClaim(trio, 1);
  const { engineer, mentor } = trio;
  expect(await refusal(act(mentor, claim, 'approval', approval(mentor)))).toEqual([409, 'already-approved']);
  expect(await refusal(act(engineer, claim, 'submission'))).toEqual([409, 'claim-state']);
  expect(await refusal(act(engineer, claim, 'withdrawal'))).toEqual([409, 'claim-state']);
  expect(await refusal(act(mentor, claim, 'refusal', { reason: 'x' }))).toEqual([409, 'claim-state']);
  expect(
    await refusal(act(mentor, claim, 'change-request', { feedback: 'x', statements: [{ statement: statementRef(1, 1), feedback: 'x' }] })),
  ).toEqual([409, 'claim-state']);
  expect(await refusal(engineer.patch(claim.path, { summary: 'x' }, { ifMatch: claim.etag }))).toEqual([409, 'claim-state']);
  expect((await seeClaim(engineer, claim.path)).claim.state).toBe<ClaimAnswer['state']>('approved');
});
