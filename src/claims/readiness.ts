import { type Day, addDays, addMonths } from '../kernel/clock';
import { type GateFacts, type GateSupport, isFresh, restsOn } from './gate';

/** One statement of a level on the way to it. */
export interface StatementToGo {
  readonly ref: string;
  readonly text: string;
  /** `accepted`: enough accepted supports; `proposed`: enough, once those that wait are accepted; `missing`: too few. */
  readonly state: 'accepted' | 'proposed' | 'missing';
  readonly accepted: number;
  readonly proposed: number;
}

/** The statements of a level in their order, each with the supports that count towards it on the measuring day. */
export function statementsToGo(facts: GateFacts): StatementToGo[] {
  const resting = restsOn(facts);
  const needed = facts.policy.acceptedPerStatement;
  return facts.statements.map(({ ref, text }) => {
    const those = resting.filter(({ statement }) => statement === ref);
    const accepted = those.filter(({ state }) => state === 'accepted').length;
    return {
      ref,
      text,
      state: accepted >= needed ? 'accepted' : those.length >= needed ? 'proposed' : 'missing',
      accepted,
      proposed: those.length - accepted,
    };
  });
}

/** The last day on which work that ended then still counts. */
export function countsUntil(endedOn: Day, maxAgeMonths: number): Day {
  let day = addMonths(endedOn, maxAgeMonths);
  // the end of a short month stands for the ends of longer ones
  while (isFresh(endedOn, addDays(day, 1), maxAgeMonths)) day = addDays(day, 1);
  return day;
}

/** The supports that count on the measuring day and will have lapsed by a later one. */
export function lapsingBy(facts: GateFacts, on: Day): GateSupport[] {
  return restsOn(facts).filter(({ endedOn }) => !isFresh(endedOn, on, facts.policy.maxAgeMonths));
}
