import { newId } from '../../src/kernel/ids';
import { newToken } from '../../src/people/token';
import { routesOf } from '../../src/platform/routes';
import { type TestPerson, makePerson } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';
import { type KeyFiles, makeKeyFiles } from '../setup/key-files';
import { type Row, type Viewpoint, knowsPerson, mayRead, personOf, rows, tokens, verdictOf, viewpoints } from './authorization.table';
import { isDeep } from '../deep/deep';
import { tell } from './counts';
import { described } from './document';
import {
  type Marker,
  type Owner,
  type TestRecord,
  type World,
  anotherSession,
  anotherToken,
  everythingIn,
  makeWorld,
  markers,
  statementFor,
} from './world';

let keys: KeyFiles;
let api: TestApp;
let world: World;
let thumbprint: string;
let foreignToken: string;
let before: Readonly<Record<string, string>>;
const counts = { rows: 0, cells: 0, allowed: 0, refused: 0, twins: 0, markersLookedFor: 0 };

beforeAll(async () => {
  keys = makeKeyFiles();
  api = await startApp(keys.settings);
  world = await makeWorld(api);
  const jwks = await api.send<{ keys: { kid: string }[] }>('GET', '/.well-known/jwks.json');
  thumbprint = jwks.body.keys[0]?.kid.split('/').pop() ?? '';
  // reading them the first time makes a checkpoint and a place in a status list: nothing that a cell below is to be blamed for
  for (const owner of ['engineer', 'admin', 'auditor'] as const) {
    for (const state of ['approved', 'revoked'] as const) {
      const { person, signOff } = world.records[owner][state];
      for (const part of ['proof', 'badge']) await person.get(`/engineers/me/sign-offs/${signOff}/${part}`);
    }
  }
  foreignToken = (await anotherToken(api, await makePerson(api), 'all')).id;
  for (const row of rows) for (const viewpoint of viewpoints) await credentialOf(viewpoint, row);
  before = await everythingIn(api);
}, 120_000);
afterAll(async () => {
  await api.close();
  keys.remove();
  tell('cells of the authorization matrix', counts.cells, {
    rows: counts.rows,
    allowed: counts.allowed,
    refused: counts.refused,
    'refused alike where there is nothing': counts.twins,
    'looks for content that is not for them': counts.markersLookedFor,
  });
});

const ownerOf = (viewpoint: Viewpoint): Owner =>
  viewpoint === 'adminAsSubject' ? 'admin' : viewpoint === 'auditorAsSubject' ? 'auditor' : 'engineer';

const recordFor = (viewpoint: Viewpoint, { state }: Row): TestRecord => world.records[ownerOf(viewpoint)][state];

function callerOf(viewpoint: Viewpoint, row: Row): TestPerson | null {
  const person = personOf(viewpoint);
  if (person === 'nobody') return null;
  if (person === 'self' || person === 'adminAsSubject' || person === 'auditorAsSubject') return recordFor(viewpoint, row).person;
  return person === 'report' ? world.reports.engineer[row.state] : world.around[person];
}

const made = new Map<string, string>();
/** What a viewpoint signs in with: a session, or a personal access token. */
async function credentialOf(viewpoint: Viewpoint, row: Row): Promise<string | undefined> {
  const caller = callerOf(viewpoint, row);
  if (caller === null || !(viewpoint in tokens)) return caller?.token;
  const key = `${viewpoint} ${caller.id}`;
  const token = made.get(key) ?? (await anotherToken(api, caller, tokens[viewpoint as keyof typeof tokens].scopes)).token;
  made.set(key, token);
  return token;
}

/** What stands in the placeholders of a path, by their names. */
type Ids = Readonly<Record<string, string>>;

function idsFor(viewpoint: Viewpoint, row: Row): Ids {
  const record = recordFor(viewpoint, row);
  const { id } = record.person;
  return {
    engineerId: id,
    personId: id,
    managerId: row.target === 'team' ? world.around.manager.id : id,
    evidenceId: record.evidence[row.evidence],
    revision: '1',
    statement: statementFor[row.evidence],
    claimId: record.claim,
    signOffId: record.signOff ?? newId(),
    digest: record.digest ?? 'f'.repeat(64),
    mentorshipId: record.mentorship,
    accreditationId: record.accreditation,
    requestId: row.target === 'unknown' ? newId() : row.target === 'about' ? world.requests[ownerOf(viewpoint)] : world.requests.another,
    sessionId: world.foreignSession,
    tokenId: foreignToken,
    token: row.target === 'unknown' ? newToken() : world.invitation,
    thumbprint,
    list: '1',
    frameworkId: 'sfia-9',
    code: 'ITOP',
    skillLevel: 'sfia-9:ITOP.2',
    skill: row.evidence === 'elsewhere' ? 'test-1:LHKP' : 'sfia-9:ITOP',
  };
}

const people = ['engineerId', 'personId', 'managerId'];
const things = ['evidenceId', 'claimId', 'signOffId', 'mentorshipId', 'accreditationId', 'requestId', 'sessionId', 'tokenId', 'token'];
const placeholders = (route: string): string[] => [...route.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

/** The same ids, with these replaced by ones that name nothing. */
const without = (ids: Ids, names: readonly string[]): Ids => ({
  ...ids,
  ...Object.fromEntries(names.map((name) => [name, name === 'token' ? newToken() : newId()])),
});

async function ask({ route, query = '' }: Row, ids: Ids, token: string | undefined): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? `no ${name}`);
  const isRead = method === 'GET';
  // what is allowed is stopped by a body that is rubbish, or by a version that nobody has seen
  return api.send(method, `${filled}${query}`, isRead || method === 'DELETE' ? undefined : { zzUnknown: 1 }, {
    ...(token === undefined ? {} : { token }),
    ...(isRead ? {} : { ifMatch: '"never-seen"' }),
  });
}

const statusOfAllowed = ({ route, allowed }: Row): number => allowed ?? (route.startsWith('GET ') ? 200 : 400);

const said = (row: Row, { status, body }: Answer): string =>
  status === statusOfAllowed(row) ? 'allowed' : `${typeof body === 'object' && 'code' in body ? String(body['code']) : status}`;

/** A refusal as it may be compared: all but what names the request. */
function comparable({ status, headers, body }: Answer): unknown {
  const { instance: _instance, ...rest } = body;
  const kept = [...headers].filter(([name]) => !/^(date|x-request-id|keep-alive|connection|ratelimit.*|retry-after)$/.test(name));
  return { status, headers: Object.fromEntries(kept), body: rest };
}

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/** What a refusal says that it should not: ids that were not asked for, names, addresses, content. */
function leaksOf({ body, headers, bytes }: Answer<{ instance?: string }>, ids: Ids): string[] {
  const instance = body.instance ?? '';
  const text = bytes.toString('utf8');
  const asked = new Set(Object.values(ids).map((id) => id.toLowerCase()));
  const foreign = [...text.matchAll(uuid)].map(([id]) => id.toLowerCase()).filter((id) => !instance.includes(id) && !asked.has(id));
  const words = /zq\w*|@example\.test/i.exec(text) ?? [];
  const told = ['etag', 'location', 'last-modified', 'content-disposition'].filter((name) => headers.has(name));
  return [...foreign, ...words, ...told];
}

/** Whether somebody may know that what the path names below its person is there. */
function knowsThing(row: Row, viewpoint: Viewpoint): boolean {
  const [, path = ''] = row.route.split(' ');
  const thing = /^.*?(?:\{(?:engineerId|personId)\}\/[\w-]+|\/requests)\/\{\w+\}/.exec(path)?.[0];
  const reading = rows.find((other) => other.route === `GET ${thing}` && other.target === row.target);
  return reading !== undefined && verdictOf(reading, viewpoint) === 'allowed';
}

/** Requests that must be refused in the very same words: the same for ids that name nothing, where somebody may not know that these name something. */
function twinsOf(row: Row, viewpoint: Viewpoint, ids: Ids, code: string): [Row, Ids][] {
  // a token that is too small is told so whatever is there
  const isBlind = code === 'scope-too-small';
  const names = placeholders(row.route);
  const ofThings = names.filter((name) => things.includes(name));
  const ofPeople = names.filter((name) => people.includes(name));
  const twins: [Row, Ids][] = [];
  if (ofThings.length > 0 && (isBlind || !knowsThing(row, viewpoint))) twins.push([row, without(ids, ofThings)]);
  if (ofPeople.length > 0 && (isBlind || !knowsPerson(viewpoint))) twins.push([row, without(ids, [...ofThings, ...ofPeople])]);
  if (row.emptyQuery !== undefined) twins.push([{ ...row, query: row.emptyQuery }, ids]);
  return twins;
}

test('every route of openapi.json and of the application has its rows, and they are enough', () => {
  const inTable = new Set(rows.map(({ route }) => route));
  const routes = new Set([...described.map(({ route }) => route), ...routesOf(api.app).map(({ method, path }) => `${method} ${path}`)]);
  expect([...routes].filter((route) => !inTable.has(route))).toEqual([]);
  expect([...inTable].filter((route) => !routes.has(route))).toEqual([]);
  expect(rows.length * viewpoints.length).toBeGreaterThanOrEqual(1500);
});

// where time is short: every third row, so of nearly every route one; npm run test:deep runs them all
const run = rows.filter((_, i) => isDeep || i % 3 === 0);

test.each(run.map((row) => [`${row.route} (${row.target})`, row] as const))('%s', async (_, row) => {
  const expected = Object.fromEntries(viewpoints.map((viewpoint) => [viewpoint, verdictOf(row, viewpoint)]));
  const actual: Record<string, string> = {};
  const wrong: unknown[] = [];
  const cells: { viewpoint: Viewpoint; ids: Ids; token: string | undefined }[] = [];
  for (const viewpoint of viewpoints) {
    const caller = callerOf(viewpoint, row);
    const ids = idsFor(viewpoint, row);
    if (row.target === 'throwaway' && caller !== null && expected[viewpoint] === 'allowed') {
      const { id: sessionId, token } = await anotherSession(api, caller);
      cells.push({ viewpoint, ids: { ...ids, sessionId }, token });
    } else cells.push({ viewpoint, ids, token: await credentialOf(viewpoint, row) });
  }
  const next = cells.entries();
  const worker = async (): Promise<void> => {
    for (const [i, { viewpoint, ids, token }] of next) {
      const answer = await ask(row, ids, token);
      const verdict = (actual[viewpoint] = said(row, answer));
      counts.cells += 1;
      if (verdict === 'allowed') {
        counts.allowed += 1;
        const text = answer.bytes.toString('utf8');
        for (const [marker, word] of Object.entries(markers) as [Marker, string][]) {
          counts.markersLookedFor += 1;
          if (text.includes(word) && !mayRead(viewpoint, marker, row.state)) wrong.push({ viewpoint, reads: marker });
        }
        continue;
      }
      counts.refused += 1;
      const leaks = leaksOf(answer, ids);
      if (leaks.length > 0) wrong.push({ viewpoint, leaks });
      // a quarter of them, another for each row, where time is short
      if (!isDeep && i % 4 !== rows.indexOf(row) % 4) continue;
      for (const twin of twinsOf(row, viewpoint, ids, verdict)) {
        counts.twins += 1;
        const other = await ask(...twin, token);
        if (JSON.stringify(comparable(other)) !== JSON.stringify(comparable(answer))) {
          wrong.push({ viewpoint, tells: comparable(answer), apartFrom: comparable(other) });
        }
      }
    }
  };
  // packs are drawn one at a time: who waits too long is told to come again
  await Promise.all(Array.from({ length: row.route.endsWith('/pack') ? 1 : 4 }, worker));
  counts.rows += 1;
  expect(actual).toEqual(expected);
  expect(wrong).toEqual([]);
  // nothing of all this has written anything, so that every row begins with what the first one began with
  expect(await everythingIn(api)).toEqual(before);
});

test('who may not have a pack is told so at once, however many wait for theirs', async () => {
  const { person, signOff } = world.records.engineer.approved;
  const path = `/engineers/${person.id}/sign-offs/${signOff}/pack`;
  // what draws is loaded with the first one
  await person.get(path);
  const waiting = Array.from({ length: 12 }, () => person.get(path));
  const [stranger, admin] = [await world.around.peer.get(path), await world.around.admin.get(path)];
  expect([stranger.status, admin.status]).toEqual([404, 403]);
  expect((await Promise.all(waiting)).every(({ status }) => status === 200 || status === 503)).toBe(true);
});
