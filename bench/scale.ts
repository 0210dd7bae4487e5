import { Agent, get } from 'node:http';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { type KeptData, keptIn } from './data/main';
import { fill } from './data/fill';
import { OrganisationStore } from './data/store';
import { openLive } from './live';
import { ProgressBar } from './progress-bar';
import { type Results, circumstances, figureOf, publish, ratioOf, shown, tableOf } from './results';
import { rowsRead, teamStatements } from './rows-read';
import { type Served, root, serve } from './served';
import { type OpenDatabase, type Surroundings, openSurroundings } from './surroundings';

/** How the kept server is run: with memory as somebody would give it who has so much data. */
const flags = ['shared_buffers=2GB', 'effective_cache_size=8GB', 'max_wal_size=4GB', 'random_page_cost=1.1'].flatMap((setting) => [
  '-c',
  setting,
]);
const skill = 'sfia-9:ITOP';
const sizes = [8, 80, 800] as const;
type Size = (typeof sizes)[number];
/** How often each is asked in a round: about the same time for each. */
const asked: Readonly<Record<Size, number>> = { 8: 60, 80: 40, 800: 12 };
/** So many times fewer pieces of evidence have the databases that growth is measured against. */
const lessEvidence = 100;
/** So many times fewer people has a company with so much less evidence; then each still has about half as much as in the large one. */
const fewerPeople = 40;

/** A server and the database that it is on. */
interface Side {
  readonly server: Served;
  readonly database: OpenDatabase;
  /** Managers of each size, who are signed in. */
  readonly teams: readonly Team[];
  readonly tokens: ReadonlyMap<string, string>;
}

/** A manager with so many people in their whole line, signed in to both databases. */
interface Team {
  readonly size: Size;
  readonly managerId: string;
}

/** Measures dashboards on data that `npm run bench:data` has kept in a folder. */
export async function benchScale({ data, rounds, keep }: { data: string; rounds: number; keep: boolean }): Promise<void> {
  const folder = resolve(data);
  const kept = keptIn(folder);
  if (kept === null) throw new Error(`There is no data in ${folder}: npm run bench:data -- --data ${data}`);
  const surroundings = await openSurroundings({ folder, flags });
  const sides: Side[] = [];
  try {
    const { people, evidence } = kept;
    const less = Math.max(1, Math.round(evidence / lessEvidence));
    const databases = {
      many: surroundings,
      few: await filled(surroundings, 'touchstone_bench_company', { ...kept, people: Math.round(people / fewerPeople), evidence: less }),
      sparse: await filled(surroundings, 'touchstone_bench_few', { ...kept, evidence: less }),
    };
    for (const [name, database] of Object.entries(databases)) sides.push(await sideOf(name, database));
    await measure({ rounds, keep, kept }, sides as [Side, Side, Side], surroundings);
  } finally {
    for (const { server } of sides) await server.stop();
    await surroundings.close();
  }
}

/** An organisation of the same seed beside the kept data; made at the first run. */
async function filled(surroundings: Surroundings, name: string, { people, evidence, seed, day }: KeptData): Promise<OpenDatabase> {
  const database = await surroundings.open(name);
  const [found] = await database.dataSource.query<{ any: boolean }[]>(`SELECT EXISTS (SELECT 1 FROM progress) AS any`);
  if (found?.any === true) return database;
  const bar = new ProgressBar();
  await fill(database, { people, evidence, seed, asOf: new Date(day) }, (what, done, of) => bar.show(`${name}: ${what}`, done, of));
  bar.clear();
  return database;
}

async function sideOf(name: string, database: OpenDatabase): Promise<Side> {
  const teams = await teamsOf(database);
  const everybody = [...teams.map(({ managerId }) => managerId), await auditorOf(database)];
  const given = await new OrganisationStore(database.dataSource, database.ownerUrl).signIn(everybody);
  const server = await serve({
    name,
    node: [join(root, 'dist/src/main.js')],
    env: { DATABASE_URL: database.url, DATABASE_OWNER_URL: database.ownerUrl },
  });
  return { server, database, teams, tokens: new Map(everybody.map((id, i) => [id, given[i] ?? ''])) };
}

async function measure(
  { rounds, keep, kept }: { rounds: number; keep: boolean; kept: KeptData },
  sides: readonly [many: Side, few: Side, sparse: Side],
  surroundings: Surroundings,
): Promise<void> {
  const [many] = sides;
  const { teams } = many;
  const auditor = await auditorOf(surroundings);
  const agent = new Agent({ keepAlive: true });
  const timed = async ({ server, tokens }: Side, path: string, personId: string, times: number): Promise<number> => {
    const token = tokens.get(personId) ?? '';
    const taken: number[] = [];
    for (let i = 0; i < times; i += 1) taken.push(await milliseconds(agent, `${server.origin}/api/v1${path}`, token));
    return figureOf(taken).median;
  };
  const dashboard = (side: Side, { managerId }: Team, times: number): Promise<number> =>
    timed(side, `/teams/${managerId}/dashboard?skill=${skill}&depth=all`, managerId, times);
  const sql = await connect(surroundings.url);
  const live = await openLive(sql, teams.find(({ size }) => size === 800)?.managerId, skill);

  const found = new Map<string, number[]>();
  const note = (key: string, value: number): void => void found.set(key, [...(found.get(key) ?? []), value]);
  console.log(`${rounds} rounds …`);
  for (let round = 0; round <= rounds; round += 1) {
    const counted = round > 0;
    for (const size of sizes) {
      const turn = round % sides.length;
      for (const side of [...sides.slice(turn), ...sides.slice(0, turn)]) {
        const ofSize = side.teams.filter((team) => team.size === size);
        const team = ofSize[round % ofSize.length];
        if (team === undefined) continue;
        // the first team asked of is read from the disk: a manager's second look is what is measured
        await dashboard(side, team, 2);
        const ms = await dashboard(side, team, asked[size]);
        if (counted) note(`${side.server.name}.${size}`, ms);
      }
    }
    const organisation = await timed(many, `/organisation/dashboard?skill=${skill}`, auditor, 8);
    if (counted) note('organisation', organisation);
    for (const which of round % 2 === 0 ? (['table', 'live'] as const) : (['live', 'table'] as const)) {
      const ms = await live.timed(which);
      if (counted) note(which, ms);
    }
    if (counted) console.log(`  round ${round} of ${rounds}`);
  }
  const perPerson = await rowsPerPerson(surroundings, teams);
  await sql.end();
  agent.destroy();

  const of = (key: string): readonly number[] => found.get(key) ?? [];
  const measuredAt = circumstances();
  const results: Results = {
    ...measuredAt,
    machine: { ...measuredAt.machine, postgres: surroundings.postgresVersion },
    rounds,
    ratios: {
      ...Object.fromEntries(
        teamSizes(teams).flatMap((size) => [
          [`dashboard.growth.${size}`, ratioOf(of(`many.${size}`), of(`few.${size}`))],
          [`dashboard.growthOfSamePeople.${size}`, ratioOf(of(`many.${size}`), of(`sparse.${size}`))],
        ]),
      ),
      'dashboard.rowsPerPerson': figureOf([...perPerson.values()]),
      ...(of('live').length === 0 ? {} : { 'dashboard.speedup': ratioOf(of('live'), of('table')) }),
      'dashboard.organisation.ms': figureOf(of('organisation')),
    },
    absolute: {
      ...Object.fromEntries(
        teamSizes(teams).flatMap((size) =>
          (['many', 'few', 'sparse'] as const).map((name) => [`dashboard.ms.${name}.${size}`, figureOf(of(`${name}.${size}`))]),
        ),
      ),
      ...Object.fromEntries([...perPerson].map(([size, rows]) => [`dashboard.rowsPerPerson.${size}`, figureOf([rows])])),
      'dashboard.statement.ms': figureOf(of('table')),
      'dashboard.live.ms': figureOf(of('live')),
    },
  };
  publish('scale', results, tableOfScale(results, kept), keep);
}

const teamSizes = (teams: readonly Team[]): Size[] => sizes.filter((size) => teams.some((team) => team.size === size));

/** Up to three managers of each size, the same wherever the people are the same. */
async function teamsOf({ dataSource }: OpenDatabase): Promise<Team[]> {
  const rows = await dataSource.query<{ id: string; size: Size }[]>(
    `SELECT id, size FROM (SELECT ancestor_id AS id, count(*)::int AS size, row_number() OVER (PARTITION BY count(*) ORDER BY ancestor_id) AS n
                             FROM reporting_line GROUP BY ancestor_id HAVING count(*) = ANY ($1::int[])) t WHERE n <= 3 ORDER BY size, id`,
    [[...sizes]],
  );
  return rows.map(({ id, size }) => ({ size, managerId: id }));
}

async function auditorOf({ dataSource }: OpenDatabase): Promise<string> {
  const [row] = await dataSource.query<{ id: string }[]>(`SELECT person_id AS id FROM person WHERE 'auditor' = ANY (roles) LIMIT 1`);
  if (row === undefined) throw new Error('there is no auditor');
  return row.id;
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

/** For each size how many rows the statements of the dashboard read for each person of the team, the worst of its teams. */
async function rowsPerPerson({ url }: OpenDatabase, teams: readonly Team[]): Promise<ReadonlyMap<Size, number>> {
  const client = await connect(url);
  const worst = new Map<Size, number>();
  for (const { size, managerId } of teams) {
    let rows = 0;
    for (const { sql, parameters } of await teamStatements(client, managerId, skill)) rows += await rowsRead(client, sql, parameters);
    worst.set(size, Math.max(worst.get(size) ?? 0, rows / size));
  }
  await client.end();
  return worst;
}

/** How long one answer takes, to its last byte. */
function milliseconds(agent: Agent, url: string, token: string): Promise<number> {
  return new Promise((done, fail) => {
    const began = performance.now();
    get(url, { agent, headers: { authorization: `Bearer ${token}` } }, (answer) => {
      if (answer.statusCode !== 200) fail(new Error(`${url} answered ${answer.statusCode}`));
      answer.on('data', () => undefined);
      answer.on('error', fail);
      answer.on('end', () => done(performance.now() - began));
    }).on('error', fail);
  });
}

function tableOfScale({ ratios, absolute }: Results, { people, evidence }: KeptData): string {
  const cell = (from: Results['ratios'], key: string, digits: number): string => {
    const figure = from[key];
    return figure === undefined ? '' : shown(figure, digits);
  };
  const thousand = (number: number): string => number.toLocaleString('en');
  const growth = tableOf(
    [
      'team dashboard, whole line',
      `ms: ${thousand(people)} people, ${thousand(evidence)} pieces`,
      `ms: ${thousand(people / fewerPeople)} people, ${thousand(evidence / lessEvidence)} pieces`,
      'ratio',
      `ms: ${thousand(people)} people, ${thousand(evidence / lessEvidence)} pieces`,
      'ratio',
      'rows read per person',
    ],
    sizes
      .filter((size) => ratios[`dashboard.growth.${size}`] !== undefined)
      .map((size) => [
        `${size} people`,
        cell(absolute, `dashboard.ms.many.${size}`, 1),
        cell(absolute, `dashboard.ms.few.${size}`, 1),
        cell(ratios, `dashboard.growth.${size}`, 2),
        cell(absolute, `dashboard.ms.sparse.${size}`, 1),
        cell(ratios, `dashboard.growthOfSamePeople.${size}`, 2),
        (absolute[`dashboard.rowsPerPerson.${size}`]?.median ?? Number.NaN).toFixed(1),
      ]),
  );
  const others = tableOf(
    [`with ${thousand(people)} people and ${thousand(evidence)} pieces of evidence`, ''],
    [
      ['the statement of a dashboard of 800, ms', cell(absolute, 'dashboard.statement.ms', 1)],
      ['live aggregation of the same figures, ms', cell(absolute, 'dashboard.live.ms', 1)],
      ['so many times faster', cell(ratios, 'dashboard.speedup', 1)],
      ['dashboard of the organisation, ms', cell(ratios, 'dashboard.organisation.ms', 1)],
    ],
  );
  return `${growth}\n\n${others}`;
}
