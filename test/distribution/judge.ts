import type { Client } from 'pg';
import { type Place, spreadBy } from '../../src/commands/distribution';

/*
 * What Citus can do with a statement, from the plan that Postgres makes of it. Citus asks the same planner: a statement is handed to one machine whole,
 * whatever is in it, when every table that is spread carries a condition `engineer_id = $n` of its own (Postgres derives these through equalities, but
 * not into correlated subqueries). Everything else has to be taken apart, and there the rules below hold.
 */

/** Why a statement cannot be taken apart. The sentences are those of docs/scaling.md. */
export type Break =
  | 'recursive'
  | 'a lateral subquery with LIMIT or OFFSET'
  | 'a correlated subquery of people or of another step'
  | 'joins by other columns than the engineer'
  | 'a table that stays on the coordinator'
  | 'locks rows of many records'
  | 'writes to many records'
  | 'a volatile function in a write';

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

function* walk(node: PlanNode, step = 'main', correlated = false): Generator<Walked> {
  const relationship = node['Parent Relationship'];
  const name = node['Subplan Name'] ?? '';
  // inside of a correlated subquery one for a single value is Postgres' own way to max() by an index: no step by itself
  const own = relationship === 'InitPlan' && !correlated ? name : step;
  const isCorrelated = correlated || relationship === 'SubPlan';
  yield { node, step: own, correlated: isCorrelated };
  for (const child of node.Plans ?? []) yield* walk(child, own, isCorrelated);
}

/** Judges one statement. `client` is connected to a database with the schema; nothing is run. */
export async function judge(client: Client, sql: string, placeOf: (table: string) => Place): Promise<Judgement> {
  const plan = await planOf(client, sql);
  const nodes = [...walk(plan)];
  const tables = new Map<string, Place>(
    nodes.flatMap(({ node }) =>
      node['Relation Name'] === undefined ? [] : [[node['Relation Name'], placeOf(node['Relation Name'])] as const],
    ),
  );
  if (![...tables.values()].includes('spread')) return { reach: 'copied', breaks: [] };

  const pairs = nodes.flatMap(({ node }) => equalitiesOf(node, node.Alias ?? ''));
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
  const breaks = new Set<Break>();
  const stepsAt = (place: Place): Set<string> =>
    new Set(
      nodes.flatMap(({ node, step }) => (node['Relation Name'] !== undefined && placeOf(node['Relation Name']) === place ? [step] : [])),
    );
  const spreadSteps = stepsAt('spread');
  if ([...stepsAt('here')].some((step) => spreadSteps.has(step))) breaks.add('a table that stays on the coordinator');
  if (writes > 0 && /\b(clock_timestamp|random|gen_random_uuid|nextval)\s*\(/i.test(sql)) breaks.add('a volatile function in a write');
  if (/\bWITH RECURSIVE\b/i.test(sql)) breaks.add('recursive');
  const pins = new Set(scans.map(({ pinned }) => pinned));
  if (pins.size === 1 && !pins.has(null)) return { reach: 'record', breaks: [...breaks] };

  if (writes > listed) breaks.add('writes to many records');
  if (/\bFOR (NO KEY )?(UPDATE|SHARE)\b/i.test(sql) && nodes.some(({ node }) => node['Node Type'] === 'LockRows'))
    breaks.add('locks rows of many records');
  if (/LATERAL\s*\(SELECT[^()]*(\([^()]*\)[^()]*)*\b(OFFSET|LIMIT)\b/i.test(sql)) breaks.add('a lateral subquery with LIMIT or OFFSET');
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

/** The parameter that an INSERT takes the engineer from, if it is one. */
async function insertedFor(client: Client, node: PlanNode, table: string): Promise<string | null> {
  const { rows } = await client.query<{ place: number }>(
    `SELECT attnum AS place FROM pg_attribute WHERE attrelid = ('public.' || quote_ident($1))::regclass AND attname = $2`,
    [table, spreadBy],
  );
  const output = node.Plans?.find((child) => child['Parent Relationship'] === 'Outer')?.Output ?? [];
  return /^\(?(\$\d+)/.exec(output[(rows[0]?.place ?? 0) - 1] ?? '')?.[1] ?? null;
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
