/*
 * How the database is spread over machines with Citus: which table goes where, and the statements that bring it there. docs/scaling.md says when.
 */

/**
 * Asked beside records, and seldom written: every machine has a copy. Sessions and tokens, since each request begins with them and a record; the
 * administration ledger and admins' requests, since they are written together and the eraser asks them about records.
 */
export const referenceTables: readonly string[] = [
  'accreditation',
  'admin_request',
  'administration_content',
  'administration_entry',
  'administration_record',
  'framework',
  'framework_level',
  'person',
  'personal_token',
  'policy',
  'reporting_line',
  'session',
  'skill',
  'skill_level',
  'statement',
  'status_slot',
];

/** What every table of a record is spread by, the first column of its key. */
export const spreadBy = 'engineer_id';

/** With whom the tables of a record lie: one engineer's rows are all on one machine. */
const together = 'record';

/** A table as the database has it. */
export interface TableFacts {
  readonly name: string;
  /** The first column of its primary key. */
  readonly firstOfKey: string | null;
  /** Whether it is spread, or copied, already. */
  readonly placed: boolean;
}

/** A foreign key as the database has it, with the words that make it anew. */
export interface KeyFacts {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly definition: string;
}

/** Where a table belongs: `spread` by engineer, `copied` to every machine, or left on the one that is asked (`here`): invitations, counts, stored answers, checkpoints. */
export type Place = 'spread' | 'copied' | 'here';

export function placeOf({ name, firstOfKey }: Pick<TableFacts, 'name' | 'firstOfKey'>): Place {
  if (firstOfKey === spreadBy) return 'spread';
  return referenceTables.includes(name) ? 'copied' : 'here';
}

export const tablesSql = `
  SELECT c.relname AS name,
         (SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
           WHERE i.indrelid = c.oid AND i.indisprimary) AS "firstOfKey"
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY c.relname`;

export const keysSql = `
  SELECT k.conname AS name, f.relname AS "from", t.relname AS "to", pg_get_constraintdef(k.oid) AS definition
    FROM pg_constraint k JOIN pg_class f ON f.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
   WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace ORDER BY f.relname, k.conname`;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const tableLiteral = (name: string): string => literal(`public.${quoted(name)}`);

/**
 * The statements that bring every table to its place, in their order, to be run in one transaction; none where all are there. Citus takes no table that
 * has keys to or from one that is not placed yet, so these are dropped first and made anew, with the same names and words, at the end.
 */
export function planDistribution(tables: readonly TableFacts[], keys: readonly KeyFacts[]): string[] {
  const toPlace = tables.filter((table) => !table.placed && placeOf(table) !== 'here');
  if (toPlace.length === 0) return [];
  const moves = new Set(toPlace.map(({ name }) => name));
  const affected = keys.filter(({ from, to }) => moves.has(from) || moves.has(to));
  const copied = toPlace.filter((table) => placeOf(table) === 'copied');
  const spread = toPlace
    .filter((table) => placeOf(table) === 'spread')
    .sort((a, b) => Number(b.name === together) - Number(a.name === together));
  return [
    // keys to copied tables are made on one connection, one machine after the other
    `SET LOCAL citus.multi_shard_modify_mode TO 'sequential'`,
    ...affected.map(({ name, from }) => `ALTER TABLE ${quoted(from)} DROP CONSTRAINT ${quoted(name)}`),
    ...copied.map(({ name }) => `SELECT create_reference_table(${tableLiteral(name)})`),
    ...spread.map(({ name }) =>
      name === together
        ? `SELECT create_distributed_table(${tableLiteral(name)}, ${literal(spreadBy)})`
        : `SELECT create_distributed_table(${tableLiteral(name)}, ${literal(spreadBy)}, colocate_with => ${tableLiteral(together)})`,
    ),
    ...affected.map(({ name, from, definition }) => `ALTER TABLE ${quoted(from)} ADD CONSTRAINT ${quoted(name)} ${definition}`),
  ];
}
