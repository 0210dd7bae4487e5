import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { addDays } from '../src/kernel/clock';
import { agree, ask } from './agreement';
import { type LoadRequest, type Measured, connections, load } from './load';
import { type Organisation, fillOrganisation } from './data/organisation';
import { OrganisationStore } from './data/store';
import { Floor, type FloorScript } from './floor';
import { type Figure, type Results, circumstances, figureOf, publish, ratioOf, shown, tableOf } from './results';
import { type Served, root, serve } from './served';
import { type Surroundings, openSurroundings } from './surroundings';

/** How long and how often. */
export interface Plan {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Whether what is found is written down. */
  readonly keep: boolean;
}

export const skill = 'sfia-9:ITOP';
/** The organisation that the routes are measured on. */
export const measures = {
  seed: 9,
  engineers: 80,
  evidenceEach: 40,
  withoutClaims: 20,
  asOf: new Date(new Date().toISOString().slice(0, 10)),
};

const peers = ['touchstone', 'handwritten', 'usual', 'floor'] as const;
type Peer = (typeof peers)[number];

/** What is measured, in the words of the table, and whom Touchstone is measured against. */
const routes = {
  list: { words: 'GET …/evidence (first page of 20)', against: ['handwritten', 'usual', 'floor'] },
  one: { words: 'GET …/evidence/{id}', against: ['handwritten', 'usual', 'floor'] },
  post: { words: 'POST …/evidence', against: ['handwritten', 'usual'] },
  postSupports: { words: 'POST …/evidence with two supports', against: ['handwritten'] },
  dashboard: { words: 'GET /teams/{id}/dashboard (team of 80)', against: ['handwritten'] },
  review: { words: 'POST …/review', against: ['handwritten'] },
} as const satisfies Record<string, { words: string; against: readonly Peer[] }>;
type Route = keyof typeof routes;
const routeNames = Object.keys(routes) as Route[];
const against = (route: Route, peer: Peer): boolean => (routes[route].against as readonly Peer[]).includes(peer);

const today = new Date().toISOString().slice(0, 10);

/** What is logged. */
export const work = {
  title: 'Automated patching via IaC',
  description:
    'Wrote Ansible playbooks that patch our Linux servers in rings, the test machines first, and a Terraform module that schedules them. ' +
    'A dashboard shows which hosts are behind, and the on-call engineer is paged when a ring fails twice. The service owners agreed to the windows ' +
    'in advance, and the change records name them. I wrote the rollback too, and used it once.',
  outcome: 'Patching takes two hours of attention a month instead of four days.',
  role: 'alone',
  startedOn: addDays(today, -200),
  endedOn: addDays(today, -20),
  links: [{ url: 'https://git.example/infrastructure/patching', label: 'The playbooks' }],
  tags: ['ansible', 'patching'],
};
export const supports = ['sfia-9:ITOP.3.1', 'sfia-9:ITOP.3.4'].map((statement) => ({
  statement,
  rationale: 'The playbooks and the module that drives them are mine, and the run log shows them patching 400 servers a month.',
}));

/** Half of the engineers are read from, the others written to: a list is the same in every round. The last ten are those whose supports are judged without a ledger. */
export function groupsOf({
  engineers,
}: Organisation): Readonly<Record<'readers' | 'writers' | 'judged' | 'judgedBarely', Organisation['engineers']>> {
  return {
    readers: engineers.slice(0, 40),
    writers: engineers.slice(40, 60),
    judged: engineers.slice(60, 70),
    judgedBarely: engineers.slice(70),
  };
}

type Requests = Readonly<Record<Exclude<Route, 'review'>, readonly LoadRequest[]>>;

function requestsOf(organisation: Organisation): Requests {
  const { readers, writers } = groupsOf(organisation);
  const { manager } = organisation;
  const posts = (body: object): LoadRequest[] =>
    writers.map(({ id, token }) => ({ method: 'POST', path: `/engineers/${id}/evidence`, token, body }));
  return {
    list: readers.map(({ id, token }) => ({ method: 'GET', path: `/engineers/${id}/evidence`, token })),
    one: readers.flatMap(({ id, token, evidence }) =>
      evidence.slice(0, 10).map((one): LoadRequest => ({ method: 'GET', path: `/engineers/${id}/evidence/${one}`, token })),
    ),
    post: posts(work),
    postSupports: posts({ ...work, supports }),
    dashboard: [{ method: 'GET', path: `/teams/${manager.id}/dashboard?skill=${skill}`, token: manager.token }],
  };
}

/**
 * Verdicts on one support of each piece of evidence of some engineers, each in turn accepted and returned, for the version that is there.
 * @param versionOf the application's ETag is of the evidence, that of a bare UPDATE of the row that it changes
 */
export async function reviewsOf(
  { dataSource }: Surroundings,
  engineers: Organisation['engineers'],
  versionOf: 'evidence' | 'support',
): Promise<LoadRequest[]> {
  const rows = await dataSource.query<{ engineer: string; evidence: string; statement: string; version: number }[]>(
    `SELECT DISTINCT ON (md5(evidence_id::text), evidence_id) engineer_id AS engineer, evidence_id AS evidence, statement_ref AS statement, ${versionOf}.version
       FROM support JOIN evidence USING (engineer_id, evidence_id)
      WHERE engineer_id = ANY ($1::uuid[]) AND support.state <> 'withdrawn' AND evidence.state = 'logged' ORDER BY md5(evidence_id::text), evidence_id, statement_ref`,
    [engineers.map(({ id }) => id)],
  );
  return rows.map(({ engineer, evidence, statement, version }) => {
    let seen = version;
    return {
      method: 'POST',
      path: `/engineers/${engineer}/evidence/${evidence}/supports/${statement}/review`,
      token: engineers.find(({ id }) => id === engineer)?.mentor.token ?? '',
      next: {
        says: () => ({
          ifMatch: `"v${seen}"`,
          body: seen % 2 === 0 ? { verdict: 'accepted' } : { verdict: 'returned', feedback: 'Please say what your own part was.' },
        }),
        done: () => (seen += 1),
      },
    };
  });
}

const floorOf = ({ readers }: ReturnType<typeof groupsOf>): Record<'list' | 'one', FloorScript> => ({
  list: { ids: readers.map(({ id }) => [id, id]), sql: 'list' },
  one: { ids: readers.flatMap(({ id, evidence }) => evidence.slice(0, 10).map((one): [string, string] => [id, one])), sql: 'one' },
});

/** Measures the routes of the application against its peers, on one database, in turns. */
export async function benchRoutes(plan: Plan): Promise<void> {
  console.log('Preparing a temporary database …');
  const surroundings = await openSurroundings();
  const servers: Served[] = [];
  try {
    const { url, ownerUrl } = surroundings;
    servers.push(
      await serve({ name: 'touchstone', node: [join(root, 'dist/src/main.js')], env: { DATABASE_URL: url, DATABASE_OWNER_URL: ownerUrl } }),
    );
    const store = new OrganisationStore(surroundings.dataSource, ownerUrl);
    const organisation = await fillOrganisation(store, measures);
    // as a database in service has been: without statistics the planner guesses
    await store.maintain('ANALYZE');
    for (const name of ['handwritten', 'usual'])
      servers.push(
        await serve({
          name,
          node: ['-r', join(root, 'test/setup/run-ts.cjs'), join(__dirname, name, 'server.ts')],
          env: { DATABASE_URL: url },
        }),
      );
    await measure(plan, servers as [Served, Served, Served], surroundings, store, organisation);
  } finally {
    for (const server of servers) await server.stop();
    await surroundings.close();
  }
}

async function measure(
  plan: Plan,
  servers: readonly [touchstone: Served, handwritten: Served, usual: Served],
  surroundings: Surroundings,
  store: OrganisationStore,
  organisation: Organisation,
): Promise<void> {
  const [touchstone, handwritten, usual] = servers;
  const requests = requestsOf(organisation);
  const groups = groupsOf(organisation);
  await checkAgreement(touchstone, handwritten, requests, routeNames);
  await checkAgreement(
    touchstone,
    usual,
    requests,
    routeNames.filter((route) => against(route, 'usual')),
  );
  const floor = Floor.open(surroundings.url, floorOf(groups));
  const memory = new Map<string, number[]>();
  const noteMemory = async (when: 'idle' | 'loaded'): Promise<void> => {
    for (const server of servers) memory.set(`${server.name}.rss.${when}`, [(await server.usage()).rss / 1_048_576]);
  };
  // what a process has just done to answer the first requests is not what it is like when idle
  await delay(2_000);
  await noteMemory('idle');

  const count = peers.reduce((sum, peer) => sum + routeNames.filter((route) => peer === 'touchstone' || against(route, peer)).length, 0);
  console.log(
    `${plan.rounds} rounds, ${count} measurements of ${plan.seconds} s in each, ${connections} connections${floor === null ? '; there is no pgbench here: no floor' : ''} …`,
  );
  const found = new Map<string, Measured[]>();
  const once = async (peer: Peer, route: Route, seconds: number): Promise<Measured | null> => {
    if (peer === 'floor') return floor === null || (route !== 'list' && route !== 'one') ? null : floor.measure(route, seconds);
    const server = servers.find(({ name }) => name === peer) ?? touchstone;
    if (route !== 'review') return load(server, requests[route], seconds);
    const reviews =
      peer === 'touchstone' ? reviewsOf(surroundings, groups.judged, 'evidence') : reviewsOf(surroundings, groups.judgedBarely, 'support');
    return load(server, await reviews, seconds);
  };
  for (let round = 0; round <= plan.rounds; round += 1) {
    // the first round warms up and is not counted
    for (const route of routeNames) {
      const measured = peers.filter((peer) => peer === 'touchstone' || against(route, peer));
      const turn = round % measured.length;
      for (const peer of [...measured.slice(turn), ...measured.slice(0, turn)]) {
        const result = await once(peer, route, round === 0 ? plan.warmUpSeconds : plan.seconds);
        const key = `${peer} ${route}`;
        if (round > 0 && result !== null) found.set(key, [...(found.get(key) ?? []), result]);
      }
    }
    if (round > 0) console.log(`  round ${round} of ${plan.rounds}`);
  }
  await delay(1_000);
  await noteMemory('loaded');
  floor?.close();

  console.log('Checking what was written …');
  const barely = new Set(groups.judgedBarely);
  const misfits = await store.misfits(organisation.engineers.filter((one) => !barely.has(one)).map(({ id }) => id));
  if (misfits.length > 0) throw new Error(`what was written breaks the rules:\n${misfits.join('\n')}`);
  const measuredAt = circumstances();
  const results: Results = {
    ...measuredAt,
    machine: { ...measuredAt.machine, postgres: surroundings.postgresVersion },
    rounds: plan.rounds,
    ratios: ratiosOf(found),
    absolute: { ...absoluteOf(found), ...Object.fromEntries([...memory].map(([key, values]) => [key, figureOf(values)])) },
  };
  publish('routes', results, tablesOf(results), plan.keep);
}

/** The same questions get the same answers, and strangers are refused alike. */
async function checkAgreement(touchstone: Served, other: Served, requests: Requests, compared: readonly Route[]): Promise<void> {
  for (const route of compared) {
    if (route === 'review') continue;
    for (const request of requests[route].slice(0, 20)) await agree(touchstone, other, request);
  }
  const [first, second] = requests.list;
  if (first === undefined || second === undefined) throw new Error('there are too few engineers');
  await agree(touchstone, other, { ...first, path: `${first.path}?limit=5&state=archived` });
  await agree(touchstone, other, { ...first, token: 'nobody' });
  await agree(touchstone, other, { ...first, token: second.token });
  for (const server of [touchstone, other]) await checkNextPage(server, first);
}

/** A cursor leads on to other items. */
async function checkNextPage(server: Served, request: LoadRequest): Promise<void> {
  type Page = { items: { id: string }[]; nextCursor: string | null };
  const first = (await ask(server, request)).body as Page;
  const second = (await ask(server, { ...request, path: `${request.path}?cursor=${first.nextCursor}` })).body as Page;
  const seen = new Set(first.items.map(({ id }) => id));
  if (second.items.length === 0 || second.items.some(({ id }) => seen.has(id)))
    throw new Error(`${server.name}: the next page is not the next`);
}

type Found = ReadonlyMap<string, readonly Measured[]>;

const valuesOf = (found: Found, peer: Peer, route: Route, what: keyof Measured): number[] =>
  (found.get(`${peer} ${route}`) ?? []).map((measured) => measured[what]);

/** The name of a ratio. What a review is measured against is no peer, but a bare UPDATE. */
const ratioName = (peer: Peer, what: 'rps' | 'cpu', route: Route): string =>
  route === 'review' ? `review.${what}` : `${peer}.${what}.${route}`;

/** The application by its peers, round by round. */
function ratiosOf(found: Found): Record<string, Figure> {
  const ratios: [string, Figure][] = [];
  for (const peer of peers)
    for (const what of ['rps', 'cpu'] as const)
      for (const route of routeNames) {
        const theirs = valuesOf(found, peer, route, what);
        if (!against(route, peer) || theirs.length === 0 || (peer === 'floor' && what === 'cpu')) continue;
        ratios.push([ratioName(peer, what, route), ratioOf(valuesOf(found, 'touchstone', route, what), theirs)]);
      }
  return Object.fromEntries(ratios);
}

const absoluteOf = (found: Found): Record<string, Figure> =>
  Object.fromEntries(
    [...found.keys()].flatMap((key) => {
      const [peer, route] = key.split(' ') as [Peer, Route];
      const kinds = peer === 'floor' ? (['rps'] as const) : (['rps', 'cpu', 'p50', 'p99'] as const);
      return kinds.map((what) => [`${peer}.${what}.${route}`, figureOf(valuesOf(found, peer, route, what))]);
    }),
  );

function tablesOf({ ratios, absolute }: Results): string {
  const cell = (from: Results['ratios'], key: string, digits: number): string => {
    const figure = from[key];
    return figure === undefined ? '' : shown(figure, digits);
  };
  const speed = tableOf(
    ['', 'requests/s', 'by hand-written', 'by usual', 'by pgbench', 'CPU ms/request', 'by hand-written', 'by usual', 'p50 / p99 ms'],
    routeNames.map((route) => [
      routes[route].words,
      cell(absolute, `touchstone.rps.${route}`, 0),
      cell(ratios, ratioName('handwritten', 'rps', route), 2),
      cell(ratios, `usual.rps.${route}`, 2),
      cell(ratios, `floor.rps.${route}`, 2),
      cell(absolute, `touchstone.cpu.${route}`, 2),
      cell(ratios, ratioName('handwritten', 'cpu', route), 2),
      cell(ratios, `usual.cpu.${route}`, 2),
      `${absolute[`touchstone.p50.${route}`]?.median} / ${absolute[`touchstone.p99.${route}`]?.median}`,
    ]),
  );
  const memory = tableOf(
    ['memory (RSS)', 'Touchstone', 'hand-written', 'usual'],
    (['idle', 'loaded'] as const).map((when) => [
      when === 'idle' ? 'idle, just started' : 'after all of the load',
      ...['touchstone', 'handwritten', 'usual'].map((server) => `${absolute[`${server}.rss.${when}`]?.median.toFixed(0)} MiB`),
    ]),
  );
  return `${speed}\n\n${memory}`;
}
