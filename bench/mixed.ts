import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Organisation, fillOrganisation } from './data/organisation';
import { OrganisationStore } from './data/store';
import { type LoadRequest, connections, drive } from './load';
import { circumstances, figureOf, publish, tableOf } from './results';
import { groupsOf, measures, reviewsOf, skill, supports, work } from './routes';
import { type Served, root, serve } from './served';
import { type Surroundings, openSurroundings } from './surroundings';

/** How many of forty requests are of a kind: mostly reading, as people do. */
const mix = { list: 12, one: 14, progress: 4, dashboard: 2, post: 3, postSupports: 2, review: 3 } as const;
type Kind = keyof typeof mix;

const sampleMs = 5_000;

/** Requests of all kinds at half of what the server can do, for a long time: whether any fails, and whether memory grows. */
export async function benchMixed({ minutes, keep }: { minutes: number; keep: boolean }): Promise<void> {
  console.log('Preparing a temporary database …');
  const surroundings = await openSurroundings();
  let server: Served | undefined;
  try {
    const { url, ownerUrl } = surroundings;
    server = await serve({
      name: 'touchstone',
      node: [join(root, 'dist/src/main.js')],
      env: { DATABASE_URL: url, DATABASE_OWNER_URL: ownerUrl },
    });
    const store = new OrganisationStore(surroundings.dataSource, ownerUrl);
    const organisation = await fillOrganisation(store, measures);
    const capacity = await drive(server, await listsOf(surroundings, organisation), { seconds: Math.min(30, minutes * 30) });
    // what was under way when time was up moves versions a last time
    await delay(1_000);
    const rate = capacity.rps / 2;
    console.log(`${Math.round(capacity.rps)} requests a second at most; ${Math.round(rate)} for ${minutes} minutes …`);
    const samples: number[] = [];
    const sampled = server;
    const sampling = setInterval(() => void sampled.usage().then(({ rss }) => samples.push(rss / 1_048_576)), sampleMs);
    const result = await drive(server, await listsOf(surroundings, organisation), { seconds: minutes * 60, rate });
    clearInterval(sampling);
    const growth = growthOf(samples);
    const misfits = await store.misfits(organisation.engineers.map(({ id }) => id));
    if (misfits.length > 0) throw new Error(`what was written breaks the rules:\n${misfits.join('\n')}`);
    const one = (value: number) => figureOf([value]);
    const measuredAt = circumstances();
    publish(
      'mixed',
      {
        ...measuredAt,
        machine: { ...measuredAt.machine, postgres: surroundings.postgresVersion },
        rounds: 1,
        ratios: { 'mixed.errors': one(result.bad), 'mixed.memoryGrowth': one(growth) },
        absolute: {
          'mixed.minutes': one(minutes),
          'mixed.capacity.rps': one(capacity.rps),
          'mixed.rps': one(result.rps),
          'mixed.p50': one(result.p50),
          'mixed.p99': one(result.p99),
          'mixed.rss': figureOf(samples),
        },
      },
      tableOf(
        [`mixed load, ${minutes} minutes at half of capacity`, ''],
        [
          ['capacity, requests/s', capacity.rps.toFixed(0)],
          ['requests answered', result.answered.toLocaleString('en')],
          ['requests/s', result.rps.toFixed(0)],
          ['p50 / p99, ms', `${result.p50} / ${result.p99}`],
          ['errors', String(result.bad)],
          ['memory (RSS), median, MiB', figureOf(samples).median.toFixed(0)],
          ['growth of memory in the second half', `${(growth * 100).toFixed(2)} %`],
        ],
      ),
      keep,
    );
  } finally {
    await server?.stop();
    await surroundings.close();
  }
}

/** For each connection a list of its own: kinds in turn, and of each kind other people than the neighbours have. */
async function listsOf(surroundings: Surroundings, organisation: Organisation): Promise<LoadRequest[][]> {
  const { readers, writers, judged } = groupsOf(organisation);
  const { manager } = organisation;
  const reviews = await reviewsOf(surroundings, judged, 'evidence');
  const posts = (body: object): LoadRequest[] =>
    writers.map(({ id, token }) => ({ method: 'POST', path: `/engineers/${id}/evidence`, token, body }));
  const all: Record<Kind, readonly LoadRequest[]> = {
    list: readers.map(({ id, token }) => ({ method: 'GET', path: `/engineers/${id}/evidence`, token })),
    one: readers.flatMap(({ id, token, evidence }) =>
      evidence.slice(0, 10).map((one): LoadRequest => ({ method: 'GET', path: `/engineers/${id}/evidence/${one}`, token })),
    ),
    progress: readers.map(({ id, token }) => ({ method: 'GET', path: `/engineers/${id}/progress?skill=${skill}`, token })),
    dashboard: [{ method: 'GET', path: `/teams/${manager.id}/dashboard?skill=${skill}`, token: manager.token }],
    post: posts(work),
    postSupports: posts({ ...work, supports }),
    review: reviews,
  };
  const kinds = Object.keys(mix) as Kind[];
  const turn = kinds.flatMap((kind) => Array.from({ length: mix[kind] }, (_, i) => ({ kind, at: (i + 0.5) / mix[kind] })));
  turn.sort((one, other) => one.at - other.at);
  return Array.from({ length: connections }, (_, connection) => {
    const own = Object.fromEntries(
      kinds.map((kind) => {
        const mine = all[kind].filter((_one, i) => i % connections === connection);
        return [kind, mine.length > 0 ? mine : all[kind]];
      }),
    ) as Record<Kind, readonly LoadRequest[]>;
    const next = new Map<Kind, number>();
    return Array.from({ length: 10 }, () => turn).flatMap((kindsInTurn) =>
      kindsInTurn.flatMap(({ kind }) => {
        const i = next.get(kind) ?? 0;
        next.set(kind, i + 1);
        return own[kind][i % own[kind].length] ?? [];
      }),
    );
  });
}

/** By how much the memory at the end of the second half is more than at its beginning: medians of a tenth of the samples each. */
function growthOf(samples: readonly number[]): number {
  const half = samples.slice(Math.floor(samples.length / 2));
  const few = Math.max(1, Math.floor(samples.length / 10));
  return figureOf(half.slice(-few)).median / figureOf(half.slice(0, few)).median - 1;
}
