import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { newId } from '../../src/kernel/ids';
import { hashOfToken } from '../../src/people/token';
import { acceptedClaim, draftClaim, logWork, makeTrio, signedOffClaim, statementRef, submittedClaim } from '../factories/claims';
import { type TestPerson, makePerson, mentors, testPassword } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';
import { type KeyFiles, makeKeyFiles } from '../setup/key-files';
import { countOf, seed } from '../deep/deep';
import { tell } from './counts';
import { described } from './document';
import { type Made, type Special, type Together, requestsTo } from './generated';
import { loadSecondSkill } from './world';

const wanted = countOf(50_000, 800);

let keys: KeyFiles;
let api: TestApp;
const callers: Record<string, TestPerson> = {};
const roles: Record<string, string[]> = { admin: ['admin'], auditor: ['auditor'] };
const pool: Record<string, string[]> = {
  statement: ['sfia-9:ITOP.1.1', 'sfia-9:ITOP.2.1', 'sfia-9:ITOP.2.2', 'sfia-9:ITOP.3.1', 'sfia-9:ITOP.4.2', 'test-1:LHKP.2.1'],
  skill: ['sfia-9:ITOP', 'test-1:LHKP'],
  skills: ['sfia-9:ITOP', 'test-1:LHKP'],
  skillLevel: ['sfia-9:ITOP.1', 'sfia-9:ITOP.2', 'sfia-9:ITOP.3', 'test-1:LHKP.2', 'sfia-9:ITOP.7'],
  frameworkId: ['sfia-9', 'test-1'],
  code: ['ITOP', 'LHKP'],
  list: ['1', '2'],
  password: [testPassword, testPassword, 'another test password, long'],
  current: [testPassword, 'not the password that it is'],
  next: ['a new test password, quite long', 'short'],
  tag: ['first', 'second'],
  tags: ['first', 'second', 'Third'],
  token: [],
  cursor: [],
};

/** What of a record belongs to whom, by their name. */
const owned: Record<string, { evidenceId: string[]; claimId: string[]; signOffId: string[] }> = {};
const engineersOf: Readonly<Record<string, readonly string[]>> = { mentor: ['engineer', 'mentored'], manager: ['engineer'] };

/** A record that the caller has to do with, and things of it. */
const together: Together = (caller, pick) => {
  const names = caller in owned ? [caller] : (engineersOf[caller] ?? Object.keys(owned));
  const name = names[pick % names.length] ?? '';
  const chosen = Object.entries(owned[name] ?? {}).flatMap(([key, ids]: [string, string[]]) => {
    // one of the newest
    const id = ids.at(-1 - (pick % Math.min(ids.length, 5)));
    return id === undefined ? [] : [[key, id] as const];
  });
  const id = caller === name ? 'me' : (callers[name]?.id ?? 'me');
  return { ...Object.fromEntries(chosen), engineerId: id, personId: id };
};

const add = (name: string, ...values: (string | undefined)[]): void => {
  const list = (pool[name] ??= []);
  for (const value of values) if (value !== undefined && value !== '' && !list.includes(value)) list.push(value);
};

beforeAll(async () => {
  keys = makeKeyFiles();
  api = await startApp(keys.settings);
  const admin = await makePerson(api, { roles: ['admin'] });
  const auditor = await makePerson(api, { roles: ['auditor'] });
  await loadSecondSkill(admin);
  const trio = await makeTrio(api);
  const { engineer, mentor, manager } = trio;
  const signedOff = await signedOffClaim(trio, 1);
  const accepted = await acceptedClaim(trio, 2);
  const other = await makeTrio(api);
  const drafted = await draftClaim(other.engineer, 3);
  const mentored = await makePerson(api);
  await mentors(api, mentor, mentored);
  const submitted = await submittedClaim(mentored, 2);
  const loose = await logWork(engineer, [statementRef(3, 1)]);
  Object.assign(callers, { engineer, mentor, manager, admin, auditor, other: other.engineer, mentored });
  const people = [engineer, mentor, manager, other.engineer, mentored, admin];
  const evidenceOf = ({ claim }: typeof submitted): string[] =>
    claim.statements.flatMap((one) => one.evidence.map(({ evidenceId }) => evidenceId));
  const signOff = signedOff.claim.signOff?.id ?? '';
  owned['engineer'] = {
    evidenceId: [loose, ...evidenceOf(accepted)],
    claimId: [signedOff.id, accepted.id, accepted.id],
    signOffId: [signOff],
  };
  owned['other'] = { evidenceId: [], claimId: [drafted.id], signOffId: [] };
  owned['mentored'] = { evidenceId: evidenceOf(submitted), claimId: [submitted.id], signOffId: [] };
  for (const name of ['engineerId', 'personId', 'managerId']) add(name, ...people.map(({ id }) => id));
  // more often than not one's own
  for (const name of ['engineerId', 'personId', 'managerId']) pool[name]?.push(...Array.from({ length: 8 }, () => 'me'));
  add('mentorId', ...people.map(({ id }) => id));
  add('email', ...people.map(({ email }) => email));
  add('claimId', signedOff.id, accepted.id, drafted.id, submitted.id);
  for (const name of ['evidenceId', 'evidence']) add(name, loose, ...evidenceOf(accepted), ...evidenceOf(submitted));
  add('signOffId', signOff);
  const { body } = await engineer.get<{ ledger: { digest: string } }>(`/engineers/me/sign-offs/${signOff}`);
  add('digest', body.ledger.digest);
  const rows = await api.database.query<{ id: string }>(
    `SELECT mentorship_id AS id FROM mentorship UNION SELECT accreditation_id FROM accreditation`,
  );
  for (const { id } of rows) for (const name of ['mentorshipId', 'accreditationId']) add(name, id);
  const sessions = await api.database.query<{ id: string }>(`SELECT session_id AS id FROM session`);
  add('sessionId', ...sessions.map(({ id }) => id));
  const jwks = await api.send<{ keys: { kid: string }[] }>('GET', '/.well-known/jwks.json');
  add('thumbprint', jwks.body.keys[0]?.kid.split('/').pop());
}, 120_000);
afterAll(async () => {
  await api.close();
  keys.remove();
});

const pack = JSON.parse(readFileSync(join(__dirname, '../setup/small-pack.json'), 'utf8')) as { framework: object };
const special: Special = {
  'POST /api/v1/frameworks/imports': fc
    .constantFrom('test-1', 'test-2', 'test-3')
    .map((id) => JSON.stringify({ ...pack, framework: { ...pack.framework, id } })),
  'POST /api/v1/people/import': fc
    .array(fc.tuple(fc.nat(50), fc.constantFrom('', 'admin', 'x', 'fuzz1@example.test', '"')), { minLength: 1, maxLength: 3 })
    .map(
      (lines) => `name,email,manager_email\n${lines.map(([n, cell]) => `Imported ${n},imported${n}@example.test,${cell}`).join('\n')}\n`,
    ),
};

/** Whoever was signed out or deactivated on the way comes back, so that the requests that follow are theirs. */
async function revive(name: string): Promise<void> {
  const person = callers[name];
  if (person === undefined) return;
  await api.database.query(`UPDATE person SET active = true, roles = $2 WHERE person_id = $1`, [person.id, roles[name] ?? []]);
  await api.database.query(
    `INSERT INTO session (session_id, person_id, token_hash, client, expires_at) VALUES ($1, $2, $3, 'test', now() + interval '1 day') ON CONFLICT DO NOTHING`,
    [newId(), person.id, hashOfToken(person.token)],
  );
}

/** Ids and cursors that an answer gives: what later requests may name. */
function learn({ status, body }: Answer, { path, caller }: Made): void {
  if (status >= 300 || typeof body !== 'object') return;
  const { invitation, nextCursor, id } = body as { invitation?: { token?: string } | null; nextCursor?: string | null; id?: unknown };
  const short = (name: string): boolean => (pool[name]?.length ?? 0) < 60;
  if (typeof invitation?.token === 'string') add('token', invitation.token);
  if (typeof nextCursor === 'string' && short('cursor')) add('cursor', nextCursor);
  if (status !== 201 || typeof id !== 'string') return;
  if (path.endsWith('/evidence') && short('evidenceId')) add('evidenceId', id);
  if (path.endsWith('/claims') && short('claimId')) add('claimId', id);
  // the newest is the one that something can be done with
  if (path.endsWith('/evidence')) owned[caller]?.evidenceId.push(id);
  if (path.endsWith('/claims')) owned[caller]?.claimId.push(id, id);
}

/** The version that a change must name: what a read of the resource says. */
async function versionFor({ method, path }: Made, token: string | undefined): Promise<string | undefined> {
  if (method === 'GET' || token === undefined) return undefined;
  const resource = /^\/api\/v1\/(?:(?:engineers\/[^/]+\/(?:claims|evidence|sign-offs)|people|policies)\/[^/?]+)/.exec(path)?.[0];
  return resource === undefined ? undefined : (await api.send('GET', resource, undefined, { token })).etag;
}

const counts = { requests: 0, bySort: {} as Record<string, number>, byStatus: {} as Record<string, number>, signedOut: 0 };
const answered = new Map<string, Set<number>>();

async function send(made: Made, wantsVersion: boolean): Promise<void> {
  const token = made.caller === 'nobody' ? undefined : made.caller === 'rubbish' ? 'x'.repeat(43) : callers[made.caller]?.token;
  const ifMatch = made.sort === 'valid' && wantsVersion ? await versionFor(made, token) : undefined;
  const options = {
    headers: { ...made.headers, ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }) },
    ...(token === undefined ? {} : { token }),
    ...(made.raw === undefined ? {} : { raw: made.raw }),
  };
  // throws where the answer is not of the document
  const answer = await api.send(made.method, made.path, undefined, options);
  counts.requests += 1;
  counts.bySort[made.sort] = (counts.bySort[made.sort] ?? 0) + 1;
  counts.byStatus[answer.status] = (counts.byStatus[answer.status] ?? 0) + 1;
  if (token === undefined || made.caller === 'rubbish') counts.signedOut += 1;
  if (answer.status >= 500) throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  learn(answer, made);
  if (answer.status === 401 && made.caller in callers) await revive(made.caller);
  // who must stay who they are: one admin less, and nothing is tried as an admin any more
  if (answer.status < 300 && /\/(deactivation|manager)$|^\/api\/v1\/people\/[^/]+$/.test(made.path) && made.method !== 'GET') {
    for (const name of Object.keys(callers)) await revive(name);
  }
}

test(`${wanted} requests made from openapi.json are answered as it says, and none with a 5xx (seed ${seed})`, async () => {
  // most routes are for the engineer of a record
  const everybody = [
    ...Object.keys(callers),
    ...Object.keys(callers),
    'engineer',
    'engineer',
    'other',
    'mentor',
    'admin',
    'nobody',
    'rubbish',
  ];
  const pools = (name: string): readonly string[] => pool[name] ?? [];
  const failures = new Map<string, string>();
  const rounds = countOf(20, 4);
  const perRoute = Math.ceil(wanted / described.length / rounds);
  for (let round = 0; round < rounds; round += 1) {
    // what is learned in a round is tried in the next
    const made = described.flatMap((route, i) =>
      fc
        .sample(requestsTo(route, everybody, { pools, together, special }), { numRuns: perRoute, seed: seed + round * 1_000 + i })
        .map((one) => ({ route, one })),
    );
    const next = made.values();
    const worker = async (): Promise<void> => {
      for (const { route, one } of next) {
        try {
          await send(one, /if-match/i.test(JSON.stringify(route.parameters.map(({ name }) => name))));
        } catch (error) {
          const message = error instanceof Error ? error.message : String(error);
          const shown = one.raw instanceof Uint8Array ? { ...one, raw: Buffer.from(one.raw).toString('base64') } : one;
          failures.set(`${route.route}: ${message.slice(0, 160)}`, `${message.slice(0, 600)}\n${JSON.stringify(shown).slice(0, 1_500)}`);
        }
        answered.set(route.route, answered.get(route.route) ?? new Set());
      }
    };
    await Promise.all([worker(), worker(), worker()]);
  }
  const statuses = Object.fromEntries(Object.entries(counts.byStatus).map(([status, n]) => [`answered ${status}`, n]));
  tell(
    'requests made from openapi.json',
    counts.requests,
    { failures: failures.size, ...counts.bySort, 'not signed in': counts.signedOut, ...statuses },
    seed,
  );
  expect([...failures.values()]).toEqual([]);
  expect(counts.requests).toBeGreaterThanOrEqual(wanted);
  // they were not all refused at the door
  expect((counts.byStatus['200'] ?? 0) + (counts.byStatus['201'] ?? 0) + (counts.byStatus['204'] ?? 0)).toBeGreaterThan(wanted / 20);
  expect(counts.byStatus['400'] ?? 0).toBeGreaterThan(wanted / 20);
}, 3_600_000);
