import { isEmail } from 'class-validator';
import { CsvError, parse } from 'csv-parse/sync';
import type { Role } from '../kernel/actor';
import type { RefusalError } from '../kernel/refusal';
import { cleanEmail, cleanName, orderedRoles } from './person';

/** The columns of the file. The first two must be there; a column that is absent leaves what it is about as it is. */
export const importColumns = ['name', 'email', 'manager_email', 'roles', 'mentor_emails', 'mentor_skills'] as const;
export type ImportColumn = (typeof importColumns)[number];

export const maxImportRows = 5_000;

/** One row as it was read; what is absent was not in the file's columns. Addresses are as they were written. */
export interface ImportRow {
  /** Counted from 1, without the header. */
  readonly row: number;
  readonly name: string;
  readonly email: string;
  /** null is nobody. */
  readonly manager?: string | null;
  readonly roles?: readonly Role[];
  readonly mentors?: readonly string[];
  /** Skills of the mentorships that the row makes; empty is every skill of the catalogue. */
  readonly mentorSkills: readonly string[];
}

export interface ReadFile {
  readonly rows: readonly ImportRow[];
  readonly errors: readonly RefusalError[];
}

/** A problem of one cell: its pointer names row and column, and so does its sentence. */
export const cellError = (row: number, column: ImportColumn, code: string, problem: string): RefusalError => ({
  pointer: `/rows/${row}/${column}`,
  code,
  detail: `Row ${row}, column ${column}: ${problem}`,
});

/** The parts of a cell that holds several values. */
const partsOf = (cell: string): string[] => [
  ...new Set(
    cell
      .split(';')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ),
];

const isRole = (text: string): text is Role => text === 'admin' || text === 'auditor';
const wholeFile = (code: string, detail: string): ReadFile => ({ rows: [], errors: [{ pointer: '/', code, detail }] });

/** Reads the file, as far as that is possible without knowing who is in the organisation; answers every problem of its form. */
export function readPeopleCsv(text: string): ReadFile {
  let records: string[][];
  try {
    records = parse(text, { relax_column_count: true, trim: true });
  } catch (error) {
    if (error instanceof CsvError) return wholeFile('csv', `This is not CSV: ${error.message}.`);
    throw error;
  }
  const [header, ...cells] = records;
  const columns = (header ?? []).map((name) => name.toLowerCase());
  const headerErrors = checkHeader(columns);
  if (headerErrors.length > 0) return { rows: [], errors: headerErrors };
  if (cells.length > maxImportRows)
    return wholeFile('too-many-rows', `A file holds at most ${maxImportRows} rows; this one has ${cells.length}.`);
  const errors: RefusalError[] = [];
  const rows: ImportRow[] = [];
  for (const [index, record] of cells.entries()) {
    if (record.every((cell) => cell === '')) continue;
    const row = index + 1;
    if (record.length !== columns.length) {
      errors.push({
        pointer: `/rows/${row}`,
        code: 'columns',
        detail: `Row ${row} has ${record.length} cells; the header names ${columns.length} columns.`,
      });
      continue;
    }
    rows.push(rowOf(row, new Map(columns.map((column, at) => [column as ImportColumn, record[at] ?? ''])), errors));
  }
  return { rows, errors };
}

function checkHeader(columns: readonly string[]): RefusalError[] {
  const problems = [
    ...columns
      .filter((name) => !(importColumns as readonly string[]).includes(name))
      .map((name) => `there is no column ${JSON.stringify(name)}`),
    ...columns.filter((name, at) => columns.indexOf(name) < at).map((name) => `the column ${name} is there twice`),
    ...(['name', 'email'] as const).filter((name) => !columns.includes(name)).map((name) => `the column ${name} is missing`),
  ];
  return problems.map((problem) => ({
    pointer: '/header',
    code: 'columns',
    detail: `The header names the columns ${importColumns.join(', ')}: ${problem}.`,
  }));
}

/** Reads one row's cells; problems are added to `errors`. */
function rowOf(row: number, cells: ReadonlyMap<ImportColumn, string>, errors: RefusalError[]): ImportRow {
  const cell = (column: ImportColumn): string => cells.get(column) ?? '';
  const name = cleanName(cell('name'));
  const email = cleanEmail(cell('email'));
  if (name === '' || [...name].length > 200) errors.push(cellError(row, 'name', 'text', 'a name has 1 to 200 characters.'));
  if (email.length > 254 || !isEmail(email, { require_tld: false })) {
    errors.push(cellError(row, 'email', 'email', `${JSON.stringify(email)} is not an email address.`));
  }
  const roles = partsOf(cell('roles').toLowerCase());
  for (const role of roles.filter((one) => !isRole(one))) {
    errors.push(cellError(row, 'roles', 'role-unknown', `${JSON.stringify(role)} is no role: roles are admin and auditor.`));
  }
  return {
    row,
    name,
    email,
    ...(cells.has('manager_email') ? { manager: cell('manager_email') === '' ? null : cell('manager_email') } : {}),
    ...(cells.has('roles') ? { roles: orderedRoles(roles.filter(isRole)) } : {}),
    ...(cells.has('mentor_emails') ? { mentors: partsOf(cell('mentor_emails')) } : {}),
    mentorSkills: partsOf(cell('mentor_skills')),
  };
}

/** A row whose addresses were folded, so that all spellings of one are the same: `key` is that of `email`. */
export interface KeyedRow extends ImportRow {
  readonly key: string;
}

/** Every address that stands in the file, each spelling once. */
export const addressesIn = (rows: readonly ImportRow[]): string[] => [
  ...new Set(rows.flatMap(({ email, manager, mentors }) => [email, ...(typeof manager === 'string' ? [manager] : []), ...(mentors ?? [])])),
];

/** Puts folded addresses in the place of those that were written; `fold` answers what all spellings of an address have in common. */
export const keyed = (rows: readonly ImportRow[], fold: (address: string) => string): KeyedRow[] =>
  rows.map((row) => ({
    ...row,
    key: fold(row.email),
    ...(typeof row.manager === 'string' ? { manager: fold(row.manager) } : {}),
    ...(row.mentors === undefined ? {} : { mentors: [...new Set(row.mentors.map(fold))] }),
  }));

/** Rows of somebody who stood in the file already. */
export function repeated(rows: readonly KeyedRow[]): RefusalError[] {
  const first = new Map<string, number>();
  return rows.flatMap(({ row, email, key }) => {
    const before = first.get(key);
    if (before === undefined) first.set(key, row);
    return before === undefined || email === ''
      ? []
      : [cellError(row, 'email', 'email-repeated', `${email} stands in row ${before} already.`)];
  });
}
