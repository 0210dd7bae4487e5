import { Client, type QueryResultRow } from 'pg';
import { makeTrio, signedOffClaim } from '../factories/claims';
import { makePerson } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';
import { makeKeyFiles } from '../setup/key-files';
import { surroundings } from '../setup/database';
import { history } from '../setup/tables';
import { report } from './deep';

/*
 * Everything that the application's role could try on what was written, were it taken over: each statement is refused, and nothing has changed. All of it
 * runs in `npm test` too.
 */
let api: TestApp;
let app: Client;
const keys = makeKeyFiles();
let attacks = 0;
const began = performance.now();

beforeAll(async () => {
  api = await startApp(keys.settings);
  app = new Client({ connectionString: api.database.url });
  app.on('error', () => undefined);
  await app.connect();
  const trio = await makeTrio(api);
  const { claim } = await signedOffClaim(trio, 1);
  const admin = await makePerson(api, { roles: ['admin', 'auditor'] });
  const path = `/engineers/${trio.engineer.id}/sign-offs/${claim.signOff?.id}`;
  for (const answer of [
    await trio.engineer.get(`${path}/badge`),
    await trio.manager.put(`/engineers/${trio.engineer.id}/targets/sfia-9:ITOP`, { level: 3, by: '2099-12-31' }),
    await trio.engineer.get(`${path}/pack`),
    await admin.post(`${path}/revocation`, { password: admin.password, reason: 'It was somebody else’s work.' }),
    await admin.post('/people', { name: 'Somebody New', email: 'new@example.test' }),
  ]) {
    if (answer.status >= 300) throw new Error(`it answered ${answer.status}`);
  }
}, 60_000);
afterAll(async () => {
  await app.end();
  await api.close();
  keys.remove();
});

const rows = <Row extends QueryResultRow>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
  api.database.query<Row>(sql, parameters);
const names = async (sql: string, parameters: readonly unknown[] = []): Promise<string[]> =>
  (await rows<{ name: string }>(sql, parameters)).map(({ name }) => name);

/** Tables that the application adds to, and of which it may change nothing: those that are called history, and any other that is like them. */
const addedTo = (): Promise<string[]> =>
  names(
    `SELECT c.relname AS name FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
        AND has_table_privilege($1, c.oid, 'INSERT') AND NOT has_table_privilege($1, c.oid, 'DELETE')
        AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege($1, c.oid, a.attnum, 'UPDATE'))
      ORDER BY 1`,
    [surroundings().app.name],
  );

/** Everything that the tables hold, and every right and role that there is. */
async function stateOf(tables: readonly string[]): Promise<Record<string, string>> {
  const state: Record<string, string> = {};
  for (const table of tables) {
    const [row] = await rows<{ n: string; digest: string }>(
      `SELECT count(*)::text AS n, md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) AS digest FROM ${table} t`,
    );
    state[table] = `${row?.n} ${row?.digest}`;
  }
  const [catalogue] = await rows<{ digest: string }>(`
    SELECT md5(concat(
      (SELECT string_agg(concat(oid, relname, relowner, relacl, relkind, relrowsecurity, relhastriggers, relhasrules, relpersistence), '|' ORDER BY oid) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
      (SELECT string_agg(concat(attrelid, attname, atttypid, attacl, attnotnull), '|' ORDER BY attrelid, attnum) FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)),
      (SELECT string_agg(concat(conrelid, conname, pg_get_constraintdef(oid)), '|' ORDER BY oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace),
      (SELECT string_agg(concat(rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication), '|' ORDER BY rolname) FROM pg_roles WHERE rolname LIKE 'touchstone%'),
      (SELECT string_agg(concat(roleid, member), '|' ORDER BY roleid, member) FROM pg_auth_members),
      (SELECT string_agg(concat(nspname, nspowner, nspacl), '|' ORDER BY nspname) FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_t%'),
      (SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace), (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal)
    )) AS digest`);
  return { ...state, catalogue: catalogue?.digest ?? '' };
}

/** What the database answers the application's role: the code of its refusal. */
async function refusalOf(sql: string): Promise<string> {
  attacks += 1;
  try {
    await app.query(sql);
    return 'allowed';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  } finally {
    // one that was in a transaction block, or has set something, leaves nothing behind for the next
    await app.query('ROLLBACK');
    await app.query('RESET ROLE');
  }
}

const notAllowed = '42501';

async function allRefused(statements: readonly string[]): Promise<void> {
  const passed: [string, string][] = [];
  for (const sql of statements) {
    const code = await refusalOf(sql);
    if (code !== notAllowed) passed.push([code, sql]);
  }
  expect(passed).toEqual([]);
}

interface Shape {
  readonly columns: string[];
  readonly key: string[];
  readonly constraints: string[];
  readonly indexes: string[];
}

async function shapeOf(table: string): Promise<Shape> {
  return {
    columns: await names(`SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1`, [
      table,
    ]),
    key: await names(
      `SELECT a.attname AS name FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) WHERE k.conrelid = $1::regclass AND k.contype = 'p'`,
      [table],
    ),
    constraints: await names(`SELECT conname AS name FROM pg_constraint WHERE conrelid = $1::regclass AND contype <> 'n'`, [table]),
    indexes: await names(`SELECT indexname AS name FROM pg_indexes WHERE schemaname = 'public' AND tablename = $1`, [table]),
  };
}

/** Each way there is to change what a table holds, or what it is. */
function attacksOn(table: string, { columns, key, constraints, indexes }: Shape): string[] {
  const [first = ''] = columns;
  const same = key.map((column) => `t.${column} = s.${column}`).join(' AND ');
  const { owner, app: me } = surroundings();
  return [
    ...columns.flatMap((column) => [
      `UPDATE ${table} SET ${column} = ${column}`,
      `UPDATE ${table} SET ${column} = NULL WHERE false`,
      `UPDATE ${table} t SET ${column} = s.${column} FROM ${table} s WHERE ${same}`,
      `INSERT INTO ${table} SELECT * FROM ${table} ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${column} = EXCLUDED.${column}`,
      `MERGE INTO ${table} t USING ${table} s ON ${same} WHEN MATCHED THEN UPDATE SET ${column} = s.${column}`,
      `ALTER TABLE ${table} DROP COLUMN ${column} CASCADE`,
      `ALTER TABLE ${table} ALTER COLUMN ${column} TYPE text USING NULL`,
      `ALTER TABLE ${table} ALTER COLUMN ${column} DROP NOT NULL`,
      `ALTER TABLE ${table} ALTER COLUMN ${column} SET DEFAULT NULL`,
      `ALTER TABLE ${table} RENAME COLUMN ${column} TO was_${column}`,
    ]),
    `DELETE FROM ${table}`,
    `DELETE FROM ${table} WHERE false`,
    `DELETE FROM ${table} t USING ${table} s WHERE ${same}`,
    `WITH gone AS (DELETE FROM ${table} RETURNING 1) SELECT count(*) FROM gone`,
    `WITH bent AS (UPDATE ${table} SET ${first} = ${first} RETURNING 1) SELECT count(*) FROM bent`,
    `MERGE INTO ${table} t USING ${table} s ON ${same} WHEN MATCHED THEN DELETE`,
    `EXPLAIN ANALYZE DELETE FROM ${table}`,
    `EXPLAIN ANALYZE UPDATE ${table} SET ${first} = ${first}`,
    `DO $$ BEGIN DELETE FROM ${table}; END $$`,
    `DO $$ BEGIN EXECUTE 'UPDATE ${table} SET ${first} = ${first}'; END $$`,
    `PREPARE bend_${table} AS UPDATE ${table} SET ${first} = ${first}; EXECUTE bend_${table}`,
    `TRUNCATE ${table}`,
    `TRUNCATE ${table} CASCADE`,
    `TRUNCATE ONLY ${table} RESTART IDENTITY CASCADE`,
    `SELECT 1 FROM ${table} FOR UPDATE`,
    `SELECT 1 FROM ${table} FOR NO KEY UPDATE`,
    `SELECT 1 FROM ${table} FOR SHARE`,
    `BEGIN; DECLARE c CURSOR FOR SELECT * FROM ${table} FOR UPDATE; FETCH c; DELETE FROM ${table} WHERE CURRENT OF c`,
    `BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`,
    `COPY ${table} FROM '/dev/null'`,
    `COPY ${table} FROM PROGRAM 'true'`,
    `COPY ${table} TO '/dev/null'`,
    `COPY ${table} TO PROGRAM 'true'`,
    `DROP TABLE ${table}`,
    `DROP TABLE ${table} CASCADE`,
    `ALTER TABLE ${table} RENAME TO was_${table}`,
    `ALTER TABLE ${table} OWNER TO ${me.name}`,
    `ALTER TABLE ${table} SET SCHEMA pg_temp`,
    `ALTER TABLE ${table} ADD COLUMN more int`,
    `ALTER TABLE ${table} ADD CONSTRAINT never CHECK (false) NOT VALID`,
    `ALTER TABLE ${table} DISABLE TRIGGER ALL`,
    `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`,
    `ALTER TABLE ${table} SET UNLOGGED`,
    `ALTER TABLE ${table} SET (autovacuum_enabled = false)`,
    `ALTER TABLE ${table} CLUSTER ON ${indexes[0]}`,
    `ALTER TABLE ${table} REPLICA IDENTITY NOTHING`,
    ...constraints.flatMap((constraint) => [
      `ALTER TABLE ${table} DROP CONSTRAINT ${constraint} CASCADE`,
      `ALTER TABLE ${table} RENAME CONSTRAINT ${constraint} TO was_${constraint}`,
    ]),
    ...indexes.flatMap((index) => [`DROP INDEX ${index} CASCADE`, `ALTER INDEX ${index} RENAME TO was_${index}`, `REINDEX INDEX ${index}`]),
    `CREATE INDEX ON ${table} (${first})`,
    `CREATE TRIGGER bend BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
    `CREATE RULE bend AS ON INSERT TO ${table} DO INSTEAD NOTHING`,
    `CREATE RULE bend AS ON INSERT TO ${table} DO ALSO DELETE FROM ${table}`,
    `CREATE POLICY bend ON ${table} USING (false)`,
    `CREATE VIEW bent AS SELECT * FROM ${table}`,
    `CREATE MATERIALIZED VIEW bent AS SELECT * FROM ${table}`,
    `CREATE TABLE bent (LIKE ${table} INCLUDING ALL)`,
    `CREATE TABLE bent () INHERITS (${table})`,
    `CREATE TEMP TABLE ${table} AS SELECT * FROM public.${table}`,
    `CREATE PUBLICATION bent FOR TABLE ${table}`,
    `COMMENT ON TABLE ${table} IS 'bent'`,
    `CLUSTER ${table} USING ${indexes[0]}`,
    `SET ROLE ${owner.name}; DELETE FROM ${table}`,
    `SET ROLE touchstone_eraser; DELETE FROM ${table}`,
    `SET session_replication_role = replica; DELETE FROM ${table}`,
    `CREATE FUNCTION bend() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM ${table}'; SELECT bend()`,
    `UPDATE pg_class SET relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user) WHERE relname = '${table}'`,
    `DELETE FROM pg_constraint WHERE conrelid = '${table}'::regclass`,
    `GRANT UPDATE ON ${table} TO PUBLIC; DELETE FROM ${table}`,
  ];
}

test('what is called history is what the application only adds to', async () => {
  expect(await addedTo()).toEqual(expect.arrayContaining([...history]));
});

test('every statement that could change history is refused, on every table of it', async () => {
  const tables = [...new Set([...history, ...(await addedTo())])].sort();
  const before = await stateOf(tables);
  // tables without a row would prove little: only one is empty here, since nothing has run out
  expect(Object.entries(before).filter(([table, state]) => state.startsWith('0 ') && table !== 'sign_off_expiry')).toEqual([]);
  for (const table of tables) await allRefused(attacksOn(table, await shapeOf(table)));
  expect(await stateOf(tables)).toEqual(before);
  report({
    part: 'history',
    what: 'statements against the tables of history',
    count: attacks,
    result: `all refused (42501) on ${tables.length} tables, nothing changed`,
    milliseconds: Math.round(performance.now() - began),
  });
}, 120_000);

test('no way leads to another role, or around the roles', async () => {
  const { owner, app: me } = surroundings();
  const tables = await addedTo();
  const before = await stateOf(tables);
  const counted = attacks;
  await allRefused([
    `SET ROLE ${owner.name}`,
    `SET ROLE touchstone_eraser`,
    `SET SESSION AUTHORIZATION ${owner.name}`,
    `SET session_replication_role = replica`,
    `SET allow_system_table_mods = on`,
    `SELECT set_config('session_replication_role', 'replica', false)`,
    `ALTER ROLE ${me.name} SUPERUSER`,
    `ALTER ROLE ${me.name} CREATEROLE`,
    `ALTER ROLE ${me.name} BYPASSRLS`,
    `ALTER ROLE ${owner.name} PASSWORD 'mine'`,
    `ALTER ROLE touchstone_app RENAME TO mine`,
    `CREATE ROLE mine SUPERUSER`,
    `CREATE ROLE mine`,
    `DROP ROLE ${owner.name}`,
    `GRANT ${owner.name} TO ${me.name}`,
    `GRANT touchstone_eraser TO ${me.name}`,
    `GRANT pg_write_all_data TO ${me.name}`,
    `REASSIGN OWNED BY ${owner.name} TO ${me.name}`,
    `DROP OWNED BY ${owner.name} CASCADE`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner.name} GRANT ALL ON TABLES TO ${me.name}`,
    `ALTER SYSTEM SET fsync = off`,
    `ALTER DATABASE postgres OWNER TO ${me.name}`,
    `CREATE DATABASE mine`,
    `DROP SCHEMA public CASCADE`,
    `ALTER SCHEMA public OWNER TO ${me.name}`,
    `ALTER SCHEMA public RENAME TO was_public`,
    `CREATE SCHEMA mine`,
    `CREATE TABLE mine (a int)`,
    `CREATE TEMP TABLE mine (a int)`,
    `CREATE SEQUENCE mine`,
    `CREATE TYPE mine AS (a int)`,
    `CREATE DOMAIN mine AS int`,
    `CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
    `CREATE FUNCTION mine() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'`,
    `CREATE PROCEDURE mine() LANGUAGE sql AS 'SELECT 1'`,
    `CREATE AGGREGATE mine (int) (SFUNC = int4pl, STYPE = int)`,
    `CREATE CAST (text AS bytea) WITHOUT FUNCTION`,
    `CREATE EVENT TRIGGER mine ON ddl_command_end EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
    `CREATE EXTENSION pageinspect`,
    `CREATE EXTENSION dblink`,
    `CREATE FOREIGN DATA WRAPPER mine`,
    `CREATE PUBLICATION mine FOR ALL TABLES`,
    `CREATE TABLESPACE mine LOCATION '/tmp'`,
    `LOAD 'auto_explain'`,
    `SELECT setval('migration_id_seq', 1)`,
    `INSERT INTO migration (timestamp, name) VALUES (1, 'mine')`,
    `DELETE FROM migration`,
    `UPDATE pg_authid SET rolsuper = true WHERE rolname = current_user`,
    `UPDATE pg_proc SET prosecdef = true`,
    `INSERT INTO pg_auth_members SELECT * FROM pg_auth_members`,
    `SELECT * FROM pg_authid`,
    `SELECT pg_read_file('PG_VERSION')`,
    `SELECT lo_import('/etc/hostname')`,
    `SELECT lo_export(1, '/dev/null')`,
    `SELECT pg_reload_conf()`,
    `SELECT pg_promote()`,
    `SELECT pg_switch_wal()`,
    `SELECT pg_create_restore_point('mine')`,
    `CHECKPOINT`,
  ]);
  expect(await stateOf(tables)).toEqual(before);
  report({
    part: 'history',
    what: 'ways to another role, or around the roles',
    count: attacks - counted,
    result: 'all refused (42501), nothing changed',
    milliseconds: Math.round(performance.now() - began),
  });
});
