import type { DataSource } from 'typeorm';
import { searchOf } from '../../src/evidence/evidence.scope';
import { FrameworksFacts } from '../../src/frameworks/frameworks.facts';
import { PoliciesFacts } from '../../src/frameworks/policies.facts';
import type { Policy } from '../../src/frameworks/policy';
import { type ChainCheck, LedgerQueries } from '../../src/ledger/ledger.queries';
import { LedgerLog } from '../../src/ledger/ledger.log';
import { Database, Transactions } from '../../src/platform/transaction';
import { ProgressStore } from '../../src/progress/progress.store';
import type { Catalogue } from './claims';
import { type Rows, type Table, tables } from './rows';

const rowsAtOnce = 5_000;

/** What of these tables is not told by the row itself. */
const madeBySql: Partial<Record<Table, Readonly<Record<string, string>>>> = {
  session: { created_at: 'now()', last_used_at: 'now()', expires_at: `now() + interval '1 day'` },
  evidence: { search: searchOf(`(given->'body')`) },
};
const notColumns: Partial<Record<Table, readonly string[]>> = { evidence: ['body'] };

/** Reads and writes the benchmark's data as the owner, with the application's own parts where a rule is concerned. */
export class OrganisationStore {
  private readonly transactions: Transactions;
  private readonly database: Database;
  private readonly ledger = new LedgerLog();
  private readonly progress = new ProgressStore();

  constructor(private readonly dataSource: DataSource) {
    this.transactions = new Transactions(dataSource);
    this.database = new Database(dataSource, this.transactions);
  }

  /** The catalogue that the application has loaded, as far as the data names it. */
  async catalogue(skillRef: string): Promise<Catalogue> {
    const frameworks = new FrameworksFacts(this.database);
    const skill = await frameworks.skill(skillRef);
    if (skill === null) throw new Error(`there is no skill ${skillRef} in the database`);
    const policies = new PoliciesFacts(this.database);
    const statements = [];
    const found: Policy[] = [];
    const essences = new Map<number, { phrase: string; essence: string }>();
    for (const level of skill.definedLevels) {
      statements.push(...(await frameworks.statementsOfLevel(`${skillRef}.${level}`)));
      const policy = await policies.policy(`${skillRef}.${level}`);
      if (policy !== null) found.push(policy);
      const essence = await frameworks.essence(skill.frameworkId, level);
      if (essence !== null) essences.set(level, essence);
    }
    return { skill, statements, policies: found, essences };
  }

  /** Writes rows, all or nothing, then makes progress of them by the application's own rebuild. */
  async write(rows: Rows, engineerIds: readonly string[]): Promise<void> {
    await this.transactions.run(async (tx) => {
      for (const table of tables) {
        const all = rows.of(table);
        const [first] = all;
        if (first === undefined) continue;
        const made = madeBySql[table] ?? {};
        const columns = Object.keys(first).filter((column) => !(notColumns[table] ?? []).includes(column));
        for (let from = 0; from < all.length; from += rowsAtOnce) {
          await tx.query(
            `INSERT INTO ${table} (${[...columns, ...Object.keys(made)].join(', ')})
             SELECT ${[...columns.map((column) => `r.${column}`), ...Object.values(made)].join(', ')}
               FROM jsonb_array_elements($1::jsonb) given, jsonb_populate_record(NULL::public.${table}, given) r`,
            [JSON.stringify(all.slice(from, from + rowsAtOnce))],
          );
        }
      }
    });
    for (const engineerId of engineerIds)
      await this.transactions.run(async (tx) => this.progress.rebuild(tx, await this.ledger.lock(tx, engineerId)));
    await this.dataSource.query('VACUUM (ANALYZE)');
  }

  /** Checks the chains of these records, and whether their progress is what a rebuild makes of it; answers what does not fit. */
  async misfits(engineerIds: readonly string[]): Promise<string[]> {
    const ledger = new LedgerQueries(this.database);
    const found: string[] = [];
    for (const engineerId of engineerIds) {
      const check: ChainCheck | null = await ledger.check(engineerId);
      if (check?.ok !== true) found.push(`ledger of ${engineerId}: ${check?.misfit?.reason ?? 'not there'}`);
      const before = await this.progressOf(engineerId);
      await this.transactions.run(async (tx) => this.progress.rebuild(tx, await this.ledger.lock(tx, engineerId)));
      if ((await this.progressOf(engineerId)) !== before) found.push(`progress of ${engineerId} is not what a rebuild makes of it`);
    }
    return found;
  }

  private async progressOf(engineerId: string): Promise<string> {
    return JSON.stringify(
      await this.database.query(`SELECT * FROM progress WHERE engineer_id = $1 ORDER BY skill_level_ref`, [engineerId]),
    );
  }
}
