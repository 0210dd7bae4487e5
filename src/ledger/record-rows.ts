import type { AdministrationFacts } from './administration-facts';
import { ClaimsOfChain, isSamePolicy } from './claims-of-chain';
import type { Entry } from './entry';
import { type Fields, type RecordTable, type Row, type RowTable, fieldsOf, listOf, asText as text, misfit } from './ledger-file';
import { type Expected, type Witness, approvalRow, revocationRow, signOffRow, submissionRow, targetRow } from './record-row';
import type { Json } from '../kernel/canonical-json';

/** A witness, and whether its row has come. */
interface Called extends Witness {
  readonly seq: number;
  taken: boolean;
}

const tableOfKind: Readonly<Record<string, RecordTable>> = {
  'evidence.logged': 'evidence_revision',
  'evidence.revised': 'evidence_revision',
  'claim.submitted': 'claim_submission',
  'claim.approved': 'approval',
  'sign-off.granted': 'sign_off',
  'sign-off.revoked': 'revocation',
  'sign-off.expired': 'sign_off_expiry',
  'target.set': 'target',
};

/** A claim keeps the policy that it was submitted under: these say which. */
const kindsWithPolicy = ['claim.submitted', 'sign-off.granted'];
/** Tables whose rows say what content says, beside its digest. */
const tablesWithWords: readonly RecordTable[] = ['claim_submission', 'approval', 'sign_off', 'revocation', 'target'];

/** Holds the rows of one record that say what the ledger says too against its entries: each row has its entry, each entry its row, and they agree. */
export class RecordRows {
  private readonly witnesses = new Map<string, Called[]>();
  private readonly pins = new Map<string, Set<string>>();

  private readonly claims = new ClaimsOfChain();
  private inPart = 0;

  constructor(
    private readonly engineer: string,
    private readonly facts: AdministrationFacts,
  ) {}

  /** How many rows are held against the places of their entries only, since the content was redacted or erased. */
  get heldInPart(): number {
    return this.inPart;
  }

  /** Takes note of an entry; entries come in their order, before all rows. Content that is gone is undefined. */
  entry(entry: Entry, content: Json | undefined): void {
    const { seq, kind, at, actor, digest, subject } = entry;
    const said = content === undefined ? null : fieldsOf(content);
    const proven = this.claims.entry(entry, said);
    this.checkPolicy(entry, said, proven.policy);
    const table = tableOfKind[kind];
    if (table === undefined) return;
    const key = `${table} ${subject}`;
    const known = this.witnesses.get(key);
    const witness = { seq, at, actor, digest, subject, content: said, proven, taken: false };
    if (known === undefined) this.witnesses.set(key, [witness]);
    else known.push(witness);
  }

  row(table: RowTable, row: Row): void {
    switch (table) {
      case 'evidence_revision':
        return this.agree(table, row, this.nth(table, `evidence/${text(row['evidence_id'])}`, row['revision']), (witness) => ({
          digest: witness.digest,
        }));
      case 'claim_submission':
        return this.agree(table, row, this.nth(table, claimOf(row), row['submission']), submissionRow);
      case 'claim_pin':
        return this.pin(row);
      case 'approval':
        return this.agree(table, row, this.byDigest(table, claimOf(row), row['content_digest']), approvalRow);
      case 'sign_off':
        return this.agree(table, row, this.nth(table, signOffOf(row), 1), (witness) => signOffRow(witness, row, this.facts));
      case 'revocation':
        return this.agree(table, row, this.nth(table, signOffOf(row), 1), revocationRow);
      case 'sign_off_expiry':
        return this.agree(table, row, this.nth(table, signOffOf(row), 1), () => ({}));
      case 'target':
        return this.agree(table, row, this.nth(table, `targets/${text(row['skill_ref'])}`, row['revision']), targetRow);
      case 'policy':
      case 'accreditation':
      case 'person':
      default:
        return misfit(`a row of ${table} stands where none belongs`, { engineer: this.engineer });
    }
  }

  /** When all rows have come: none may be missing. */
  finish(): void {
    const missing = [...this.witnesses.entries()]
      .flatMap(([key, witnesses]) => witnesses.filter(({ taken }) => !taken).map(({ seq }) => ({ seq, table: key.split(' ')[0] ?? '' })))
      .sort((a, b) => a.seq - b.seq)[0];
    if (missing !== undefined) misfit(`its row in ${missing.table} is missing`, { engineer: this.engineer, seq: missing.seq });
    for (const [key, witnesses] of this.witnesses) {
      if (!key.startsWith('claim_submission ')) continue;
      for (const [i, witness] of witnesses.entries()) this.checkPins(witness, i + 1);
    }
    const [stray] = this.pins.keys();
    if (stray !== undefined) misfit(`claim_pin has rows of ${stray}, which the ledger does not have`, { engineer: this.engineer });
  }

  private checkPolicy({ seq, kind }: Entry, said: Fields | null, first: Fields | null): void {
    if (said === null || first === null || !kindsWithPolicy.includes(kind)) return;
    if (!isSamePolicy(first, fieldsOf(said['policy'])))
      misfit('it names another policy than the one that the claim was submitted under', { engineer: this.engineer, seq });
  }

  private pin(row: Row): void {
    const key = `${claimOf(row)} submission ${text(row['submission'])}`;
    const pin = `${text(row['statement_ref'])} ${text(row['evidence_id'])} ${text(row['revision'])}`;
    this.pins.set(key, (this.pins.get(key) ?? new Set()).add(pin));
  }

  private checkPins({ subject, seq, content }: Called, submission: number): void {
    const key = `${subject} submission ${submission}`;
    const rows = this.pins.get(key) ?? new Set<string>();
    this.pins.delete(key);
    if (content === null) {
      this.inPart += rows.size;
      return;
    }
    const pinned = listOf(content['statements']).flatMap((statement) =>
      listOf(statement['evidence']).map(({ evidenceId, revision }) => `${text(statement['ref'])} ${text(evidenceId)} ${text(revision)}`),
    );
    if (pinned.length !== rows.size || !pinned.every((pin) => rows.has(pin))) {
      misfit('the rows of claim_pin are not what was submitted', { engineer: this.engineer, seq });
    }
  }

  private nth(table: RecordTable, subject: string, n: unknown): Called | undefined {
    return typeof n === 'number' ? this.witnesses.get(`${table} ${subject}`)?.[n - 1] : undefined;
  }

  private byDigest(table: RecordTable, subject: string, digest: unknown): Called | undefined {
    return this.witnesses.get(`${table} ${subject}`)?.find((one) => one.digest === digest);
  }

  private agree(table: RecordTable, row: Row, witness: Called | undefined, expected: (witness: Witness, row: Row) => Expected): void {
    if (witness === undefined || witness.taken) {
      return misfit(`a row of ${table} (${nameOf(row)}) has no entry in the ledger`, { engineer: this.engineer });
    }
    witness.taken = true;
    if (witness.content === null && tablesWithWords.includes(table)) this.inPart += 1;
    for (const [column, value] of Object.entries({ engineer_id: this.engineer, at: witness.at, ...expected(witness, row) })) {
      if (row[column] !== value) {
        misfit(`its row in ${table} says something else: ${column} is ${text(row[column])}, not ${text(value)}`, {
          engineer: this.engineer,
          seq: witness.seq,
        });
      }
    }
  }
}

const claimOf = (row: Row): string => `claims/${text(row['claim_id'])}`;
const signOffOf = (row: Row): string => `sign-offs/${text(row['sign_off_id'])}`;
const nameOf = (row: Row): string =>
  ['evidence_id', 'claim_id', 'sign_off_id', 'skill_ref', 'revision', 'submission', 'mentor_id']
    .flatMap((name) => (row[name] === undefined ? [] : [`${name} ${text(row[name])}`]))
    .join(', ');
