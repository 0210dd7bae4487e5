import { existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { type Place } from './place';

const ROTATE_AT_BYTES = 5_000_000;
const SHOWN_LINES = 15;

export function rotateLog(place: Place): void {
  if (logMark(place) > ROTATE_AT_BYTES) renameSync(place.log, `${place.log}.1`);
}

/** Where the log ends now, so that `logSince` can tell what was added. */
export function logMark(place: Place): number {
  return existsSync(place.log) ? statSync(place.log).size : 0;
}

export function logSince(place: Place, mark: number): string {
  return existsSync(place.log) ? readFileSync(place.log).subarray(mark).toString('utf8').trim() : '';
}

/** The error of a start that failed: what the server said, and what can be done. */
export function startError(program: string, place: Place, code: number, mark: number): Error {
  const log = logSince(place, mark);
  const advice = log.includes('could not bind')
    ? 'Another program uses that port: choose a different one, or none, and any free port is taken.'
    : `If the data is damaged, restore ${place.data} from a backup, or move it away to begin with an empty database; or set DATABASE_URL to use another Postgres.`;
  return new Error(
    [
      `The embedded Postgres did not start: ${program} ended with code ${code}. The last lines of ${place.log}:`,
      ...log
        .split('\n')
        .slice(-SHOWN_LINES)
        .map((line) => `  ${line}`),
      advice,
    ].join('\n'),
  );
}
