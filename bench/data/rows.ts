import type { Json } from '../../src/kernel/canonical-json';

/** The tables that are filled, in the order in which they must be: what is pointed to comes first. */
export const tables = [
  'person',
  'reporting_line',
  'session',
  'record',
  'record_content',
  'ledger_entry',
  'mentorship',
  'mentorship_skill',
  'accreditation',
  'evidence',
  'evidence_revision',
  'support',
  'claim',
  'claim_submission',
  'claim_pin',
  'approval',
  'sign_off',
] as const;
export type Table = (typeof tables)[number];

/** One row, by column, each value as JSON that Postgres reads into the column's type. */
export type Row = { readonly [column: string]: Json };

/** bytea as Postgres reads it from text. */
export const hex = (bytes: Buffer): string => `\\x${bytes.toString('hex')}`;

/** Rows on their way into the database. */
export class Rows {
  private readonly byTable = new Map<Table, Row[]>();

  add(table: Table, row: Row): void {
    const rows = this.byTable.get(table);
    if (rows === undefined) this.byTable.set(table, [row]);
    else rows.push(row);
  }

  of(table: Table): readonly Row[] {
    return this.byTable.get(table) ?? [];
  }
}
