import { type Cast, stringify } from 'csv-stringify/sync';

/** What can stand in a cell; null and undefined are an empty one, objects and lists are written as JSON, instants as RFC 3339 in UTC. */
export type CsvCell = string | number | boolean | Date | null | undefined | object;

export type CsvRow = Readonly<Record<string, CsvCell>>;

// Where a spreadsheet may take what follows for the beginning of a cell: the beginning itself, a line end, and the separators of other locales, at which
// a program that guesses the separator wrong cuts the text. Signs are looked for behind spaces and what cannot be seen, too; each character is looked at
// for one such place only, so that the time is linear.
const formula = /(^|[;\t\r\n])(?=(?:(?![\t\r\n])[\s\p{Cc}\p{Cf}])*[=+\-@\uFF0B\uFF0D\uFF1D\uFF20\u2212])/gu;

/**
 * A text that no spreadsheet takes for a formula, wherever it may see a cell begin: an apostrophe is put before it there. What is written exactly as it
 * is stands in the JSON that each CSV has beside it.
 */
export function safeFromFormulas(text: string): string {
  const safe = text.replaceAll(formula, "$1'");
  return /^[\t\r\n]/.test(safe) ? `'${safe}` : safe;
}

const text = (value: string): ReturnType<Cast<string>> => ({ value, quoted: true });

/** Columns as the first line. */
export const csvHeader = (columns: readonly string[]): string =>
  csvLines(columns, [Object.fromEntries(columns.map((name) => [name, name]))]);

/** Rows as lines of CSV (RFC 4180), each with its line end. */
export const csvLines = (columns: readonly string[], rows: readonly CsvRow[]): string =>
  stringify(
    rows.map((row) => columns.map((name) => row[name])),
    {
      record_delimiter: 'windows',
      cast: {
        string: (value) => text(safeFromFormulas(value)),
        boolean: (value) => String(value),
        number: (value) => ({ value: String(value), quoted: false }),
        date: (value) => ({ value: value.toISOString(), quoted: false }),
        object: (value) => text(safeFromFormulas(JSON.stringify(value))),
      },
    },
  );

/** Rows as a whole CSV file. */
export const csvOf = (columns: readonly string[], rows: readonly CsvRow[]): string => csvHeader(columns) + csvLines(columns, rows);
