import { type TestPerson, makePerson } from '../factories/people';
import { type Answer, type TestApp, startAnother, startApp } from '../setup/app';

let api: TestApp;
let second: TestApp;
let person: TestPerson;

const env = { RATE_LIMIT: '100', PUBLIC_RATE_LIMIT: '50', TRUST_PROXY: 'true' };

beforeAll(async () => {
  api = await startApp(env);
  second = await startAnother(api, env);
});
afterAll(async () => {
  await second.close();
  await api.close();
});
beforeEach(async () => {
  person = await makePerson(api);
});

const me = (app: TestApp, { token }: TestPerson): Promise<Answer> => app.send('GET', '/sessions', undefined, { token });

/** Sends so many requests, eight at a time, and answers how many came back with each status. */
async function send(count: number, one: (n: number) => Promise<Answer>): Promise<Record<number, number>> {
  const byStatus: Record<number, number> = {};
  let next = 0;
  const sender = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) {
      const { status } = await one(n);
      byStatus[status] = (byStatus[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, sender));
  return byStatus;
}

it('allows each person their number a minute, and says how it stands', async () => {
  const first = await me(api, person);
  expect(first.headers.get('ratelimit-policy')).toBe('"person";q=100;w=60');
  expect(first.headers.get('ratelimit')).toMatch(/^"person";r=99;t=(60|59)$/);
  expect(await send(150, () => me(api, person))).toEqual({ 200: 99, 429: 51 });
  const refused = await me(api, person);
  expect([refused.status, refused.body['code']]).toEqual([429, 'too-many-requests']);
  expect(refused.headers.get('ratelimit')).toMatch(/^"person";r=0;t=\d+$/);
  const wait = Number(refused.headers.get('retry-after'));
  expect(wait).toBeGreaterThanOrEqual(1);
  expect(wait).toBeLessThanOrEqual(60);
  // others are not touched
  expect((await me(api, await makePerson(api))).status).toBe(200);
});

it('holds over all processes together, whatever sessions somebody uses', async () => {
  const begun = await Promise.all(
    [api, second].map((app) => app.send('POST', '/sessions', { email: person.email, password: person.password })),
  );
  const [other] = begun.map(({ body }) => ({ ...person, token: String(body['token']) }));
  const turns = [() => me(api, person), () => me(second, person), () => me(second, other ?? person)] as const;
  const { 200: allowed = 0, 429: refused = 0 } = await send(240, (n) => (turns[n % 3] ?? turns[0])());
  expect(allowed + refused).toBe(240);
  expect(allowed).toBeLessThanOrEqual(100);
  expect(allowed).toBeGreaterThanOrEqual(95);
});

it('limits who is not signed in by their network: public routes and tokens that are tried out', async () => {
  const from = (address: string, path: string, token?: string): Promise<Answer> =>
    api.send('GET', path, undefined, { headers: { 'x-forwarded-for': address }, ...(token === undefined ? {} : { token }) });
  const tried = await send(60, (n) => from('192.0.2.1', '/people', `${'x'.repeat(40)}${100 + n}`));
  expect(tried).toEqual({ 401: 50, 429: 10 });
  expect((await from('192.0.2.1', '/.well-known/jwks.json')).status).toBe(429);
  expect((await from('192.0.2.2', '/.well-known/jwks.json')).headers.get('ratelimit-policy')).toBe('"network";q=50;w=60');
  // who is signed in from there has a limit of their own
  expect((await from('192.0.2.1', '/sessions', person.token)).status).toBe(200);
});

it('does not limit what load balancers ask', async () => {
  expect(await send(80, () => api.send('GET', '/health/ready'))).toEqual({ 200: 80 });
});

it('limits what there is not, and the API’s description, by the network too', async () => {
  const from = (address: string, path: string): Promise<Response> =>
    fetch(`${api.origin}${path}`, { headers: { 'x-forwarded-for': address } });
  const described = ['/api/openapi.json', '/api/docs', '/api/docs/swagger-ui.css'];
  // however the path is spelled
  const spelled = ['/api/%6fpenapi.json', '/%61pi/docs', '/api/%64ocs/swagger-ui.css'];
  const unreadable = ['/%zz', `/api/v1/people/${'x'.repeat(301)}`];
  for (const [n, path] of ['/nothing', '/api/v1/nothing', ...described, ...spelled, ...unreadable].entries()) {
    const address = `192.0.2.${100 + n}`;
    const statuses: number[] = [];
    for (let asked = 0; asked < 52; asked += 1) statuses.push((await from(address, path)).status);
    expect([path, new Set(statuses.slice(0, 50)).size, statuses.slice(50)]).toEqual([path, 1, [429, 429]]);
    const refused = await from(address, '/nothing');
    expect([refused.status, refused.headers.get('ratelimit-policy'), Number(refused.headers.get('retry-after')) > 0]).toEqual([
      429,
      '"network";q=50;w=60',
      true,
    ]);
    expect(await refused.json()).toMatchObject({ code: 'too-many-requests' });
  }
});
