import type { Actor } from '../kernel/actor';
import { isAdmin } from '../kernel/actor';
import { type Refusal, refuse } from '../kernel/refusal';

/** What ties a person to a skill whose rules they would change. */
export interface OwnRelation {
  /** They have a claim in that skill that is open: a draft goes by the policy as it is when it is first submitted. */
  readonly claims: boolean;
  /** They have a mentor in that skill, now or from a later day on: without one, nobody could sign them off. */
  readonly mentored: boolean;
  /** They are a mentor in that skill: how many must approve, and whether the line manager may, are rules about them. */
  readonly mentors: boolean;
}

/**
 * Who may set the policy of a skill level. Nobody changes a rule for themselves: whoever claims, is mentored or mentors in the skill leaves it
 * to another admin. The whole skill counts, and every mentorship: a narrower rule would be got round by withdrawing a claim for a minute,
 * and would tell a mentor which of those they mentor have a draft.
 */
export function checkMaySetPolicy(caller: Actor, { claims, mentored, mentors }: OwnRelation): Refusal | null {
  if (!isAdmin(caller)) return refuse('not-allowed');
  const why = claims ? 'you have an open claim' : mentored ? 'you are mentored' : mentors ? 'you are a mentor' : null;
  return why === null ? null : refuse('own-relation', `In this skill ${why}: another admin sets its policies.`);
}
