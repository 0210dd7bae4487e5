import { SettingsError, readSettings } from '../../src/config';
import { type TestPerson, makePerson, testPassword } from '../factories/people';
import { type TestApp, startAnother, startApp } from '../setup/app';

const listed = 'https://app.example.com';
const foreign = [
  'https://evil.example',
  'https://app.example.com.evil.example',
  'http://app.example.com',
  'https://app.example.com:8443',
  'null',
];

let closed: TestApp;
let open: TestApp;
let person: TestPerson;
beforeAll(async () => {
  closed = await startApp();
  open = await startAnother(closed, { CORS_ORIGINS: `https://other.example, ${listed}` });
  person = await makePerson(closed);
});
afterAll(async () => {
  await open.close();
  await closed.close();
});

const cors = ({ headers }: Response): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));
const ask = (api: TestApp, origin: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${api.origin}/api/v1/me`, {
    ...init,
    headers: { authorization: `Bearer ${person.token}`, origin, ...(init.headers as Record<string, string>) },
  });
const preflight = (api: TestApp, origin: string): Promise<Response> =>
  fetch(`${api.origin}/api/v1/me/password`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization,if-match' },
  });

describe('without CORS_ORIGINS', () => {
  it('no other origin is told anything, and no preflight is answered', async () => {
    for (const origin of [listed, ...foreign, closed.origin]) {
      const answer = await ask(closed, origin);
      expect([origin, answer.status, cors(answer), answer.headers.get('vary')]).toEqual([origin, 200, {}, null]);
      const before = await preflight(closed, origin);
      expect([origin, before.status, cors(before)]).toEqual([origin, 404, {}]);
    }
  });
});

describe('with CORS_ORIGINS', () => {
  it('a listed origin reads the answers, with credentials, and is told so on its own', async () => {
    const answer = await ask(open, listed);
    expect(answer.status).toBe(200);
    expect(cors(answer)).toMatchObject({ 'access-control-allow-origin': listed, 'access-control-allow-credentials': 'true' });
    expect(cors(answer)['access-control-expose-headers']).toContain('ETag');
    expect(answer.headers.get('vary')).toBe('Origin');
    // refusals too, or a page could not say what is wrong
    const refused = await ask(open, listed, { headers: { authorization: 'Bearer nobody' } });
    expect([refused.status, cors(refused)['access-control-allow-origin']]).toEqual([401, listed]);
    const dashboard = await fetch(`${open.origin}/api/v1/teams/me/reviews`, {
      headers: { authorization: `Bearer ${person.token}`, origin: listed },
    });
    expect(dashboard.headers.get('vary')).toBe('Origin, Accept');
  });

  it('its preflights are answered, with the headers that every answer has', async () => {
    const answer = await preflight(open, listed);
    expect([answer.ok, await answer.text()]).toEqual([true, '']);
    expect(cors(answer)).toMatchObject({
      'access-control-allow-origin': listed,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-max-age': '600',
    });
    for (const name of ['Authorization', 'If-Match', 'Idempotency-Key'])
      expect(cors(answer)['access-control-allow-headers']).toContain(name);
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('every other origin is told nothing', async () => {
    for (const origin of foreign) {
      const answer = await ask(open, origin);
      expect([origin, answer.status, cors(answer)]).toEqual([origin, 200, {}]);
      const before = await preflight(open, origin);
      expect([origin, before.status, cors(before), before.headers.get('content-type')]).toEqual([
        origin,
        404,
        {},
        'application/problem+json; charset=utf-8',
      ]);
    }
    const none = await fetch(`${open.origin}/api/v1/me`, { headers: { authorization: `Bearer ${person.token}` } });
    expect([none.status, cors(none)]).toEqual([200, {}]);
  });

  it('the session cookie counts for its pages, and for no other’s', async () => {
    const signedIn = await fetch(`${open.origin}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: listed },
      body: JSON.stringify({ email: person.email, password: testPassword, cookie: true }),
    });
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect([signedIn.status, cookie]).toEqual([201, expect.stringMatching(/^__Host-/) as unknown]);
    const end = (api: TestApp, origin: string): Promise<number> =>
      fetch(`${api.origin}/api/v1/sessions/current`, { method: 'DELETE', headers: { cookie, origin, 'sec-fetch-site': 'same-site' } }).then(
        ({ status }) => status,
      );
    for (const origin of foreign) expect([origin, await end(open, origin)]).toEqual([origin, 403]);
    expect(await end(closed, listed)).toBe(403);
    expect(await end(open, listed)).toBe(204);
  });
});

it('CORS_ORIGINS is origins: no star, no path, nothing else', () => {
  const read = (text: string): string[] => readSettings({ CORS_ORIGINS: text }).CORS_ORIGINS;
  expect(read('')).toEqual([]);
  expect(read('https://a.example,http://localhost:5173')).toEqual(['https://a.example', 'http://localhost:5173']);
  for (const text of [
    '*',
    'null',
    'https://a.example/',
    'https://a.example/path',
    'a.example',
    'https://*.example',
    'ftp://a.example',
    'https://A.example',
    'https://a.example;https://b.example',
  ]) {
    expect([
      text,
      ((): unknown => {
        try {
          return read(text);
        } catch (error) {
          return error instanceof SettingsError;
        }
      })(),
    ]).toEqual([text, true]);
  }
});
