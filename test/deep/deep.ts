import { appendFileSync } from 'node:fs';

/** Whether the whole counts are run (`npm run test:deep`), or the bounded part that `npm test` has time for. */
export const isDeep = process.env['DEEP'] === '1';

/** How much of something is done: SCALE takes a share of the whole counts (`SCALE=0.05`), for trying them out. */
export const countOf = (deep: number, bounded: number): number =>
  isDeep ? Math.max(1, Math.round(deep * Number(process.env['SCALE'] ?? '1'))) : bounded;

/** What random choices are drawn from; SEED=n draws the same ones again. In `npm test` they are always the same. */
export const seed = Number(process.env['SEED'] ?? (isDeep ? Date.now() % 1_000_000_000 : 42));

/** A line of the report of a deep run. */
export interface ReportLine {
  readonly part: string;
  readonly what: string;
  readonly count: number;
  /** What else is to be said, in words. */
  readonly result: string;
  readonly seed?: number;
  readonly milliseconds: number;
}

/** Hands a line to `npm run test:deep`, which names the file; in `npm test` nobody asks. */
export function report(line: ReportLine): void {
  const file = process.env['DEEP_RESULTS'];
  if (file !== undefined && file !== '') appendFileSync(file, `${JSON.stringify(line)}\n`);
}

/** Mulberry32: small, and the same everywhere. Answers a function that draws a whole number below another. */
export function drawing(from: number): (below: number) => number {
  let state = from | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}
