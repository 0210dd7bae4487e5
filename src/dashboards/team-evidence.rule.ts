import { type Actor, isAuditor } from '../kernel/actor';
import { type Day, addDays } from '../kernel/clock';
import { type Refusal, refuse } from '../kernel/refusal';

const isFirst = (day: Day): boolean => day.endsWith('-01');

/**
 * Whether a caller may ask for the evidence that a team logged from one day to another. Who may not see all of it is told of what they may not see the month
 * and no more: days that are not those of whole months would tell the day.
 */
export function checkDays(caller: Actor, from: Day | null, to: Day | null): Refusal | null {
  if (isAuditor(caller)) return null;
  const errors = [
    ...(from === null || isFirst(from) ? [] : [{ pointer: '?from', code: 'month', detail: 'from must be the first day of a month' }]),
    ...(to === null || isFirst(addDays(to, 1)) ? [] : [{ pointer: '?to', code: 'month', detail: 'to must be the last day of a month' }]),
  ];
  return errors.length === 0 ? null : refuse('malformed', 'Who is no auditor asks for whole months.', errors);
}
