import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../src/data-source';
import { type TestDatabase, createTestDatabase } from './setup/database';
import { history, shared } from './setup/tables';

let database: TestDatabase;
let dataSource: DataSource;
beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await createDataSource({ url: database.ownerUrl, pool: 2 }).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const tables = async (): Promise<string[]> =>
  (
    await database.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`,
    )
  ).map(({ name }) => name);

/** Everything there is to the schema, as comparable text: columns, constraints, indexes, grants. */
const schema = async (): Promise<string[]> =>
  (
    await database.query<{ line: string }>(`
      SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') AS line
        FROM information_schema.columns WHERE table_schema = 'public'
      UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
      UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
      UNION ALL SELECT 'grant ' || table_name || ' ' || grantee || ' ' || privilege_type FROM information_schema.role_table_grants WHERE table_schema = 'public' AND grantee LIKE 'touchstone\\_%' AND grantee NOT LIKE '%owner%'
      UNION ALL SELECT 'column grant ' || table_name || '.' || column_name || ' ' || grantee || ' ' || privilege_type FROM information_schema.column_privileges WHERE table_schema = 'public' AND grantee IN ('touchstone_app', 'touchstone_eraser')
      ORDER BY 1`)
  ).map(({ line }) => line);

test('migrations run up, down and up again, to the same schema', async () => {
  const before = await schema();
  expect(before.length).toBeGreaterThan(200);
  for (const _ of dataSource.migrations) await dataSource.undoLastMigration();
  expect(await tables()).toEqual(['migration']);
  await dataSource.runMigrations();
  expect(await schema()).toEqual(before);
});

test('every table has a primary key, and those of a record begin with engineer_id', async () => {
  const keys = await database.query<{ table: string; first: string }>(`
    SELECT c.relname AS table, a.attname AS first FROM pg_class c
      LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p' LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1`);
  expect(keys.filter(({ first }) => first === null)).toEqual([]);
  expect(keys.filter(({ table, first }) => (first === 'engineer_id') === shared.includes(table))).toEqual([]);
});

test('foreign keys and unique indexes of a record’s tables begin with engineer_id: a link between two records cannot be written', async () => {
  const links = await database.query<{ table: string; other: string; name: string; first: string }>(
    `SELECT k.conrelid::regclass::text AS table, k.confrelid::regclass::text AS other, k.conname AS name, a.attname AS first
       FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1] WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace`,
  );
  const between = links.filter(({ table, other }) => !shared.includes(table) && !shared.includes(other));
  expect(between.length).toBeGreaterThan(10);
  expect(between.filter(({ first }) => first !== 'engineer_id')).toEqual([]);
  const unique = await database.query<{ table: string; name: string; columns: string[] }>(
    `SELECT i.indrelid::regclass::text AS table, i.indexrelid::regclass::text AS name, ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[])) AS columns
       FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace`,
  );
  expect(unique.filter(({ table, columns }) => !shared.includes(table) && !columns.includes('engineer_id'))).toEqual([]);
});

test('no triggers, no sequences: nothing that a spread database could not do', async () => {
  expect(await database.query(`SELECT tgname FROM pg_trigger WHERE NOT tgisinternal`)).toEqual([]);
  // the table of migrations is TypeORM's own
  expect(
    await database.query(
      `SELECT relname FROM pg_class WHERE relkind = 'S' AND relname <> 'migration_id_seq' AND relnamespace = 'public'::regnamespace`,
    ),
  ).toEqual([]);
});

test('entities have exactly the columns that the tables have', async () => {
  const columns = await database.query<{ table: string; column: string; nullable: boolean; type: string }>(
    `SELECT table_name AS table, column_name AS column, is_nullable = 'YES' AS nullable, udt_name AS type FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2`,
  );
  const entities = dataSource.entityMetadatas;
  expect(entities.length).toBeGreaterThan(15);
  for (const entity of entities) {
    const inDatabase = columns
      .filter(({ table }) => table === entity.tableName)
      .map(({ column, nullable }) => `${column}${nullable ? '?' : ''}`);
    const inEntity = entity.columns.map(({ databaseName, isNullable }) => `${databaseName}${isNullable ? '?' : ''}`).sort();
    expect([entity.tableName, inEntity]).toEqual([entity.tableName, inDatabase.sort()]);
  }
});

test('the schema in entities asks for no other types than the tables have', async () => {
  const types: Record<string, string> = { integer: 'int4', smallint: 'int2', 'timestamp with time zone': 'timestamptz', boolean: 'bool' };
  for (const entity of dataSource.entityMetadatas) {
    const inDatabase = await database.query<{ column: string; type: string }>(
      `SELECT column_name AS column, udt_name AS type FROM information_schema.columns WHERE table_name = $1`,
      [entity.tableName],
    );
    for (const column of entity.columns) {
      const name = dataSource.driver.normalizeType(column);
      const expected = `${column.isArray ? '_' : ''}${types[name] ?? name}`;
      expect([entity.tableName, column.databaseName, inDatabase.find((one) => one.column === column.databaseName)?.type]).toEqual([
        entity.tableName,
        column.databaseName,
        expected,
      ]);
    }
  }
});

describe('the application’s role', () => {
  let app: Client;
  beforeAll(async () => {
    app = new Client({ connectionString: database.url });
    await app.connect();
  });
  afterAll(() => app.end());

  const code = async (sql: string): Promise<string> =>
    app.query(sql).then(
      () => 'allowed',
      (error: { code: string }) => error.code,
    );

  test.each(history)('may not change, delete or empty %s', async (table) => {
    const columns = await database.query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position`,
      [table],
    );
    expect(columns.length).toBeGreaterThan(0);
    // each column on its own: a grant may be of one only
    for (const { name } of columns) expect([name, await code(`UPDATE ${table} SET ${name} = ${name}`)]).toEqual([name, '42501']);
    expect(await code(`DELETE FROM ${table}`)).toBe('42501');
    expect(await code(`TRUNCATE ${table} CASCADE`)).toBe('42501');
    expect(await code(`SELECT 1 FROM ${table} LIMIT 1`)).toBe('allowed');
  });

  test('has no say over the schema', async () => {
    for (const sql of [
      'CREATE TABLE mine (a int)',
      'ALTER TABLE person ADD COLUMN a int',
      'DROP TABLE ledger_entry',
      'CREATE ROLE other',
    ]) {
      expect([sql, await code(sql)]).toEqual([sql, '42501']);
    }
    expect(await code('ALTER TABLE ledger_entry DISABLE TRIGGER ALL')).toBe('42501');
    // granting what one does not have is only a warning: nothing is granted
    await app.query('GRANT UPDATE ON ledger_entry TO touchstone_app');
    expect(await code('UPDATE ledger_entry SET seq = seq')).toBe('42501');
  });
});
