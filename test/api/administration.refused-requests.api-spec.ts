import { newId } from '../../src/kernel/ids';
import type { ApiRequest } from '../../src/platform/api-request';
import { RefusedRequestsLog } from '../../src/platform/refused-requests.log';
import { type TestPerson, makePerson } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';

let api: TestApp;
let admin: TestPerson;

beforeAll(async () => {
  api = await startApp({ TRUST_PROXY: 'true' });
  admin = await makePerson(api, { roles: ['admin'] });
});
afterAll(() => api.close());

interface Item extends Record<string, unknown> {
  readonly code: string;
}

/** The refused requests, once so many are there: they are written a moment later. */
async function refused(query: string, count: number): Promise<Item[]> {
  for (let tries = 0; ; tries += 1) {
    const { items } = (await admin.get(`/administration/refused-requests?${query}`)).body as unknown as { items: Item[] };
    if (items.length >= count || tries > 40) return items;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const secret = 'a marker that stands in no log';

it('shows who was refused what, and nothing of what they sent', async () => {
  const [nosy, engineer] = [await makePerson(api, { name: 'Nosy One' }), await makePerson(api)];
  const answers = [
    await nosy.get(`/engineers/${engineer.id}/evidence?q=${encodeURIComponent(secret)}`, { headers: { 'x-forwarded-for': '192.0.2.7' } }),
    await nosy.post('/people', { name: secret, email: 'x@example.test' }),
    await nosy.get('/nothing/here'),
  ];
  expect(answers.map(({ status }) => status)).toEqual([404, 403, 404]);
  const items = await refused(`person=${nosy.id}`, 2);
  expect(items).toHaveLength(2);
  expect(items[1]).toMatchObject({
    person: { id: nosy.id, name: 'Nosy One' },
    address: '192.0.2.7',
    method: 'GET',
    route: '/api/v1/engineers/:engineerId/evidence',
    about: engineer.id,
    status: 404,
    code: 'not-found',
    requestId: answers[0]?.headers.get('x-request-id'),
  });
  expect(items[0]).toMatchObject({ method: 'POST', route: '/api/v1/people', about: null, status: 403, code: 'not-allowed' });
  const [row] = await api.database.query<{ text: string }>(`SELECT string_agg(r::text, ' ') AS text FROM refused_request r`);
  expect(row?.text).not.toContain(secret);
  expect(await refused(`about=${engineer.id}`, 1)).toHaveLength(1);
  expect(await refused(`person=${nosy.id}&code=not-allowed`, 1)).toHaveLength(1);
  expect(await refused(`person=${nosy.id}&status=404`, 1)).toHaveLength(1);
});

it('shows wrong passwords and dead tokens too, which are nobody’s', async () => {
  await api.send('POST', '/sessions', { email: 'nobody@example.test', password: secret }, { headers: { 'x-forwarded-for': '192.0.2.8' } });
  await api.send('GET', '/me', undefined, { token: 'x'.repeat(43), headers: { 'x-forwarded-for': '192.0.2.8' } });
  const items = (await refused('status=401', 2)).filter(({ address }) => address === '192.0.2.8');
  expect(items.map(({ code }) => code).sort()).toEqual(['bad-credentials', 'not-signed-in']);
  expect(items.every(({ person }) => person === null)).toBe(true);
});

it('is for admins and auditors, page by page', async () => {
  const [engineer, auditor] = [await makePerson(api), await makePerson(api, { roles: ['auditor'] })];
  const get = (person: TestPerson): Promise<Answer> => person.get('/administration/refused-requests?limit=1');
  expect((await get(engineer)).status).toBe(403);
  const first = await get(auditor);
  expect([first.status, (first.body['items'] as unknown[]).length]).toEqual([200, 1]);
  const second = await auditor.get(`/administration/refused-requests?limit=1&cursor=${String(first.body['nextCursor'])}`);
  expect((second.body['items'] as Item[])[0]?.['id']).not.toBe((first.body['items'] as Item[])[0]?.['id']);
  expect((await auditor.get('/administration/refused-requests?person=me')).status).toBe(400);
});

it('does not fill the disk in a flood: of each half second at most a hundred are kept, and the log has them all', async () => {
  const log = api.app.get(RefusedRequestsLog);
  await log.write();
  const count = async (): Promise<number> =>
    (await api.database.query<{ count: number }>(`SELECT count(*)::int AS count FROM refused_request WHERE route = '/flood'`))[0]?.count ??
    0;
  const request = { id: newId(), ip: '192.0.2.9', method: 'GET', params: {}, routeOptions: { url: '/flood' } } as unknown as ApiRequest;
  for (let n = 0; n < 1_000; n += 1) log.note(request, 401, 'not-signed-in');
  await log.write();
  expect(await count()).toBe(100);
});
