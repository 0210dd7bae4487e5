import type { SignOffAnswer, SignOffPage } from '../../src/claims/sign-offs.dto';
import { SignOffsService } from '../../src/claims/sign-offs.service';
import { draftClaim, levelRef, makeTrio, seeClaim, signedOffClaim, type Trio } from '../factories/claims';
import { type TestPerson, makePerson } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';

interface ProblemAnswer {
  code: string;
}

let api: TestApp;
let admin: TestPerson;
let auditor: TestPerson;
beforeAll(async () => {
  api = await startApp();
  admin = await makePerson(api, { roles: ['admin'] });
  auditor = await makePerson(api, { roles: ['auditor'] });
});
afterAll(() => api.close());

const signedOff = async (level = 1): Promise<Trio & { path: string; id: string }> => {
  const trio = await makeTrio(api);
  const { claim } = await signedOffClaim(trio, level);
  const id = claim.signOff?.id ?? '';
  return { ...trio, id, path: `/engineers/${trio.engineer.id}/sign-offs/${id}` };
};
const refusal = async (promise: Promise<{ status: number; body: unknown }>): Promise<[number, string]> => {
  const { status, body } = await promise;
  return [status, (body as ProblemAnswer).code];
};

describe('reading sign-offs', () => {
  test('self, mentor, manager, auditor read all of it; an admin the register’s part; a peer nothing', async () => {
    const { engineer, mentor, manager, path, id } = await signedOff();
    for (const who of [engineer, mentor, manager, auditor]) {
      const answer = await who.get<SignOffAnswer>(path);
      expect([answer.status, answer.body.content?.statements.length]).toEqual([200, 2]);
      expect((await who.get<SignOffPage>(`/engineers/${engineer.id}/sign-offs`)).body.items.map((one) => one.id)).toEqual([id]);
    }
    const registers = await admin.get<SignOffAnswer>(path);
    expect(registers.status).toBe(200);
    expect(registers.body).not.toHaveProperty('content');
    expect(registers.etag).toMatch(/^"/);
    const peer = await makePerson(api);
    expect(await refusal(peer.get(path))).toEqual([404, 'not-found']);
    expect(await refusal(peer.get(`/engineers/${engineer.id}/sign-offs`))).toEqual([404, 'not-found']);
  });

  test('who gave a sign-off reads it for good, and nothing else of the record', async () => {
    const { engineer, mentor, path, id } = await signedOff();
    await api.database.query(`UPDATE mentorship SET until_at = now() WHERE engineer_id = $1`, [engineer.id]);
    expect((await mentor.get<SignOffAnswer>(path)).body.content?.statements).toHaveLength(2);
    expect((await mentor.get<SignOffPage>(`/engineers/${engineer.id}/sign-offs`)).body.items.map((one) => one.id)).toEqual([id]);
    expect((await mentor.get(`/engineers/${engineer.id}/evidence`)).status).toBe(404);
    expect((await mentor.get(`/engineers/${engineer.id}/claims`)).status).toBe(404);
  });

  test('the register is for admins and auditors, filters, and never shows evidence', async () => {
    const one = await signedOff(2);
    for (const who of [admin, auditor]) {
      const answer = await who.get<SignOffPage>(`/sign-offs?skill=sfia-9:ITOP&level=2&state=in-force&limit=100`);
      expect(answer.status).toBe(200);
      expect(answer.body.items.every(({ level }) => level === 2)).toBe(true);
      expect(answer.body.items.find(({ id }) => id === one.id)).toMatchObject({
        engineer: { id: one.engineer.id },
        approvers: [{ id: one.mentor.id }],
        state: 'in-force',
      });
      expect(JSON.stringify(answer.body)).not.toContain('evidence');
    }
    expect((await admin.get<SignOffPage>('/sign-offs?to=2001-01-01')).body.items).toEqual([]);
    expect((await one.manager.get('/sign-offs')).status).toBe(403);
    expect((await admin.get('/sign-offs?level=9')).status).toBe(400);
    expect((await admin.get('/sign-offs?levels=1')).status).toBe(400);
  });
});

describe('revoking', () => {
  test('is a new record with a reason: progress follows, the sign-off stays readable', async () => {
    const { engineer, manager, path } = await signedOff(2);
    const answer = await admin.post<SignOffAnswer>(`${path}/revocation`, {
      password: admin.password,
      reason: 'It was somebody else’s work.',
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ state: 'revoked', revocation: { by: { id: admin.id } } });
    const seen = await engineer.get<SignOffAnswer>(path);
    expect(seen.body).toMatchObject({ state: 'revoked', revocation: { reason: 'It was somebody else’s work.' } });
    expect(seen.body.content?.statements).toHaveLength(3);
    expect(
      (await manager.get<{ currentLevel: number | null }>(`/engineers/${engineer.id}/progress?skill=sfia-9:ITOP`)).body.currentLevel,
    ).toBeNull();
    const ledger = await engineer.get<{ items: { kind: string; actor: string }[] }>('/engineers/me/ledger?limit=100');
    expect(ledger.body.items.at(-1)).toMatchObject({ kind: 'sign-off.revoked', actor: admin.id });
    expect(await refusal(admin.post(`${path}/revocation`, { password: admin.password, reason: 'again' }))).toEqual([
      409,
      'already-revoked',
    ]);
    expect((await draftClaim(engineer, 1)).claim.gate.unmet.map(({ code }) => code)).not.toContain('level-skipped');
  });

  test('is for an admin who is neither subject nor approver, with their password and a reason', async () => {
    const { engineer, mentor, manager, path } = await signedOff();
    const body = (who: TestPerson): unknown => ({ password: who.password, reason: 'x' });
    for (const who of [engineer, mentor, manager, auditor])
      expect(await refusal(who.post(`${path}/revocation`, body(who)))).toEqual([403, 'not-allowed']);
    await api.database.query(`UPDATE person SET roles = '{admin}' WHERE person_id = ANY ($1)`, [[engineer.id, mentor.id]]);
    for (const who of [engineer, mentor]) expect(await refusal(who.post(`${path}/revocation`, body(who)))).toEqual([403, 'own-relation']);
    expect(await refusal(admin.post(`${path}/revocation`, { password: 'a wrong password', reason: 'x' }))).toEqual([
      403,
      're-authentication-failed',
    ]);
    expect(await refusal(admin.post(`${path}/revocation`, { password: admin.password }))).toEqual([400, 'malformed']);
    expect(await refusal(admin.post(`${path}/revocation`, { password: admin.password, reason: 'x' }, { ifMatch: '"v9"' }))).toEqual([
      412,
      'stale',
    ]);
    expect((await engineer.get<SignOffAnswer>(path)).body.state).toBe('in-force');
  });

  test('twice at once leaves one revocation', async () => {
    const { path, engineer } = await signedOff();
    const answers = await Promise.all([1, 2, 3].map(() => admin.post(`${path}/revocation`, { password: admin.password, reason: 'x' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect((await engineer.get<{ ok: boolean }>('/engineers/me/ledger/verification')).body.ok).toBe(true);
  });
});

describe('a sign-off with a last day', () => {
  test('is in force up to that day, then expired, and the ledger notes it once', async () => {
    const { engineer, path, id } = await signedOff(2);
    const state = async (): Promise<string> => (await engineer.get<SignOffAnswer>(path)).body.state;
    const level = async (): Promise<number | null> =>
      (await engineer.get<{ currentLevel: number | null }>(`/engineers/me/progress?skill=sfia-9:ITOP`)).body.currentLevel;
    const until = async (day: string): Promise<void> => {
      await api.database.query(`UPDATE sign_off SET signed_off_on = current_date - 30, valid_until = ${day} WHERE sign_off_id = $1`, [id]);
      await api.database.query(`UPDATE progress SET valid_until = ${day} WHERE sign_off_id = $1`, [id]);
    };
    await until('current_date');
    expect([await state(), await level()]).toEqual(['in-force', 2]);
    await until('current_date - 1');
    expect([await state(), await level()]).toEqual(['expired', null]);
    const service = api.app.get(SignOffsService, { strict: false });
    expect(await service.noteExpiries()).toBe(1);
    expect(await service.noteExpiries()).toBe(0);
    const ledger = await engineer.get<{ items: { kind: string; actor: string | null }[] }>('/engineers/me/ledger?limit=100');
    expect(ledger.body.items.at(-1)).toMatchObject({ kind: 'sign-off.expired', actor: null });
    expect((await draftClaim(engineer, 1)).claim.gate.unmet.map(({ code }) => code)).not.toContain('level-skipped');
  });
});

describe('what stays of an approved claim', () => {
  test('archiving its evidence afterwards changes nothing of it', async () => {
    const trio = await makeTrio(api);
    const claim = await signedOffClaim(trio, 1);
    const before = (await seeClaim(trio.manager, claim.path)).claim.statements;
    for (const { evidence } of before) {
      const path = `/engineers/me/evidence/${evidence[0]?.evidenceId}`;
      const seen = await trio.engineer.get(path);
      expect((await trio.engineer.post(`${path}/archival`, {}, { ifMatch: seen.etag ?? '' })).status).toBe(200);
    }
    expect((await seeClaim(trio.manager, claim.path)).claim.statements).toEqual(before);
  });

  test('a renewal that is only drafted does not show by hiding it', async () => {
    const trio = await makeTrio(api);
    const claim = await signedOffClaim(trio, 2);
    await draftClaim(trio.engineer, 2);
    const shown = async (who: TestPerson): Promise<unknown> => {
      const { body } = await who.get<{ levels: { level: number; claim: unknown }[] }>(
        `/engineers/${trio.engineer.id}/progress?skill=sfia-9:ITOP`,
      );
      return body.levels.find(({ level }) => level === 2)?.claim;
    };
    for (const who of [trio.manager, trio.mentor]) expect(await shown(who)).toEqual({ id: claim.id, state: 'approved' });
    expect(await shown(trio.engineer)).toMatchObject({ state: 'draft' });
    const team = await trio.manager.get<{ people: { levels: { level: number; claimState: string | null }[] }[] }>(
      '/teams/me/dashboard?skill=sfia-9:ITOP',
    );
    expect(team.body.people[0]?.levels.find(({ level }) => level === 2)?.claimState).toBe('approved');
  });
});

test('holding a level bars claims below it, and allows its renewal', async () => {
  const { engineer } = await signedOff(2);
  const below = await engineer.post<{ gate: { unmet: { code: string }[] } }>('/engineers/me/claims', {
    skillLevel: levelRef(1),
    summary: 'x',
  });
  expect(below.body.gate.unmet.map(({ code }) => code)).toContain('level-skipped');
  await api.database.query(`UPDATE claim SET state = 'withdrawn' WHERE engineer_id = $1 AND state = 'draft'`, [engineer.id]);
  expect((await draftClaim(engineer, 2)).claim.gate).toMatchObject({ submittable: true, approvable: true });
});
