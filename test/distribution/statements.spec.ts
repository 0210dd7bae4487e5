import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { type Place, type TableFacts, placeOf, tablesSql } from '../../src/commands/distribution';
import { type TestApp, startApp } from '../setup/app';
import { surroundings } from '../setup/database';
import { type KeyFiles, makeKeyFiles } from '../setup/key-files';
import { useEverything } from './flow';
import { type Break, type Judgement, judge } from './judge';
import { type Recorded, recordStatements } from './recorder';

/*
 * Every statement that the application sends while everything is used once, held to what Citus can do. docs/scaling.md, Citus, tells the rules and the
 * exceptions in words.
 */

const correlated = 'a correlated subquery of people or of another step';
const lateral = 'a lateral subquery with LIMIT or OFFSET';
const otherColumns = 'joins by other columns than the engineer';
const stays = 'a table that stays on the coordinator';

/**
 * What could not be run on a Citus cluster as it stands, by the file it comes from: these ask about many records at once, for one statement each.
 * A statement that is new keeps the rules, or gets its line here and in docs/scaling.md.
 */
const exceptions: Readonly<Record<string, readonly Break[]>> = {
  'src/people/sign-in.query.ts': [correlated, stays],
  'src/progress/eligibility.facts.ts': [correlated],
  'src/evidence/evidence-list.query.ts': [lateral],
  'src/evidence/evidence-one.query.ts': [lateral],
  'src/evidence/pins.facts.ts': [correlated],
  'src/people/people.queries.ts': [correlated],
  'src/claims/sign-offs.queries.ts': [correlated],
  'src/claims/reviews.queries.ts': [correlated, lateral, otherColumns],
  'src/progress/shortages.queries.ts': [correlated, lateral, otherColumns],
  'src/dashboards/me.query.ts': [correlated, lateral, stays],
  'src/dashboards/team-claims.query.ts': [correlated, lateral],
  'src/dashboards/team-dashboard.query.ts': [correlated, lateral],
  'src/dashboards/team-gaps.query.ts': [lateral],
  'src/dashboards/team-reviews.query.ts': [correlated, lateral],
  'src/dashboards/team-trend.query.ts': [correlated, otherColumns],
  'src/ledger/checkpoints.store.ts': [stays],
};

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
  verdict = (sql) => judge(judges, sql, (table) => places.get(table) ?? 'here');
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

it('is within the rules, but for the statements that are listed', () => {
  const found: Record<string, Break[]> = {};
  for (const { from, breaks } of judged) if (breaks.length > 0) found[from] = [...new Set([...(found[from] ?? []), ...breaks])].sort();
  expect(found).toEqual(exceptions);
});

it('writes to one record at a time, and never by what only a machine of its own could say', () => {
  for (const { sql, breaks } of judged) {
    const bad = breaks.filter((one) => /write|lock|recursive/.test(one));
    expect({ sql, bad }).toEqual({ sql, bad: [] });
  }
});

it('keeps no state in a session, listens to nobody and counts by no sequence', () => {
  const known = /^(START TRANSACTION|BEGIN|COMMIT|ROLLBACK|SET TRANSACTION |FETCH \d+ FROM \w+$|CLOSE \w+$)/i;
  expect(orders.filter((order) => !known.test(order))).toEqual([]);
  for (const { sql } of judged)
    expect(sql).not.toMatch(/\b(nextval|pg_notify|set_config|pg_advisory_lock|pg_try_advisory_lock|CREATE TEMP)\b/i);
});

it('says each exception in docs/scaling.md', () => {
  const page = readFileSync(join(__dirname, '../../docs/scaling.md'), 'utf8');
  for (const file of Object.keys(exceptions)) expect(page).toContain(`\`${file.replace('src/', '')}\``);
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
      'SELECT 1 FROM session s JOIN progress g ON g.engineer_id = s.person_id WHERE s.session_id = $1',
      'many',
      ['a table that stays on the coordinator'],
    ],
    [
      'SELECT 1 FROM person p CROSS JOIN LATERAL (SELECT * FROM claim c WHERE c.engineer_id = p.person_id LIMIT 1) x',
      'many',
      ['a lateral subquery with LIMIT or OFFSET'],
    ],
  ])('%s', async (sql, reach, breaks) => {
    expect(await verdict(sql)).toEqual({ reach, breaks });
  });
});
