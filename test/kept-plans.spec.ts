import { type DataSource } from 'typeorm';
import { createDataSource } from '../src/data-source';
import type { Plan } from '../src/platform/named-statements';
import { Database, Transactions, rowsOf, write } from '../src/platform/transaction';
import { type TestDatabase, createTestDatabase } from './setup/database';

const modeSql = `SELECT current_setting('plan_cache_mode') AS mode`;
// far more rows are below the one than below the other: Postgres, left to itself, plans each anew
const lopsided = `SELECT count(*)::int AS n FROM generate_series(1, 20) g WHERE g < $1::int`;

let database: TestDatabase;
let dataSource: DataSource;
let transactions: Transactions;
let db: Database;

async function open(namedStatements: boolean): Promise<void> {
  dataSource = await createDataSource({ url: database.url, pool: 1, namedStatements }).initialize();
  transactions = new Transactions(dataSource);
  db = new Database(dataSource, transactions);
}

const mode = async (plan: Plan): Promise<string | undefined> => (await db.one<{ mode: string }>(modeSql, [], plan))?.mode;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('plans of named statements', () => {
  beforeEach(() => open(true));
  afterEach(() => dataSource.destroy());

  it('are kept from the first time on where they are to be', async () => {
    for (const value of [1, 20, 3]) expect(await db.one(lopsided, [value], 'kept')).toEqual({ n: value - 1 });
    expect(
      await db.one(`SELECT generic_plans::int AS kept, custom_plans::int AS anew FROM pg_prepared_statements WHERE statement = $1`, [
        lopsided,
      ]),
    ).toEqual({
      kept: 3,
      anew: 0,
    });
  });

  it('are weighed again by the next statement on the connection, while one that does not care changes nothing', async () => {
    expect(await mode('weighed')).toBe('auto');
    expect(await mode('kept')).toBe('force_generic_plan');
    expect(await mode('either')).toBe('force_generic_plan');
    expect(await mode('weighed')).toBe('auto');
    expect(await mode('either')).toBe('auto');
  });

  it('are weighed in a transaction until one is to be kept, and again after it, however it ended', async () => {
    expect(await mode('kept')).toBe('force_generic_plan');
    await transactions.run(async (tx) => {
      expect(await rowsOf(tx, modeSql)).toEqual([{ mode: 'auto' }]);
      expect(await mode('kept')).toBe('force_generic_plan');
    });
    expect(await mode('weighed')).toBe('auto');
    const failed = transactions.run((tx) => {
      write(tx, `SELECT 1 / $1::int`, [0], 'kept');
      return Promise.resolve();
    });
    await expect(failed).rejects.toThrow();
    expect(await mode('either')).toBe('auto');
    expect(await mode('kept')).toBe('force_generic_plan');
  });
});

test('where statements have no names, nothing is set on a connection that a pooler may give to others', async () => {
  await open(false);
  expect(await mode('kept')).toBe('auto');
  await dataSource.destroy();
});
