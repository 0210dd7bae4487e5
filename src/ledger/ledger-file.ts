import type { Json } from '../kernel/canonical-json';
import type { Head, PublicJwk, SignedCheckpoint } from './checkpoint';
import type { Entry } from './entry';

/*
 * The whole ledger as lines of JSON, in this order: the header; every checkpoint, by number; every leaf of their tree, by index; then for each
 * record, by engineer, its head, its entries by seq with their content, and the rows elsewhere that point to its entries; and the end.
 * The administration ledger comes as the record of nobody (the nil UUID), so before all others; files made before there was one do without.
 */

export const ledgerFormat = 'touchstone-ledger/1';

/** The tables whose rows point to the ledger's content, or stand for an entry. */
export const rowTables = [
  'evidence_revision',
  'claim_submission',
  'claim_pin',
  'approval',
  'sign_off',
  'revocation',
  'sign_off_expiry',
  'target',
] as const;
export type RecordTable = (typeof rowTables)[number];

/** The tables whose rows say what the administration ledger says: every policy, every accreditation, and of people the roles and who is deactivated. */
export const administrationTables = ['policy', 'accreditation', 'person'] as const;
export type AdministrationTable = (typeof administrationTables)[number];

export type RowTable = RecordTable | AdministrationTable;

/** A row as JSON: its columns by name, bytes in lower-case hex, instants in RFC 3339 UTC. */
export type Row = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** A row of the database as JSON. */
export const rowAsJson = (row: Readonly<Record<string, unknown>>): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Date ? value.toISOString() : Buffer.isBuffer(value) ? value.toString('hex') : (value as Row[string]),
    ]),
  );

/** What a piece of content says by name, or a part of it: content of another form says nothing. */
export type Fields = Readonly<Record<string, Json>>;
export const fieldsOf = (value: Json | undefined): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
export const listOf = (value: Json | undefined): Fields[] => (Array.isArray(value) ? (value as readonly Json[]).map(fieldsOf) : []);

/** How a value of a row or of content is written in what is told. */
export const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

export interface LedgerCounts {
  readonly checkpoints: number;
  readonly leaves: number;
  readonly records: number;
  readonly entries: number;
  readonly contents: number;
  readonly rows: number;
}

export interface HeaderLine {
  readonly line: 'header';
  readonly format: string;
  /** When it was read, by the database's clock: all of it at one moment. */
  readonly at: string;
  /** The keys that signed the checkpoints. */
  readonly keys: readonly PublicJwk[];
  readonly counts: LedgerCounts;
}

export type CheckpointLine = { readonly line: 'checkpoint' } & SignedCheckpoint;
export type LeafLine = { readonly line: 'leaf'; readonly index: number } & Head;

/** A record's head, or that of the administration ledger, and how many pieces of content it keeps; a head of null is a record whose row is gone. */
export interface RecordLine {
  readonly line: 'record';
  readonly engineer: string;
  readonly head: { readonly seq: number; readonly hash: string } | null;
  readonly contents: number;
}

/** An entry; content and salt are absent where they were redacted or erased. */
export type EntryLine = { readonly line: 'entry'; readonly salt?: string; readonly content?: Json } & Entry;

export interface RowLine {
  readonly line: 'row';
  readonly table: RowTable;
  readonly row: Row;
}

export type LedgerLine = HeaderLine | CheckpointLine | LeafLine | RecordLine | EntryLine | RowLine;

/** The last line of a file: SHA-256 over every byte before it, in lower-case hex, signed where there was a key. */
export interface EndLine {
  readonly line: 'end';
  readonly digest: string;
  readonly publicKey?: PublicJwk;
  /** Ed25519 over the UTF-8 text `touchstone-ledger/1 ` and the digest, base64url. */
  readonly signature?: string;
}

/** What is signed at the end of a file. */
export const endBytes = (digest: string): Buffer => Buffer.from(`${ledgerFormat} ${digest}`, 'utf8');

/** Where something does not fit, as exactly as can be said, and why. The engineer of the administration ledger is the nil UUID. */
export interface LedgerMisfit {
  readonly engineer?: string;
  readonly seq?: number;
  readonly checkpoint?: number;
  readonly reason: string;
}

/** The first thing that does not fit. */
export class MisfitFound extends Error {
  override readonly name = 'MisfitFound';
  constructor(readonly misfit: LedgerMisfit) {
    super(misfit.reason);
  }
}

export const misfit = (reason: string, where: Omit<LedgerMisfit, 'reason'> = {}): never => {
  throw new MisfitFound({ ...where, reason });
};
