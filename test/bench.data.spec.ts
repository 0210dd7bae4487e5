import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { Catalogue } from '../bench/data/claims';
import { planCompany } from '../bench/data/company';
import { writeCompany } from '../bench/data/fill';
import { Random } from '../bench/data/random';
import type { Row, Table } from '../bench/data/rows';
import type { SearchText } from '../bench/data/search-text';
import { OrganisationStore } from '../bench/data/store';
import { openOwner } from '../bench/surroundings';
import { type TestApp, startApp } from './setup/app';

let api: TestApp;
let owner: DataSource;
let catalogue: Catalogue;
let search: SearchText;

beforeAll(async () => {
  api = await startApp();
  owner = await openOwner(api.database.ownerUrl);
  const store = new OrganisationStore(owner, api.database.ownerUrl);
  [catalogue, search] = [await store.catalogue('sfia-9:ITOP'), await store.searchText()];
}, 60_000);
afterAll(async () => {
  await owner.destroy();
  await api.close();
});

/** Every row of a small organisation, in the order in which they are made. */
async function made({
  seed = 9,
  day = '2026-11-02',
  evidence = 400,
}): Promise<{ digest: string; rows: readonly (readonly [Table, Row])[] }> {
  const measures = { seed, people: 60, evidence, asOf: new Date(day) };
  const rows: [Table, Row][] = [];
  const sink = { add: (table: Table, row: Row) => void rows.push([table, row]) };
  await writeCompany(planCompany(measures, new Random(seed)), measures, catalogue, search, sink);
  return { digest: createHash('sha256').update(JSON.stringify(rows)).digest('hex'), rows };
}

test('the same seed and day make the same rows, byte for byte; another seed, day or amount makes others', async () => {
  const first = await made({});
  expect(first.rows.length).toBeGreaterThan(5_000);
  expect((await made({})).digest).toBe(first.digest);
  const others = [await made({ seed: 10 }), await made({ day: '2026-11-03' }), await made({ evidence: 401 })];
  expect(new Set([first, ...others].map(({ digest }) => digest)).size).toBe(4);
  // the tree is the same whatever the amount of evidence
  const tree = ({ rows }: typeof first): string =>
    JSON.stringify(rows.filter(([table]) => table === 'person' || table === 'reporting_line'));
  expect(tree(await made({ evidence: 800 }))).toBe(tree(first));
});

test('some people have a target: some reached, some late, some in time, some changed; each is in the ledger', async () => {
  const { rows } = await made({ evidence: 2_000 });
  const of = (table: Table): Row[] => rows.filter(([name]) => name === table).map(([, row]) => row);
  const [targets, entries] = [of('target'), of('ledger_entry').filter(({ kind }) => kind === 'target.set')];
  const key = ({ engineer_id, digest, at }: Row): string => JSON.stringify([engineer_id, digest, at]);
  expect(targets.map(key).sort()).toEqual(entries.map(key).sort());
  const highest = new Map<unknown, number>();
  for (const { engineer_id, level } of of('sign_off')) highest.set(engineer_id, Math.max(highest.get(engineer_id) ?? 0, Number(level)));
  const newest = new Map(targets.map((one) => [one['engineer_id'], one]));
  const states = [...newest.values()].map(({ engineer_id, level, reach_by }) =>
    level === null
      ? 'none'
      : (highest.get(engineer_id) ?? 0) >= Number(level)
        ? 'reached'
        : (reach_by as string) < '2026-11-02'
          ? 'late'
          : 'on-track',
  );
  const people = new Set(of('evidence').map(({ engineer_id }) => engineer_id)).size;
  expect(newest.size / people).toBeGreaterThan(0.2);
  expect(newest.size / people).toBeLessThan(0.6);
  expect(new Set(states)).toEqual(new Set(['reached', 'late', 'on-track', ...(states.includes('none') ? ['none'] : [])]));
  expect(targets.some(({ revision }) => revision === 2)).toBe(true);
});
