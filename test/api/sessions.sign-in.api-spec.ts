import { type TestPerson, makePerson, testPassword } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';

let api: TestApp;
let person: TestPerson;

beforeAll(async () => {
  api = await startApp();
  person = await makePerson(api, { name: 'Engineer One' });
});
afterAll(() => api.close());

const signIn = (email: string, password: string) => api.send('POST', '/sessions', { email, password });

describe('signing in', () => {
  it('answers a token that is nowhere in the database, and who has signed in', async () => {
    const answer = await signIn(person.email.toUpperCase(), testPassword);
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      token: expect.stringMatching(/^[\w-]{43}$/) as unknown,
      expiresAt: expect.stringMatching(/Z$/) as unknown,
      person: { id: person.id, name: 'Engineer One', email: person.email, roles: [] },
    });
    expect(answer.headers.get('location')).toMatch(/^\/api\/v1\/sessions\/[0-9a-f-]{36}$/);
    const [row] = await api.database.query<{ text: string }>(`SELECT string_agg(s::text, ' ') AS text FROM session s`);
    expect(row?.text).not.toContain(String(answer.body['token']));
    const { body } = await api.send('GET', '/sessions', undefined, { token: String(answer.body['token']) });
    expect(body).toMatchObject({ items: [{ current: true }, { current: false, client: 'test' }], nextCursor: null });
  });
});
