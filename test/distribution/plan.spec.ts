import { Client } from 'pg';
import {
  type KeyFacts,
  type TableFacts,
  keysSql,
  placeOf,
  planDistribution,
  referenceTables,
  tablesSql,
} from '../../src/commands/distribution';
import { makeTrio, signedOffClaim } from '../factories/claims';
import { startApp } from '../setup/app';
import { type TestDatabase, createTestDatabase } from '../setup/database';
import { build, run } from '../setup/started';

/*
 * The command against a Postgres without Citus: functions with the names of Citus' own stand in, which do nothing but refuse what Citus refuses.
 */
const citus = `
  CREATE SCHEMA pretended;
  GRANT USAGE ON SCHEMA pretended TO PUBLIC;
  CREATE TABLE pretended.pg_dist_partition (logicalrelid regclass PRIMARY KEY, how text NOT NULL);
  CREATE TABLE pretended.pg_dist_node (groupid integer);
  INSERT INTO pretended.pg_dist_node VALUES (0);
  GRANT SELECT, INSERT ON pretended.pg_dist_partition, pretended.pg_dist_node TO PUBLIC;

  CREATE FUNCTION pretended.refuse_keys(t regclass) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    IF current_setting('citus.multi_shard_modify_mode') <> 'sequential' THEN RAISE EXCEPTION 'keys to copied tables need the sequential mode'; END IF;
    IF EXISTS (SELECT 1 FROM pg_constraint WHERE contype = 'f' AND (conrelid = t OR confrelid = t)) THEN RAISE EXCEPTION '% has foreign keys', t; END IF;
    IF EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = t AND NOT tgisinternal) THEN RAISE EXCEPTION '% has triggers', t; END IF;
  END $$;

  CREATE FUNCTION pretended.create_reference_table(t regclass) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pretended.refuse_keys(t);
    INSERT INTO pretended.pg_dist_partition VALUES (t, 'copied');
  END $$;

  CREATE FUNCTION pretended.create_distributed_table(t regclass, spread_by text, colocate_with text DEFAULT 'default') RETURNS void LANGUAGE plpgsql AS $$
  DECLARE
    number smallint;
  BEGIN
    PERFORM pretended.refuse_keys(t);
    SELECT attnum INTO STRICT number FROM pg_attribute WHERE attrelid = t AND attname = spread_by AND attnotnull;
    IF EXISTS (SELECT 1 FROM pg_index WHERE indrelid = t AND indisunique AND NOT number = ANY (indkey::smallint[])) THEN
      RAISE EXCEPTION '% has a unique index without %', t, spread_by;
    END IF;
    IF colocate_with <> 'default' AND NOT EXISTS (SELECT 1 FROM pretended.pg_dist_partition WHERE logicalrelid = colocate_with::regclass AND how = 'spread') THEN
      RAISE EXCEPTION '% is not spread yet', colocate_with;
    END IF;
    INSERT INTO pretended.pg_dist_partition VALUES (t, 'spread');
  END $$;`;

let database: TestDatabase;
let tables: TableFacts[];
let keys: KeyFacts[];
beforeAll(async () => {
  build();
  database = await createTestDatabase();
  tables = (await database.query<Omit<TableFacts, 'placed'>>(tablesSql)).map((table) => ({ ...table, placed: false }));
  keys = await database.query<KeyFacts>(keysSql);
}, build.timeout);
afterAll(() => database.drop());

const namesAt = (place: ReturnType<typeof placeOf>): string[] => tables.filter((table) => placeOf(table) === place).map(({ name }) => name);

const distribute = (...args: string[]): ReturnType<typeof run> =>
  run('commands/db-distribute.js', { DATABASE_OWNER_URL: database.ownerUrl }, args);

describe('the schema', () => {
  it('has a place for every table: spread by engineer, copied, or left on the coordinator', () => {
    expect(namesAt('copied')).toEqual([...referenceTables]);
    expect(namesAt('spread')).toEqual(
      expect.arrayContaining(['record', 'ledger_entry', 'evidence', 'support', 'claim', 'sign_off', 'progress']),
    );
    // a table of no one engineer that is new belongs into this list, or among those that are copied
    expect(namesAt('here')).toEqual([
      'checkpoint',
      'checkpoint_leaf',
      'checkpoint_node',
      'idempotent_answer',
      'invitation',
      'known_network',
      'migration',
      'recovery_code',
      'refused_request',
      'tally',
      'totp',
    ]);
  });

  it('has the engineer in every unique index of what is spread, in the first place of every primary key', async () => {
    const without = await database.query(
      `SELECT i.indexrelid::regclass::text AS index FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        WHERE c.relname = ANY ($1) AND i.indisunique
          AND NOT (SELECT a.attnum FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'engineer_id') = ANY (i.indkey::smallint[])`,
      [namesAt('spread')],
    );
    expect(without).toEqual([]);
  });

  it('has keys between tables that are spread by the engineer on both sides, none from what is copied or stays to what is spread', () => {
    const spread = namesAt('spread');
    for (const { name, from, to, definition } of keys) {
      if (!spread.includes(to)) continue;
      expect({ name, from: spread.includes(from) }).toEqual({ name, from: true });
      expect(definition).toMatch(/^FOREIGN KEY \(engineer_id\b.*REFERENCES \w+\(engineer_id\b/);
    }
  });

  it('has no trigger, no sequence, no view, no rule and no listener', async () => {
    // the migrations' own list counts by one, which only the owner uses
    const found = await database.query(
      `SELECT 'trigger ' || tgname AS what FROM pg_trigger WHERE NOT tgisinternal
       UNION ALL SELECT relkind::text || ' ' || relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('S', 'v', 'm', 'f')
           AND relname <> 'migration_id_seq'
       UNION ALL SELECT 'rule ' || rulename FROM pg_rules WHERE schemaname = 'public'`,
    );
    expect(found).toEqual([]);
  });
});

describe('npm run db:distribute', () => {
  it('says what is missing where there is no Citus, and changes nothing', async () => {
    const { code, output } = await distribute();
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('CREATE EXTENSION citus') as unknown });
    expect(await database.query<KeyFacts>(keysSql)).toEqual(keys);
  });

  it('prints its plan: keys dropped, tables copied and spread, the same keys made anew', async () => {
    const { code, output } = await distribute('--plan');
    expect(code).toBe(0);
    const lines = output.trim().split('\n');
    expect(lines).toEqual(['BEGIN', ...planDistribution(tables, keys), 'COMMIT'].map((line) => `${line};`));
    const of = (start: string): string[] => lines.filter((line) => line.startsWith(start));
    expect(of('SELECT create_reference_table')).toHaveLength(referenceTables.length);
    expect(of('SELECT create_distributed_table')[0]).toBe(`SELECT create_distributed_table('public."record"', 'engineer_id');`);
    expect(of('SELECT create_distributed_table')).toHaveLength(namesAt('spread').length);
    expect(lines.filter((line) => line.includes('DROP CONSTRAINT'))).toHaveLength(
      lines.filter((line) => line.includes('ADD CONSTRAINT')).length,
    );
  });

  it('keeps every row and every key of a database in use, with names and words; run again it does nothing', async () => {
    const api = await startApp();
    try {
      const trio = await makeTrio(api);
      await signedOffClaim(trio, 1);
      const { database: used } = api;
      await used.query(citus);
      const name = new URL(used.adminUrl).pathname.slice(1);
      await used.query(`ALTER DATABASE "${name}" SET search_path = public, pretended`);
      const counts = async (): Promise<unknown> =>
        used.query(
          `SELECT (SELECT count(*) FROM ledger_entry) AS entries, (SELECT count(*) FROM person) AS people, (SELECT count(*) FROM support) AS supports`,
        );
      const [before, keysBefore] = [await counts(), await used.query<KeyFacts>(keysSql)];
      const once = (): ReturnType<typeof run> => run('commands/db-distribute.js', { DATABASE_OWNER_URL: used.ownerUrl });
      expect(await once()).toEqual({
        code: 1,
        output: expect.stringContaining(`SET citus.multi_shard_modify_mode TO 'sequential'`) as unknown,
      });
      await used.query(`ALTER DATABASE "${name}" SET citus.multi_shard_modify_mode TO 'sequential'`);
      expect(await once()).toEqual({
        code: 0,
        output: expect.stringMatching(/^Spread by engineer: \d+ tables\. Copied to every machine: 16\./m) as unknown,
      });
      expect(await counts()).toEqual(before);
      expect(await used.query<KeyFacts>(keysSql)).toEqual(keysBefore);
      const placed = await used.query<{ name: string; how: string }>(
        `SELECT c.relname AS name, d.how FROM pretended.pg_dist_partition d JOIN pg_class c ON c.oid = d.logicalrelid ORDER BY c.relname`,
      );
      expect(placed).toEqual(
        tables.filter((table) => placeOf(table) !== 'here').map((table) => ({ name: table.name, how: placeOf(table) })),
      );
      expect(await once()).toEqual({ code: 0, output: expect.stringContaining('every table is in its place') as unknown });
      // what a later migration makes is brought to its place, and nothing else is touched
      const owner = new Client({ connectionString: used.ownerUrl });
      await owner.connect();
      await owner.query(
        `CREATE TABLE note (engineer_id uuid NOT NULL REFERENCES record, note_id uuid NOT NULL, PRIMARY KEY (engineer_id, note_id))`,
      );
      await owner.end();
      const { output } = await run('commands/db-distribute.js', { DATABASE_OWNER_URL: used.ownerUrl }, ['--plan']);
      expect(output.trim().split('\n').slice(2, -1)).toEqual([
        `ALTER TABLE "note" DROP CONSTRAINT "note_engineer_id_fkey";`,
        `SELECT create_distributed_table('public."note"', 'engineer_id', colocate_with => 'public."record"');`,
        `ALTER TABLE "note" ADD CONSTRAINT "note_engineer_id_fkey" FOREIGN KEY (engineer_id) REFERENCES record(engineer_id);`,
      ]);
    } finally {
      await api.close();
    }
  }, 60_000);
});
