import { Agent, get } from 'node:http';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { type KeptData, keptIn } from './data/main';
import { fill } from './data/fill';
import { OrganisationStore } from './data/store';
import { type LiveMember, liveSql } from './live';
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
/** So many times fewer pieces of evidence has the database that growth is measured against. */
const lessEvidence = 100;

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
  const servers: Served[] = [];
  try {
    const small = await withLess(surroundings, kept);
    for (const [name, database] of [['many', surroundings] as const, ['few', small] as const])
      servers.push(
        await serve({
          name,
          node: [join(root, 'dist/src/main.js')],
          env: { DATABASE_URL: database.url, DATABASE_OWNER_URL: database.ownerUrl },
        }),
      );
    await measure({ rounds, keep, kept }, servers as [Served, Served], surroundings, small);
  } finally {
    for (const server of servers) await server.stop();
    await surroundings.close();
  }
}

/** The same people with a hundredth of the evidence, beside the kept data; made at the first run. */
async function withLess(surroundings: Surroundings, { people, evidence, seed, day }: KeptData): Promise<OpenDatabase> {
  const small = await surroundings.open('touchstone_bench_few');
  const [found] = await small.dataSource.query<{ any: boolean }[]>(`SELECT EXISTS (SELECT 1 FROM progress) AS any`);
  if (found?.any === true) return small;
  const bar = new ProgressBar();
  const measures = { people, evidence: Math.max(1, Math.round(evidence / lessEvidence)), seed, asOf: new Date(day) };
  await fill(small, measures, (what, done, of) => bar.show(`the same people with less evidence: ${what}`, done, of));
  bar.clear();
  return small;
}

async function measure(
  { rounds, keep, kept }: { rounds: number; keep: boolean; kept: KeptData },
  [many, few]: readonly [Served, Served],
  surroundings: Surroundings,
  small: OpenDatabase,
): Promise<void> {
  const teams = await teamsOf(surroundings);
  const auditor = await auditorOf(surroundings);
  const everybody = [...teams.map(({ managerId }) => managerId), auditor];
  const tokens = new Map<Served, ReadonlyMap<string, string>>();
  for (const [server, database] of [[many, surroundings] as const, [few, small] as const]) {
    const given = await new OrganisationStore(database.dataSource, database.ownerUrl).signIn(everybody);
    tokens.set(server, new Map(everybody.map((id, i) => [id, given[i] ?? ''])));
  }
  const agent = new Agent({ keepAlive: true });
  const timed = async (server: Served, path: string, personId: string, times: number): Promise<number> => {
    const token = tokens.get(server)?.get(personId) ?? '';
    const taken: number[] = [];
    for (let i = 0; i < times; i += 1) taken.push(await milliseconds(agent, `${server.origin}/api/v1${path}`, token));
    return figureOf(taken).median;
  };
  const dashboard = (server: Served, { size, managerId }: Team): Promise<number> =>
    timed(server, `/teams/${managerId}/dashboard?skill=${skill}&depth=all`, managerId, asked[size]);
  const sql = await connect(surroundings.url);
  const live = await openLive(
    sql,
    teams.filter(({ size }) => size === 800),
  );

  const found = new Map<string, number[]>();
  const note = (key: string, value: number): void => void found.set(key, [...(found.get(key) ?? []), value]);
  console.log(`${rounds} rounds …`);
  for (let round = 0; round <= rounds; round += 1) {
    const counted = round > 0;
    for (const size of sizes) {
      const ofSize = teams.filter((team) => team.size === size);
      const team = ofSize[round % ofSize.length];
      if (team === undefined) continue;
      for (const server of round % 2 === 0 ? [many, few] : [few, many]) {
        // the first team asked of is read from the disk: a manager's second look is what is measured
        await timed(server, `/teams/${team.managerId}/dashboard?skill=${skill}&depth=all`, team.managerId, 2);
        const ms = await dashboard(server, team);
        if (counted) note(`${server.name}.${size}`, ms);
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
      ...Object.fromEntries(teamSizes(teams).map((size) => [`dashboard.growth.${size}`, ratioOf(of(`many.${size}`), of(`few.${size}`))])),
      'dashboard.rowsPerPerson': figureOf([...perPerson.values()]),
      ...(of('live').length === 0 ? {} : { 'dashboard.speedup': ratioOf(of('live'), of('table')) }),
      'dashboard.organisation.ms': figureOf(of('organisation')),
    },
    absolute: {
      ...Object.fromEntries(
        teamSizes(teams).flatMap((size) =>
          (['many', 'few'] as const).map((name) => [`dashboard.ms.${name}.${size}`, figureOf(of(`${name}.${size}`))]),
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

/** Up to three managers of each size, the same in both databases. */
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

/** The statement of the dashboard and live aggregation side by side, on one connection; they must count the same. */
async function openLive(client: Client, teams: readonly Team[]): Promise<{ timed(which: 'table' | 'live'): Promise<number> }> {
  const [team] = teams;
  if (team === undefined) return { timed: () => Promise.resolve(Number.NaN) };
  const statements = await teamStatements(client, team.managerId, skill);
  const run = {
    table: async () => {
      for (const { sql, parameters } of statements) await client.query({ name: `table ${sql.length}`, text: sql, values: [...parameters] });
    },
    live: async () => void (await client.query({ name: 'live', text: liveSql, values: [team.managerId, skill] })),
  };
  const { rows: aggregated } = await client.query<LiveMember>(liveSql, [team.managerId, skill]);
  const { rows: kept } = await client.query<LiveMember>(
    `SELECT g.engineer_id AS id, g.level::int AS level, g.accepted::int AS accepted, g.last_evidence_on AS "lastEvidenceOn", g.line_claim_state AS "claimState"
       FROM reporting_line r JOIN progress g ON g.engineer_id = r.descendant_id WHERE r.ancestor_id = $1 AND g.skill_ref = $2`,
    [team.managerId, skill],
  );
  const textOf = (rows: readonly LiveMember[]): string =>
    rows
      .filter(({ accepted, claimState, lastEvidenceOn }) => accepted > 0 || claimState !== null || lastEvidenceOn !== null)
      .map(({ id, level, accepted, claimState, lastEvidenceOn }) => JSON.stringify([id, level, accepted, claimState, lastEvidenceOn]))
      .sort()
      .join('\n');
  if (textOf(aggregated) !== textOf(kept)) throw new Error('live aggregation counts something else than progress');
  return {
    timed: async (which) => {
      const taken: number[] = [];
      for (let i = 0; i < (which === 'live' ? 3 : 15); i += 1) {
        const began = performance.now();
        await run[which]();
        taken.push(performance.now() - began);
      }
      return figureOf(taken).median;
    },
  };
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
      `ms at ${thousand(evidence)}`,
      `ms at ${thousand(evidence / lessEvidence)}`,
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
