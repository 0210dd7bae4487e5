import { isDeep } from '../deep/deep';
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../src/kernel/canonical-json';
import { newId } from '../../src/kernel/ids';
import { newToken } from '../../src/people/token';
import { type Trio, approval, logWork, makeTrio, signedOffClaim, statementRef, submittedClaim } from '../factories/claims';
import { logEvidence } from '../factories/evidence';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';
import { type KeyFiles, makeKeyFiles } from '../setup/key-files';
import { tell } from './counts';
import { type Described, type Schema, described, resolved } from './document';
import { anotherSession, everythingIn, loadSecondSkill } from './world';

/** A field that names something: where it stands in which route. */
interface Field {
  readonly route: Described;
  readonly place: 'path' | 'query' | 'header' | 'body';
  /** A parameter's name, or the way through the body; an asterisk stands for every item of a list. */
  readonly name: string;
}

const named = /(^|[a-z])(id|ids|Id|Ids)$|^(evidence|statement|statements|skill|skills|skillLevel|token|cursor|digest|list|thumbprint)$/;
/** Whether a field names something, by its name or by its example. */
function names(name: string, { examples = [] }: Schema): boolean {
  const [example] = examples;
  return named.test(name) || (typeof example === 'string' && /^[0-9a-f]{8}-|^sfia-9:/.test(example));
}

function inBody(given: Schema, name: string, way: string): string[] {
  const schema = resolved(given);
  if (schema.properties !== undefined) return Object.entries(schema.properties).flatMap(([key, one]) => inBody(one, key, `${way}/${key}`));
  if (schema.items !== undefined) return inBody(schema.items, name, `${way}/*`);
  return names(name, schema) ? [way] : [];
}

/** Every field of openapi.json that names something, in paths, queries, headers and bodies; a pack's texts name nothing that is there. */
const fields: readonly Field[] = described.flatMap((route) => [
  ...route.parameters
    .filter(({ in: place, name, schema }) => place === 'path' || place === 'header' || names(name, schema))
    .map(({ in: place, name }): Field => ({ route, place: place === 'cookie' ? 'header' : place, name })),
  ...Object.values(route.bodies)
    .flatMap((schema) => inBody(schema, '', ''))
    .map((name): Field => ({ route, place: 'body', name })),
]);
const keyOf = ({ route, place, name }: Field): string => `${route.route} ${place}:${name}`;

/** One of two records that have nothing to do with each other. */
interface Side extends Trio {
  readonly ids: Readonly<Record<string, string>>;
  /** A claim in draft, to a level of another skill. */
  readonly draft: string;
  /** Mentors the engineer in that other skill. */
  readonly keeper: TestPerson;
}

let keys: KeyFiles;
let api: TestApp;
let admin: TestPerson;
let otherAdmin: TestPerson;
let auditor: TestPerson;
let here: Side;
let there: Side;
const marker = 'zqforeign';
const counts = { fields: 0, requests: 0 };

function must<Body>(answer: Answer<Body>, status: number): Answer<Body> {
  if (answer.status !== status) throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer;
}

async function makeSide(mark: string): Promise<Side> {
  const trio = await makeTrio(api);
  const { engineer } = trio;
  const keeper = await makePerson(api);
  const mentorshipId = await mentors(api, keeper, engineer, { skill: 'test-1:LHKP' });
  await signedOffClaim(trio, 1);
  const signedOff = await signedOffClaim(trio, 2);
  const claim = await submittedClaim(engineer, 3);
  const evidence = await logEvidence(engineer, {
    title: `Title ${mark}`,
    description: `Description ${mark}`,
    supports: [{ statement: mark === marker ? 'sfia-9:ITOP.4.1' : 'sfia-9:ITOP.4.2', rationale: mark }],
  });
  await logWork(engineer, ['test-1:LHKP.2.1'], { title: mark });
  const draft = must(await engineer.post<{ id: string }>('/engineers/me/claims', { skillLevel: 'test-1:LHKP.2', summary: mark }), 201);
  const accredited = { skill: 'sfia-9:ITOP', upToLevel: 1, reason: mark };
  const accreditation = must(await admin.post<{ id: string }>(`/people/${engineer.id}/accreditations`, accredited), 201);
  // made by another admin than the one who is to be entitled to decide
  const asked = { action: 'give-role', personId: engineer.id, role: 'auditor', reason: mark };
  const request = must(await otherAdmin.post<{ id: string }>('/administration/requests', asked), 201);
  const signOffId = signedOff.claim.signOff?.id ?? '';
  const [row] = await api.database.query<{ digest: string }>(
    `SELECT encode(digest, 'hex') AS digest FROM sign_off WHERE sign_off_id = $1`,
    [signOffId],
  );
  const { id: sessionId } = await anotherSession(api, engineer);
  must(await engineer.put('/engineers/me/targets/sfia-9:ITOP', { level: 4, by: '2099-12-31' }), 200);
  const ids = {
    engineerId: engineer.id,
    personId: engineer.id,
    managerId: trio.manager.id,
    evidenceId: evidence.id,
    revision: '1',
    skill: 'sfia-9:ITOP',
    statement: mark === marker ? 'sfia-9:ITOP.4.1' : 'sfia-9:ITOP.4.2',
    claimId: claim.id,
    signOffId,
    digest: row?.digest ?? '',
    mentorshipId,
    accreditationId: accreditation.body.id,
    requestId: request.body.id,
    sessionId,
  };
  return { ...trio, keeper, draft: draft.body.id, ids };
}

beforeAll(async () => {
  keys = makeKeyFiles();
  api = await startApp(keys.settings);
  admin = await makePerson(api, { roles: ['admin'] });
  otherAdmin = await makePerson(api, { roles: ['admin'] });
  auditor = await makePerson(api, { roles: ['auditor'] });
  await loadSecondSkill(admin);
  here = await makeSide('here');
  there = await makeSide(marker);
  // there, every version is ahead of those here
  const { engineer, ids } = there;
  const evidence = `/engineers/me/evidence/${ids['evidenceId']}`;
  for (const tag of ['one', 'two']) {
    const { etag = '' } = await engineer.get(evidence);
    must(await engineer.patch(evidence, { tags: [tag] }, { ifMatch: etag }), 200);
  }
  const target = '/engineers/me/targets/sfia-9:ITOP';
  for (const by of ['2099-11-30', '2099-10-31']) {
    must(await engineer.put(target, { level: 4, by }, { ifMatch: (await engineer.get(target)).etag ?? '' }), 200);
  }
  const { etag = '' } = await admin.get(`/people/${engineer.id}`);
  must(await admin.patch(`/people/${engineer.id}`, { name: `Name ${marker}` }, { ifMatch: etag }), 200);
  const revocation = { password: admin.password, reason: marker };
  must(await admin.post(`/engineers/${engineer.id}/sign-offs/${ids['signOffId']}/revocation`, revocation), 200);
}, 120_000);
afterAll(async () => {
  await api.close();
  keys.remove();
  tell('id fields swapped for foreign ones', counts.fields, { requests: counts.requests });
});

/** Bodies that each route would take, so that nothing but the id is wrong; a route that is not named takes an empty one. */
const bodies: readonly (readonly [RegExp, () => unknown])[] = [
  [/PATCH .*\/claims\/\{claimId\}$/, () => ({ summary: 'Changed.' })],
  [/\/reviews$/, () => ({ verdicts: [{ evidence: here.ids['evidenceId'], statement: statementRef(3, 1), verdict: 'accepted' }] })],
  [/\/change-request$/, () => ({ feedback: 'More.', statements: [{ statement: statementRef(3, 1), feedback: 'More.' }] })],
  [/\/(refusal|redaction)$/, () => ({ reason: 'No.' })],
  [/\/requests\/\{requestId\}\/confirmation$/, () => ({ password: admin.password })],
  [/POST .*\/administration\/requests$/, () => ({ action: 'give-role', personId: there.mentor.id, role: 'auditor', reason: 'Able.' })],
  [/\/approval$/, () => approval(here.mentor)],
  [/POST .*\/evidence$/, () => ({ title: 'Work', description: 'Work.' })],
  [/PATCH .*\/evidence\/\{evidenceId\}$/, () => ({ title: 'Changed' })],
  [/\/supports$/, () => ({ statement: 'sfia-9:ITOP.5.1', rationale: 'Mine.' })],
  [/PATCH .*\/supports\/\{statement\}$/, () => ({ rationale: 'Mine.' })],
  [/\/review$/, () => ({ verdict: 'accepted' })],
  [/POST .*\/claims$/, () => ({ skillLevel: 'sfia-9:ITOP.4', summary: 'Mine.' })],
  [/\/mentors$/, () => ({ mentorId: there.mentor.id, skills: ['sfia-9:ITOP'] })],
  [/\/accreditations$/, () => ({ skill: 'sfia-9:ITOP', upToLevel: 5, reason: 'Able.' })],
  [/PATCH .*\/people\/\{personId\}$/, () => ({ name: 'Changed' })],
  [/\/manager$/, () => ({ managerId: null })],
  [/\/revocation$/, () => ({ password: admin.password, reason: 'Wrong.' })],
  [/PUT .*\/policies\//, () => policy],
  [/PUT .*\/targets\//, () => ({ level: 5, by: '2099-12-31' })],
];
const policy = {
  ...{ acceptedPerStatement: 1, mayMiss: 0, distinctEvidence: 1, maxAgeMonths: 24, approvals: 1, stepping: 'any' },
  ...{ lineManagerMayApprove: false, validMonths: null, reviewDays: 10 },
};
const bodyFor = ({ route, method }: Described): unknown =>
  method === 'GET' || method === 'DELETE' ? undefined : (bodies.find(([of]) => of.test(route))?.[1]() ?? {});

const filled = ({ path }: Described, ids: Readonly<Record<string, string>>): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? newId());
const queryFor: Readonly<Record<string, string>> = {
  'GET /api/v1/engineers/{engineerId}/readiness': '?skillLevel=sfia-9:ITOP.4',
  'GET /api/v1/organisation/people': '?skill=sfia-9:ITOP',
};

interface Sent {
  readonly body?: unknown;
  readonly ifMatch?: string;
  readonly key?: string;
  readonly query?: string;
}

async function ask(route: Described, caller: TestPerson | null, ids: Readonly<Record<string, string>>, sent: Sent = {}): Promise<Answer> {
  counts.requests += 1;
  const { query = queryFor[route.route] ?? '', ifMatch, key } = sent;
  return api.send(route.method, `${filled(route, ids)}${query}`, 'body' in sent ? sent.body : bodyFor(route), {
    ...(caller === null ? {} : { token: caller.token }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(key === undefined ? {} : { key }),
  });
}

/** A refusal of one of these statuses that tells nothing of the other side. */
function expectRefused({ status, bytes }: Answer, who: string, ...statuses: number[]): void {
  expect({ who, status, allowed: statuses.includes(status) }).toEqual({ who, status, allowed: true });
  expect(bytes.toString('utf8')).not.toContain(marker);
}

/** The version of what a route changes, as somebody sees it on one side. */
async function versionOf({ path }: Described, viewer: TestPerson, side: Side): Promise<string> {
  const [resource = ''] = /^.*?\/(?:(?:claims|evidence|sign-offs|people|policies|requests|targets)\/\{\w+\})/.exec(path) ?? [];
  const target = resource
    .replace('{skillLevel}', side === here ? 'sfia-9:ITOP.4' : 'sfia-9:ITOP.5')
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => side.ids[name] ?? '');
  const { etag } = await api.send('GET', target, undefined, { token: viewer.token });
  return etag ?? '';
}

/** Who may do what a route is for, on one side. */
function entitled({ route }: Described, { engineer, mentor }: Side): TestPerson {
  if (/\/requests\/\{requestId\}\/withdrawal$/.test(route)) return otherAdmin;
  if (/\/requests\/\{requestId\}/.test(route)) return admin;
  if (/\/(review|reviews|change-request|refusal|approval)$/.test(route)) return mentor;
  return /\/(people|policies|frameworks|mentors|administration|revocation)(\/|$)/.test(route) ? admin : engineer;
}

const callersHere = (): [string, TestPerson][] => [
  ['engineer', here.engineer],
  ['mentor', here.mentor],
  ['manager', here.manager],
];

/** What is done about each field; the first that matches. Each throws where anything foreign gets through. */
const cases: readonly (readonly [RegExp, (field: Field) => Promise<void>])[] = [
  // somebody else's record, with everything in it named rightly
  [
    / path:(engineerId|personId|managerId)$/,
    async ({ route }) => {
      // whoever has the digest was shown the sign-off: the person in the path must be the right one all the same
      if (route.open) return expectRefused(await ask(route, null, { ...there.ids, engineerId: here.engineer.id }), 'anybody', 404);
      for (const [who, caller] of callersHere()) expectRefused(await ask(route, caller, there.ids), who, 404);
    },
  ],
  // one's own record, with something of somebody else's in it
  [
    / path:(evidenceId|claimId|signOffId|mentorshipId|accreditationId|digest)$/,
    async ({ route, name }) => {
      const ids = {
        ...here.ids,
        [name]: there.ids[name] ?? '',
        ...(name === 'evidenceId' ? { statement: there.ids['statement'] ?? '' } : {}),
      };
      if (route.open) return expectRefused(await ask(route, null, ids), 'anybody', 404);
      const ifMatch = await versionOf(route, auditor, there);
      const sent = ifMatch === '' ? {} : { ifMatch };
      for (const [who, caller] of [...callersHere(), ['auditor', auditor] as const, ['admin', admin] as const]) {
        expectRefused(await ask(route, caller, ids, sent), who, 403, 404);
      }
      // whoever may do it in their own record finds nothing
      expectRefused(await ask(route, entitled(route, here), ids, sent), 'entitled', 404);
    },
  ],
  [
    / path:statement$/,
    async ({ route }) =>
      expectRefused(await ask(route, entitled(route, here), { ...here.ids, statement: there.ids['statement'] ?? '' }), 'entitled', 404),
  ],
  // what admins ask of each other is nobody else's, and one that is not there is not there
  [
    / path:requestId$/,
    async ({ route }) => {
      for (const [who, caller] of callersHere()) expectRefused(await ask(route, caller, there.ids), who, 403);
      expectRefused(await ask(route, entitled(route, here), { requestId: newId() }), 'entitled', 404);
    },
  ],
  [
    / path:(sessionId|tokenId)$/,
    async ({ route }) => {
      for (const caller of [here.engineer, admin, auditor]) expectRefused(await ask(route, caller, { ...there.ids }), caller.name, 404);
    },
  ],
  [
    / path:token$/,
    async ({ route }) =>
      expectRefused(await ask(route, null, { token: newToken() }, { body: { password: 'a password of good length' } }), 'anybody', 404),
  ],
  [
    / path:thumbprint$/,
    async ({ route }) => expectRefused(await ask(route, null, { thumbprint: there.ids['digest'] ?? '' }), 'anybody', 404),
  ],
  // a revision that is not there, also where another piece of evidence has one of that number
  [/ path:revision$/, async ({ route }) => expectRefused(await ask(route, here.engineer, { ...here.ids, revision: '2' }), 'engineer', 404)],
  [/ path:list$/, async ({ route }) => expectRefused(await ask(route, null, { list: '99' }), 'anybody', 404)],
  // a skill of one framework is none of another
  [
    / path:frameworkId$/,
    async ({ route }) => expectRefused(await ask(route, here.engineer, { frameworkId: 'nobody-1', code: 'ITOP' }), 'engineer', 404),
  ],
  [
    / path:code$/,
    async ({ route }) => expectRefused(await ask(route, here.engineer, { frameworkId: 'test-1', code: 'ITOP' }), 'engineer', 404),
  ],
  [
    / path:skill$/,
    async ({ route }) => expectRefused(await ask(route, here.engineer, { ...here.ids, skill: 'test-1:ITOP' }), 'engineer', 404),
  ],
  [
    /\/progress\/\{skillLevel\} path:skillLevel$/,
    async ({ route }) => {
      for (const skillLevel of ['test-1:ITOP.4', 'sfia-9:ITOP.6'])
        expectRefused(await ask(route, here.engineer, { ...here.ids, skillLevel }), 'engineer', 404);
      expectRefused(await ask(route, here.keeper, { ...here.ids, skillLevel: 'sfia-9:ITOP.4' }), 'keeper', 404);
    },
  ],
  [/ path:skillLevel$/, async ({ route }) => expectRefused(await ask(route, admin, { skillLevel: 'test-1:ITOP.4' }), 'admin', 404)],
  // the same list of somebody else, and another list altogether
  [
    / query:cursor$/,
    async ({ route }) => {
      const cursors: string[] = [];
      const take = async (path: string, caller: TestPerson): Promise<void> => {
        const { body } = await caller.get<{ nextCursor?: string | null }>(path);
        if (typeof body.nextCursor === 'string') cursors.push(body.nextCursor);
      };
      await take(`/engineers/${there.engineer.id}/evidence?limit=1`, auditor);
      const isOfRecord = /\{(engineerId|personId)\}/.test(route.path);
      const own = `${filled(route, there.ids)}?limit=1`;
      if (isOfRecord) await take(own, auditor);
      if (route.path === '/api/v1/sessions' || route.path === '/api/v1/people') await take(own, there.engineer);
      expect(cursors.length).toBeGreaterThan(0);
      const readers = isOfRecord
        ? [auditor, here.engineer]
        : [
            /\/teams\//.test(route.path)
              ? here.manager
              : /mentors|refused|requests|retention/.test(route.path)
                ? admin
                : /ledger|sign-offs|organisation/.test(route.path)
                  ? auditor
                  : here.engineer,
          ];
      for (const cursor of cursors) {
        for (const reader of readers)
          expectRefused(
            await ask(route, reader, here.ids, { query: `${queryFor[route.route]?.concat('&') ?? '?'}limit=1&cursor=${cursor}` }),
            reader.name,
            400,
          );
      }
    },
  ],
  // a skill that the caller does not mentor finds nothing of what they may not see
  [
    /\/(evidence|claims|sign-offs) query:(skill|skillLevel|statement)$/,
    async ({ route, name }) => {
      if (route.path.startsWith('/api/v1/teams/')) {
        return expectRefused(await ask(route, here.manager, here.ids, { query: '?skill=nobody-1:ITOP' }), 'manager', 404);
      }
      if (route.path === '/api/v1/sign-offs')
        return expectRefused(await ask(route, here.keeper, {}, { query: `?${name}=sfia-9:ITOP` }), 'keeper', 403);
      const { status, body } = await ask(route, here.keeper, here.ids, { query: `?${name}=sfia-9:ITOP` });
      expect([status, body['items']]).toEqual([200, []]);
    },
  ],
  [
    /\/progress query:skill$/,
    async ({ route }) => expectRefused(await ask(route, here.keeper, here.ids, { query: '?skill=sfia-9:ITOP' }), 'keeper', 404),
  ],
  [
    /\/readiness query:skillLevel$/,
    async ({ route }) => expectRefused(await ask(route, here.keeper, here.ids, { query: '?skillLevel=sfia-9:ITOP.3' }), 'keeper', 404),
  ],
  [
    /\/(teams|organisation)\/.* query:skill$/,
    async ({ route }) => {
      const reader = route.path.includes('/organisation/') ? auditor : here.manager;
      expectRefused(await ask(route, reader, here.ids, { query: '?skill=nobody-1:ITOP' }), reader.name, 404);
    },
  ],
  // people are asked for by what they show of the skill; of another there is nothing to show
  [
    /\/dashboard query:(shows|lacks)$/,
    async ({ route, name }) =>
      expectRefused(await ask(route, here.manager, here.ids, { query: `?skill=sfia-9:ITOP&${name}=test-1:LHKP.2.1` }), 'manager', 404),
  ],
  // what waits for a mentor of somebody else's is nothing here
  [
    /\/teams\/.* query:mentor$/,
    async ({ route }) => {
      const { status, body } = await ask(route, here.manager, here.ids, { query: `?mentor=${there.mentor.id}` });
      expect([status, body['items']]).toEqual([200, []]);
    },
  ],
  [
    /\/refused-requests query:(person|about)$/,
    async ({ route, name }) => {
      expectRefused(await ask(route, here.engineer, {}, { query: `?${name}=${here.engineer.id}` }), 'engineer', 403);
      const { status, body } = await ask(route, admin, {}, { query: `?${name}=${newId()}` });
      expect([status, body['items']]).toEqual([200, []]);
    },
  ],
  // an answer that is kept for somebody else, or for another record, is nobody else's
  [/ header:Idempotency-Key$/, ({ route }) => foreignKey(route)],
  // the version of something else
  [
    / header:If-Match$/,
    async ({ route }) => {
      const caller = entitled(route, here);
      const ids = /\/policies\//.test(route.path)
        ? { skillLevel: 'sfia-9:ITOP.4' }
        : { ...here.ids, ...(route.method === 'PATCH' && /\{claimId\}$/.test(route.path) ? { claimId: here.draft } : {}) };
      const [own, foreign] = [await versionOf(route, auditor, here), await versionOf(route, auditor, there)];
      expect(foreign).not.toBe('');
      const ifMatch = foreign === own ? '"v77"' : foreign;
      expectRefused(await ask(route, caller, ids, { ifMatch }), caller.name, 412);
    },
  ],
  ...bodyCases(),
];

/** Plants answers under a key for everybody but the caller here, and then for the caller: the first must not be noticed, the last must. */
async function foreignKey(route: Described): Promise<void> {
  const caller = entitled(route, here);
  const owner = /\{engineerId\}|\{personId\}/.test(route.path) ? here.engineer.id : caller.id;
  const rubbish = { zzUnknown: 1 };
  const key = `key-${newId()}`;
  const path = filled(route, here.ids);
  const fingerprint = createHash('sha256').update(`POST ${path}\n`).update(canonicalJson(rubbish)).digest();
  const plant = (of: string, by: string, print: Buffer): Promise<unknown> =>
    api.database.query(
      `INSERT INTO idempotent_answer (owner_id, caller_id, key, fingerprint, status, headers, body) VALUES ($1, $2, $3, $4, 200, '{}', $5)`,
      [of, by, key, print, JSON.stringify({ secret: marker })],
    );
  const [other, stranger] = [there.engineer.id, there.mentor.id];
  await plant(owner, stranger, fingerprint);
  await plant(other, caller.id, fingerprint);
  await plant(other, stranger, fingerprint);
  const sent = { body: rubbish, key, ifMatch: '"never-seen"' };
  const plain = await ask(route, caller, here.ids, { body: rubbish, ifMatch: '"never-seen"' });
  const answer = await ask(route, caller, here.ids, sent);
  expect([answer.status, answer.body['code'], answer.headers.get('idempotency-replayed')]).toEqual([
    plain.status,
    plain.body['code'],
    null,
  ]);
  expectRefused(answer, caller.name, plain.status);
  await plant(owner, caller.id, Buffer.alloc(32));
  const own = await ask(route, caller, here.ids, sent);
  expect([own.status, own.body['code']]).toEqual([422, 'idempotency-key-reused']);
  await api.database.query(`DELETE FROM idempotent_answer WHERE key = $1`, [key]);
}

function bodyCases(): (readonly [RegExp, (field: Field) => Promise<void>])[] {
  const onDraft = async (route: Described, body: unknown, ...statuses: number[]): Promise<void> => {
    const { etag = '' } = await here.engineer.get(`/engineers/me/claims/${here.draft}`);
    expectRefused(await ask(route, here.engineer, { ...here.ids, claimId: here.draft }, { body, ifMatch: etag }), 'engineer', ...statuses);
  };
  const onClaim = async (route: Described, body: unknown): Promise<void> => {
    const ifMatch = await versionOf(route, here.mentor, here);
    expectRefused(await ask(route, here.mentor, here.ids, { body, ifMatch }), 'mentor', 422);
  };
  const unknown = 'nobody-1:NONE.1.1';
  const verdict = (evidence: string, statement: string): unknown => ({ verdicts: [{ evidence, statement, verdict: 'accepted' }] });
  const mine = (): string => here.ids['evidenceId'] ?? '';
  const theirs = (): string => there.ids['evidenceId'] ?? '';
  /** Whom an admin may not name: nobody who is there, and themselves. */
  const persons = async (route: Described, bodyWith: (id: string) => unknown, ifMatch?: string): Promise<void> => {
    const version = ifMatch === undefined ? {} : { ifMatch };
    expectRefused(await ask(route, admin, here.ids, { body: bodyWith(newId()), ...version }), 'admin, nobody', 422);
    expectRefused(await ask(route, admin, here.ids, { body: bodyWith(admin.id), ...version }), 'admin, themselves', 403);
    expectRefused(await ask(route, here.engineer, here.ids, { body: bodyWith(there.engineer.id), ...version }), 'engineer', 403);
    expectRefused(await ask(route, here.mentor, here.ids, { body: bodyWith(here.mentor.id), ...version }), 'mentor', 403);
  };
  return [
    [
      / body:\/leaveOut\/\*\/evidence$/,
      ({ route }) => onDraft(route, { leaveOut: [{ evidence: theirs(), statement: 'test-1:LHKP.2.1' }] }, 422),
    ],
    [
      / body:\/leaveOut\/\*\/statement$/,
      ({ route }) => onDraft(route, { leaveOut: [{ evidence: mine(), statement: 'sfia-9:ITOP.4.1' }] }, 422),
    ],
    [
      / body:\/noOpportunity\/\*\/statement$/,
      ({ route }) => onDraft(route, { noOpportunity: [{ statement: 'sfia-9:ITOP.4.1', reason: 'None.' }] }, 422),
    ],
    [/ body:\/verdicts\/\*\/evidence$/, ({ route }) => onClaim(route, verdict(theirs(), statementRef(3, 1)))],
    [/ body:\/verdicts\/\*\/statement$/, ({ route }) => onClaim(route, verdict(mine(), statementRef(4, 1)))],
    [
      /\/change-request body:\/statements\/\*\/statement$/,
      ({ route }) => onClaim(route, { feedback: 'More.', statements: [{ statement: statementRef(4, 1), feedback: 'More.' }] }),
    ],
    [
      /\/refusal body:\/statements\/\*\/statement$/,
      ({ route }) => onClaim(route, { reason: 'No.', statements: [{ statement: statementRef(4, 1), feedback: 'No.' }] }),
    ],
    [
      /\/evidence body:\/supports\/\*\/statement$/,
      async ({ route }) => {
        const body = { title: 'Work', description: 'Work.', supports: [{ statement: unknown, rationale: 'Mine.' }] };
        expectRefused(await ask(route, here.engineer, here.ids, { body }), 'engineer', 422);
      },
    ],
    [
      /\/supports body:\/statement$/,
      async ({ route }) => {
        const ifMatch = await versionOf(route, here.engineer, here);
        expectRefused(
          await ask(route, here.engineer, here.ids, { body: { statement: unknown, rationale: 'Mine.' }, ifMatch }),
          'engineer',
          422,
        );
      },
    ],
    [
      /\/claims body:\/skillLevel$/,
      async ({ route }) =>
        expectRefused(
          await ask(route, here.engineer, here.ids, { body: { skillLevel: 'nobody-1:NONE.1', summary: 'Mine.' } }),
          'engineer',
          422,
        ),
    ],
    [/\/mentors body:\/mentorId$/, ({ route }) => persons(route, (mentorId) => ({ mentorId, skills: ['sfia-9:ITOP'] }))],
    [
      /\/mentors body:\/skills\/\*$/,
      async ({ route }) =>
        expectRefused(await ask(route, admin, here.ids, { body: { mentorId: there.mentor.id, skills: ['nobody-1:NONE'] } }), 'admin', 422),
    ],
    [
      /\/accreditations body:\/skill$/,
      async ({ route }) =>
        expectRefused(await ask(route, admin, here.ids, { body: { skill: 'nobody-1:NONE', upToLevel: 1, reason: 'x' } }), 'admin', 422),
    ],
    [
      /\/administration\/requests body:\/personId$/,
      ({ route }) => persons(route, (personId) => ({ action: 'give-role', role: 'auditor', reason: 'x', personId })),
    ],
    [
      /\/administration\/requests body:\/(evidence|statement|claim|signOff)$/,
      async ({ route, name }) => {
        const foreign: Readonly<Record<string, object>> = {
          evidence: { evidence: there.ids['evidenceId'], revision: 1 },
          statement: { evidence: here.ids['evidenceId'], statement: unknown },
          claim: { claim: there.ids['claimId'] },
          signOff: { signOff: there.ids['signOffId'] },
        };
        const what = foreign[name.split('/').at(-1) ?? ''] ?? {};
        const body = { action: 'redact', personId: here.engineer.id, reason: 'x', ...what };
        expectRefused(await ask(route, admin, here.ids, { body }), 'admin', 422);
      },
    ],
    [/\/people body:\/managerId$/, ({ route }) => persons(route, (managerId) => ({ name: 'New', email: 'new@example.test', managerId }))],
    [
      /\/manager body:\/managerId$/,
      async ({ route }) => {
        const { etag = '' } = await admin.get(`/people/${here.engineer.id}`);
        await persons(route, (managerId) => ({ managerId }), etag);
      },
    ],
  ];
}

test('every field of openapi.json that names something has its case', () => {
  expect(fields.filter((field) => !cases.some(([of]) => of.test(keyOf(field)))).map(keyOf)).toEqual([]);
  expect(fields.length).toBeGreaterThan(120);
});

test.each(fields.filter((_, i) => isDeep || i % 4 === 0).map((field) => [keyOf(field), field] as const))('%s', async (key, field) => {
  const before = await everythingIn(api);
  await cases.find(([of]) => of.test(key))?.[1](field);
  expect(await everythingIn(api)).toEqual(before);
  counts.fields += 1;
});
