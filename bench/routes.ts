import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { addDays } from '../src/kernel/clock';
import { agree, ask } from './agreement';
import { type LoadRequest, type Measured, connections, load } from './load';
import { type Organisation, makeOrganisation } from './data/organisation';
import { OrganisationStore } from './data/store';
import { type Figure, type Results, circumstances, figureOf, publish, shown, tableOf } from './results';
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

const skill = 'sfia-9:ITOP';
const measures = { seed: 9, engineers: 80, evidenceEach: 40 };

/** What is measured, in the words of the table. */
const routes = {
  list: 'GET …/evidence (first page of 20)',
  one: 'GET …/evidence/{id}',
  post: 'POST …/evidence',
  postSupports: 'POST …/evidence with two supports',
  dashboard: 'GET /teams/{id}/dashboard (team of 80)',
} as const;
type Route = keyof typeof routes;
const routeNames = Object.keys(routes) as Route[];

const today = new Date().toISOString().slice(0, 10);

const work = {
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
const supports = ['sfia-9:ITOP.3.1', 'sfia-9:ITOP.3.4'].map((statement) => ({
  statement,
  rationale: 'The playbooks and the module that drives them are mine, and the run log shows them patching 400 servers a month.',
}));

/** Half of the engineers are read from, the other half written to: a list is the same in every round. */
function requestsOf({ manager, engineers }: Organisation): Readonly<Record<Route, readonly LoadRequest[]>> {
  const half = Math.floor(engineers.length / 2);
  const [readers, writers] = [engineers.slice(0, half), engineers.slice(half)];
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

/** Measures the routes of the application against the hand-written server, on one database, in turns. */
export async function benchRoutes(plan: Plan): Promise<void> {
  console.log('Preparing a temporary database …');
  const surroundings = await openSurroundings();
  const servers: Served[] = [];
  try {
    const { url, ownerUrl } = surroundings;
    servers.push(
      await serve({ name: 'touchstone', node: [join(root, 'dist/src/main.js')], env: { DATABASE_URL: url, DATABASE_OWNER_URL: ownerUrl } }),
    );
    const store = new OrganisationStore(surroundings.dataSource);
    const organisation = makeOrganisation({ ...measures, asOf: new Date(today) }, await store.catalogue(skill));
    await store.write(
      organisation.rows,
      organisation.engineers.map(({ id }) => id),
    );
    servers.push(
      await serve({
        name: 'handwritten',
        node: ['-r', join(root, 'test/setup/run-ts.cjs'), join(__dirname, 'handwritten/server.ts')],
        env: { DATABASE_URL: url },
      }),
    );
    await measure(plan, servers as [Served, Served], surroundings, store, organisation);
  } finally {
    for (const server of servers) await server.stop();
    await surroundings.close();
  }
}

async function measure(
  plan: Plan,
  [touchstone, handwritten]: [Served, Served],
  { postgresVersion }: Surroundings,
  store: OrganisationStore,
  organisation: Organisation,
): Promise<void> {
  const requests = requestsOf(organisation);
  await checkAgreement(touchstone, handwritten, requests);
  await delay(2_000);
  const memory = new Map<string, number[]>();
  const noteMemory = async (when: 'idle' | 'loaded'): Promise<void> => {
    for (const server of [touchstone, handwritten]) memory.set(`${server.name}.rss.${when}`, [(await server.usage()).rss / 1_048_576]);
  };
  await noteMemory('idle');

  console.log(`Warming up, then ${plan.rounds} rounds of ${plan.seconds} s for each route and server, over ${connections} connections …`);
  const found = new Map<string, Measured[]>();
  for (let round = 0; round <= plan.rounds; round += 1) {
    for (const route of routeNames) {
      // each begins every other time: what one leaves behind is not always the same one's burden
      const turns = round % 2 === 0 ? [touchstone, handwritten] : [handwritten, touchstone];
      for (const server of turns) {
        const measured = await load(server, requests[route], round === 0 ? plan.warmUpSeconds : plan.seconds);
        const key = `${server.name} ${route}`;
        if (round > 0) found.set(key, [...(found.get(key) ?? []), measured]);
      }
    }
    if (round > 0) console.log(`  round ${round} of ${plan.rounds}`);
  }
  await delay(1_000);
  await noteMemory('loaded');

  console.log('Checking what was written …');
  const misfits = await store.misfits(organisation.engineers.map(({ id }) => id));
  if (misfits.length > 0) throw new Error(`what was written breaks the rules:\n${misfits.join('\n')}`);
  const measuredAt = circumstances();
  const results: Results = {
    ...measuredAt,
    machine: { ...measuredAt.machine, postgres: postgresVersion },
    rounds: plan.rounds,
    ratios: ratiosOf(found),
    absolute: { ...absoluteOf(found), ...Object.fromEntries([...memory].map(([key, values]) => [key, figureOf(values)])) },
  };
  publish('latest', results, tablesOf(results), plan.keep);
}

/** The same questions get the same answers, and strangers are refused alike. */
async function checkAgreement(
  touchstone: Served,
  handwritten: Served,
  requests: Readonly<Record<Route, readonly LoadRequest[]>>,
): Promise<void> {
  for (const route of routeNames) {
    for (const request of requests[route].slice(0, 20)) await agree(touchstone, handwritten, request);
  }
  const [first, second] = requests.list;
  if (first === undefined || second === undefined) throw new Error('there are too few engineers');
  await agree(touchstone, handwritten, { ...first, path: `${first.path}?limit=5&state=archived` });
  await agree(touchstone, handwritten, { ...first, token: 'nobody' });
  await agree(touchstone, handwritten, { ...first, token: second.token });
  for (const server of [touchstone, handwritten]) await checkNextPage(server, first);
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

const valuesOf = (found: Found, server: string, route: Route, what: keyof Measured): number[] =>
  (found.get(`${server} ${route}`) ?? []).map((measured) => measured[what]);

/** The application by the yardstick, round by round. */
function ratiosOf(found: Found): Record<string, Figure> {
  const ratio = (route: Route, what: 'rps' | 'cpu'): Figure => {
    const yardstick = valuesOf(found, 'handwritten', route, what);
    return figureOf(valuesOf(found, 'touchstone', route, what).map((value, round) => value / (yardstick[round] ?? Number.NaN)));
  };
  return Object.fromEntries(
    (['rps', 'cpu'] as const).flatMap((what) => routeNames.map((route) => [`handwritten.${what}.${route}`, ratio(route, what)])),
  );
}

const absoluteOf = (found: Found): Record<string, Figure> =>
  Object.fromEntries(
    ['touchstone', 'handwritten'].flatMap((server) =>
      (['rps', 'cpu', 'p50', 'p99'] as const).flatMap((what) =>
        routeNames.map((route) => [`${server}.${what}.${route}`, figureOf(valuesOf(found, server, route, what))]),
      ),
    ),
  );

function tablesOf({ ratios, absolute }: Results): string {
  const figure = (from: Results['ratios'], key: string): Figure => from[key] ?? { median: Number.NaN, min: Number.NaN, max: Number.NaN };
  const speed = tableOf(
    ['', 'requests/s', 'hand-written', 'ratio', 'CPU ms/request', 'hand-written', 'ratio', 'p50 / p99 ms'],
    routeNames.map((route) => [
      routes[route],
      shown(figure(absolute, `touchstone.rps.${route}`), 0),
      shown(figure(absolute, `handwritten.rps.${route}`), 0),
      shown(figure(ratios, `handwritten.rps.${route}`), 2),
      shown(figure(absolute, `touchstone.cpu.${route}`), 2),
      shown(figure(absolute, `handwritten.cpu.${route}`), 2),
      shown(figure(ratios, `handwritten.cpu.${route}`), 2),
      `${figure(absolute, `touchstone.p50.${route}`).median} / ${figure(absolute, `touchstone.p99.${route}`).median}`,
    ]),
  );
  const memory = tableOf(
    ['memory (RSS)', 'Touchstone', 'hand-written'],
    (['idle', 'loaded'] as const).map((when) => [
      when === 'idle' ? 'idle, just started' : 'after all of the load',
      ...['touchstone', 'handwritten'].map((server) => `${figure(absolute, `${server}.rss.${when}`).median.toFixed(0)} MiB`),
    ]),
  );
  return `${speed}\n\n${memory}`;
}
