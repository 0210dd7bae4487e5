import { evidencePlans, logging } from './evidence-plans';
import { claimPlans, submitting, approving, judgingMany } from './claim-plans';
import { peoplePlans, moreMentors, reactivating } from './people-plans';
import { goingOn, redactionPlans } from './redaction-plans';
import { type Planner, type Surroundings, at } from './plan';
import { type Policy, cast, eligible, openClaim, policyOf, standingApprovals, standingPins, statementsOf, unmet } from './rules';

export const kinds = [
  'log',
  'edit',
  'archive',
  'propose',
  'reword',
  'unlink',
  'review',
  'reviews',
  'draft',
  'editClaim',
  'submit',
  'withdraw',
  'requestChanges',
  'refuse',
  'approve',
  'revoke',
  'policy',
  'beginMentorship',
  'endMentorship',
  'accredit',
  'endAccreditation',
  'activation',
  'redactOwn',
  'askRedaction',
  'confirmRedaction',
  'next',
] as const;
export type Kind = (typeof kinds)[number];

/** Every kind of command. */
export function planners(surroundings: Surroundings): Readonly<Record<Kind, Planner>> {
  const { dayOfAge, password } = surroundings;
  const all = { ...evidencePlans(surroundings), ...claimPlans(surroundings), ...peoplePlans(), ...redactionPlans(surroundings) };
  return {
    ...all,

    /** The next step on the way to a sign-off, by somebody who may take it: without it few runs would come that far. */
    next: (model, { a, b, c }) => {
      const fresh = 'fresh';
      const engineer = { who: 'engineer', match: fresh } as const;
      const inactive = cast.find((who) => !model.people[who].active);
      if (inactive !== undefined && (inactive === 'engineer' || b % 3 === 0)) return reactivating(model, inactive);
      const claim = openClaim(model);
      if (claim === undefined) {
        const levels = [...model.levels.keys()];
        const plan = all.draft(model, { ...engineer, a: levels.length - 1 - (a % levels.length), b: 1, c, flag: true, policy: noPolicy });
        return plan;
      }
      const resumed = goingOn(model, claim);
      if (resumed !== null) return resumed;
      const judges = eligible(model, claim.level, policyOf(model, claim));
      if (claim.state !== 'submitted') {
        const missing = unmet(model, claim, 'submission');
        if (missing.length === 0) return submitting(model, engineer, claim);
        if (missing.includes('level-skipped')) return all.withdraw(model, { ...engineer, a, b, c, flag: true, policy: noPolicy });
        if (missing.some((one) => one !== 'no-eligible-mentor')) {
          // what was left out of the claim stays left out: other work is shown for it
          return logging(model, 'engineer', statementsOf(model, claim.level), 'work', 1, dayOfAge);
        }
        return moreMentors(model, claim, a);
      }
      const undecided = standingPins(claim).some(({ evidence, statement }) => evidence.supports.get(statement)?.state !== 'accepted');
      const judge = at(judges, c);
      if (judge === undefined) return moreMentors(model, claim, a);
      if (undecided && standingApprovals(claim).length === 0) return judgingMany(model, { who: judge, match: fresh }, claim, -1, false);
      const approver = at(
        judges.filter((who) => !standingApprovals(claim).includes(who)),
        c,
      );
      return approver === undefined
        ? moreMentors(model, claim, a)
        : approving(model, { who: approver, match: fresh }, claim, password, { wrongPassword: false, essence: true });
    },
  };
}

const noPolicy = {} as Policy;
