import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whether all of a count is to be run, and not only the part that fits into `npm test`. */
export const isDeep = process.env['DEEP'] === '1';

/** The count that this run is for. */
export const deepOr = (deep: number, bounded: number): number => (isDeep ? deep : bounded);

/** Leaves counts for the report of the deep run, in the folder that DEEP_REPORT_DIR names; without one nothing happens. */
export function report(name: string, counts: Readonly<Record<string, unknown>>): void {
  const folder = process.env['DEEP_REPORT_DIR'];
  if (folder === undefined || folder === '') return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ name, deep: isDeep, ...counts }, null, 2)}\n`);
}
