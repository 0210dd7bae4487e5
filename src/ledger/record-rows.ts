import type { Json } from '../kernel/canonical-json';
import type { Entry } from './entry';
import { type RecordTable, type Row, type RowTable, asText as text, misfit } from './ledger-file';

/** An entry that a row stands for, with its content where that is still there. */
interface Witness extends Pick<Entry, 'seq' | 'at' | 'actor' | 'digest' | 'subject'> {
  readonly content: Readonly<Record<string, Json>> | null;
  taken: boolean;
}

type Expected = Readonly<Record<string, Json>>;

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

/** Holds the rows of one record that say what the ledger says too against its entries: each row has its entry, each entry its row, and they agree. */
export class RecordRows {
  private readonly witnesses = new Map<string, Witness[]>();
  private readonly pins = new Map<string, Set<string>>();

  constructor(private readonly engineer: string) {}

  /** Takes note of an entry; entries come in their order, before all rows. */
  entry(entry: Entry, content: Json | undefined): void {
    const table = tableOfKind[entry.kind];
    if (table === undefined) return;
    const { seq, at, actor, digest, subject } = entry;
    const key = `${table} ${subject}`;
    const kept = typeof content === 'object' && content !== null && !Array.isArray(content) ? (content as Record<string, Json>) : null;
    const known = this.witnesses.get(key);
    const witness = { seq, at, actor, digest, subject, content: kept, taken: false };
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
        return this.agree(table, row, this.nth(table, signOffOf(row), 1), signOffRow);
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

  private pin(row: Row): void {
    const key = `${claimOf(row)} submission ${text(row['submission'])}`;
    const pin = `${text(row['statement_ref'])} ${text(row['evidence_id'])} ${text(row['revision'])}`;
    this.pins.set(key, (this.pins.get(key) ?? new Set()).add(pin));
  }

  private checkPins({ subject, seq, content }: Witness, submission: number): void {
    const key = `${subject} submission ${submission}`;
    const rows = this.pins.get(key) ?? new Set<string>();
    this.pins.delete(key);
    if (content === null) return;
    const pinned = listOf(content['statements']).flatMap((statement) =>
      listOf(statement['evidence']).map(({ evidenceId, revision }) => `${text(statement['ref'])} ${text(evidenceId)} ${text(revision)}`),
    );
    if (pinned.length !== rows.size || !pinned.every((pin) => rows.has(pin))) {
      misfit('the rows of claim_pin are not what was submitted', { engineer: this.engineer, seq });
    }
  }

  private nth(table: RecordTable, subject: string, n: unknown): Witness | undefined {
    return typeof n === 'number' ? this.witnesses.get(`${table} ${subject}`)?.[n - 1] : undefined;
  }

  private byDigest(table: RecordTable, subject: string, digest: unknown): Witness | undefined {
    return this.witnesses.get(`${table} ${subject}`)?.find((one) => one.digest === digest);
  }

  private agree(table: RecordTable, row: Row, witness: Witness | undefined, expected: (witness: Witness, row: Row) => Expected): void {
    if (witness === undefined || witness.taken) {
      return misfit(`a row of ${table} (${nameOf(row)}) has no entry in the ledger`, { engineer: this.engineer });
    }
    witness.taken = true;
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
const listOf = (value: Json | undefined): Readonly<Record<string, Json>>[] =>
  Array.isArray(value) ? (value as readonly Json[]).map((one) => one as Readonly<Record<string, Json>>) : [];

const aDay = 86_400_000;
/** Where the content that names the day was erased: it lies at most a day from the instant's in UTC, whatever the organisation's time zone. */
function dayNear(day: unknown, at: string, column: string): Expected {
  const isNear = typeof day === 'string' && Math.abs(Date.parse(day) - Date.parse(at.slice(0, 10))) <= aDay;
  return isNear ? {} : { [column]: `the day of ${at}` };
}

const submissionRow = ({ digest, at, content }: Witness, row: Row): Expected => ({
  digest,
  ...(content === null
    ? dayNear(row['submitted_on'], at, 'submitted_on')
    : { submission: content['submission'] ?? null, submitted_on: content['submittedOn'] ?? null }),
});

const revocationRow = ({ digest, actor, at, content }: Witness, row: Row): Expected => ({
  content_digest: digest,
  revoked_by: actor,
  ...(content === null ? dayNear(row['revoked_on'], at, 'revoked_on') : { revoked_on: content['on'] ?? null }),
});

const approvalRow = ({ digest, actor, content }: Witness): Expected => ({
  content_digest: digest,
  mentor_id: actor,
  ...(content === null
    ? {}
    : {
        submission: content['submission'] ?? null,
        submission_digest: content['submissionDigest'] ?? null,
      }),
});

function targetRow({ digest, actor, content }: Witness): Expected {
  const named = { digest, set_by: actor };
  if (content === null) return named;
  const { skill, level, by } = content;
  return { ...named, skill_level_ref: level === null ? null : `${text(skill)}.${text(level)}`, level: level ?? null, reach_by: by ?? null };
}

function signOffRow({ digest, content }: Witness): Expected {
  if (content === null) return { digest };
  const statements = listOf(content['statements']);
  const needed = (content['policy'] as Readonly<Record<string, Json>>)['acceptedPerStatement'];
  const skillLevel = text(content['skillLevel']);
  return {
    digest,
    claim_id: content['claim'] ?? null,
    submission: content['submission'] ?? null,
    skill_level_ref: skillLevel,
    skill_ref: skillLevel.slice(0, skillLevel.lastIndexOf('.')),
    level: content['level'] ?? null,
    signed_off_on: content['on'] ?? null,
    valid_until: content['until'] ?? null,
    total: statements.length,
    accepted: statements.filter(({ evidence }) => listOf(evidence).length >= Number(needed)).length,
  };
}
