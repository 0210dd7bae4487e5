import { availableParallelism, loadavg } from 'node:os';
import { isDeep } from '../deep/deep';

/** In `npm test` two workers and their servers share the cores from the first second on, which the load of the last minute does not show yet. */
const company = isDeep ? 1 : 3;

/**
 * A time limit as it is meant for a machine with nothing else to do, in milliseconds: stretched where there is more to do than there are cores. A rule of
 * one second that is missed because five other programs want the same core is not broken. `npm run test:deep` runs one spec at a time and is strict.
 */
export function onThisMachine(ms: number): number {
  const [lastMinute = 0] = loadavg();
  return ms * Math.max(company, (1.5 * lastMinute) / availableParallelism());
}
