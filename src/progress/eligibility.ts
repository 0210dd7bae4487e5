import { type Refusal, refuse } from '../kernel/refusal';

/** What is known of a person who may want to judge an engineer's work, for one skill, now. */
export interface JudgeFacts {
  readonly personId: string;
  readonly active: boolean;
  /** The engineer is active: the work of somebody who has left is no longer judged. */
  readonly engineerActive: boolean;
  /** The person is the engineer. */
  readonly self: boolean;
  /** The person is above the engineer in the reporting line, directly or not. */
  readonly above: boolean;
  readonly mentorship: 'in-force' | 'not-in-force' | 'none';
  /** The highest level of the skill that the person holds a sign-off in force for. */
  readonly heldLevel: number | null;
  /** The highest level up to which the person is accredited. */
  readonly accreditedLevel: number | null;
  /** After a fresh invitation nobody approves or judges for 72 hours: an admin cannot take over a mentor's hand. */
  readonly barred: boolean;
}

/**
 * Whether a person is an eligible mentor for a level (design.md, "The gate").
 * The order of the refusals is fixed: what is never possible comes before what could be granted.
 */
export function checkEligible(facts: JudgeFacts, level: number, lineManagerMayApprove: boolean): Refusal | null {
  if (facts.self) return refuse('own-claim');
  if (!facts.active) return refuse('not-allowed');
  if (!facts.engineerActive) return refuse('person-state', 'The engineer is deactivated: their work is not judged now.');
  if (facts.above && !lineManagerMayApprove) return refuse('line-manager');
  if (facts.mentorship === 'none') return refuse('not-your-mentee');
  if (facts.mentorship === 'not-in-force') return refuse('mentorship-ended');
  if (Math.max(facts.heldLevel ?? 0, facts.accreditedLevel ?? 0) < level) return refuse('mentor-level-too-low');
  return null;
}

/** Whether a person may judge now: as checkEligible, and not while barred after a fresh invitation. Who is barred is a mentor all the same. */
export function checkMayJudge(facts: JudgeFacts, level: number, lineManagerMayApprove: boolean): Refusal | null {
  const refusal = checkEligible(facts, level, lineManagerMayApprove);
  if (refusal !== null) return refusal;
  return facts.barred
    ? refuse(
        'not-allowed',
        'You were invited afresh less than 72 hours ago: until then you can neither approve nor judge in any other way.',
      )
    : null;
}

/** Of these mentors, the ids of those who are eligible at a level. */
export const eligibleAmong = (mentors: readonly JudgeFacts[], level: number, lineManagerMayApprove: boolean): string[] =>
  mentors.filter((mentor) => checkEligible(mentor, level, lineManagerMayApprove) === null).map(({ personId }) => personId);
