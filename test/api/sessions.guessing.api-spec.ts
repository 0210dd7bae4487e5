import { type TestPerson, makePerson, testPassword } from '../factories/people';
import { makeSecretsKey, useTotp } from '../factories/totp';
import { type Answer, type TestApp, startApp } from '../setup/app';

jest.setTimeout(240_000);

const key = makeSecretsKey();
let api: TestApp;
let person: TestPerson;

/** How many guesses: the full count is for `npm run test:deep`. */
const many = process.env['DEEP'] === undefined ? 120 : 10_000;

beforeAll(async () => {
  api = await startApp({ TRUST_PROXY: 'true', ...key.settings });
});
afterAll(async () => {
  await api.close();
  key.remove();
});
beforeEach(async () => {
  await api.database.query(`DELETE FROM tally`);
  person = await makePerson(api);
});

const signIn = (from: string, password = testPassword, email = person.email): Promise<Answer> =>
  api.send('POST', '/sessions', { email, password }, { headers: { 'x-forwarded-for': from } });

const address = (n: number): string => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;

/** Sends so many guesses, some at once, and counts the answers by status. */
async function guess(count: number, send: (n: number) => Promise<Answer>): Promise<Record<number, number>> {
  const byStatus: Record<number, number> = {};
  let next = 0;
  const guesser = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) {
      const { status } = await send(n);
      byStatus[status] = (byStatus[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, guesser));
  return byStatus;
}

/** Lets the windows of all limits end. */
const waitForWindows = () => api.database.query(`UPDATE tally SET ends_at = now()`);

describe('guessing a password', () => {
  it('from one address is slowed down after ten attempts a minute, and the real person gets in from elsewhere at once', async () => {
    const begun = Date.now();
    const answers = guess(many, (n) => signIn('192.0.2.1', `guess number ${n}`));
    expect((await signIn('198.51.100.7')).status).toBe(201);
    const { 401: tried = 0, 429: refused = 0, ...others } = await answers;
    expect(others).toEqual({});
    expect(tried + refused).toBe(many);
    expect(tried).toBeGreaterThanOrEqual(1);
    expect(tried).toBeLessThanOrEqual(10 * (Math.floor((Date.now() - begun) / 60_000) + 2));
    expect((await signIn('198.51.100.7')).status).toBe(201);
  });

  it('says how long to wait, does not even try the right password meanwhile, and locks nobody out for good', async () => {
    await guess(12, () => signIn('192.0.2.1', 'a wrong password'));
    const refused = await signIn('192.0.2.1');
    expect([refused.status, refused.body['code']]).toEqual([429, 'too-many-requests']);
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThanOrEqual(1);
    expect(wait).toBeLessThanOrEqual(60);
    await waitForWindows();
    expect((await signIn('192.0.2.1')).status).toBe(201);
  });

  it('from as many addresses as there are guesses is slowed down too, and the real person gets in from where they were before', async () => {
    expect((await signIn('198.51.100.7')).status).toBe(201);
    const { 401: tried = 0, 429: refused = 0, ...others } = await guess(many, (n) => signIn(address(n), `guess number ${n}`));
    expect(others).toEqual({});
    expect(tried + refused).toBe(many);
    expect(tried).toBeLessThanOrEqual(100);
    expect((await signIn('198.51.100.7')).status).toBe(201);
    // from where nobody knows them they wait for the window to end, and no longer
    expect((await signIn('203.0.113.9')).status).toBe(429);
    await waitForWindows();
    expect((await signIn('203.0.113.9')).status).toBe(201);
  });

  it('at many accounts from one address is slowed down, whether the accounts exist or not', async () => {
    const { 401: tried = 0, 429: refused = 0 } = await guess(330, (n) =>
      signIn('192.0.2.1', 'Summer has come 2026', `somebody${n}@example.test`),
    );
    expect(tried).toBe(300);
    expect(refused).toBe(30);
  });

  it('counts an IPv6 network as one, and spellings of an account as one', async () => {
    await guess(12, (n) =>
      signIn(`2001:db8:1:2::${n + 1}`, 'a wrong password', n % 2 === 0 ? ` ${person.email.toUpperCase()}` : person.email),
    );
    expect((await signIn('2001:db8:1:2:ffff::1')).status).toBe(429);
    expect((await signIn('2001:db8:1:3::1')).status).toBe(201);
  });

  it.each([
    ['somebody’s', 'willi.vickers@example.test'],
    ['nobody’s', 'nilli.vickers@example.test'],
  ])('counts as one what the database takes for one address, %s', async (_, email) => {
    await api.database.query(`UPDATE person SET email = 'willi.vickers@example.test' WHERE person_id = $1`, [person.id]);
    // its lower() makes an i of this letter, and toLowerCase() something else
    const spellings = [email, email.replace('i', '\u0130'), email.replaceAll('i', '\u0130'), email.toUpperCase()];
    for (let n = 0; n < 12; n += 1) await signIn('192.0.2.1', 'a wrong password', spellings[n % 4]);
    expect((await signIn('192.0.2.1', testPassword, email)).status).toBe(429);
    await api.database.query(`UPDATE person SET email = $2 WHERE person_id = $1`, [person.id, person.email]);
  });

  it.each([
    ['192.0.2.1', (n: number) => `192.0.2.1:${5_000 + n}`],
    ['[2001:db8:1:2::1]', (n: number) => `[2001:db8:1:2::${n + 1}]:${5_000 + n}`],
  ])('counts an address as one, whatever port a proxy sends with it: %s', async (plain, from) => {
    await guess(12, (n) => signIn(from(n), 'a wrong password'));
    expect((await signIn(plain)).status).toBe(429);
  });

  it('does not count those that succeed', async () => {
    for (let n = 0; n < 25; n += 1) expect((await signIn('192.0.2.1')).status).toBe(201);
    const [row] = await api.database.query<{ sum: number }>(`SELECT sum(count)::int AS sum FROM tally`);
    expect(row?.sum).toBe(0);
  });

  it('keeps neither addresses nor emails', async () => {
    await signIn('192.0.2.77', 'a wrong password');
    await signIn('192.0.2.77');
    const [row] = await api.database.query<{ text: string }>(
      `SELECT (SELECT string_agg(t::text, ' ') FROM tally t) || (SELECT string_agg(k::text, ' ') FROM known_network k) AS text`,
    );
    expect(row?.text).not.toMatch(/192\.0\.2|@/);
  });

  it('by whoever found a session open is slowed down too: the present password cannot be tried out', async () => {
    const change = (current: string) => person.put('/me/password', { current, next: 'seven grey herons at noon' });
    for (let n = 0; n < 10; n += 1) expect((await change(`guess number ${n}`)).status).toBe(403);
    expect((await change(testPassword)).status).toBe(429);
    await waitForWindows();
    expect((await change(testPassword)).status).toBe(204);
  });
});

describe('guessing the one-time code of somebody whose password is known', () => {
  /** Each has the right password, which is hashed: fewer of them say as much. */
  const guesses = process.env['DEEP'] === undefined ? 80 : 1_000;
  const withCode = (from: string, totp: string): Promise<Answer> =>
    api.send('POST', '/sessions', { email: person.email, password: testPassword, totp }, { headers: { 'x-forwarded-for': from } });
  const codeOf = (n: number): string => String(n % 1_000_000).padStart(6, '0');
  /** Guesses, and answers how many were tried; what finds no turn to be hashed is not. */
  async function triedOf(send: (n: number) => Promise<Answer>): Promise<number> {
    const { 401: tried = 0, 429: refused = 0, 503: busy = 0, ...others } = await guess(guesses, send);
    expect([others, tried + refused + busy]).toEqual([{}, guesses]);
    return tried;
  }

  it('from one address is slowed down, and the real person gets in from elsewhere at once', async () => {
    const { recoveryCodes } = await useTotp(api, person);
    expect(await triedOf((n) => withCode('192.0.2.1', codeOf(n)))).toBeLessThanOrEqual(20);
    for (let n = 0; n < 6 && (await withCode('192.0.2.1', codeOf(n))).status !== 429;) n += 1;
    expect((await withCode('192.0.2.1', recoveryCodes[0] ?? '')).status).toBe(429);
    expect((await withCode('198.51.100.7', recoveryCodes[1] ?? '')).status).toBe(201);
    // and what they are asked for within the session is theirs too
    expect((await person.post('/me/totp/recovery-codes', { password: testPassword, code: recoveryCodes[2] })).status).toBe(200);
  });

  it('is no guess at the password, also where the code finds its own limit', async () => {
    await useTotp(api, person);
    for (let n = 0; n < 20; n += 1) expect((await withCode('192.0.2.1', codeOf(n))).status).toBe(n < 5 ? 401 : 429);
    const { status, body } = await signIn('192.0.2.1');
    expect([status, body['code']]).toEqual([401, 'totp-required']);
  });

  it('from as many addresses as there are guesses is slowed down too, and the real person gets in from where they were before', async () => {
    const { recoveryCodes } = await useTotp(api, person);
    expect((await withCode('198.51.100.7', recoveryCodes[0] ?? '')).status).toBe(201);
    expect(await triedOf((n) => withCode(address(n), codeOf(n)))).toBeLessThanOrEqual(60);
    expect((await withCode('198.51.100.7', recoveryCodes[1] ?? '')).status).toBe(201);
    // from where nobody knows them they wait for the window to end, and no longer
    for (let n = 0; n < 70 && (await withCode(address(500_000 + n), codeOf(n))).status !== 429;) n += 1;
    expect((await withCode('203.0.113.9', recoveryCodes[2] ?? '')).status).toBe(429);
    await waitForWindows();
    expect((await withCode('203.0.113.9', recoveryCodes[3] ?? '')).status).toBe(201);
  });
});

describe('a flood of sign-ins', () => {
  it('keeps no one else waiting: what does not fit is refused at once', async () => {
    const flood = guess(many, (n) => signIn(address(1_000_000 + n), 'a wrong password', `somebody${n}@example.test`));
    const times: number[] = [];
    for (let n = 0; n < 20; n += 1) {
      const begun = performance.now();
      expect((await person.get('/me')).status).toBe(200);
      times.push(performance.now() - begun);
    }
    const answers = await flood;
    expect(Object.keys(answers).filter((status) => !['401', '429', '503'].includes(status))).toEqual([]);
    expect(times.sort((a, b) => a - b)[10]).toBeLessThan(1_000);
  });
});

describe('a password that is chosen', () => {
  it.each(['password1234', 'qwertyuiop123', 'aaaaaaaaaaaaaaaa', 'abcdefghijklmn', 'passwordpassword', '1q2w3e4r5t6y7u', 'touchstone2026'])(
    'is refused where it is easy to guess: %s',
    async (next) => {
      const answer = await person.put('/me/password', { current: testPassword, next });
      expect([answer.status, answer.body['code']]).toEqual([400, 'malformed']);
      expect(answer.body['errors']).toMatchObject([{ pointer: '/next', code: 'password-too-common' }]);
    },
  );

  it('is refused where it is made of the person’s own name or address', async () => {
    const answer = await person.put('/me/password', { current: testPassword, next: person.email });
    expect(answer.body['errors']).toMatchObject([{ pointer: '/next', code: 'password-too-common' }]);
  });

  it('is judged only for who knows the present one', async () => {
    const answer = await person.put('/me/password', { current: 'a wrong password', next: 'password1234' });
    expect([answer.status, answer.body['code']]).toEqual([403, 're-authentication-failed']);
  });

  it('is judged so often and no more, and nobody is locked out for good', async () => {
    const choose = async (next: string): Promise<number> => (await person.put('/me/password', { current: testPassword, next })).status;
    for (let n = 0; n < 20; n += 1) expect(await choose('password1234')).toBe(400);
    expect(await choose('seven grey herons at noon')).toBe(429);
    await waitForWindows();
    expect(await choose('seven grey herons at noon')).toBe(204);
  });

  it('is judged by an invitation so often and no more', async () => {
    const admin = await makePerson(api, { roles: ['admin'] });
    const { body } = await admin.post<{ invitation: { token: string } }>('/people', {
      name: 'Invited',
      email: `invited-${admin.id}@example.test`,
    });
    const redeem = async (token: string, password: string): Promise<number> =>
      (await api.send('POST', `/invitations/${token}`, { password })).status;
    const { token } = body.invitation;
    expect(await redeem(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`, 'password1234')).toBe(404);
    for (let n = 0; n < 20; n += 1) expect(await redeem(token, 'password1234')).toBe(400);
    expect(await redeem(token, 'seven grey herons at noon')).toBe(429);
    await waitForWindows();
    expect(await redeem(token, 'seven grey herons at noon')).toBe(201);
  });

  it('is judged by its beginning', async () => {
    const choose = async (next: string): Promise<number> => (await person.put('/me/password', { current: testPassword, next })).status;
    const beyond = ' and seven grey herons at noon';
    expect([await choose(`${'a'.repeat(31)}${beyond}`), await choose(`${'a'.repeat(8)}${beyond}`)]).toEqual([400, 204]);
  });

  it.each(['seven grey herons at noon', 'ÜberraschungenBleiben', '密码不需要任何规则的哦真的吗', 'lower case letters only'])(
    'may be made of anything else: %s',
    async (next) => {
      expect((await person.put('/me/password', { current: testPassword, next })).status).toBe(204);
    },
  );
});
