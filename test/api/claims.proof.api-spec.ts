import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ClaimAnswer } from '../../src/claims/claim-answers.dto';
import type { PolicyAnswer } from '../../src/frameworks/policies.dto';
import { proofLimitsOf } from '../../src/people/sign-in-throttle';
import { routesOf } from '../../src/platform/routes';
import { type SeenClaim, type Trio, acceptedClaim, act, approval, makeTrio, signedOffClaim } from '../factories/claims';
import { checkLedger } from '../factories/evidence';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { makeSecretsKey, useTotp } from '../factories/totp';
import { type Answer, type TestApp, startApp } from '../setup/app';

const key = makeSecretsKey();
let api: TestApp;
beforeAll(async () => {
  api = await startApp(key.settings);
});
afterAll(async () => {
  await api.close();
  key.remove();
});
// guesses of one test are not held against the next
beforeEach(() => api.database.query(`DELETE FROM tally`));

const verdict = ({ status, body }: { readonly status: number; readonly body: unknown }): [number, unknown] => [
  status,
  (body as Record<string, unknown>)['code'],
];
const withoutProof = { password: undefined };
const approve = (mentor: TestPerson, claim: SeenClaim, over: Record<string, unknown> = {}): Promise<Answer<ClaimAnswer>> =>
  act(mentor, claim, 'approval', approval(mentor, over));

/** What the ledger keeps of the approvals of a record. */
const keptApprovals = (engineer: TestPerson): Promise<{ body: Record<string, unknown>; digest: string }[]> =>
  api.database.query(
    `SELECT k.body, encode(a.submission_digest, 'hex') AS digest FROM approval a
       JOIN record_content k ON k.engineer_id = a.engineer_id AND k.digest = a.content_digest WHERE a.engineer_id = $1 ORDER BY a.at`,
    [engineer.id],
  );

describe('an approval', () => {
  test.each([
    ['the password', 'password'],
    ['a one-time code', 'totp'],
    ['both', 'totp'],
  ])('is proven by %s, and its ledger entry says so beside the digest of what was approved', async (how, method) => {
    const trio = await makeTrio(api);
    const app = await useTotp(api, trio.mentor);
    const claim = await acceptedClaim(trio, 1);
    const over = { ...(how === 'a one-time code' ? withoutProof : {}), ...(how === 'the password' ? {} : { totp: app.code() }) };
    const answer = await approve(trio.mentor, claim, over);
    expect(answer.status).toBe(200);
    const [given] = answer.body.approvals;
    expect(given?.proof).toEqual({ method });
    const [kept] = await keptApprovals(trio.engineer);
    expect(kept?.body).toMatchObject({ proof: { method }, submissionDigest: kept?.digest, mentor: trio.mentor.id });
    expect(given?.submissionDigest).toBe(kept?.digest);
    const signOff = await trio.engineer.get<{ content: { approvals: unknown[] } }>(
      `/engineers/me/sign-offs/${answer.body.signOff?.id ?? ''}`,
    );
    expect(signOff.body.content.approvals).toEqual([given]);
    await checkLedger(trio.engineer);
  });

  test('without a proof, or with one that does not hold, writes nothing', async () => {
    const trio = await makeTrio(api);
    const app = await useTotp(api, trio.mentor);
    const claim = await acceptedClaim(trio, 1);
    const stranger = await makePerson(api);
    const foreign = await useTotp(api, stranger);
    expect(verdict(await approve(trio.mentor, claim, withoutProof))).toEqual([400, 'malformed']);
    for (const over of [
      { password: '' },
      { password: null },
      { password: 7 },
      { totp: '12345' },
      { totp: null },
      { ...withoutProof, totp: 492039 },
    ]) {
      expect([over, ...verdict(await approve(trio.mentor, claim, over))]).toEqual([over, 400, 'malformed']);
    }
    for (const over of [
      { password: 'a wrong password' },
      { ...withoutProof, totp: '000000' },
      { ...withoutProof, totp: foreign.code() },
      // both must hold where both are given
      { password: 'a wrong password', totp: app.code() },
      { totp: '000000' },
    ]) {
      expect([over, ...verdict(await approve(trio.mentor, claim, over))]).toEqual([over, 403, 're-authentication-failed']);
      await api.database.query(`DELETE FROM tally`);
    }
    // recovery codes are for signing in
    expect(verdict(await approve(trio.mentor, claim, { ...withoutProof, totp: app.recoveryCodes[0] }))).toEqual([400, 'malformed']);
    expect(await keptApprovals(trio.engineer)).toEqual([]);
    expect((await approve(trio.mentor, claim)).status).toBe(200);
  });

  test('cannot be proven by a code of somebody who has set none up', async () => {
    const trio = await makeTrio(api);
    const claim = await acceptedClaim(trio, 1);
    expect(verdict(await approve(trio.mentor, claim, { ...withoutProof, totp: '123456' }))).toEqual([403, 're-authentication-failed']);
  });

  test('takes a code that nothing else took: no other approval, and no sign-in', async () => {
    const trio = await makeTrio(api);
    const other = await makeTrio(api);
    await mentors(api, trio.mentor, other.engineer);
    const app = await useTotp(api, trio.mentor);
    const claims = [await acceptedClaim(trio, 1), await acceptedClaim({ ...other, mentor: trio.mentor }, 1)] as const;
    const totp = app.code();
    const answers = await Promise.all(claims.map((claim) => approve(trio.mentor, claim, { ...withoutProof, totp })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
    const left = claims[answers.findIndex(({ status }) => status === 403)] ?? claims[0];
    expect(verdict(await approve(trio.mentor, left, { ...withoutProof, totp }))).toEqual([403, 're-authentication-failed']);
    const { email, password } = trio.mentor;
    expect(verdict(await api.send('POST', '/sessions', { email, password, totp }))).toEqual([401, 'bad-credentials']);
    const next = await app.fresh();
    expect((await api.send('POST', '/sessions', { email, password, totp: next })).status).toBe(201);
    expect(verdict(await approve(trio.mentor, left, { ...withoutProof, totp: next }))).toEqual([403, 're-authentication-failed']);
    expect((await approve(trio.mentor, left, { ...withoutProof, totp: await app.fresh() })).status).toBe(200);
  });

  test('uses its code up, also where it is refused for another reason afterwards', async () => {
    const trio = await makeTrio(api);
    const app = await useTotp(api, trio.mentor);
    const claim = await acceptedClaim(trio, 1);
    const proof = { ...withoutProof, totp: app.code() };
    expect(verdict(await approve(trio.mentor, claim, { ...proof, essence: { met: false, note: 'x' } }))).toEqual([422, 'essence-not-met']);
    expect(verdict(await approve(trio.mentor, claim, proof))).toEqual([403, 're-authentication-failed']);
  });

  test('is guessed at slowly: somebody at an open session does not find the password by it', async () => {
    const trio = await makeTrio(api);
    const claim = await acceptedClaim(trio, 1);
    const statuses: number[] = [];
    const [{ limit } = { limit: 0 }] = proofLimitsOf(trio.mentor.id);
    for (let guess = 0; guess < limit + 2; guess += 1)
      statuses.push((await approve(trio.mentor, claim, { password: `guess ${guess}` })).status);
    expect(statuses).toEqual([...Array<number>(limit).fill(403), 429, 429]);
    expect(verdict(await trio.mentor.put('/me/password', { current: 'guess', next: 'seven grey herons on a wire' }))).toEqual([
      429,
      'too-many-requests',
    ]);
  });
});

describe('a policy that asks approvers for a one-time code', () => {
  let admin: TestPerson;
  const setPolicy = async (level: number, over: Partial<PolicyAnswer>): Promise<Answer<PolicyAnswer>> => {
    const path = `/policies/sfia-9:ITOP.${level}`;
    const { body, etag = '' } = await admin.get<PolicyAnswer>(path);
    const { skillLevel: _, version: __, setBy: ___, setAt: ____, versions: _____, ...numbers } = body;
    return admin.put<PolicyAnswer>(path, { ...numbers, ...over }, { ifMatch: etag });
  };
  let trio: Trio;
  let claim: SeenClaim;
  beforeAll(async () => {
    admin = await makePerson(api, { roles: ['admin'] });
    expect((await setPolicy(2, { approversUseTotp: true })).body).toMatchObject({ version: 2, approversUseTotp: true });
    trio = await makeTrio(api);
    claim = await acceptedClaim(trio, 2);
    // claims keep the policy of their first submission; a client that does not know the number turns it off
    const { body, status } = await setPolicy(2, { approversUseTotp: undefined as never });
    expect([status, body.version, body.approversUseTotp]).toEqual([200, 3, false]);
  });

  test('takes no password for it, and says so after the password was found right', async () => {
    expect(claim.claim.policy.approversUseTotp).toBe(true);
    expect(verdict(await approve(trio.mentor, claim, { password: 'a wrong password' }))).toEqual([403, 're-authentication-failed']);
    expect(verdict(await approve(trio.mentor, claim))).toEqual([403, 'totp-proof-required']);
    expect(await keptApprovals(trio.engineer)).toEqual([]);
  });

  test('takes a code, alone or beside the password', async () => {
    const app = await useTotp(api, trio.mentor);
    expect((await approve(trio.mentor, claim, { totp: app.code() })).status).toBe(200);
    // later claims go by the later policy
    const later = await makeTrio(api);
    expect((await approve(later.mentor, await acceptedClaim(later, 2))).status).toBe(200);
  });

  test('is no number but yes or no', async () => {
    expect(verdict(await setPolicy(2, { approversUseTotp: 'yes' as never }))).toEqual([400, 'malformed']);
    expect(verdict(await setPolicy(2, { approversUseTotp: null as never }))).toEqual([400, 'malformed']);
  });
});

describe('a revocation', () => {
  test('asks for the same proof, and its ledger entry says by what it was proven', async () => {
    const trio = await makeTrio(api);
    const admin = await makePerson(api, { roles: ['admin'] });
    const app = await useTotp(api, admin);
    const { claim } = await signedOffClaim(trio, 1);
    const revoke = (body: Record<string, unknown>): Promise<Answer> =>
      admin.post(`/engineers/${trio.engineer.id}/sign-offs/${claim.signOff?.id ?? ''}/revocation`, { reason: 'Not theirs.', ...body });
    expect(verdict(await revoke({}))).toEqual([400, 'malformed']);
    expect(verdict(await revoke({ password: 'a wrong password' }))).toEqual([403, 're-authentication-failed']);
    expect(verdict(await revoke({ totp: '000000' }))).toEqual([403, 're-authentication-failed']);
    expect(verdict(await revoke({ password: 'a wrong password', totp: app.code() }))).toEqual([403, 're-authentication-failed']);
    expect(await api.database.query(`SELECT 1 FROM revocation WHERE engineer_id = $1`, [trio.engineer.id])).toEqual([]);
    expect((await revoke({ totp: app.code() })).status).toBe(200);
    const [kept] = await api.database.query<{ body: unknown }>(
      `SELECT k.body FROM revocation r JOIN record_content k ON k.engineer_id = r.engineer_id AND k.digest = r.content_digest WHERE r.engineer_id = $1`,
      [trio.engineer.id],
    );
    expect(kept?.body).toMatchObject({ proof: { method: 'totp' }, reason: 'Not theirs.' });
    await checkLedger(trio.engineer);
  });
});

describe('by every path', () => {
  const sources = readdirSync(join(__dirname, '../../src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .map((file) => ({ file: file.replaceAll('\\', '/'), text: readFileSync(join(__dirname, '../../src', file), 'utf8') }));
  const filesWith = (pattern: RegExp): string[] =>
    sources
      .filter(({ text }) => pattern.test(text))
      .map(({ file }) => file)
      .sort();

  test('approvals and revocations are written in one place each, behind a proof', () => {
    expect(filesWith(/insert\(\s*(ApprovalEntity|RevocationEntity)|INTO (approval|revocation)\b/)).toEqual(['claims/claims.store.ts']);
    expect(filesWith(/\.insertApproval\(/)).toEqual(['claims/claims.approval.ts']);
    expect(filesWith(/\.insertRevocation\(/)).toEqual(['claims/sign-offs.service.ts']);
    expect(filesWith(/kind: 'claim\.approved'/)).toEqual(['claims/claims.approval.ts']);
    expect(filesWith(/kind: 'sign-off\.(granted|revoked)'/)).toEqual(['claims/claims.approval.ts', 'claims/sign-offs.service.ts']);
    for (const [file, write] of [
      ['claims/claims.approval.ts', '.insertApproval('],
      ['claims/sign-offs.service.ts', '.insertRevocation('],
    ] as const) {
      const text = sources.find((source) => source.file === file)?.text ?? '';
      expect([file, text.split(write).length - 1]).toEqual([file, 1]);
      expect(text.indexOf('demandProof(')).toBeGreaterThan(0);
      expect(text.indexOf('demandProof(')).toBeLessThan(text.indexOf(write));
    }
  });

  test('passwords and codes are checked by the one class that asks for proofs, and by signing in', () => {
    expect(filesWith(/passwords\.verify\(/)).toEqual(['people/proofs.ts']);
    expect(filesWith(/passwords\.matches\(|this\.matches\(/)).toEqual(['people/passwords.ts', 'people/sessions.service.ts']);
    expect(filesWith(/codes\.use\(/)).toEqual(['people/proofs.ts', 'people/totp.service.ts']);
    expect(filesWith(/codes\.checkSecondFactor\(/)).toEqual(['people/invitations.service.ts', 'people/sessions.service.ts']);
    expect(filesWith(/sessions\.begin\(|store\.begin\(tx, person/)).toEqual([
      'people/invitations.service.ts',
      'people/sessions.service.ts',
      'people/totp.service.ts',
    ]);
  });

  test('the routes that sign are closed to personal access tokens', () => {
    const signing = routesOf(api.app).filter(
      ({ method, path }) => method === 'POST' && /\/(approval|revocation|review|reviews|refusal|change-request)$/.test(path),
    );
    expect(signing.filter(({ scope }) => scope !== null)).toEqual([]);
    expect(signing.length).toBeGreaterThanOrEqual(7);
  });
});
