import { Housekeeping } from '../../src/platform/housekeeping';
import { type Scope, scopes } from '../../src/kernel/actor';
import { DateTime } from 'luxon';
import { routesOf } from '../../src/platform/routes';
import { acceptedClaim, approval, draftClaim, logWork, makeTrio, statementRef } from '../factories/claims';
import { type TestPerson, makePerson, signedIn, testPassword } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';

let api: TestApp;
beforeAll(async () => {
  api = await startApp();
});
afterAll(() => api.close());

const verdict = ({ status, body }: Answer): [number, unknown] => [status, body['code']];
const inDays = (days: number): string => DateTime.utc().plus({ days }).toISODate();
const wanted = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: 'Nightly report',
  scopes: ['record:read'],
  expiresOn: inDays(30),
  ...over,
});

/** The person, signed in by a fresh personal access token. */
async function byToken(person: TestPerson, those: readonly Scope[] = scopes): Promise<TestPerson> {
  const { status, body } = await person.post('/me/tokens', wanted({ scopes: those, password: person.password }));
  if (status !== 201) throw new Error(`the token was refused: ${JSON.stringify(body)}`);
  return signedIn(api, { ...person, token: String(body['token']) });
}

describe('making a token', () => {
  test('shows it once, and lists it without', async () => {
    const person = await makePerson(api);
    const made = await person.post('/me/tokens', wanted());
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(`/api/v1/me/tokens/${String(made.body['id'])}`);
    expect(made.body['token']).toMatch(/^tsp_[\w-]{43}$/);
    const { token, ...shown } = made.body;
    expect((await person.get<{ items: unknown[] }>('/me/tokens')).body.items).toEqual([shown]);
    const [kept] = await api.database.query<{ token_hash: Buffer }>(`SELECT * FROM personal_token WHERE person_id = $1`, [person.id]);
    expect(JSON.stringify(kept)).not.toContain(String(token).slice(4));
  });

  test('asks for a fresh proof: the password, or a sign-in less than ten minutes ago', async () => {
    const person = await makePerson(api);
    expect((await person.post('/me/tokens', wanted())).status).toBe(201);
    await api.database.query(`UPDATE session SET created_at = now() - interval '11 minutes' WHERE person_id = $1`, [person.id]);
    expect(verdict(await person.post('/me/tokens', wanted()))).toEqual([403, 're-authentication-failed']);
    expect(verdict(await person.post('/me/tokens', wanted({ password: 'a wrong one' })))).toEqual([403, 're-authentication-failed']);
    expect(verdict(await person.post('/me/tokens', wanted({ totp: '123456' })))).toEqual([403, 're-authentication-failed']);
    expect((await person.post('/me/tokens', wanted({ password: testPassword }))).status).toBe(201);
  });

  test.each([
    ['no scope', { scopes: [] }],
    ['an unknown scope', { scopes: ['admin:write'] }],
    ['a scope twice', { scopes: ['record:read', 'record:read'] }],
    ['no last day', { expiresOn: undefined }],
    ['yesterday as its last day', { expiresOn: inDays(-2) }],
    ['more than a year', { expiresOn: inDays(370) }],
    ['no name', { name: ' ' }],
    ['an unknown field', { roles: ['admin'] }],
  ])('with %s is malformed', async (_, over) => {
    const person = await makePerson(api);
    expect(verdict(await person.post('/me/tokens', wanted(over)))).toEqual([400, 'malformed']);
  });

  test('replayed under its Idempotency-Key shows no token again', async () => {
    const person = await makePerson(api);
    const first = await person.post('/me/tokens', wanted(), { key: 'one' });
    const again = await person.post('/me/tokens', wanted(), { key: 'one' });
    expect([again.status, again.body]).toEqual([201, { ...first.body, token: null }]);
  });

  test('pages through many, newest first, and never somebody else’s', async () => {
    const [person, other] = [await makePerson(api), await makePerson(api)];
    for (const name of ['one', 'two', 'three']) await person.post('/me/tokens', wanted({ name }));
    const foreign = await other.post('/me/tokens', wanted());
    const first = await person.get<{ items: { name: string }[]; nextCursor: string }>('/me/tokens?limit=2');
    const second = await person.get<{ items: { name: string }[]; nextCursor: null }>(`/me/tokens?limit=2&cursor=${first.body.nextCursor}`);
    expect([...first.body.items, ...second.body.items].map(({ name }) => name)).toEqual(['three', 'two', 'one']);
    expect(verdict(await person.delete(`/me/tokens/${String(foreign.body['id'])}`))).toEqual([404, 'not-found']);
  });
});

describe('a token', () => {
  test('opens what its scope says and nothing else', async () => {
    const { engineer } = await makeTrio(api);
    const opened: Record<Scope, [string, string]> = {
      'catalogue:read': ['GET', '/frameworks'],
      'record:read': ['GET', '/engineers/me/evidence'],
      'evidence:write': ['POST', '/engineers/me/evidence'],
      'claims:write': ['POST', '/engineers/me/claims'],
      'reviews:read': ['GET', '/reviews?state=waiting'],
      'dashboards:read': ['GET', '/teams/me/dashboard?skill=sfia-9:ITOP'],
      'ledger:read': ['GET', '/engineers/me/ledger'],
    };
    for (const scope of scopes) {
      const person = await byToken(engineer, [scope]);
      for (const [needed, [method, path]] of Object.entries(opened)) {
        const answer = await api.send(method, path, method === 'GET' ? undefined : {}, { token: person.token });
        // an empty body is refused after the scope was looked at
        const expected = needed !== scope ? [403, 'scope-too-small'] : method === 'GET' ? [200, undefined] : [400, 'malformed'];
        expect([scope, needed, ...verdict(answer)]).toEqual([scope, needed, ...expected]);
      }
    }
  });

  test('with every scope is let in nowhere that approves, judges, revokes, administers, exports or is about signing in', async () => {
    const admin = await makePerson(api, { roles: ['admin', 'auditor'] });
    const all = await byToken(admin);
    const closed = routesOf(api.app).filter(({ audience, scope }) => audience !== 'public' && scope === null);
    expect(closed.length).toBeGreaterThan(25);
    for (const { method, path } of closed) {
      const target = path
        .replace('/api/v1', '')
        .replaceAll(/\{(engineerId|managerId|personId)\}/g, 'me')
        .replace('{skillLevel}', 'sfia-9:ITOP.1')
        .replace('{statement}', 'sfia-9:ITOP.1.1')
        .replaceAll(/\{\w+\}/g, admin.id);
      const answer = await api.send(method, target, method === 'GET' ? undefined : {}, { token: all.token });
      expect([method, path, ...verdict(answer)]).toEqual([method, path, 403, 'scope-too-small']);
    }
  });

  test('never approves, reviews, refuses or revokes, even where its person may, and nothing is written', async () => {
    const trio = await makeTrio(api);
    const claim = await acceptedClaim(trio, 1);
    const mentor = await byToken(trio.mentor);
    const rows = (): Promise<unknown> =>
      api.database.query(`SELECT count(*)::int AS n FROM ledger_entry WHERE engineer_id = $1`, [trio.engineer.id]);
    const before = await rows();
    for (const [action, body] of [
      ['approval', approval(trio.mentor)],
      ['reviews', { verdicts: [] }],
      ['change-request', { feedback: 'x', statements: [] }],
      ['refusal', { reason: 'x' }],
    ] as const) {
      expect(verdict(await mentor.post(`${claim.path}/${action}`, body, { ifMatch: claim.etag }))).toEqual([403, 'scope-too-small']);
    }
    const [support] = claim.claim.statements;
    const [piece] = support?.evidence ?? [];
    const review = `/engineers/${trio.engineer.id}/evidence/${piece?.evidenceId ?? ''}/supports/${support?.ref ?? ''}/review`;
    expect(verdict(await mentor.post(review, { verdict: 'accepted' }, { ifMatch: '"v1"' }))).toEqual([403, 'scope-too-small']);
    expect(await rows()).toEqual(before);
    // the mentor themselves may
    expect((await trio.mentor.post(`${claim.path}/approval`, approval(trio.mentor), { ifMatch: claim.etag })).status).toBe(200);
  });

  test('logs evidence and drafts claims, as its person', async () => {
    const { engineer } = await makeTrio(api);
    const person = await byToken(engineer, ['evidence:write', 'claims:write']);
    await logWork(person, [statementRef(1, 1)]);
    const { claim } = await draftClaim(person, 1);
    expect(claim.engineer.id).toBe(engineer.id);
    expect((await engineer.get('/engineers/me/evidence')).body['items']).toHaveLength(1);
  });

  test('carries no more than its person has at that moment', async () => {
    const auditor = await makePerson(api, { roles: ['auditor'] });
    const { engineer } = await makeTrio(api);
    const token = await byToken(auditor, ['record:read', 'ledger:read']);
    expect((await token.get(`/engineers/${engineer.id}/ledger`)).status).toBe(200);
    await api.database.query(`UPDATE person SET roles = '{}' WHERE person_id = $1`, [auditor.id]);
    expect(verdict(await token.get(`/engineers/${engineer.id}/ledger`))).toEqual([404, 'not-found']);
    expect(verdict(await token.get('/ledger/verification'))).toEqual([403, 'not-allowed']);
  });

  test('makes no session and no token, whatever its scopes', async () => {
    const token = await byToken(await makePerson(api));
    expect(verdict(await token.post('/me/tokens', wanted({ password: testPassword })))).toEqual([403, 'scope-too-small']);
    expect(verdict(await token.get('/me/tokens'))).toEqual([403, 'scope-too-small']);
    expect(verdict(await token.put('/me/password', { current: testPassword, next: 'seven grey herons on a wire' }))).toEqual([
      403,
      'scope-too-small',
    ]);
    expect(verdict(await token.delete('/sessions/current'))).toEqual([403, 'scope-too-small']);
  });

  test('says when it was used last, to the minute', async () => {
    const person = await makePerson(api);
    const token = await byToken(person);
    const lastUsed = async (): Promise<unknown> =>
      (await person.get<{ items: { lastUsedAt: unknown }[] }>('/me/tokens')).body.items[0]?.lastUsedAt;
    expect(await lastUsed()).toBeNull();
    await token.get('/me');
    const first = await lastUsed();
    expect(first).toEqual(expect.any(String));
    await token.get('/me');
    expect(await lastUsed()).toBe(first);
  });

  test('that is dead is swept away after a month, and no sooner', async () => {
    const person = await makePerson(api);
    const [old, young] = [await byToken(person), await byToken(person)];
    for (const one of [old, young]) {
      const { body } = await person.get<{ items: { id: string }[] }>('/me/tokens');
      expect((await person.delete(`/me/tokens/${body.items.at(-1)?.id ?? ''}`)).status).toBe(204);
      expect((await one.get('/me')).status).toBe(401);
    }
    const ids = await api.database.query<{ token_id: string }>(
      `SELECT token_id FROM personal_token WHERE person_id = $1 ORDER BY token_id`,
      [person.id],
    );
    await api.database.query(`UPDATE personal_token SET revoked_at = now() - interval '31 days' WHERE token_id = $1`, [ids[0]?.token_id]);
    await api.app.get(Housekeeping, { strict: false }).drop();
    expect(await api.database.query(`SELECT token_id FROM personal_token WHERE person_id = $1`, [person.id])).toEqual([ids[1]]);
  });
});
