import type { Json } from '../../src/kernel/canonical-json';

/** The tables that are filled. */
export const tables = [
  'person',
  'reporting_line',
  'session',
  'record',
  'record_content',
  'ledger_entry',
  'mentorship',
  'mentorship_skill',
  'evidence',
  'evidence_revision',
  'support',
  'claim',
  'claim_submission',
  'claim_pin',
  'approval',
  'sign_off',
  'revocation',
  'target',
] as const;
export type Table = (typeof tables)[number];

/** One row by column: bytea in Postgres's hex, days, instants and JSON as text, lists of texts as such. All rows of a table name the same columns. */
export type Row = { readonly [column: string]: Json };

/** What takes rows on their way into the database. */
export interface Rows {
  add(table: Table, row: Row): void;
}

/** bytea as Postgres reads it from text. */
export const hex = (bytes: Buffer | string): string => `\\x${typeof bytes === 'string' ? bytes : bytes.toString('hex')}`;
