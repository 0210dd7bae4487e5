import { Client } from 'pg';
import { crowdSql } from '../../src/dashboards/team-crowd.query';
import { somePeople } from '../../src/dashboards/team-dashboard-sql';
import { gapsOfSomePeopleSql } from '../../src/dashboards/team-gaps.query';
import { type KeyFacts, type Place, type TableFacts, keysSql, placeOf, tablesSql } from '../../src/commands/distribution';
import { type TestApp, startApp } from '../setup/app';
import { surroundings } from '../setup/database';
import { type KeyFiles, makeKeyFiles } from '../setup/key-files';
import { useEverything } from './flow';
import { type Break, type Judgement, judge } from './judge';
import { type Recorded, recordStatements } from './recorder';

/*
 * Every statement that the application sends while everything is used once, held to what Citus can do. docs/scaling.md, Citus, tells the rules in words, and
 * what is written instead.
 */

let keys: KeyFiles;
let api: TestApp;
let client: Client | undefined;
let failures: string[];
let judged: (Recorded & Judgement)[];
let orders: string[];
let verdict: (sql: string) => Promise<Judgement>;

beforeAll(async () => {
  const recorder = recordStatements(surroundings().app.name);
  keys = makeKeyFiles();
  api = await startApp({ ...keys.settings, CHECKPOINT_MINUTES: '0' });
  failures = await useEverything(api);
  const judges = new Client({ connectionString: api.database.adminUrl });
  client = judges;
  await judges.connect();
  await judges.query(`SET plan_cache_mode = force_generic_plan`);
  const { rows } = await judges.query<TableFacts>(tablesSql);
  const places = new Map<string, Place>(rows.map((table) => [table.name, placeOf(table)]));
  const { rows: keysOf } = await judges.query<KeyFacts>(keysSql);
  const isKnown = (table: string): boolean =>
    places.get(table) !== 'here' || keysOf.some(({ from, to }) => from === table && places.get(to) === 'copied');
  verdict = (sql) => judge(judges, sql, (table) => places.get(table) ?? 'here', isKnown);
  orders = recorder.orders();
  judged = [];
  for (const one of recorder.statements()) judged.push({ ...one, ...(await verdict(one.sql)) });
}, 120_000);
afterAll(async () => {
  await client?.end();
  await api.close();
  keys.remove();
});

it('sees what the application sends: every part of the flow succeeds', () => {
  expect(failures).toEqual([]);
  expect(judged.length).toBeGreaterThan(200);
  const count = (reach: Judgement['reach']): number => judged.filter((one) => one.reach === reach).length;
  expect(count('record')).toBeGreaterThan(50);
  process.stderr.write(
    `${judged.length} statements: ${count('copied')} of nothing that is spread, ${count('record')} of one record, ${count('many')} of more\n`,
  );
});

it('is within the rules', () => {
  const found: Record<string, Break[]> = {};
  for (const { from, breaks } of judged) if (breaks.length > 0) found[from] = [...new Set([...(found[from] ?? []), ...breaks])].sort();
  expect(found).toEqual({});
});

it('so is what is asked of large teams, some people at a time', async () => {
  const statement = { ref: 'sfia-9:ITOP.1.1', skillLevel: 'sfia-9:ITOP.1', skill: 'sfia-9:ITOP' };
  const dashboards = [[], [statement]].map((asked) => somePeople([], asked)[0]);
  for (const sql of [crowdSql, ...dashboards, gapsOfSomePeopleSql]) expect((await verdict(sql)).breaks).toEqual([]);
});

it('writes to one record at a time, and never by what only a machine of its own could say', () => {
  for (const { sql, breaks } of judged) {
    const bad = breaks.filter((one) => /write|lock|recursive/.test(one));
    expect({ sql, bad }).toEqual({ sql, bad: [] });
  }
});

it('keeps no state in a session, listens to nobody and counts by no sequence', () => {
  const known = /^(START TRANSACTION|BEGIN|COMMIT|ROLLBACK|SET TRANSACTION |FETCH \d+ FROM \w+$|CLOSE \w+$|RESET plan_cache_mode$)/i;
  expect(orders.filter((order) => !known.test(order))).toEqual([]);
  // but how plans are come by: no answer depends on it, and on Citus it is left as it is
  for (const { sql } of judged)
    expect(sql).not.toMatch(
      /\b(nextval|pg_notify|set_config(?!\('plan_cache_mode',)|pg_advisory_lock|pg_try_advisory_lock|CREATE TEMP)\b/i,
    );
});

describe('the judge', () => {
  test.each<[string, Judgement['reach'], Break[]]>([
    ['SELECT 1 FROM evidence WHERE engineer_id = $1 AND evidence_id = $2', 'record', []],
    ['SELECT 1 FROM person p JOIN reporting_line r ON r.ancestor_id = p.person_id WHERE p.person_id = $1', 'copied', []],
    [
      'SELECT s.* FROM support s JOIN evidence e USING (engineer_id, evidence_id) JOIN person p ON p.person_id = s.engineer_id WHERE s.engineer_id = $1',
      'record',
      [],
    ],
    ['SELECT count(*) FROM support s JOIN evidence e USING (engineer_id, evidence_id)', 'many', []],
    ['UPDATE claim SET state = $2 WHERE engineer_id = $1 AND claim_id = $3', 'record', []],
    ['UPDATE claim SET state = $2 WHERE claim_id = $1', 'many', ['writes to many records']],
    ['UPDATE evidence SET changed_at = clock_timestamp() WHERE engineer_id = $1', 'record', ['a volatile function in a write']],
    ['SELECT 1 FROM record WHERE head_seq > $1 FOR UPDATE', 'many', ['locks rows of many records']],
    [
      'SELECT 1 FROM mentorship m JOIN progress g ON g.engineer_id = m.mentor_id WHERE m.engineer_id = $1',
      'many',
      ['joins by other columns than the engineer'],
    ],
    [
      'SELECT (SELECT count(*) FROM evidence e WHERE e.engineer_id = p.person_id) FROM person p',
      'many',
      ['a correlated subquery of people or of another step'],
    ],
    [
      'WITH open AS MATERIALIZED (SELECT engineer_id, claim_id FROM claim) SELECT 1 FROM open o WHERE NOT EXISTS (SELECT 1 FROM approval a WHERE a.engineer_id = o.engineer_id)',
      'many',
      ['a correlated subquery of people or of another step'],
    ],
    [
      'SELECT 1 FROM claim c WHERE NOT EXISTS (SELECT 1 FROM approval a WHERE a.engineer_id = c.engineer_id AND a.claim_id = c.claim_id)',
      'many',
      [],
    ],
    [
      'SELECT 1 FROM person p CROSS JOIN LATERAL (SELECT * FROM claim c WHERE c.engineer_id = p.person_id LIMIT 1) x',
      'many',
      ['a lateral subquery with LIMIT, OFFSET or a total, of people or of another step'],
    ],
    [
      'SELECT 1 FROM person p CROSS JOIN LATERAL (SELECT * FROM claim c WHERE c.engineer_id = p.person_id OFFSET 0) x',
      'many',
      ['a lateral subquery with LIMIT, OFFSET or a total, of people or of another step'],
    ],
    [
      'SELECT 1 FROM person p CROSS JOIN LATERAL (SELECT count(*) AS n FROM claim c WHERE c.engineer_id = p.person_id) x WHERE x.n > 1',
      'many',
      ['a lateral subquery with LIMIT, OFFSET or a total, of people or of another step'],
    ],
    [
      'SELECT x.n FROM person p CROSS JOIN LATERAL (SELECT c.engineer_id, count(*) AS n FROM claim c WHERE c.engineer_id = p.person_id GROUP BY c.engineer_id) x',
      'many',
      [],
    ],
    ['SELECT 1 FROM record r CROSS JOIN LATERAL (SELECT * FROM claim c WHERE c.engineer_id = r.engineer_id LIMIT 1) x', 'many', []],
    [
      'WITH mine AS MATERIALIZED (SELECT mentor_id FROM mentorship WHERE engineer_id = $1) SELECT 1 FROM mine JOIN progress g ON g.engineer_id = mine.mentor_id',
      'many',
      [],
    ],
    ['SELECT 1 FROM totp t JOIN progress g ON g.engineer_id = t.person_id', 'many', []],
    [
      `UPDATE person SET active = false WHERE EXISTS (SELECT 1 FROM totp t WHERE t.person_id = person.person_id)`,
      'copied',
      ['a table that stays on the coordinator, in a write to others'],
    ],
    [
      'UPDATE person SET first_signed_in_at = coalesce(first_signed_in_at, now()) WHERE person_id = $1',
      'copied',
      ['the clock inside of CASE, COALESCE, ON CONFLICT or RETURNING in a write'],
    ],
    ['UPDATE person SET first_signed_in_at = least(first_signed_in_at, now()) WHERE person_id = $1', 'copied', []],
  ])('%s', async (sql, reach, breaks) => {
    expect(await verdict(sql)).toEqual({ reach, breaks });
  });
});
