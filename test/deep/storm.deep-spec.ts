import type { DataSource } from 'typeorm';
import { fill } from '../../bench/data/fill';
import { openOwner } from '../../bench/surroundings';
import { type TestApp, startApp } from '../setup/app';
import { countOf, report, seed } from './deep';
import { unlimited } from './people';
import { storm } from './storm';

/*
 * Progress, exact under load: an organisation with work at every level, then a storm of everything that moves progress, then a rebuild of every row.
 * DEEP=1 for ten thousand engineers and five levels.
 */
let api: TestApp;
let owner: DataSource;

beforeAll(async () => {
  api = await startApp(unlimited);
  owner = await openOwner(api.database.ownerUrl);
}, 60_000);
afterAll(async () => {
  // neither is there where the machine was too busy to begin
  await (owner as DataSource | undefined)?.destroy();
  await (api as TestApp | undefined)?.close();
});

test('after a storm of reviews, edits, withdrawals, archivals, sign-offs and revocations, no row of progress is wrong', async () => {
  const began = performance.now();
  const people = countOf(10_900, 60);
  const measures = { seed, people, evidence: people * 3, asOf: new Date(new Date().toISOString().slice(0, 10)), everyLevel: true };
  const { store, company } = await fill({ ownerUrl: api.database.ownerUrl, dataSource: owner }, measures);
  const acts = countOf(30_000, 200);
  const { answers, cells, wrong } = await storm({ origin: api.origin, store, company, acts, atOnce: 24, seed });
  const done = (what: RegExp): number => [...answers].reduce((sum, [key, count]) => (what.test(key) ? sum + count : sum), 0);
  // a storm in which nothing happened would prove nothing
  for (const what of ['review', 'edit', 'withdraw', 'log', 'draft', 'submit'])
    expect([what, done(new RegExp(`^${what} 20`))]).not.toEqual([what, 0]);
  expect(wrong).toBe(0);
  expect(cells).toBeGreaterThanOrEqual(countOf(50_000, 200));
  report({
    part: 'storm',
    what: 'rows of progress after a storm, each as a rebuild has it',
    count: cells,
    result: `${wrong} wrong; ${done(/ 20\d$/)} requests granted and ${done(/ 4\d\d$/)} refused, ${done(/^approve 200/)} approvals and ${done(/^revoke 20/)} revocations among them`,
    seed,
    milliseconds: Math.round(performance.now() - began),
  });
}, 3_600_000);
