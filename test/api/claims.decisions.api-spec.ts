import type { ClaimAnswer, ClaimPage } from '../../src/claims/claim-answers.dto';
import { policyNames } from '../../src/frameworks/policy';
import {
  act,
  acceptAll,
  acceptedClaim,
  approval,
  draftClaim,
  levelRef,
  logWork,
  logWorkForLevel,
  makeTrio,
  seeClaim,
  statementRef,
  submittedClaim,
} from '../factories/claims';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';

interface ProblemAnswer {
  code: string;
  errors?: { code: string; statement?: string; pointer?: string }[];
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
const change = { feedback: 'Nearly there.', statements: [{ statement: statementRef(1, 2), feedback: 'Show the report itself.' }] };

describe('many verdicts in one go', () => {
  test('are saved together, and the claim’s tag moves', async () => {
    const { engineer, mentor } = await makeTrio(api);
    const claim = await submittedClaim(engineer, 1);
    const [first, second] = claim.claim.statements;
    const verdicts = [
      { evidence: first?.evidence[0]?.evidenceId, statement: first?.ref, verdict: 'accepted', feedback: 'Well done.' },
      { evidence: second?.evidence[0]?.evidenceId, statement: second?.ref, verdict: 'returned', feedback: 'Which report?' },
    ];
    const answer = await act(mentor, claim, 'reviews', { verdicts });
    expect(answer.status).toBe(200);
    expect(answer.etag).not.toBe(claim.etag);
    expect(answer.body.statements.map(({ evidence, met }) => [evidence[0]?.supportState, evidence[0]?.counts, met])).toEqual([
      ['accepted', true, true],
      ['returned', false, false],
    ]);
    expect(answer.body.gate).toMatchObject({ approvable: false });
    const list = await engineer.get<{ items: { kind: string }[] }>('/engineers/me/ledger?limit=100');
    expect(list.body.items.slice(-2).map(({ kind }) => kind)).toEqual(['support.accepted', 'support.returned']);
  });

  test('are all or nothing', async () => {
    const { engineer, mentor } = await makeTrio(api);
    const loose = await logWork(engineer, [statementRef(2, 1)]);
    const claim = await submittedClaim(engineer, 1);
    const [first] = claim.claim.statements;
    const good = { evidence: first?.evidence[0]?.evidenceId, statement: first?.ref, verdict: 'accepted' };
    const attempt = (verdicts: unknown[]): Promise<[number, string]> => refusal(act(mentor, claim, 'reviews', { verdicts }));
    expect(await attempt([good, { evidence: loose, statement: statementRef(1, 1), verdict: 'accepted' }])).toEqual([
      422,
      'evidence-unknown',
    ]);
    expect(await attempt([good, { evidence: loose, statement: statementRef(2, 1), verdict: 'accepted' }])).toEqual([
      422,
      'statement-unknown',
    ]);
    expect(await attempt([good, good])).toEqual([400, 'malformed']);
    expect(await attempt([])).toEqual([400, 'malformed']);
    expect(await attempt([{ ...good, verdict: 'returned' }])).toEqual([400, 'malformed']);
    expect(await attempt([{ ...good, verdict: 'perhaps' }])).toEqual([400, 'malformed']);
    expect((await seeClaim(mentor, claim.path)).claim.statements.every(({ evidence }) => evidence[0]?.supportState === 'proposed')).toBe(
      true,
    );
  });

  test('are not for the engineer, nor for a draft', async () => {
    const { engineer, mentor } = await makeTrio(api);
    await logWorkForLevel(engineer, 1);
    const draft = await draftClaim(engineer, 1);
    const verdicts = [{ evidence: draft.claim.statements[0]?.evidence[0]?.evidenceId, statement: statementRef(1, 1), verdict: 'accepted' }];
    expect(await refusal(act(engineer, draft, 'reviews', { verdicts }))).toEqual([403, 'own-claim']);
    expect(await refusal(act(mentor, draft, 'reviews', { verdicts }))).toEqual([404, 'not-found']);
  });
});

describe('a change request', () => {
  test('sends the claim back with feedback, frees the evidence, and the engineer submits again', async () => {
    const { engineer, mentor } = await makeTrio(api);
    const claim = await submittedClaim(engineer, 1);
    const back = await act(mentor, claim, 'change-request', change);
    expect(back.body).toMatchObject({ state: 'changes-requested', dueOn: null });
    const seen = await seeClaim(engineer, claim.path);
    expect(seen.claim.history.at(-1)).toMatchObject({
      kind: 'claim.changes-requested',
      feedback: 'Nearly there.',
      statements: change.statements,
      actor: { id: mentor.id },
    });
    const evidenceId = seen.claim.statements[1]?.evidence[0]?.evidenceId;
    const evidence = await engineer.get(`/engineers/me/evidence/${evidenceId}`);
    expect(
      (
        await engineer.patch(
          `/engineers/me/evidence/${evidenceId}`,
          { description: 'The report is attached to the ticket.' },
          { ifMatch: evidence.etag ?? '' },
        )
      ).status,
    ).toBe(200);
    const again = await act(engineer, await seeClaim(engineer, claim.path), 'submission');
    expect(again.body).toMatchObject({ state: 'submitted', submission: 2 });
    expect(again.body.statements[1]?.evidence[0]).toMatchObject({ revision: 2, supportState: 'proposed' });
  });

  test('voids approvals already given: an approval belongs to one submission', async () => {
    const trio = await makeTrio(api);
    const second = await makePerson(api);
    await mentors(api, second, trio.engineer);
    const claim = await acceptedClaim(trio, 5);
    const first = await act(trio.mentor, claim, 'approval', approval(trio.mentor));
    expect(first.body.approvals).toHaveLength(1);
    const back = await act(second, { ...claim, etag: first.etag ?? '' }, 'change-request', {
      feedback: 'One more thing.',
      statements: [{ statement: statementRef(5, 1), feedback: 'Say who.' }],
    });
    expect(back.body.approvals).toEqual([]);
    const again = await act(trio.engineer, await seeClaim(trio.engineer, claim.path), 'submission');
    expect(again.body).toMatchObject({ state: 'submitted', approvals: [] });
    const half = await act(second, { ...claim, etag: again.etag ?? '' }, 'approval', approval(second));
    expect(half.body).toMatchObject({ state: 'submitted', signOff: null });
    const whole = await act(trio.mentor, { ...claim, etag: half.etag ?? '' }, 'approval', approval(trio.mentor));
    expect(whole.body.state).toBe('approved');
  });

  test('names at least one statement of the level, with feedback', async () => {
    const { engineer, mentor } = await makeTrio(api);
    const claim = await submittedClaim(engineer, 1);
    expect(await refusal(act(mentor, claim, 'change-request', { feedback: 'x', statements: [] }))).toEqual([400, 'malformed']);
    expect(await refusal(act(mentor, claim, 'change-request', { statements: change.statements }))).toEqual([400, 'malformed']);
    expect(await refusal(act(mentor, claim, 'change-request', { feedback: 'x', statements: [{ statement: statementRef(1, 1) }] }))).toEqual(
      [400, 'malformed'],
    );
    expect(
      await refusal(
        act(mentor, claim, 'change-request', { feedback: 'x', statements: [{ statement: statementRef(2, 1), feedback: 'x' }] }),
      ),
    ).toEqual([422, 'statement-unknown']);
  });

  test('stops the clock: what was left of the review is left when the claim comes back', async () => {
    const { engineer, mentor } = await makeTrio(api);
    const claim = await submittedClaim(engineer, 1);
    const due = claim.claim.dueOn;
    await act(mentor, claim, 'change-request', change);
    const again = await act(engineer, await seeClaim(engineer, claim.path), 'submission');
    expect(again.body.dueOn).toBe(due);
  });

  test('ages are measured on the day of the first submission, so that waiting ages nothing', async () => {
    const { engineer, mentor } = await makeTrio(api);
    await logWork(engineer, [statementRef(1, 1), statementRef(1, 2)], {
      endedOn: new Date(Date.now() - 600 * 86_400_000).toISOString().slice(0, 10),
    });
    const draft = await draftClaim(engineer, 1);
    const submitted = await act(engineer, draft, 'submission');
    await act(mentor, { ...draft, etag: submitted.etag ?? '' }, 'change-request', change);
    // two years pass; the claim came in when the work still counted
    await api.database.query(`UPDATE evidence SET ended_on = ended_on - 700 WHERE engineer_id = $1`, [engineer.id]);
    expect((await seeClaim(engineer, draft.path)).claim.gate.submittable).toBe(false);
    await api.database.query(`UPDATE claim SET first_submitted_on = first_submitted_on - 700 WHERE claim_id = $1`, [draft.id]);
    expect((await seeClaim(engineer, draft.path)).claim.gate.submittable).toBe(true);
  });
});

describe('a refusal', () => {
  test('ends the claim with a reason; a new one may follow at once and keeps the supports already accepted', async () => {
    const { engineer, mentor, manager } = await makeTrio(api);
    const claim = await acceptAll(mentor, await submittedClaim(engineer, 1));
    const refused = await act(mentor, claim, 'refusal', { reason: 'The work is that of a helper.', statements: change.statements });
    expect(refused.body).toMatchObject({ state: 'refused', gate: { submittable: false, approvable: false, unmet: [] } });
    expect((await seeClaim(engineer, claim.path)).claim.history.at(-1)).toMatchObject({
      kind: 'claim.refused',
      reason: 'The work is that of a helper.',
    });
    expect((await manager.get(claim.path)).status).toBe(404);
    const next = await draftClaim(engineer, 1);
    expect(next.claim.statements.every(({ evidence }) => evidence[0]?.supportState === 'accepted')).toBe(true);
    const submitted = await act(engineer, next, 'submission');
    expect(submitted.body.gate.approvable).toBe(true);
  });

  test('needs a reason', async () => {
    const { engineer, mentor } = await makeTrio(api);
    const claim = await submittedClaim(engineer, 1);
    expect(await refusal(act(mentor, claim, 'refusal', {}))).toEqual([400, 'malformed']);
  });
});

describe('who sees which claims', () => {
  let engineer: TestPerson;
  let mentor: TestPerson;
  let manager: TestPerson;
  const states = async (who: TestPerson): Promise<[number, string[]]> => {
    const answer = await who.get<ClaimPage>(`/engineers/${engineer.id}/claims`);
    return [answer.status, answer.status === 200 ? answer.body.items.map(({ state }) => state) : []];
  };
  beforeAll(async () => {
    const trio = await makeTrio(api);
    ({ engineer, mentor, manager } = trio);
    await act(engineer, await draftClaim(engineer, 1), 'withdrawal');
    await act(mentor, await submittedClaim(engineer, 1), 'refusal', { reason: 'no' });
    const third = await acceptAll(mentor, await submittedClaim(engineer, 2));
    await act(mentor, third, 'approval', approval(mentor));
    await draftClaim(engineer, 3);
  });

  test('self: all, newest first', async () => expect(await states(engineer)).toEqual([200, ['draft', 'approved', 'refused', 'withdrawn']]));
  test('an auditor: all', async () =>
    expect(await states(await makePerson(api, { roles: ['auditor'] }))).toEqual([200, ['draft', 'approved', 'refused', 'withdrawn']]));
  test('a mentor: from submission on', async () => expect(await states(mentor)).toEqual([200, ['approved', 'refused']]));
  test('above in the line: submitted and approved', async () => expect(await states(manager)).toEqual([200, ['approved']]));
  test('an admin: none', async () => expect(await states(await makePerson(api, { roles: ['admin'] }))).toEqual([403, []]));
  test('a peer does not know of the record', async () => expect(await states(await makePerson(api))).toEqual([404, []]));

  test('a line manager reads no feedback', async () => {
    const claims = await manager.get<ClaimPage>(`/engineers/${engineer.id}/claims`);
    const one = await manager.get<ClaimAnswer>(`/engineers/${engineer.id}/claims/${claims.body.items[0]?.id}`);
    expect(one.body.statements[0]?.evidence[0]).not.toHaveProperty('feedback');
    expect(JSON.stringify(one.body.history)).not.toContain('feedback');
  });

  test('pages one by one without losing any, and a cursor of another list is refused', async () => {
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { body: ClaimPage } = await engineer.get<ClaimPage>(
        `/engineers/me/claims?limit=1${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      found.push(...page.body.items.map(({ state }) => state));
      cursor = page.body.nextCursor;
      if (cursor !== null) expect((await engineer.get(`/engineers/me/claims?limit=1&state=draft&cursor=${cursor}`)).status).toBe(400);
    } while (cursor !== null);
    expect(found).toEqual(['draft', 'approved', 'refused', 'withdrawn']);
  });
});

/** Sets some numbers of a level's policy; the others stay. */
async function setPolicy(admin: TestPerson, level: number, numbers: Record<string, unknown>): Promise<void> {
  const policy = await admin.get<Record<string, unknown>>(`/policies/${levelRef(level)}`);
  const before = Object.fromEntries(policyNames.map((name) => [name, policy.body[name]]));
  const set = await admin.put(`/policies/${levelRef(level)}`, { ...before, ...numbers }, { ifMatch: policy.etag ?? '' });
  expect(set.status).toBe(200);
}

describe('a policy', () => {
  test('reaches into a draft: it goes by the one in force when it is first submitted', async () => {
    const trio = await makeTrio(api);
    const admin = await makePerson(api, { roles: ['admin'] });
    await logWorkForLevel(trio.engineer, 1);
    const draft = await draftClaim(trio.engineer, 1);
    await setPolicy(admin, 1, { reviewDays: 3 });
    const submitted = await act(trio.engineer, await seeClaim(trio.engineer, draft.path), 'submission');
    expect(submitted.body).toMatchObject({ state: 'submitted', policy: { reviewDays: 3 } });
  });

  test('that changes while a claim is back with the engineer does not reach into its next submission either', async () => {
    const trio = await makeTrio(api);
    const admin = await makePerson(api, { roles: ['admin'] });
    const claim = await acceptedClaim(trio, 1);
    const first = claim.claim.policy;
    await setPolicy(admin, 1, { approvals: 3, distinctEvidence: 2, mayMiss: 1, validMonths: 6, reviewDays: 1 });
    const back = await act(trio.mentor, claim, 'change-request', {
      feedback: 'Say more.',
      statements: [{ statement: statementRef(1, 1), feedback: 'Which servers?' }],
    });
    expect(back.body).toMatchObject({ state: 'changes-requested' });
    await setPolicy(admin, 1, { approvals: 4 });
    expect((await seeClaim(trio.engineer, claim.path)).claim.policy).toEqual(first);
    const again = await act(trio.engineer, await seeClaim(trio.engineer, claim.path), 'submission');
    expect([again.status, again.body.state, again.body.policy]).toEqual([200, 'submitted', first]);
    await setPolicy(admin, 1, { approvals: 5, lineManagerMayApprove: true });
    const closed = await act(
      trio.mentor,
      await acceptAll(trio.mentor, await seeClaim(trio.mentor, claim.path)),
      'approval',
      approval(trio.mentor),
    );
    expect(closed.body).toMatchObject({ state: 'approved', policy: first, signOff: { until: null } });
  });

  test('that changes after submission does not reach into the claim', async () => {
    const trio = await makeTrio(api);
    const admin = await makePerson(api, { roles: ['admin'] });
    const claim = await acceptedClaim(trio, 2);
    await setPolicy(admin, 2, { approvals: 2, distinctEvidence: 3, validMonths: 12 });
    const answer = await act(trio.mentor, claim, 'approval', approval(trio.mentor));
    expect(answer.body).toMatchObject({ state: 'approved', policy: { version: 1, approvals: 1 }, signOff: { until: null } });
    const next = await makeTrio(api);
    await logWorkForLevel(next.engineer, 2);
    const draft = await draftClaim(next.engineer, 2);
    expect(draft.claim).toMatchObject({ policy: { version: 2, approvals: 2 } });
    expect(draft.claim.gate.unmet).toContainEqual(expect.objectContaining({ code: 'no-eligible-mentor', blocks: 'submission' }));
  });
});

describe('who is eligible', () => {
  const endAccreditation = async (mentor: TestPerson): Promise<void> => {
    const admin = await makePerson(api, { roles: ['admin'] });
    const { body } = await admin.get<{ items: { id: string }[] }>(`/people/${mentor.id}/accreditations`);
    expect((await admin.delete(`/people/${mentor.id}/accreditations/${body.items[0]?.id}`)).status).toBe(204);
  };

  test('is asked at the moment of approval: who was at the submission may no longer be, who was not may be now', async () => {
    const trio = await makeTrio(api);
    const claim = await acceptedClaim(trio, 4);
    await endAccreditation(trio.mentor);
    const later = await makePerson(api);
    await mentors(api, later, trio.engineer);
    expect(await refusal(act(trio.mentor, await seeClaim(trio.mentor, claim.path), 'approval', approval(trio.mentor)))).toEqual([
      403,
      'mentor-level-too-low',
    ]);
    const answer = await act(later, await seeClaim(later, claim.path), 'approval', approval(later));
    expect(answer.body).toMatchObject({ state: 'approved' });
  });

  test('does not undo an approval that was given while it was so', async () => {
    const trio = await makeTrio(api);
    const second = await makePerson(api);
    await mentors(api, second, trio.engineer);
    const claim = await acceptedClaim(trio, 5);
    const first = await act(trio.mentor, await seeClaim(trio.mentor, claim.path), 'approval', approval(trio.mentor));
    expect(first.body).toMatchObject({ state: 'submitted' });
    await endAccreditation(trio.mentor);
    const last = await act(second, await seeClaim(second, claim.path), 'approval', approval(second));
    expect(last.body).toMatchObject({ state: 'approved' });
    expect(last.body.approvals).toHaveLength(2);
  });
});
