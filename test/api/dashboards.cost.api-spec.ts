import { newId } from '../../src/kernel/ids';
import { Replica } from '../../src/platform/replica';
import { submittedClaim } from '../factories/claims';
import { type TestPerson, makePerson, mentors } from '../factories/people';
import { restand } from '../factories/standing';
import { type TestApp, startApp } from '../setup/app';

let api: TestApp;
let manager: TestPerson;
const size = 80;

beforeAll(async () => {
  api = await startApp();
  manager = await makePerson(api, { manager: await makePerson(api) });
  const mentor = await makePerson(api);
  for (let i = 0; i < size; i += 1) {
    const engineer = await makePerson(api, { manager });
    // one in twenty has a claim that waits; three levels each, and every second a target that was changed
    if (i % 20 === 0) {
      await mentors(api, mentor, engineer, { accreditedTo: i === 0 ? 5 : null });
      await submittedClaim(engineer, 1);
    }
    await api.database.query(
      `INSERT INTO progress (engineer_id, skill_level_ref, skill_ref, level, total, accepted, proposed, going_on)
       SELECT $1, skill_level_ref, skill_ref, level, 1, 0, 0, false FROM skill_level WHERE skill_ref = 'sfia-9:ITOP' AND level <= 3 ON CONFLICT DO NOTHING`,
      [engineer.id],
    );
    if (i % 2 === 1) continue;
    await api.database.query(
      `INSERT INTO target (engineer_id, skill_ref, revision, at, skill_level_ref, level, reach_by, set_by, digest)
       SELECT $1, 'sfia-9:ITOP', n, now(), 'sfia-9:ITOP.3', 3, '2099-12-31', $1, sha256($2::bytea) FROM generate_series(1, 2) n`,
      [engineer.id, newId()],
    );
  }
  // their mentor is on the way to four levels, and holds the first
  await api.database.query(`SET session_replication_role = replica`);
  await api.database.query(
    `INSERT INTO progress (engineer_id, skill_level_ref, skill_ref, level, total, accepted, proposed, going_on, sign_off_id, signed_off_on, signed_off_accepted)
     SELECT $1, skill_level_ref, skill_ref, level, 1, 0, 0, false, CASE WHEN level = 1 THEN $2::uuid END, CASE WHEN level = 1 THEN current_date END, CASE WHEN level = 1 THEN 1 END
       FROM skill_level WHERE skill_ref = 'sfia-9:ITOP' AND level <= 4`,
    [mentor.id, newId()],
  );
  await api.database.query(`SET session_replication_role = DEFAULT`);
  await restand(api);
  // people of others, whom nothing here may look at
  for (let i = 0; i < 20; i += 1) await makePerson(api);
  await api.database.query('ANALYZE');
}, 120_000);
afterAll(() => api.close());

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Rows that were read from tables, by table. */
function rowsRead(node: PlanNode, into = new Map<string, number>()): Map<string, number> {
  const table = node['Relation Name'];
  if (table !== undefined) {
    const perLoop = node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
    into.set(table, (into.get(table) ?? 0) + perLoop * node['Actual Loops']);
  }
  for (const one of node.Plans ?? []) rowsRead(one, into);
  return into;
}

test('the dashboard of a team is one statement, and reads at most seven rows for each person of it', async () => {
  const reads = jest.spyOn(api.app.get(Replica, { strict: false }), 'one');
  const { status, body } = await manager.get<{ people: { target: unknown }[] }>('/teams/me/dashboard?skill=sfia-9:ITOP');
  const statements = reads.mock.calls.filter(([sql]) => sql.includes('seen AS'));
  expect([status, body.people.length, statements.length]).toEqual([200, size, 1]);
  expect(body.people.filter(({ target }) => target !== null)).toHaveLength(size / 2);
  const [sql = '', parameters = []] = statements[0] ?? [];
  // of a database this small the planner reads whole tables, which says nothing of a large one
  await api.database.query('SET enable_seqscan = off');
  const [row] = await api.database.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`, parameters);
  const read = rowsRead((row as { 'QUERY PLAN': [{ Plan: PlanNode }] })['QUERY PLAN'][0].Plan);
  const perPerson = [...read.values()].reduce((sum, rows) => sum + rows, 0) / size;
  const told = [...read].map(([table, rows]) => `${table} ${rows}`).join(', ');
  expect({ told, few: perPerson <= 7 }).toEqual({ told, few: true });
  // of reports each their place, and nobody else's; of mentors what they hold, and not the levels they are on the way to
  expect(read.get('reporting_line')).toBe(size);
  expect(read.get('progress')).toBeLessThanOrEqual(3 * size + (size / 20) * 2);
});

test('a page of the organisation’s people looks at claims, and at whom they wait for, only where they are asked about', async () => {
  const auditor = await makePerson(api, { roles: ['auditor'] });
  const reads = jest.spyOn(api.app.get(Replica, { strict: false }), 'query');
  const readFor = async (query: string): Promise<Map<string, number>> => {
    reads.mockClear();
    const { status, body } = await auditor.get<{ items: unknown[] }>(`/organisation/people?skill=sfia-9:ITOP&limit=5${query}`);
    expect([query, status, body.items.length > 0]).toEqual([query, 200, true]);
    const [sql = '', parameters = []] = reads.mock.calls.find(([text]) => text.includes('stands AS')) ?? [];
    const [row] = await api.database.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`, parameters);
    return rowsRead((row as { 'QUERY PLAN': [{ Plan: PlanNode }] })['QUERY PLAN'][0].Plan);
  };
  for (const query of ['', '&level=none', '&state=no-target', '&at=1&is=none']) {
    const read = await readFor(query);
    for (const table of ['claim', 'mentorship', 'approval', 'target'])
      expect([query, table, read.get(table) ?? 0]).toEqual([query, table, 0]);
    // one row for each person of the organisation at most, and those of the page
    expect(read.get('standing')).toBeLessThanOrEqual(size + 1);
  }
  expect((await readFor('&state=submitted')).get('claim')).toBe(size / 20);
});
