import { availableParallelism, loadavg } from 'node:os';

/**
 * A time limit as it is meant for a machine with nothing else to do, in milliseconds: stretched where there is more to do than there are cores. A rule of
 * one second that is missed because five other programs want the same core is not broken.
 */
export function onThisMachine(ms: number): number {
  const [lastMinute = 0] = loadavg();
  return ms * Math.max(1, (1.5 * lastMinute) / availableParallelism());
}
