import { type TestPerson, makePerson, testPassword } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';

let api: TestApp;
beforeAll(async () => {
  api = await startApp();
});
afterAll(() => api.close());

const name = '__Host-touchstone';
const verdict = ({ status, body }: Answer): [number, unknown] => [status, body['code']];
const cookieOf = ({ headers }: Answer): string => headers.getSetCookie().find((one) => one.startsWith(`${name}=`)) ?? '';
const pair = (setCookie: string): string => setCookie.split(';')[0] ?? '';

type Headers = Readonly<Record<string, string>>;

const signIn = (
  person: TestPerson,
  headers: Headers = { origin: api.origin },
  body: Record<string, unknown> = { cookie: true },
): Promise<Answer> => api.send('POST', '/sessions', { email: person.email, password: testPassword, ...body }, { headers });

/** A browser that has signed in: sends requests with its cookie. */
async function browser(
  person: TestPerson,
): Promise<{ cookie: string; send: (method: string, path: string, headers?: Headers, body?: unknown) => Promise<Answer> }> {
  const cookie = pair(cookieOf(await signIn(person)));
  return { cookie, send: (method, path, headers = {}, body) => api.send(method, path, body, { headers: { cookie, ...headers } }) };
}

describe('signing in with a cookie', () => {
  test('sets one that scripts cannot read, other sites cannot send and other hosts cannot plant, and shows no token', async () => {
    const answer = await signIn(await makePerson(api));
    expect([answer.status, answer.body['token']]).toEqual([201, null]);
    const traits = cookieOf(answer).split('; ');
    expect(traits[0]).toMatch(/^__Host-touchstone=[\w-]{43}$/);
    expect(
      traits
        .slice(1)
        .map((one) => one.replace(/\d+$/, 'n'))
        .sort(),
    ).toEqual(['HttpOnly', 'Max-Age=n', 'Path=/', 'SameSite=Strict', 'Secure']);
    const seconds = Number(/Max-Age=(\d+)/.exec(cookieOf(answer))?.[1]);
    expect(Math.abs(seconds - (Date.parse(String(answer.body['expiresAt'])) - Date.now()) / 1000)).toBeLessThan(10);
  });

  test('is not done unless asked for', async () => {
    const answer = await signIn(await makePerson(api), {}, {});
    expect([answer.headers.getSetCookie(), typeof answer.body['token']]).toEqual([[], 'string']);
    expect((await signIn(await makePerson(api), {}, { cookie: false })).headers.getSetCookie()).toEqual([]);
    expect(verdict(await signIn(await makePerson(api), {}, { cookie: 'yes' }))).toEqual([400, 'malformed']);
  });

  test('is refused to a page of another origin', async () => {
    const person = await makePerson(api);
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: api.origin, 'sec-fetch-site': 'cross-site' },
    ]) {
      const answer = await signIn(person, headers);
      expect([...verdict(answer), answer.headers.getSetCookie()]).toEqual([403, 'origin-mismatch', []]);
    }
    expect((await signIn(person, {})).status).toBe(201);
  });

  test('makes a new token each time, and ends the session of the cookie that was there before, whosever it was', async () => {
    const [attacker, victim] = [await makePerson(api), await makePerson(api)];
    const planted = await browser(attacker);
    expect((await planted.send('GET', '/me')).status).toBe(200);
    const answer = await signIn(victim, { origin: api.origin, cookie: planted.cookie });
    expect(pair(cookieOf(answer))).not.toBe(planted.cookie);
    expect(verdict(await planted.send('GET', '/me'))).toEqual([401, 'not-signed-in']);
    // a token that is not a cookie's is left alone
    expect((await attacker.get('/me')).status).toBe(200);
  });

  test('works for an invitation too', async () => {
    const admin = await makePerson(api, { roles: ['admin'] });
    const person = await makePerson(api);
    const { body } = await admin.post<{ token: string }>(`/people/${person.id}/invitation`);
    const answer = await api.send('POST', `/invitations/${body.token}`, { password: 'seven grey herons on a wire', cookie: true });
    expect([answer.status, answer.body['token']]).toEqual([201, null]);
    expect((await api.send('GET', '/me', undefined, { headers: { cookie: pair(cookieOf(answer)) } })).body['id']).toBe(person.id);
  });
});

describe('a request that the cookie signs in', () => {
  test('reads without an Origin, and changes nothing without one', async () => {
    const person = await makePerson(api);
    const { send } = await browser(person);
    expect((await send('GET', '/me')).body['id']).toBe(person.id);
    const evidence = { title: 'Patching', description: 'Playbooks.' };
    for (const headers of [
      {},
      { origin: 'https://evil.example' },
      { origin: `${api.origin}.evil.example` },
      { origin: api.origin.replace('http:', 'https:') },
      { origin: 'null' },
      { origin: api.origin, 'sec-fetch-site': 'cross-site' },
      { origin: api.origin, 'sec-fetch-site': 'same-site' },
      { origin: 'http://evil.example', host: 'evil.example' },
    ]) {
      expect([headers, ...verdict(await send('POST', '/engineers/me/evidence', headers, evidence))]).toEqual([
        headers,
        403,
        'origin-mismatch',
      ]);
    }
    expect((await send('GET', '/engineers/me/evidence')).body['items']).toEqual([]);
    for (const origin of [api.origin, api.origin.replace('127.0.0.1', 'localhost')]) {
      expect((await send('POST', '/engineers/me/evidence', { origin, 'sec-fetch-site': 'same-origin' }, evidence)).status).toBe(201);
    }
  });

  test('is asked for its Origin by every method that changes something', async () => {
    const { send } = await browser(await makePerson(api, { roles: ['admin'] }));
    const id = '01931b2e-7c00-7000-8000-000000000001';
    for (const [method, path] of [
      ['POST', '/people'],
      ['PATCH', `/people/${id}`],
      ['PUT', '/me/password'],
      ['DELETE', '/sessions/current'],
    ] as const) {
      expect([method, ...verdict(await send(method, path, {}, {}))]).toEqual([method, 403, 'origin-mismatch']);
    }
    expect((await send('GET', '/me')).status).toBe(200);
  });

  test('reading for another site is refused', async () => {
    const { send } = await browser(await makePerson(api));
    expect(verdict(await send('GET', '/me', { 'sec-fetch-site': 'cross-site' }))).toEqual([403, 'origin-mismatch']);
    expect(verdict(await send('GET', '/me', { origin: 'https://evil.example' }))).toEqual([403, 'origin-mismatch']);
    expect((await send('GET', '/me', { 'sec-fetch-site': 'none' })).status).toBe(200);
  });

  test('counts for nothing beside an Authorization header', async () => {
    const [one, other] = [await makePerson(api), await makePerson(api)];
    const { send } = await browser(one);
    expect((await send('GET', '/me', { authorization: `Bearer ${other.token}` })).body['id']).toBe(other.id);
    // the bearer is no cookie: it needs no Origin
    expect(
      (await send('POST', '/engineers/me/evidence', { authorization: `Bearer ${other.token}` }, { title: 'x', description: 'y' })).status,
    ).toBe(201);
    expect(verdict(await send('GET', '/me', { authorization: 'Bearer rubbish' }))).toEqual([401, 'not-signed-in']);
  });

  test('takes a session only: neither a personal access token nor rubbish', async () => {
    const person = await makePerson(api);
    const made = await person.post('/me/tokens', {
      name: 'x',
      scopes: ['record:read'],
      expiresOn: new Date(Date.now() + 864e5).toISOString().slice(0, 10),
    });
    for (const value of [String(made.body['token']), 'rubbish', '', 'a'.repeat(43), `${person.token}%00`, `"${person.token}`]) {
      const answer = await api.send('GET', '/me', undefined, { headers: { cookie: `${name}=${value}` } });
      expect([value, answer.status]).toEqual([value, 401]);
    }
    const other = await api.send('GET', '/me', undefined, { headers: { cookie: `touchstone=${person.token}` } });
    expect(other.status).toBe(401);
  });

  test('signing out ends the session and takes the cookie back', async () => {
    const { send } = await browser(await makePerson(api));
    const answer = await send('DELETE', '/sessions/current', { origin: api.origin });
    expect([answer.status, cookieOf(answer)]).toEqual([204, `${name}=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict`]);
    expect(verdict(await send('GET', '/me'))).toEqual([401, 'not-signed-in']);
  });
});

describe('behind a public address', () => {
  test('the Origin is that of PUBLIC_URL and no other', async () => {
    const proxied = await startApp({ PUBLIC_URL: 'https://touchstone.example/app/' });
    try {
      const person = await makePerson(proxied);
      const cookie = `${name}=${person.token}`;
      const change = (origin: string): Promise<Answer> =>
        proxied.send('POST', '/engineers/me/evidence', { title: 'x', description: 'y' }, { headers: { cookie, origin } });
      expect((await change('https://touchstone.example')).status).toBe(201);
      for (const origin of [proxied.origin, 'http://touchstone.example', 'https://touchstone.example:8443', 'http://localhost:3000']) {
        expect([origin, ...verdict(await change(origin))]).toEqual([origin, 403, 'origin-mismatch']);
      }
    } finally {
      await proxied.close();
    }
  });
});
