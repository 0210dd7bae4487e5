import type { Client } from 'pg';
import { type Place, spreadBy } from '../../src/commands/distribution';

/*
 * What Citus can do with a statement, from the plan that Postgres makes of it and, where that does not tell, from its words. Citus asks the same planner: a
 * statement is handed to one machine whole, whatever is in it, when every table that is spread carries a condition `engineer_id = $n` of its own (Postgres
 * derives these through equalities, but not into correlated subqueries). Everything else is taken apart: each WITH that is materialized, each subquery for
 * one value and each subquery that stands for itself is a step, whose rows are brought to all machines before the next; and within a step the rules below
 * hold. They were held against Citus 13.2 itself, which refuses what is refused here (`on-citus.spec.ts` asks it again, where there is one).
 */

/** Why a statement cannot be taken apart, or done at all. The sentences are those of docs/scaling.md. */
export type Break =
  | 'recursive'
  | 'a lateral subquery with LIMIT, OFFSET or a total, of people or of another step'
  | 'a correlated subquery of people or of another step'
  | 'joins by other columns than the engineer'
  | 'a table that stays on the coordinator, in a write to others'
  | 'an outer join beside a condition of no table'
  | 'locks rows of many records'
  | 'writes to many records'
  | 'a volatile function in a write'
  | 'the clock inside of CASE, COALESCE, ON CONFLICT or RETURNING in a write'
  | 'a subquery among the values of an INSERT'
  | 'RETURNING without a name from INSERT … SELECT';

export interface Judgement {
  /** `copied`: nothing that is spread is in it; `record`: one machine does all of it; `many`: it is taken apart. */
  readonly reach: 'copied' | 'record' | 'many';
  readonly breaks: readonly Break[];
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Parent Relationship'?: string;
  readonly 'Subplan Name'?: string;
  readonly 'Relation Name'?: string;
  readonly Alias?: string;
  readonly Operation?: string;
  readonly Output?: readonly string[];
  readonly Plans?: readonly PlanNode[];
  readonly [property: string]: unknown;
}

/** One reading of a table that is spread. */
interface Scan {
  readonly alias: string;
  /** The parameter or value that its engineer equals by a condition of its own. */
  readonly pinned: string | null;
  /** Which step of the statement it belongs to: each WITH and each subquery for one value is a step of its own. */
  readonly step: string;
  readonly correlated: boolean;
  /** What its engineer equals, directly or through others: columns of other tables. */
  readonly equals: readonly string[];
}

const conditions = ['Index Cond', 'Filter', 'Hash Cond', 'Merge Cond', 'Join Filter', 'Recheck Cond', 'One-Time Filter'] as const;
const equality = /\(?("?\w+"?\.)?"?(\w+)"? = \(?(\$\d+|'[^']*'|("?\w+"?\.)?"?\w+"?)/g;

const conditionsOf = (node: PlanNode): string[] => conditions.flatMap((name) => (typeof node[name] === 'string' ? [node[name]] : []));

/** `(m.engineer_id = $1)` → the pair of both sides, for each equality that has the engineer on one of them. */
function equalitiesOf(node: PlanNode, aliasOf: string): [string, string][] {
  return conditionsOf(node).flatMap((text) =>
    [...text.matchAll(equality)].map(([, table = `${aliasOf}.`, column = '', value = '']): [string, string] => [
      `${table}${column}`.replaceAll('"', ''),
      /^[$']/.test(value) || value.includes('.') ? value.replaceAll('"', '') : `${aliasOf}.${value.replaceAll('"', '')}`,
    ]),
  );
}

/** A subquery's engineer is that of the table it comes from. */
function handedOn({ 'Node Type': type, Alias: alias, Plans: plans }: PlanNode): [string, string][] {
  if (type !== 'Subquery Scan' || alias === undefined) return [];
  const columns = plans?.flatMap(({ Output }) => Output ?? []) ?? [];
  return columns.filter((column) => column.endsWith(`.${spreadBy}`)).map((column) => [`${alias}.${spreadBy}`, column]);
}

/** Groups of names that equal one another. */
function groupsOf(pairs: readonly (readonly [string, string])[]): (name: string) => string {
  const parent = new Map<string, string>();
  const find = (name: string): string => {
    const up = parent.get(name) ?? name;
    return up === name ? name : find(up);
  };
  for (const [one, other] of pairs) parent.set(find(one), find(other));
  return find;
}

interface Walked {
  readonly node: PlanNode;
  readonly step: string;
  readonly correlated: boolean;
}

const below = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(below)];

/** Whether nothing below a node speaks of tables or steps that are not below it: it could be asked by itself. */
function standsForItself(node: PlanNode): boolean {
  const inside = new Set(below(node).flatMap(({ Alias }) => (Alias === undefined ? [] : [Alias])));
  const spoken = below(node).flatMap((one) =>
    conditionsOf(one).flatMap((text) => [...text.replaceAll(/'[^']*'/g, '').matchAll(/\b("?\w+"?)\./g)].map(([, name = '']) => name)),
  );
  return spoken.every((name) => inside.has(name));
}

const gathers = /^(Limit|Unique|WindowAgg|SetOp|Append|Aggregate|Group)$/;

let steps = 0;
function* walk(node: PlanNode, parent: PlanNode | null = null, step = 'main', correlated = false): Generator<Walked> {
  const relationship = node['Parent Relationship'];
  const name = node['Subplan Name'] ?? '';
  const isHashed = relationship === 'SubPlan' && JSON.stringify({ ...parent, Plans: null }).includes(`hashed ${name}`);
  let own = { step, correlated: correlated || relationship === 'SubPlan' };
  // inside of a correlated subquery one for a single value is Postgres' own way to max() by an index: no step by itself
  if ((relationship === 'InitPlan' && !correlated) || isHashed) own = { step: `${name} ${(steps += 1)}`, correlated: false };
  else if (
    !own.correlated &&
    parent !== null &&
    (gathers.test(node['Node Type']) || parent['Node Type'] === 'Append') &&
    standsForItself(node)
  )
    own = { step: `${step} ${(steps += 1)}`, correlated: false };
  yield { node, ...own };
  for (const child of node.Plans ?? []) yield* walk(child, node, own.step, own.correlated);
}

/** What stands within the parentheses that open at a place. */
function within(sql: string, open: number): string {
  let depth = 0;
  for (let at = open; at < sql.length; at += 1) {
    if (sql[at] === '(') depth += 1;
    if (sql[at] === ')' && (depth -= 1) === 0) return sql.slice(open + 1, at);
  }
  return sql.slice(open + 1);
}

interface Body {
  readonly text: string;
  /** Where the words begin. */
  readonly at: number;
}

/** What stands within the parentheses at whose opening `words` end. */
const bodiesAfter = (sql: string, words: RegExp): Body[] =>
  [...sql.matchAll(words)].map(({ index, 0: { length } }) => ({ text: within(sql, index + length - 1), at: index }));

/** A text without what stands in its parentheses. */
function flat(sql: string): string {
  const shorter = sql.replaceAll(/\([^()]*\)/g, '');
  return shorter === sql ? sql : flat(shorter);
}

/** Whether a lateral subquery that needs all of its rows asks of the engineers of something that is not spread. A plan does not say so: Postgres has its own use for LIMIT. */
function needsAllOfOthers(sql: string, placeOf: (table: string) => Place): boolean {
  const named = [...sql.matchAll(/\b(?:FROM|JOIN)\s+(\w+)\s+(?:AS\s+)?(\w+)/gi)];
  return bodiesAfter(sql, /LATERAL\s*\(/gi).some(({ text: body, at }) => {
    const words = flat(body);
    // a name is that of the last table that was given it before
    const tableOf = new Map(named.filter(({ index }) => index < at).map(([, table = '', alias = '']) => [alias, table]));
    const total = /\b(count|max|min|sum|bool_or|bool_and|\w+_agg)\b/i.test(words) && !/\bGROUP BY\b/i.test(words);
    if (!total && !/\b(LIMIT|OFFSET)\b/i.test(words)) return false;
    return [...body.matchAll(/\bengineer_id = (\w+)\.\w+/g)].some(([, alias = '']) => placeOf(tableOf.get(alias) ?? '') !== 'spread');
  });
}

/** Whether an EXISTS of records asks of the engineers of something that is not spread. A plan does not say so: Postgres makes a join of it, Citus does not. */
function asksOfOthers(sql: string, placeOf: (table: string) => Place): boolean {
  // what a subquery is called comes after its parenthesis, and what it asks is not looked at
  const named = [...sql.matchAll(/(?:\b(?:FROM|JOIN)\s+(\w+)|\))\s+(?:AS\s+)?(\w+)/gi)];
  return bodiesAfter(sql, /EXISTS\s*\(/gi).some(({ text: body, at }) => {
    const table = /\bFROM\s+(\w+)/i.exec(body)?.[1] ?? '';
    if (placeOf(table) !== 'spread') return false;
    const tableOf = new Map(named.filter(({ index }) => index < at).map(([, one = '', alias = '']) => [alias, one]));
    return [...flat(body).matchAll(/\bengineer_id = (\w+)\.\w+/g)].some(([, alias = '']) => {
      const asked = tableOf.get(alias);
      return asked !== undefined && asked !== '' && placeOf(asked) !== 'spread';
    });
  });
}

/** What no write may have, wherever its tables are, once Citus knows one of them: those that are spread or copied, and those with keys to them. */
function* breaksOfWrite(sql: string): Generator<Break> {
  const clock = /\b(now|statement_timestamp|transaction_timestamp|clock_timestamp)\s*\(/i;
  const sets = [...sql.matchAll(/\bSET\b([\s\S]*?)(?=\bFROM\b|\bWHERE\b|\bRETURNING\b|$)/gi)].map(([, text = '']) => text).join(' ');
  const cases = [...sets.matchAll(/\bCASE\b[\s\S]*?\bEND\b/gi)].map(([text]) => text);
  const returned = /\bRETURNING\b([\s\S]*)/i.exec(sql)?.[1] ?? '';
  const conflict = /ON CONFLICT[\s\S]*?DO UPDATE SET([\s\S]*)/i.exec(sql)?.[1] ?? '';
  if ([...cases, ...bodiesAfter(sets, /coalesce\s*\(/gi).map(({ text }) => text), conflict, returned].some((text) => clock.test(text)))
    yield 'the clock inside of CASE, COALESCE, ON CONFLICT or RETURNING in a write';
  if (bodiesAfter(sql, /VALUES\s*\(/gi).some(({ text }) => /\(\s*SELECT\b/i.test(text))) yield 'a subquery among the values of an INSERT';
  if (/INSERT INTO "?\w+"? \([^)]*\)\s*SELECT[\s\S]*\bRETURNING (?!\w+\.)/i.test(sql))
    yield 'RETURNING without a name from INSERT … SELECT';
}

/** Judges one statement. `client` is connected to a database with the schema; nothing is run. `isKnown`: whether Citus knows a table. */
export async function judge(
  client: Client,
  sql: string,
  placeOf: (table: string) => Place,
  isKnown: (table: string) => boolean,
): Promise<Judgement> {
  const plan = await planOf(client, sql);
  const nodes = [...walk(plan)];
  const at = (place: Place): Walked[] =>
    nodes.filter(({ node }) => node['Relation Name'] !== undefined && placeOf(node['Relation Name']) === place);
  const writing = nodes.flatMap(({ node }) => (node['Node Type'] === 'ModifyTable' ? [node] : []));
  const placesWritten = new Set(writing.map((node) => placeOf(node['Relation Name'] ?? '')));
  const breaks = new Set<Break>(writing.some((node) => isKnown(node['Relation Name'] ?? '')) ? breaksOfWrite(sql) : []);
  if (at('here').length > 0 && (placesWritten.has('spread') || placesWritten.has('copied')))
    breaks.add('a table that stays on the coordinator, in a write to others');
  if (at('spread').length === 0) return { reach: 'copied', breaks: [...breaks].sort() };

  const pairs = nodes.flatMap(({ node }) => [...equalitiesOf(node, node.Alias ?? ''), ...handedOn(node)]);
  const groupOf = groupsOf(pairs);
  const scans: Scan[] = [];
  let writes = 0;
  let listed = 0;
  for (const { node, step, correlated } of nodes) {
    const { Alias: alias = '', 'Relation Name': table } = node;
    if (table === undefined || placeOf(table) !== 'spread') continue;
    const column = `${alias}.${spreadBy}`;
    if (node['Node Type'] === 'ModifyTable') {
      writes += 1;
      if (node.Operation !== 'Insert') continue;
      // rows that are written out are handed to their machines one by one
      if (node.Plans?.[0]?.['Node Type'] === 'Values Scan') listed += 1;
      scans.push({ alias, pinned: await insertedFor(client, node, table), step, correlated, equals: [] });
      continue;
    }
    const own = equalitiesOf(node, alias).flatMap(([one, other]) => (one === column ? [other] : other === column ? [one] : []));
    scans.push({
      alias,
      pinned: own.find((value) => /^[$']/.test(value)) ?? null,
      step,
      correlated,
      equals: [groupOf(column)],
    });
  }
  if (writes > 0 && /\b(clock_timestamp|random|gen_random_uuid|nextval)\s*\(/i.test(sql)) breaks.add('a volatile function in a write');
  if (/\bWITH RECURSIVE\b/i.test(sql)) breaks.add('recursive');
  const pins = new Set(scans.map(({ pinned }) => pinned));
  if (pins.size === 1 && !pins.has(null)) return { reach: 'record', breaks: [...breaks].sort() };

  if (writes > listed) breaks.add('writes to many records');
  if (/\bFOR (NO KEY )?(UPDATE|SHARE)\b/i.test(sql) && nodes.some(({ node }) => node['Node Type'] === 'LockRows'))
    breaks.add('locks rows of many records');
  if (asksOfOthers(sql, placeOf)) breaks.add('a correlated subquery of people or of another step');
  if (needsAllOfOthers(sql, placeOf)) breaks.add('a lateral subquery with LIMIT, OFFSET or a total, of people or of another step');
  // so on Postgres 15 and 16 only
  if (
    nodes.some(
      ({ node, step }) => step === 'main' && /^(Left|Right|Full)$/.test(String(node['Join Type'])) && spreadBelow(node, placeOf),
    ) &&
    nodes.some(({ node }) => node['One-Time Filter'] !== undefined)
  )
    breaks.add('an outer join beside a condition of no table');
  for (const step of new Set(scans.map((scan) => scan.step))) {
    const here = scans.filter((scan) => scan.step === step);
    const outer = here.filter(({ correlated }) => !correlated);
    const groups = new Set(outer.flatMap(({ equals }) => equals));
    if (groups.size > 1) breaks.add('joins by other columns than the engineer');
    for (const inner of here.filter(({ correlated, pinned }) => correlated && pinned === null)) {
      if (!inner.equals.some((group) => groups.has(group))) breaks.add('a correlated subquery of people or of another step');
    }
  }
  return { reach: 'many', breaks: [...breaks].sort() };
}

const spreadBelow = (node: PlanNode, placeOf: (table: string) => Place): boolean =>
  below(node).some((one) => one['Relation Name'] !== undefined && placeOf(one['Relation Name']) === 'spread');

/** The parameter that an INSERT takes the engineer from, if it is one. */
async function insertedFor(client: Client, node: PlanNode, table: string): Promise<string | null> {
  const { rows } = await client.query<{ place: number }>(
    `SELECT attnum AS place FROM pg_attribute WHERE attrelid = ('public.' || quote_ident($1))::regclass AND attname = $2`,
    [table, spreadBy],
  );
  const column = (rows[0]?.place ?? 0) - 1;
  const from = node.Plans?.find((child) => child['Parent Relationship'] === 'Outer');
  // what is grouped stands in a subquery, with its columns in the same order
  const outputs = [from, ...(from?.['Node Type'] === 'Subquery Scan' ? (from.Plans ?? []) : [])].map((one) => one?.Output?.[column] ?? '');
  return outputs.map((output) => /^\(?(\$\d+)/.exec(output)?.[1]).find((value) => value !== undefined) ?? null;
}

let made = 0;
async function planOf(client: Client, sql: string): Promise<PlanNode> {
  const name = `judged_${(made += 1)}`;
  // a cursor reads what its query does
  await client.query(`PREPARE ${name} AS ${sql.replace(/^\s*DECLARE\s+.*?\s+FOR\s+/is, '')}`);
  try {
    const { rows: known } = await client.query<{ n: number }>(
      `SELECT cardinality(parameter_types) AS n FROM pg_prepared_statements WHERE name = $1`,
      [name],
    );
    const nulls = Array.from({ length: known[0]?.n ?? 0 }, () => 'NULL').join(', ');
    const { rows } = await client.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
      `EXPLAIN (VERBOSE, COSTS off, FORMAT JSON) EXECUTE ${name}${nulls === '' ? '' : `(${nulls})`}`,
    );
    const plan = rows[0]?.['QUERY PLAN'][0]?.Plan;
    if (plan === undefined) throw new Error(`there is no plan of ${sql}`);
    return plan;
  } finally {
    await client.query(`DEALLOCATE ${name}`);
  }
}
