import { rmSync } from 'node:fs';
import { type Trio, makeTrio, signedOffClaim } from './factories/claims';
import { countOf, isDeep, report } from './deep/deep';
import { checkLedger } from './factories/evidence';
import { writeKey } from './setup/key-files';
import { type TestApp, startApp } from './setup/app';
import { type LoadAnswer, type LoadRequest, load, percentile } from './setup/load';
import { build, cleanUp, dataFolder, start } from './setup/started';
import { onThisMachine } from './setup/pace';

const loadMs = countOf(20_000, 2_000);

const folder = dataFolder();
let api: TestApp;
let trio: Trio;
let signOff: string;
/** Where the application under load listens: a process of its own, as it is started for people. */
let origin: string;
beforeAll(async () => {
  build();
  const key = writeKey(folder, 'ledger.pem', 'ed25519');
  api = await startApp({ LEDGER_KEY_FILE: key });
  trio = await makeTrio(api);
  signOff = (await signedOffClaim(trio, 1)).claim.signOff?.id ?? '';
  const under = start('main.js', {
    DATABASE_URL: api.database.url,
    LEDGER_KEY_FILE: key,
    PORT: '0',
    LOG_LEVEL: 'warn',
    RATE_LIMIT: '100000000',
    PUBLIC_RATE_LIMIT: '100000000',
  });
  await under.printed('Touchstone is ready');
  origin = /http:\/\/\S+:\d+/.exec(under.output())?.[0] ?? '';
}, build.timeout + 30_000);
afterAll(async () => {
  await cleanUp([folder]);
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

const signedIn = (): Record<string, string> => ({ authorization: `Bearer ${trio.engineer.token}` });

/** What is asked for: by how many connections in calm, and what a right answer is. */
interface Kind {
  readonly connections: number;
  readonly next: () => LoadRequest;
  readonly isRight: (answer: LoadAnswer) => boolean;
}

const kinds: Record<string, Kind> = {
  reads: {
    connections: 20,
    next: () => ({ method: 'GET', path: '/api/v1/engineers/me/evidence', headers: signedIn() }),
    isRight: ({ status, body }) => status === 200 && (JSON.parse(body.toString()) as { items: unknown[] }).items.length > 0,
  },
  'writes to one record': {
    connections: 8,
    next: () => ({
      method: 'POST',
      path: '/api/v1/engineers/me/evidence',
      headers: signedIn(),
      body: { title: 'Under load', description: 'One of many.' },
    }),
    isRight: ({ status, body }) => status === 201 && (JSON.parse(body.toString()) as { revision: number }).revision === 1,
  },
  'sign-ins': {
    connections: 6,
    next: () => ({ method: 'POST', path: '/api/v1/sessions', body: { email: trio.mentor.email, password: trio.mentor.password } }),
    isRight: ({ status, body }) => status === 201 && (JSON.parse(body.toString()) as { token: string }).token.length === 43,
  },
  'sign-off packs': {
    connections: 3,
    next: () => ({ method: 'GET', path: `/api/v1/engineers/me/sign-offs/${signOff}/pack`, headers: signedIn() }),
    isRight: ({ status, body }) => status === 200 && body.subarray(0, 2).toString() === 'PK',
  },
};

test.each(Object.keys(kinds))(
  '%s ten times over',
  async (name) => {
    const { connections, next, isRight } = kinds[name] as Kind;
    const began = performance.now();
    const calm = await load(origin, { connections, ms: loadMs / 3, next });
    expect(calm.filter((answer) => !isRight(answer)).map(({ status, body }) => `${status} ${body.toString()}`)).toEqual([]);

    const loaded = await load(origin, { connections: connections * 10, ms: loadMs, next });
    const refused = loaded.filter(({ status }) => status === 503 || status === 429);
    const accepted = loaded.filter((answer) => !refused.includes(answer));
    expect(accepted.filter((answer) => !isRight(answer)).map(({ status, body }) => `${status} ${body.toString()}`)).toEqual([]);
    for (const { headers, body } of refused) {
      expect(headers['retry-after']).toMatch(/^[1-9]\d*$/);
      expect(['too-busy', 'too-many-requests']).toContain((JSON.parse(body.toString()) as { code: string }).code);
    }
    const since = performance.now();
    let recoveredMs = Infinity;
    while (recoveredMs === Infinity && performance.now() - since < onThisMachine(5_000)) {
      const round = await load(origin, { connections, ms: 300, next });
      if (round.every(isRight) && percentile(round, 0.5) < 3 * percentile(calm, 0.5) + 50) recoveredMs = performance.now() - since;
    }
    const rate = (answers: readonly LoadAnswer[], ms: number): number => Math.round((answers.length / ms) * 1_000);
    const ms = (answers: readonly LoadAnswer[], share: number): string => percentile(answers, share).toFixed(0);
    report({
      part: 'faults',
      what: `overload: ${name}, ${connections * 10} connections`,
      count: loaded.length,
      result:
        `calm ${rate(calm, loadMs / 3)}/s (median ${ms(calm, 0.5)} ms); under load ${rate(accepted, loadMs)}/s accepted (median ${ms(accepted, 0.5)}, 99 % ${ms(accepted, 0.99)} ms), ` +
        `${rate(refused, loadMs)}/s refused (median ${ms(refused, 0.5)}, 99 % ${ms(refused, 0.99)}, worst ${ms(refused, 1)} ms); full service after ${recoveredMs.toFixed(0)} ms`,
      milliseconds: Math.round(performance.now() - began),
    });
    // what is refused is refused well before anybody would give up waiting
    expect(percentile(refused, 0.99)).toBeLessThan(onThisMachine(2_500));
    // work goes on, at a good part of the pace of before: refusing costs something too, most of all beside the hashing of passwords. In so short a time on a
    // busy machine no figure would be sound
    expect(accepted.length).toBeGreaterThan(0);
    if (isDeep) expect(rate(accepted, loadMs)).toBeGreaterThan(rate(calm, loadMs / 3) / 5);
    expect(recoveredMs).toBeLessThan(onThisMachine(5_000));
  },
  120_000,
);

test('nothing is half done afterwards', async () => {
  await checkLedger(trio.engineer);
});
