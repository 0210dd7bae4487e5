import { Housekeeping } from '../../src/platform/housekeeping';
import { type TestPerson, makePerson } from '../factories/people';
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

const verdict = ({ status, body }: Answer): [number, unknown] => [status, body['code']];
const signIn = (person: TestPerson, totp?: string, password = person.password): Promise<Answer> =>
  api.send('POST', '/sessions', { email: person.email, password, ...(totp === undefined ? {} : { totp }) });

describe('setting one-time codes up', () => {
  test('shows the secret once, and turns them on with the first code', async () => {
    const person = await makePerson(api);
    expect((await person.get('/me/totp')).body).toEqual({ state: 'off', since: null, recoveryCodesLeft: 0 });
    const begun = await person.post('/me/totp', { password: person.password });
    expect([begun.status, begun.headers.get('location')]).toEqual([201, '/api/v1/me/totp']);
    expect(begun.body['uri']).toContain(`secret=${String(begun.body['secret'])}`);
    expect((await person.get('/me/totp')).body).toMatchObject({ state: 'pending', recoveryCodesLeft: 0 });
    // pending asks for nothing yet
    expect((await signIn(person)).status).toBe(201);
    const { recoveryCodes } = await useTotp(api, person);
    expect(new Set(recoveryCodes).size).toBe(10);
    expect(recoveryCodes.every((code) => /^([2-9a-z]{4}-){3}[2-9a-z]{4}$/.test(code))).toBe(true);
    expect((await person.get('/me/totp')).body).toMatchObject({ state: 'on', recoveryCodesLeft: 10, since: expect.any(String) as string });
  });

  test('keeps neither secret nor recovery codes in the clear', async () => {
    const person = await makePerson(api);
    const begun = await person.post('/me/totp', { password: person.password });
    const { recoveryCodes } = await useTotp(api, person);
    const kept = JSON.stringify([
      await api.database.query(`SELECT encode(sealed_secret, 'escape'), encode(sealed_secret, 'hex') FROM totp WHERE person_id = $1`, [
        person.id,
      ]),
      await api.database.query(`SELECT encode(code_hash, 'escape') FROM recovery_code WHERE person_id = $1`, [person.id]),
    ]);
    expect(kept).not.toContain(String(begun.body['secret']));
    for (const code of recoveryCodes) expect(kept).not.toContain(code.replaceAll('-', ''));
  });

  test('asks for the password, and for a code that is right', async () => {
    const person = await makePerson(api);
    expect(verdict(await person.post('/me/totp', { password: 'a wrong password' }))).toEqual([403, 're-authentication-failed']);
    expect(verdict(await person.post('/me/totp', {}))).toEqual([400, 'malformed']);
    expect(verdict(await person.post('/me/totp/confirmation', { code: '123456' }))).toEqual([409, 'totp-state']);
    await person.post('/me/totp', { password: person.password });
    expect(verdict(await person.post('/me/totp/confirmation', { code: '000000' }))).toEqual([403, 're-authentication-failed']);
    expect((await person.get('/me/totp')).body).toMatchObject({ state: 'pending' });
  });

  test('of somebody who has them is refused: they are removed first, with both factors', async () => {
    const person = await makePerson(api);
    const app = await useTotp(api, person);
    const { password } = person;
    expect(verdict(await person.post('/me/totp', { password }))).toEqual([409, 'totp-state']);
    expect(verdict(await person.post('/me/totp/removal', { password, code: '000000' }))).toEqual([403, 're-authentication-failed']);
    expect(verdict(await person.post('/me/totp/removal', { password: 'a wrong one', code: app.code() }))).toEqual([
      403,
      're-authentication-failed',
    ]);
    expect(verdict(await person.post('/me/totp/removal', { password }))).toEqual([400, 'malformed']);
    expect((await signIn(person)).status).toBe(401);
    const removed = await person.post('/me/totp/removal', { password, code: app.code() });
    expect([removed.status, removed.body]).toEqual([200, { state: 'off', since: null, recoveryCodesLeft: 0 }]);
    expect((await signIn(person)).status).toBe(201);
    expect(await api.database.query(`SELECT 1 FROM recovery_code WHERE person_id = $1`, [person.id])).toEqual([]);
  });

  test('that nobody confirms dies after an hour, and is swept away', async () => {
    const person = await makePerson(api);
    await person.post('/me/totp', { password: person.password });
    await api.database.query(`UPDATE totp SET begun_at = now() - interval '61 minutes' WHERE person_id = $1`, [person.id]);
    expect((await person.get('/me/totp')).body).toMatchObject({ state: 'off' });
    expect(verdict(await person.post('/me/totp/confirmation', { code: '123456' }))).toEqual([409, 'totp-state']);
    await api.app.get(Housekeeping, { strict: false }).drop();
    expect(await api.database.query(`SELECT 1 FROM totp WHERE person_id = $1`, [person.id])).toEqual([]);
  });

  test('replayed under its Idempotency-Key shows no secret again', async () => {
    const person = await makePerson(api);
    const first = await person.post('/me/totp', { password: person.password }, { key: 'set-up' });
    const again = await person.post('/me/totp', { password: person.password }, { key: 'set-up' });
    expect([first.status, typeof first.body['secret']]).toEqual([201, 'string']);
    expect(again.body).toEqual({ state: 'pending', secret: null, uri: null });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });
});

describe('signing in with a second factor', () => {
  test('asks for a code only after the right password', async () => {
    const person = await makePerson(api);
    const app = await useTotp(api, person);
    expect(verdict(await signIn(person))).toEqual([401, 'totp-required']);
    expect(verdict(await signIn(person, undefined, 'a wrong password'))).toEqual([401, 'bad-credentials']);
    expect(verdict(await signIn(person, app.code(), 'a wrong password'))).toEqual([401, 'bad-credentials']);
    expect(verdict(await signIn(person, '000000'))).toEqual([401, 'bad-credentials']);
    expect((await signIn(person, app.code())).status).toBe(201);
  });

  test('takes the step before and after, and none further away', async () => {
    const person = await makePerson(api);
    const app = await useTotp(api, person);
    for (const [steps, status] of [
      [-1, 201],
      [0, 201],
      [1, 201],
      [-2, 401],
      [2, 401],
    ] as const) {
      await api.database.query(`UPDATE totp SET last_step = 0 WHERE person_id = $1`, [person.id]);
      // a step may end between making the code and checking it
      const answer = await signIn(person, app.code(steps));
      expect([steps, answer.status]).toEqual([steps, status]);
    }
  });

  test('takes a code once, also of two requests at once, and none from before it', async () => {
    const person = await makePerson(api);
    const app = await useTotp(api, person);
    const code = app.code();
    const before = app.code(-1);
    const answers = await Promise.all([signIn(person, code), signIn(person, code), signIn(person, code)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 401, 401]);
    expect(verdict(await signIn(person, code))).toEqual([401, 'bad-credentials']);
    expect(verdict(await signIn(person, before))).toEqual([401, 'bad-credentials']);
  });

  test('takes each recovery code once, however it is typed', async () => {
    const person = await makePerson(api);
    const { recoveryCodes } = await useTotp(api, person);
    const [first = '', second = ''] = recoveryCodes;
    const answers = await Promise.all([signIn(person, first), signIn(person, first)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 401]);
    expect((await signIn(person, second.toUpperCase().replaceAll('-', ' '))).status).toBe(201);
    expect((await person.get('/me/totp')).body).toMatchObject({ recoveryCodesLeft: 8 });
  });

  test('new recovery codes take both factors and make the old ones void', async () => {
    const person = await makePerson(api);
    const app = await useTotp(api, person);
    const [old = ''] = app.recoveryCodes;
    const { password } = person;
    expect(verdict(await person.post('/me/totp/recovery-codes', { password, code: '000000' }))).toEqual([403, 're-authentication-failed']);
    const renewed = await person.post<{ recoveryCodes: string[] }>('/me/totp/recovery-codes', { password, code: app.code() });
    expect([renewed.status, renewed.body.recoveryCodes.length]).toEqual([200, 10]);
    expect((await signIn(person, old)).status).toBe(401);
    expect((await signIn(person, renewed.body.recoveryCodes[0])).status).toBe(201);
  });

  test('codes of one person are nothing to another', async () => {
    const [one, other] = [await makePerson(api), await makePerson(api)];
    const apps = [await useTotp(api, one), await useTotp(api, other)];
    expect((await signIn(one, apps[1]?.recoveryCodes[0])).status).toBe(401);
    // nor is the encrypted secret, put into somebody else's row
    await api.database.query(`UPDATE totp SET sealed_secret = (SELECT sealed_secret FROM totp WHERE person_id = $2) WHERE person_id = $1`, [
      one.id,
      other.id,
    ]);
    expect(verdict(await signIn(one, apps[1]?.code()))).toEqual([409, 'secrets-key-missing']);
  });

  test('slows guessing of codes down, wherever they are guessed, and lets the person in afterwards', async () => {
    const person = await makePerson(api);
    const app = await useTotp(api, person);
    const statuses: number[] = [];
    for (let guess = 0; guess < 8; guess += 1) statuses.push((await signIn(person, String(guess).padStart(6, '0'))).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    // whoever is signed in has attempts of their own: nobody uses them up from outside
    const wrong = (): Promise<Answer> => person.post('/me/totp/removal', { password: person.password, code: '000000' });
    for (let guess = 0; guess < 5; guess += 1) expect((await wrong()).status).toBe(403);
    const removal = await person.post('/me/totp/removal', { password: person.password, code: app.code() });
    expect([removal.status, Number(removal.headers.get('retry-after')) > 0]).toEqual([429, true]);
    await api.database.query(`UPDATE tally SET ends_at = now() - interval '1 second'`);
    expect((await signIn(person, app.code())).status).toBe(201);
  });

  test('an invitation is no way around it', async () => {
    const admin = await makePerson(api, { roles: ['admin'] });
    const person = await makePerson(api);
    const app = await useTotp(api, person);
    const { body } = await admin.post<{ token: string }>(`/people/${person.id}/invitation`);
    const redeem = (totp?: string): Promise<Answer> =>
      api.send('POST', `/invitations/${body.token}`, { password: 'seven grey herons on a wire', ...(totp === undefined ? {} : { totp }) });
    expect(verdict(await redeem())).toEqual([401, 'totp-required']);
    expect(verdict(await redeem('000000'))).toEqual([401, 'bad-credentials']);
    expect((await signIn(person, await app.fresh())).status).toBe(201);
    expect((await redeem(await app.fresh())).status).toBe(201);
    expect((await signIn(person, await app.fresh(), 'seven grey herons on a wire')).status).toBe(201);
  });
});

describe('without a key for secrets', () => {
  test('nobody can set codes up, and who has them gets in by a recovery code', async () => {
    const person = await makePerson(api);
    const app = await useTotp(api, person);
    const url = new URL(api.database.url);
    const keyless = await startApp();
    try {
      expect(url.pathname).not.toBe(new URL(keyless.database.url).pathname);
      const other = await makePerson(keyless);
      expect(verdict(await other.post('/me/totp', { password: other.password }))).toEqual([409, 'secrets-key-missing']);
    } finally {
      await keyless.close();
    }
    // another key than the one that the secret is under is as good as none
    await api.database.query(`UPDATE totp SET key_id = 'another' WHERE person_id = $1`, [person.id]);
    expect(verdict(await signIn(person, app.code()))).toEqual([409, 'secrets-key-missing']);
    expect((await signIn(person, app.recoveryCodes[0])).status).toBe(201);
  });
});
