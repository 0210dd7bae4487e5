import { Client } from 'pg';

/** A key, index or reference as a statement that makes it again. */
interface Kept {
  readonly table: string;
  readonly kind: 'key' | 'index' | 'reference';
  readonly name: string;
  readonly drop: string;
  readonly create: string;
}

const keptSql = `
  SELECT c.conrelid::regclass::text AS "table", CASE WHEN c.contype = 'f' THEN 'reference' ELSE 'key' END AS kind, quote_ident(c.conname) AS name,
         format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname) AS drop,
         format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) AS create
    FROM pg_constraint c
   WHERE c.connamespace = 'public'::regnamespace AND ((c.contype IN ('p', 'u') AND c.conrelid = ANY ($1::regclass[]))
      OR (c.contype = 'f' AND (c.conrelid = ANY ($1::regclass[]) OR c.confrelid = ANY ($1::regclass[]))))
  UNION ALL
  SELECT i.indrelid::regclass::text, 'index', i.indexrelid::regclass::text, format('DROP INDEX %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
    FROM pg_index i
   WHERE i.indrelid = ANY ($1::regclass[]) AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x'))
   ORDER BY 1, 3`;

const order = { reference: 0, index: 1, key: 2 } as const;

/** How many connections build at once. */
const builders = 2;

/**
 * The keys, indexes and references of tables that are filled by COPY: dropped before, made again afterwards, where Postgres checks every row against each of them
 * once. CHECKs and NOT NULL stay where they are.
 */
export class Constraints {
  private constructor(
    private readonly ownerUrl: string,
    private readonly all: readonly Kept[],
  ) {}

  static async drop(ownerUrl: string, tables: readonly string[]): Promise<Constraints> {
    return withClient(ownerUrl, async (client) => {
      const { rows } = await client.query<Kept>(keptSql, [tables]);
      await client.query('BEGIN');
      for (const { drop } of rows.toSorted((one, other) => order[one.kind] - order[other.kind])) await client.query(drop);
      await client.query('COMMIT');
      return new Constraints(ownerUrl, rows);
    });
  }

  /** Makes them all again. @param report hears of each that is done */
  async restore(report: (done: number, of: number, name: string) => void): Promise<void> {
    let done = 0;
    const run = async (client: Client, { name, table }: Kept, sql: string): Promise<void> => {
      await client.query(sql);
      done += 1;
      report(done, this.all.length, `${table}: ${name}`);
    };
    // one table's are made one after the other; the tables with most of them first
    const ofTable = (kinds: readonly Kept['kind'][]): Kept[][] =>
      [...new Set(this.all.map(({ table }) => table))]
        .map((table) =>
          this.all
            .filter((one) => one.table === table && kinds.includes(one.kind))
            .sort((one, other) => order[other.kind] - order[one.kind]),
        )
        .filter((those) => those.length > 0)
        .sort((one, other) => other.length - one.length);
    await this.inParallel(ofTable(['key', 'index']), async (client, those) => {
      for (const one of those) await run(client, one, one.create);
    });
    const references = ofTable(['reference']);
    // adding takes a lock on both tables and is quick, checking takes one that lets others by
    await withClient(this.ownerUrl, async (client) => {
      for (const { create } of references.flat()) await client.query(`${create} NOT VALID`);
    });
    await this.inParallel(references, async (client, those) => {
      for (const one of those) await run(client, one, `ALTER TABLE ${one.table} VALIDATE CONSTRAINT ${one.name}`);
    });
  }

  private async inParallel(work: readonly Kept[][], each: (client: Client, those: readonly Kept[]) => Promise<void>): Promise<void> {
    const left = [...work];
    await Promise.all(
      Array.from({ length: builders }, () =>
        withClient(this.ownerUrl, async (client) => {
          for (let those = left.shift(); those !== undefined; those = left.shift()) await each(client, those);
        }),
      ),
    );
  }
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, options: '-c statement_timeout=0 -c lock_timeout=0 -c maintenance_work_mem=1GB' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
