import { createDataSource } from '../src/data-source';
import { type TestDatabase, createTestDatabase } from './setup/database';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** How many statements the one connection of a pool keeps prepared after asking the same thing three times, and another thing once. */
async function prepared(namedStatements: boolean): Promise<number> {
  const dataSource = await createDataSource({ url: database.url, pool: 1, namedStatements }).initialize();
  try {
    for (const value of [1, 2, 3]) expect(await dataSource.query('SELECT $1::int + 1 AS sum', [value])).toEqual([{ sum: value + 1 }]);
    await dataSource.query('SELECT $1::text AS text', ['x']);
    await expect(dataSource.query('SELECT $1::int AS broken', ['x'])).rejects.toThrow();
    const [row] = await dataSource.query<{ n: number }[]>('SELECT count(*)::int AS n FROM pg_prepared_statements');
    return row?.n ?? -1;
  } finally {
    await dataSource.destroy();
  }
}

test('parameterised statements are prepared once each under a name, unless the pooler cannot have it', async () => {
  expect(await prepared(true)).toBeGreaterThanOrEqual(2);
  expect(await prepared(false)).toBe(0);
});
