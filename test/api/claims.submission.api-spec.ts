import type { ClaimAnswer } from '../../src/claims/claim-answers.dto';
import {
  act,
  acceptAll,
  draftClaim,
  levelRef,
  logWork,
  logWorkForLevel,
  makeTrio,
  seeClaim,
  statementRef,
  submittedClaim,
} from '../factories/claims';
import { makePerson } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';

interface ProblemAnswer {
  code: string;
  detail: string;
  errors?: { code: string; statement?: string; blocks?: string; pointer?: string }[];
}

let api: TestApp;
beforeAll(async () => {
  api = await startApp();
});
afterAll(() => api.close());

describe('drafting a claim', () => {
  test('answers with the gate and everything that is missing, statement by statement', async () => {
    const { engineer } = await makeTrio(api);
    const answer = await engineer.post<ClaimAnswer>('/engineers/me/claims', { skillLevel: levelRef(4), summary: 'I automate.' });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/api/v1/engineers/${engineer.id}/claims/${answer.body.id}`);
    expect(answer.etag).toMatch(/^"/);
    expect(answer.body).toMatchObject({
      state: 'draft',
      skillLevel: levelRef(4),
      level: 4,
      dueOn: null,
      policy: { distinctEvidence: 3, approvals: 1 },
    });
    expect(answer.body.statements).toHaveLength(8);
    const missing = answer.body.gate.unmet.filter(({ blocks }) => blocks === 'submission');
    expect(missing.filter(({ code }) => code === 'statement-without-evidence').map(({ statement }) => statement)).toEqual(
      Array.from({ length: 8 }, (_, i) => statementRef(4, i + 1)),
    );
    expect(missing.map(({ code }) => code)).toContain('too-few-items');
    expect(answer.body.actions).toMatchObject({
      edit: { allowed: true },
      submit: { allowed: false, code: 'gate-not-met' },
      approve: { allowed: false, code: 'own-claim' },
    });
    expect(answer.body.rights).toContain('SFIA');
  });

  test.each([
    ['sfia-9:ITOP.6', 'level-not-defined'],
    ['sfia-9:NONE.3', 'level-not-defined'],
    ['ITOP 3', 'level-not-defined'],
    ['sfia-9:ITOP.3.1', 'level-not-defined'],
  ])('to %s is refused: %s', async (skillLevel, code) => {
    const { engineer } = await makeTrio(api);
    const answer = await engineer.post<ProblemAnswer>('/engineers/me/claims', { skillLevel, summary: 'x' });
    expect([answer.status, answer.body.code]).toEqual([422, code]);
  });

  test('while one is open is refused; after its withdrawal another may follow', async () => {
    const { engineer } = await makeTrio(api);
    const first = await draftClaim(engineer, 1);
    const second = await engineer.post<ProblemAnswer>('/engineers/me/claims', { skillLevel: levelRef(2), summary: 'x' });
    expect([second.status, second.body.code]).toEqual([409, 'claim-open']);
    expect((await act(engineer, first, 'withdrawal', { reason: 'too early' })).body.state).toBe('withdrawn');
    expect((await draftClaim(engineer, 2)).claim.state).toBe('draft');
  });

  test('ten at once leave one open claim', async () => {
    const { engineer } = await makeTrio(api);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => engineer.post('/engineers/me/claims', { skillLevel: levelRef(1), summary: 'x' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
  });

  test.each([
    [{ summary: 'x' }, '/skillLevel'],
    [{ skillLevel: levelRef(1), summary: '  ' }, '/summary'],
    [{ skillLevel: levelRef(1), summary: 'x', state: 'approved' }, '/state'],
    [{ skillLevel: levelRef(1), summary: 'a\u0000b' }, '/summary'],
    [{ skillLevel: levelRef(1), summary: 5001 }, '/summary'],
  ])('malformed: %j names %s', async (body, pointer) => {
    const { engineer } = await makeTrio(api);
    const answer = await engineer.post<ProblemAnswer>('/engineers/me/claims', body);
    expect([answer.status, answer.body.code]).toEqual([400, 'malformed']);
    expect(answer.body.errors?.map((error) => error.pointer)).toEqual([pointer]);
  });

  test('is only for oneself', async () => {
    const { engineer, mentor, manager } = await makeTrio(api);
    const peer = await makePerson(api);
    const body = { skillLevel: levelRef(1), summary: 'x' };
    for (const [who, status] of [
      [mentor, 403],
      [manager, 403],
      [peer, 404],
    ] as const) {
      expect((await who.post(`/engineers/${engineer.id}/claims`, body)).status).toBe(status);
    }
  });
});

describe('editing a claim', () => {
  test('leaves evidence out, and gives reasons where there was no opportunity', async () => {
    const { engineer } = await makeTrio(api);
    const [first] = await logWorkForLevel(engineer, 1);
    const draft = await draftClaim(engineer, 1);
    const body = {
      summary: 'Better said.',
      leaveOut: [{ evidence: first, statement: statementRef(1, 1) }],
      noOpportunity: [{ statement: statementRef(1, 2), reason: 'We have no monitoring.' }],
    };
    const answer = await engineer.patch<ClaimAnswer>(draft.path, body, { ifMatch: draft.etag });
    expect(answer.status).toBe(200);
    expect(answer.body.summary).toBe('Better said.');
    expect(answer.body.statements[0]).toMatchObject({ met: false, evidence: [{ counts: false, ignored: 'left-out' }] });
    expect(answer.body.statements[1]).toMatchObject({ met: true, noOpportunity: 'We have no monitoring.' });
    const cleared = await engineer.patch<ClaimAnswer>(draft.path, { leaveOut: [] }, { ifMatch: answer.etag ?? '' });
    expect(cleared.body.statements[0]).toMatchObject({ met: true });
    expect(cleared.body.statements[1]?.noOpportunity).toBe('We have no monitoring.');
  });

  test('refuses statements of another level, unknown evidence, somebody else’s evidence, and a stale or missing version', async () => {
    const { engineer } = await makeTrio(api);
    const other = await makeTrio(api);
    const foreign = await logWork(other.engineer, [statementRef(1, 1)]);
    const draft = await draftClaim(engineer, 1);
    const attempt = async (body: unknown, ifMatch?: string): Promise<[number, string]> => {
      const answer = await engineer.patch<ProblemAnswer>(draft.path, body, ifMatch === undefined ? {} : { ifMatch });
      return [answer.status, answer.body.code];
    };
    expect(await attempt({ noOpportunity: [{ statement: statementRef(2, 1), reason: 'x' }] }, draft.etag)).toEqual([
      422,
      'statement-unknown',
    ]);
    expect(await attempt({ leaveOut: [{ evidence: foreign, statement: statementRef(1, 1) }] }, draft.etag)).toEqual([
      422,
      'evidence-unknown',
    ]);
    expect(await attempt({ summary: 'x' })).toEqual([428, 'if-match-required']);
    expect(await attempt({ summary: 'x' }, '"v0"')).toEqual([412, 'stale']);
    expect(await attempt({ summmary: 'x' }, draft.etag)).toEqual([400, 'malformed']);
    expect(await attempt({ summary: null }, draft.etag)).toEqual([400, 'malformed']);
  });

  test('the tag covers the evidence and the supports that the claim rests on', async () => {
    const { engineer, mentor } = await makeTrio(api);
    const id = await logWork(engineer, [statementRef(1, 1)]);
    const draft = await draftClaim(engineer, 1);
    const before = draft.etag;
    const evidence = await engineer.get(`/engineers/me/evidence/${id}`);
    await mentor.post(
      `/engineers/${engineer.id}/evidence/${id}/supports/${statementRef(1, 1)}/review`,
      { verdict: 'accepted' },
      { ifMatch: evidence.etag ?? '' },
    );
    expect((await seeClaim(engineer, draft.path)).etag).not.toBe(before);
  });
});

describe('submitting a claim', () => {
  test('with gaps is refused with everything that blocks submission, and nothing that blocks approval', async () => {
    const { engineer } = await makeTrio(api);
    await logWork(engineer, [statementRef(3, 1), statementRef(3, 2)]);
    const draft = await draftClaim(engineer, 3);
    const answer = await engineer.post<ProblemAnswer>(`${draft.path}/submission`, {}, { ifMatch: draft.etag });
    expect([answer.status, answer.body.code]).toEqual([422, 'gate-not-met']);
    expect(new Set(answer.body.errors?.map(({ blocks }) => blocks))).toEqual(new Set(['submission']));
    expect(answer.body.errors?.map(({ code, statement }) => statement ?? code)).toEqual([
      ...[3, 4, 5, 6].map((n) => statementRef(3, n)),
      'too-few-items',
    ]);
    expect((await seeClaim(engineer, draft.path)).claim.state).toBe('draft');
  });

  test('without an eligible mentor is refused', async () => {
    const engineer = await makePerson(api);
    await logWorkForLevel(engineer, 1);
    const draft = await draftClaim(engineer, 1);
    const answer = await engineer.post<ProblemAnswer>(`${draft.path}/submission`, {}, { ifMatch: draft.etag });
    expect(answer.body.errors?.map(({ code }) => code)).toEqual(['no-eligible-mentor']);
  });

  test('with work that is too old says so', async () => {
    const { engineer } = await makeTrio(api);
    await logWork(engineer, [statementRef(1, 1)], { endedOn: '2020-01-31' });
    await logWork(engineer, [statementRef(1, 2)]);
    const draft = await draftClaim(engineer, 1);
    const answer = await engineer.post<ProblemAnswer>(`${draft.path}/submission`, {}, { ifMatch: draft.etag });
    expect(answer.body.errors).toMatchObject([{ code: 'evidence-too-old', statement: statementRef(1, 1), blocks: 'submission' }]);
  });

  test('pins the evidence: it cannot be edited, archived or unlinked, but other levels stay free and new supports wait', async () => {
    const { engineer } = await makeTrio(api);
    const claim = await submittedClaim(engineer, 1);
    expect(claim.claim).toMatchObject({ state: 'submitted', submission: 1, gate: { submittable: true } });
    expect(claim.claim.dueOn).toMatch(/^\d{4}-\d\d-\d\d$/);
    const evidenceId = claim.claim.statements[0]?.evidence[0]?.evidenceId ?? '';
    const path = `/engineers/me/evidence/${evidenceId}`;
    const tag = async (): Promise<string> => (await engineer.get(path)).etag ?? '';
    for (const attempt of [
      await engineer.patch<ProblemAnswer>(path, { title: 'Changed' }, { ifMatch: await tag() }),
      await engineer.post<ProblemAnswer>(`${path}/archival`, {}, { ifMatch: await tag() }),
      await engineer.patch<ProblemAnswer>(`${path}/supports/${statementRef(1, 1)}`, { rationale: 'Changed' }, { ifMatch: await tag() }),
      await engineer.delete<ProblemAnswer>(`${path}/supports/${statementRef(1, 1)}`, { ifMatch: await tag() }),
    ]) {
      expect([attempt.status, attempt.body.code]).toEqual([409, 'evidence-locked']);
    }
    expect(
      (await engineer.post(`${path}/supports`, { statement: statementRef(2, 1), rationale: 'x' }, { ifMatch: await tag() })).status,
    ).toBe(201);
    expect(
      (await engineer.post(`${path}/supports`, { statement: statementRef(1, 2), rationale: 'x' }, { ifMatch: await tag() })).status,
    ).toBe(201);
    const now = await seeClaim(engineer, claim.path);
    expect(now.claim.statements[1]?.evidence.map((one) => one.evidenceId)).not.toContain(evidenceId);
    expect((await act(engineer, now, 'withdrawal')).status).toBe(200);
    expect((await engineer.patch(path, { title: 'Changed' }, { ifMatch: await tag() })).status).toBe(200);
  });

  test('twice at once leaves one submission, a hundred times over', async () => {
    const { engineer } = await makeTrio(api);
    await logWorkForLevel(engineer, 1);
    for (let round = 0; round < 100; round += 1) {
      const draft = await draftClaim(engineer, 1);
      const answers = await Promise.all([act(engineer, draft, 'submission'), act(engineer, draft, 'submission')]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
      const now = await seeClaim(engineer, draft.path);
      expect(now.claim.submission).toBe(1);
      expect((await act(engineer, now, 'withdrawal')).status).toBe(200);
    }
    expect((await engineer.get<{ ok: boolean }>('/engineers/me/ledger/verification')).body.ok).toBe(true);
  }, 120_000);

  test('the ledger says what happened, with the digest of exactly what was submitted', async () => {
    const { engineer, mentor } = await makeTrio(api);
    const claim = await submittedClaim(engineer, 1);
    await acceptAll(mentor, claim);
    const { body } = await engineer.get<{ items: { kind: string; subject: string; digest: string }[] }>('/engineers/me/ledger?limit=100');
    expect(body.items.map(({ kind }) => kind)).toEqual([
      'evidence.logged',
      'support.proposed',
      'evidence.logged',
      'support.proposed',
      'claim.drafted',
      'claim.submitted',
      'support.accepted',
      'support.accepted',
    ]);
    const [stored] = await api.database.query<{ digest: string }>(
      `SELECT encode(digest, 'hex') AS digest FROM claim_submission WHERE claim_id = $1`,
      [claim.id],
    );
    expect(body.items.find(({ kind }) => kind === 'claim.submitted')).toMatchObject({
      subject: `claims/${claim.id}`,
      digest: stored?.digest,
    });
    expect((await engineer.get<{ ok: boolean }>('/engineers/me/ledger/verification')).body).toMatchObject({
      ok: true,
      entries: 8,
      misfit: null,
    });
  });
});
