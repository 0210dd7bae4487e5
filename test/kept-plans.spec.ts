import { type DataSource } from 'typeorm';
import { createDataSource } from '../src/data-source';
import type { Plan } from '../src/platform/named-statements';
import { Snapshots } from '../src/platform/snapshot';
import { Database, Transactions, rowsOf, write } from '../src/platform/transaction';
import { type TestDatabase, createTestDatabase } from './setup/database';

const modeSql = `SELECT current_setting('plan_cache_mode') AS mode`;
// far more rows are below the one than below the other: Postgres, left to itself, plans each anew
const lopsided = `SELECT count(*)::int AS n FROM generate_series(1, 20) g WHERE g < $1::int`;

let database: TestDatabase;
let dataSource: DataSource;
let transactions: Transactions;
let db: Database;

async function open(options: { namedStatements?: boolean; keptPlans?: boolean } = {}): Promise<void> {
  dataSource = await createDataSource({ url: database.url, pool: 1, ...options }).initialize();
  transactions = new Transactions(dataSource);
  db = new Database(dataSource, transactions);
}

const mode = async (plan: Plan): Promise<string | undefined> => (await db.one<{ mode: string }>(modeSql, [], plan))?.mode;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('plans of named statements', () => {
  beforeEach(() => open());
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

  it('are weighed in a snapshot, whatever was kept on its connection before', async () => {
    expect(await mode('kept')).toBe('force_generic_plan');
    const snapshot = await new Snapshots(dataSource).take();
    expect(await snapshot.query(modeSql)).toEqual([{ mode: 'auto' }]);
    await snapshot.end();
  });

  it('go back to what the database says', async () => {
    const [{ name = '' } = {}] = await database.query<{ name: string }>(`SELECT quote_ident(current_database()) AS name`);
    await database.query(`ALTER DATABASE ${name} SET plan_cache_mode = 'force_custom_plan'`);
    await dataSource.destroy();
    await open();
    expect(await mode('kept')).toBe('force_generic_plan');
    expect(await mode('weighed')).toBe('force_custom_plan');
    await database.query(`ALTER DATABASE ${name} RESET plan_cache_mode`);
  });

  it('are set again where setting them failed', async () => {
    await database.query(`REVOKE EXECUTE ON FUNCTION set_config(text, text, boolean) FROM PUBLIC`);
    expect(await mode('kept')).toBe('auto');
    await database.query(`GRANT EXECUTE ON FUNCTION set_config(text, text, boolean) TO PUBLIC`);
    expect(await mode('kept')).toBe('force_generic_plan');
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

test.each([{ namedStatements: false }, { keptPlans: false }])(
  'nothing is set on connections that a pooler may give to others: %o',
  async (options) => {
    await open(options);
    expect(await mode('kept')).toBe('auto');
    await dataSource.destroy();
  },
);
