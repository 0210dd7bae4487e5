import { type Json, canonicalJson } from '../kernel/canonical-json';
import { administrationId } from './administration';
import { AdministrationFacts } from './administration-facts';
import type { Entry } from './entry';
import { type AdministrationTable, type Fields, type Row, type RowTable, fieldsOf, listOf, asText as text, misfit } from './ledger-file';
import { monthsIn } from './record-row';

/** What a row should say, as far as the ledger knows, and the entry that last had a say in it. */
interface Expected {
  readonly seq: number;
  readonly fields: Fields;
  taken: boolean;
}

/** What everybody is of whom the ledger says nothing else: such people have no row here. */
const nobodySpecial = { roles: [], active: true } as const;

/**
 * Replays the administration ledger and holds policies, accreditations and people's roles against it: each row as its entries left it, none without.
 * A chain without entries is of an installation that has not adopted its rules yet: nothing is held against it.
 */
export class AdministrationRows {
  private readonly expected = new Map<string, Expected>();
  private inPart = 0;

  /** @param facts is told what the records after it are held against */
  constructor(private readonly facts = new AdministrationFacts()) {}

  /** How many rows are held against the subject, actor and time of their entries only, since the content was erased. */
  get heldInPart(): number {
    return this.inPart;
  }

  /** Takes an entry; entries come in their order, before all rows. Content that was erased says nothing: subject, actor and time remain. */
  entry(entry: Entry, content: Json | undefined): void {
    const said = fieldsOf(content);
    this.facts.entry(entry, said);
    const { actor, at } = entry;
    switch (entry.kind) {
      case 'rules.adopted':
        if (entry.seq !== 1) misfit('rules are adopted by the first entry only', { engineer: administrationId, seq: entry.seq });
        for (const row of listOf(said['policies'])) this.set('policy', entry, row);
        for (const row of listOf(said['accreditations'])) this.set('accreditation', entry, row);
        for (const row of listOf(said['people'])) this.set('person', entry, row);
        return;
      case 'framework.loaded':
        for (const policy of listOf(said['policies'])) this.set('policy', entry, { ...policyOf(policy), set_by: null, set_at: at });
        return;
      case 'policy.set':
        return this.set('policy', entry, { ...policyOf(said), set_by: actor, set_at: at });
      case 'accreditation.granted':
        this.mayBeGiven(entry, personOf(entry.subject), true);
        return this.set('accreditation', entry, {
          ...accreditationOf(entry.subject),
          granted_by: actor,
          granted_at: at,
          ended_by: null,
          ended_at: null,
          ...(content === undefined
            ? {}
            : { skill_ref: said['skill'] ?? null, up_to_level: said['upToLevel'] ?? null, reason: said['reason'] ?? null }),
        });
      case 'accreditation.ended':
        return this.set('accreditation', entry, { ...accreditationOf(entry.subject), ended_by: actor, ended_at: at });
      case 'people.imported':
        for (const { person, roles } of listOf(said['people'])) this.person(entry, text(person), { roles: roles ?? [] });
        return;
      case 'person.added':
      case 'roles.changed':
        return this.person(entry, personOf(entry.subject), { roles: said['roles'] ?? [] });
      case 'person.deactivated':
        return this.person(entry, personOf(entry.subject), { active: false });
      case 'person.reactivated':
        return this.person(entry, personOf(entry.subject), { active: true });
      case 'person.erased':
        return this.person(entry, personOf(entry.subject), { roles: [], active: false });
    }
  }

  row(table: RowTable, row: Row): void {
    if (!isOurs(table)) return misfit(`a row of ${table} stands where none belongs`, { engineer: administrationId });
    if (this.facts.isSilent) return;
    const expected = this.expected.get(keyOf(table, row));
    if (expected === undefined || expected.taken) {
      return misfit(`a row of ${table} (${nameOf(table, row)}) has no entry in the ledger`, { engineer: administrationId });
    }
    expected.taken = true;
    // content that is gone has said nothing, not even null
    if (table === 'accreditation' && !('up_to_level' in expected.fields)) this.inPart += 1;
    for (const [column, value] of Object.entries(expected.fields)) {
      if (canonicalJson(row[column] ?? null) !== canonicalJson(value)) {
        misfit(`its row in ${table} (${nameOf(table, row)}) says something else: ${column} is ${text(row[column])}, not ${text(value)}`, {
          engineer: administrationId,
          seq: expected.seq,
        });
      }
    }
  }

  /** When all rows have come: none may be missing. */
  finish(): void {
    const [missing] = [...this.expected.entries()]
      .filter(([key, { taken, fields }]) => !taken && !(key.startsWith('person ') && isNobodySpecial(fields)))
      .map(([key, { seq }]) => ({ seq, table: key.split(' ')[0] ?? '', name: key.slice(key.indexOf(' ') + 1) }))
      .sort((a, b) => a.seq - b.seq);
    if (missing === undefined) return;
    const { seq, table, name } = missing;
    const reason = table === 'person' ? 'has lost what this entry gave: roles, or that they are deactivated' : 'is missing';
    misfit(`its row in ${table} (${name}) ${reason}`, { engineer: administrationId, seq });
  }

  private person(entry: Entry, personId: string, change: Fields): void {
    this.mayBeGiven(entry, personId, listOf(change['roles']).length > 0 || change['active'] === true);
    const before = this.expected.get(`person ${personId}`)?.fields ?? { person_id: personId, ...nobodySpecial };
    this.set('person', entry, { ...before, ...change });
  }

  /** Whoever is erased stays without roles, rights and a way in. */
  private mayBeGiven({ seq }: Entry, personId: string, isGift: boolean): void {
    if (isGift && this.facts.isErased(personId)) {
      misfit('it gives something back to somebody who was erased before', { engineer: administrationId, seq });
    }
  }

  private set(table: AdministrationTable, { seq }: Entry, fields: Fields): void {
    const key = keyOf(table, fields);
    if (table === 'policy') this.facts.policy(text(fields['skill_level_ref']), monthsIn(fields['valid_months']));
    this.expected.set(key, { seq, fields: { ...this.expected.get(key)?.fields, ...fields }, taken: false });
  }
}

const keyColumns: Readonly<Record<AdministrationTable, readonly string[]>> = {
  policy: ['skill_level_ref', 'version'],
  accreditation: ['person_id', 'accreditation_id'],
  person: ['person_id'],
};
const isOurs = (table: RowTable): table is AdministrationTable => Object.hasOwn(keyColumns, table);
const keyOf = (table: AdministrationTable, row: Row | Fields): string =>
  [table, ...keyColumns[table].map((column) => text(row[column]))].join(' ');
const nameOf = (table: AdministrationTable, row: Row): string => keyColumns[table].map((column) => text(row[column])).join(' ');

const isNobodySpecial = ({ roles, active }: Fields): boolean => Array.isArray(roles) && roles.length === 0 && active === true;
const personOf = (subject: string): string => subject.split('/')[1] ?? '';
const accreditationOf = (subject: string): Fields => ({
  person_id: personOf(subject),
  accreditation_id: subject.split('/')[3] ?? '',
});

/** A policy as an entry says it, `{skillLevel, version, numbers}`, as columns: `mayMiss` stands in `may_miss`. */
const policyOf = ({ skillLevel, version, numbers }: Fields): Fields => ({
  skill_level_ref: skillLevel ?? null,
  version: version ?? null,
  ...Object.fromEntries(
    Object.entries(fieldsOf(numbers)).map(([name, value]) => [name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  ),
});
