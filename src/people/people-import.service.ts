import { Injectable } from '@nestjs/common';
import { type Actor } from '../kernel/actor';
import type { Json } from '../kernel/canonical-json';
import { newId } from '../kernel/ids';
import { type RefusalError, raise } from '../kernel/refusal';
import { AdministrationLog } from '../ledger/administration.log';
import { LedgerLog, type LockedRecord } from '../ledger/ledger.log';
import { Transactions, type Tx } from '../platform/transaction';
import { CatalogueQuery } from './catalogue.query';
import { type Invited, InvitationsStore } from './invitations.store';
import { MentorshipsStore } from './mentorships.store';
import { type KeyedRow, addressesIn, keyed, readPeopleCsv, repeated } from './people-csv';
import { type ImportPlan, type PlannedRow, planImport } from './people-import';
import { PeopleImportStore } from './people-import.store';
import { PeopleStore } from './people.store';
import { closureOf, movedBy } from './reporting-line';
import { ReportingLineStore } from './reporting-line.store';

/** A row as it was imported. */
export interface ImportedRow extends PlannedRow {
  readonly invited: Invited | null;
}

/** What the administration ledger says of a row: who is created is invited too. Mentorships stand in the engineer's record. */
const importedContent = ({ id, outcome, roles, managerId, changes }: PlannedRow): { readonly [name: string]: Json } => ({
  person: id,
  outcome,
  changes: outcome === 'created' || changes,
  roles,
  manager: managerId,
});

const byPlace = (error: RefusalError): number => Number(/^\/rows\/(\d+)/.exec(error.pointer ?? '')?.[1] ?? 0);

/** People and their relations from a file: all of it or nothing. */
@Injectable()
export class PeopleImportService {
  constructor(
    private readonly transactions: Transactions,
    private readonly ledger: LedgerLog,
    private readonly store: PeopleImportStore,
    private readonly people: PeopleStore,
    private readonly line: ReportingLineStore,
    private readonly invitations: InvitationsStore,
    private readonly mentorships: MentorshipsStore,
    private readonly catalogue: CatalogueQuery,
    private readonly administration: AdministrationLog,
  ) {}

  /**
   * Imports a CSV file.
   * @throws Refused `import-refused` with every problem of the file, `email-taken` where somebody takes an address at the same moment
   */
  async import(caller: Actor, text: string): Promise<ImportedRow[]> {
    const file = readPeopleCsv(text);
    return this.transactions.run(async (tx) => {
      await this.line.lock(tx);
      await this.people.lockAdmins(tx);
      await this.people.demandAdmin(tx, caller);
      const rows = keyed(file.rows, await this.store.foldsOf(tx, addressesIn(file.rows)));
      const { plan, before, records } = await this.plan(tx, caller, rows);
      const errors = [...file.errors, ...repeated(rows), ...plan.errors].sort((a, b) => byPlace(a) - byPlace(b));
      if (errors.length > 0)
        raise(
          'import-refused',
          `Nothing was imported: ${errors.length === 1 ? '1 problem' : `${errors.length} problems`}, see errors.`,
          errors,
        );
      const acts = await this.administration.lock(tx);
      await this.save(tx, plan);
      const moved = movedBy(before, plan.managers);
      await this.line.replace(tx, moved, closureOf(plan.managers, moved));
      await this.beginMentorships(tx, caller, plan, records);
      const people = plan.rows.filter(({ outcome }) => outcome !== 'unchanged').map(importedContent);
      if (people.length > 0) {
        await this.administration.append(tx, acts, {
          kind: 'people.imported',
          subject: 'people',
          actor: caller.personId,
          content: { people },
        });
      }
      return this.invite(tx, caller, plan);
    });
  }

  /** Locks everything that the file names (records before people, as approvals do), reads it again and plans. */
  private async plan(
    tx: Tx,
    caller: Actor,
    rows: readonly KeyedRow[],
  ): Promise<{ plan: ImportPlan; before: ImportPlan['managers']; records: Map<string, LockedRecord> }> {
    const { everybody, engineers } = await this.store.mentioned(tx, rows);
    const records = new Map<string, LockedRecord>();
    for (const engineerId of engineers) records.set(engineerId, await this.ledger.lock(tx, engineerId));
    const people = await this.people.lockMany(tx, [...new Set([...everybody, caller.personId])].sort());
    const fold = await this.store.foldsOf(tx, [...new Set(people.map(({ email }) => email))]);
    const before = await this.line.managers(tx);
    const facts = {
      callerId: caller.personId,
      confirmers: await this.people.confirmerIds(tx, caller.personId),
      people: people.map((person) => ({ ...person, key: fold(person.email) })),
      managers: before,
      skills: await this.catalogue.allSkills(),
      mentored: await this.store.mentored(tx, engineers),
    };
    return { plan: planImport(rows, facts, newId), before, records };
  }

  /** Writes the people themselves, with their managers. */
  private async save(tx: Tx, { rows }: ImportPlan): Promise<void> {
    const created = rows.filter(({ outcome }) => outcome === 'created');
    await this.people.insert(tx, ...created.map(({ id, name, email, roles }) => ({ id, name, email, roles })));
    for (const { id } of created) await this.ledger.open(tx, id);
    for (const row of rows) if (row.changes) await this.people.update(tx, row);
    await this.store.setManagers(
      tx,
      rows.filter(({ managerChanges }) => managerChanges),
    );
  }

  private async beginMentorships(tx: Tx, caller: Actor, { rows }: ImportPlan, records: Map<string, LockedRecord>): Promise<void> {
    for (const { id, mentorships } of rows) {
      if (mentorships.length === 0) continue;
      const record = records.get(id) ?? (await this.ledger.lock(tx, id));
      for (const mentorship of mentorships) {
        await this.mentorships.begin(tx, record, caller.personId, { ...mentorship, from: record.at, until: null });
      }
    }
  }

  private async invite(tx: Tx, caller: Actor, { rows }: ImportPlan): Promise<ImportedRow[]> {
    const created = rows.filter(({ outcome }) => outcome === 'created').map(({ id }) => id);
    const invited = await this.invitations.issue(tx, created, caller.personId);
    const byPerson = new Map(created.map((id, at) => [id, invited[at]]));
    return rows.map((row) => ({ ...row, invited: byPerson.get(row.id) ?? null }));
  }
}
