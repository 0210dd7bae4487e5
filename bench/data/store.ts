import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { searchOf } from '../../src/evidence/evidence.scope';
import { FrameworksFacts } from '../../src/frameworks/frameworks.facts';
import { PoliciesFacts } from '../../src/frameworks/policies.facts';
import type { Policy } from '../../src/frameworks/policy';
import { newId } from '../../src/kernel/ids';
import { accreditationSubject, personSubject } from '../../src/ledger/administration';
import { type Act, AdministrationLog } from '../../src/ledger/administration.log';
import { LedgerLog } from '../../src/ledger/ledger.log';
import { type ChainCheck, LedgerQueries } from '../../src/ledger/ledger.queries';
import { hashOfToken, newToken } from '../../src/people/token';
import { Database, Transactions } from '../../src/platform/transaction';
import { ProgressStore } from '../../src/progress/progress.store';
import type { Catalogue } from './claims';
import { Constraints } from './constraints';
import { CopyRows } from './copy';
import type { Rows, Table } from './rows';
import { tables } from './rows';
import { SearchText } from './search-text';
import { fragments } from './work';

/** Hears how far something has come. */
export type Report = (what: string, done: number, of: number) => void;
const silent: Report = () => undefined;

/** Who may judge without holding a level, and who has roles: what the administration ledger says of an organisation. */
export interface Appointments {
  readonly adminId: string;
  readonly skill: string;
  readonly mentors: readonly string[];
  readonly roles: readonly { readonly personId: string; readonly roles: readonly string[] }[];
}

/** How many records are rebuilt at once. */
const atOnce = 3;

/** Reads and writes the benchmarks' data as the owner, with the application's own parts where a rule is concerned. */
export class OrganisationStore {
  private readonly transactions: Transactions;
  private readonly database: Database;
  private readonly ledger = new LedgerLog();
  private readonly administration = new AdministrationLog();
  private readonly progress = new ProgressStore();

  /** @param dataSource connected as the owner */
  constructor(
    dataSource: DataSource,
    private readonly ownerUrl: string,
  ) {
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

  searchText(): Promise<SearchText> {
    return SearchText.of(fragments, (sql, parameters) => this.database.query(sql, parameters));
  }

  /**
   * Fills the tables by COPY, without their keys, indexes and references, which are made again afterwards, checked against every row. A load that fails
   * leaves a database that is good for nothing.
   * @param write adds rows, and waits for `ready` now and then
   * @throws where there are people already
   */
  async load(write: (rows: Rows, ready: () => Promise<void>) => Promise<void>, report = silent): Promise<ReadonlyMap<Table, number>> {
    const [found] = await this.database.query<{ any: boolean }>(`SELECT EXISTS (SELECT 1 FROM person) AS any`);
    if (found?.any !== false) throw new Error('There are people in this database already: data is made in an empty one only.');
    const constraints = await Constraints.drop(this.ownerUrl, tables);
    const copy = await CopyRows.open(this.ownerUrl);
    let counts: ReadonlyMap<Table, number>;
    try {
      await write(copy, () => copy.ready());
      counts = await copy.finish();
    } catch (error) {
      await copy.abandon();
      throw error;
    }
    await constraints.restore((done, of, name) => report(`keys, indexes, references (${name})`, done, of));
    await this.maintain('ANALYZE');
    return counts;
  }

  /** Gives roles and accreditations, as acts of the administration ledger; the roles stand in the people's rows already. */
  async appoint({ adminId, skill, mentors, roles }: Appointments): Promise<void> {
    const granted = mentors.map((personId) => ({ personId, id: newId() }));
    const reason = 'Among the first mentors.';
    await this.transactions.run(async (tx) => {
      const chain = await this.administration.lock(tx);
      await tx.query(
        `INSERT INTO accreditation (person_id, accreditation_id, skill_ref, up_to_level, reason, granted_by, granted_at)
         SELECT g.person, g.id, $3, 5, $4, $5, $6 FROM unnest($1::uuid[], $2::uuid[]) g (person, id)`,
        [granted.map(({ personId }) => personId), granted.map(({ id }) => id), skill, reason, adminId, chain.at],
      );
      const acts: Act[] = [
        ...roles.map((one): Act => ({
          kind: 'person.added',
          subject: personSubject(one.personId),
          actor: null,
          content: { roles: one.roles, manager: null },
        })),
        ...granted.map(({ personId, id }): Act => ({
          kind: 'accreditation.granted',
          subject: accreditationSubject(personId, id),
          actor: adminId,
          content: { skill, upToLevel: 5, reason },
        })),
      ];
      await this.administration.append(tx, chain, ...acts);
    });
  }

  /** Makes progress of every record that has anything, by the application's own rebuild. */
  async makeProgress(report = silent): Promise<void> {
    const records = await this.database.query<{ id: string }>(
      `SELECT engineer_id AS id FROM record WHERE head_seq > 0 ORDER BY engineer_id`,
    );
    await eachOf(records, async ({ id }, done) => {
      await this.transactions.run(async (tx) => this.progress.rebuild(tx, await this.ledger.lock(tx, id)));
      report('progress', done, records.length);
    });
    await this.maintain('VACUUM (ANALYZE) progress, record, accreditation');
  }

  /** Gives these people sessions; answers their tokens, in order. */
  async signIn(personIds: readonly string[]): Promise<string[]> {
    const tokens = personIds.map(() => newToken());
    await this.database.query(
      `INSERT INTO session (session_id, person_id, token_hash, client, expires_at)
       SELECT g.session, g.person, g.hash, 'bench', now() + interval '1 day' FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) g (session, person, hash)`,
      [personIds.map(() => newId()), personIds, tokens.map(hashOfToken)],
    );
    return tokens;
  }

  /** Gives everybody this hash of a password. */
  async setPassword(passwordHash: string): Promise<void> {
    await this.database.query(`UPDATE person SET password_hash = $1, first_signed_in_at = created_at`, [passwordHash]);
  }

  /** The ids of these engineers' evidence that is listed. */
  async evidenceOf(engineerIds: readonly string[]): Promise<ReadonlyMap<string, string[]>> {
    const rows = await this.database.query<{ engineer: string; evidence: string[] }>(
      `SELECT engineer_id AS engineer, array_agg(evidence_id ORDER BY evidence_id) AS evidence FROM evidence
        WHERE engineer_id = ANY ($1::uuid[]) AND state = 'logged' GROUP BY engineer_id`,
      [engineerIds],
    );
    return new Map(rows.map(({ engineer, evidence }) => [engineer, evidence]));
  }

  /** Some records that have anything, drawn evenly from all. */
  async sample(count: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT id FROM (SELECT engineer_id AS id, row_number() OVER (ORDER BY engineer_id) AS n, count(*) OVER () AS total FROM record WHERE head_seq > 0) r
        WHERE total <= $1::int OR n % greatest(1, total / $1::int) = 0 LIMIT $1::int`,
      [count],
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Checks the chains of these records with their content, whether what can be searched is what the application would have made of their evidence, and whether their progress is what a rebuild
   * makes of it; answers what does not fit.
   */
  async misfits(engineerIds: readonly string[], report = silent): Promise<string[]> {
    const ledger = new LedgerQueries(this.database);
    const found: string[] = [];
    await eachOf(engineerIds, async (engineerId, done) => {
      const check: ChainCheck | null = await ledger.check(engineerId);
      if (check?.ok !== true) found.push(`ledger of ${engineerId}: ${check?.misfit?.reason ?? 'not there'}`);
      const [search] = await this.database.query<{ wrong: number }>(
        `SELECT count(*)::int AS wrong FROM evidence e JOIN evidence_revision r USING (engineer_id, evidence_id, revision)
           JOIN record_content c USING (engineer_id, digest) WHERE e.engineer_id = $1 AND e.search <> ${searchOf('c.body')}`,
        [engineerId],
      );
      if (search?.wrong !== 0)
        found.push(`what can be searched in ${search?.wrong} pieces of evidence of ${engineerId} is not what they say`);
      if ((await this.wrongCells(engineerId)).wrong > 0) found.push(`progress of ${engineerId} is not what a rebuild makes of it`);
      report('checks', done, engineerIds.length);
    });
    return found;
  }

  /** Rebuilds a record's progress under its lock, in a transaction that is taken back: how many rows there are, and how many were not as the rebuild has them. */
  async wrongCells(engineerId: string): Promise<{ cells: number; wrong: number }> {
    let answer = { cells: 0, wrong: 0 };
    const undo = new Error('taken back');
    await this.transactions
      .run(async (tx) => {
        const record = await this.ledger.lock(tx, engineerId);
        const kept = await this.progress.rows(tx, record);
        await this.progress.rebuild(tx, record);
        const rebuilt = await this.progress.rows(tx, record);
        const levels = new Set([...kept.keys(), ...rebuilt.keys()]);
        answer = { cells: levels.size, wrong: [...levels].filter((level) => kept.get(level) !== rebuilt.get(level)).length };
        throw undo;
      })
      .catch((error: unknown) => {
        if (error !== undo) throw error;
      });
    return answer;
  }

  /** Maintenance takes longer than any request may. */
  async maintain(sql: string): Promise<void> {
    const client = new Client({ connectionString: this.ownerUrl, options: '-c statement_timeout=0 -c maintenance_work_mem=1GB' });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }
}

/** Does something for each, a few at once; `done` counts those that are. */
export async function eachOf<T>(all: readonly T[], work: (one: T, done: number) => Promise<void>): Promise<void> {
  let [next, done] = [0, 0];
  const worker = async (): Promise<void> => {
    for (let one = all[next++]; one !== undefined; one = all[next++]) {
      await work(one, done + 1);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
