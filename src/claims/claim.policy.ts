import { type Viewpoint, isAuditor } from '../kernel/actor';
import { type Refusal, refuse } from '../kernel/refusal';
import { type JudgeFacts, checkMayJudge } from '../progress/eligibility';
import { type ClaimAction, type ClaimState, claimActions, checkApprovalOpen, checkReviewOpen, checkState } from './claim';
import type { GateVerdict } from './gate';

/** What the policy looks at of a claim. */
export interface ClaimOutline {
  readonly skill: string;
  readonly level: number;
  readonly state: ClaimState;
  /** How often it was submitted. */
  readonly submission: number;
}

/** How much of a claim somebody sees: everything, everything but feedback, or not even that it is there. */
export type ClaimSight = 'full' | 'without-feedback' | 'none';

const statesOfLine: readonly ClaimState[] = ['submitted', 'approved'];

/** What a viewpoint sees of a claim (design.md, "Who may do what"). */
export function sightOf(viewpoint: Viewpoint, claim: ClaimOutline): ClaimSight {
  const { relation } = viewpoint;
  if (relation === undefined) return 'none';
  if (relation.self || isAuditor(viewpoint)) return 'full';
  if (claim.submission > 0 && relation.mentorSkills.includes(claim.skill)) return 'full';
  return relation.above && statesOfLine.includes(claim.state) ? 'without-feedback' : 'none';
}

const engineersActions: readonly ClaimAction[] = ['edit', 'submit', 'withdraw'];

/**
 * Whether somebody may ever do this to this claim, whatever its state: the 403s.
 * @param judge what is known of the caller as a judge of this engineer's work
 */
export function checkMay(
  action: ClaimAction,
  viewpoint: Viewpoint,
  claim: ClaimOutline,
  judge: JudgeFacts,
  lineManagerMayApprove: boolean,
): Refusal | null {
  if (engineersActions.includes(action))
    return viewpoint.relation?.self === true ? null : refuse('not-allowed', 'Only the engineer can do this with their claim.');
  return checkMayJudge(judge, claim.level, lineManagerMayApprove);
}

/** What the 409s look at of a claim. */
export interface ClaimStanding {
  readonly state: ClaimState;
  /** Whether words were redacted that the next step needs. */
  readonly redacted: boolean;
}

/** Whether the claim's state has this action now: the 409s. */
export function checkOpenFor(
  action: ClaimAction,
  { state, redacted }: ClaimStanding,
  approvedBy: readonly string[],
  callerId: string,
): Refusal | null {
  if (action === 'review') return checkReviewOpen(state, approvedBy);
  if (action === 'approve') return checkApprovalOpen(state, approvedBy, callerId) ?? (redacted ? notAsSubmitted() : null);
  return checkState(state, action) ?? (action === 'submit' && redacted ? summaryGone() : null);
}

const notAsSubmitted = (): Refusal =>
  refuse('already-redacted', 'What was submitted was redacted: request changes, so that the engineer submits it anew.');
const summaryGone = (): Refusal => refuse('already-redacted', 'The summary was redacted: say it anew before you submit.');

/** What the gate bars: submitting with gaps, approving with gaps. */
export function checkGate(action: ClaimAction, gate: GateVerdict): Refusal | null {
  const phase = action === 'submit' ? 'submission' : action === 'approve' ? 'approval' : null;
  if (phase === null) return null;
  const unmet = gate.unmet.filter(({ blocks }) => blocks === phase);
  return unmet.length === 0
    ? null
    : refuse(
        'gate-not-met',
        `The gate is not met: ${unmet.length === 1 ? '1 thing is' : `${unmet.length} things are`} missing for ${phase}.`,
        unmet,
      );
}

/** What each action would be answered with now, by the checks that enforce it. */
export interface ActionVerdict {
  readonly allowed: boolean;
  readonly code?: string;
  readonly detail?: string;
}

export type ClaimActions = Readonly<Record<ClaimAction, ActionVerdict>>;

export interface ClaimForActions {
  readonly outline: ClaimOutline & ClaimStanding;
  readonly approvedBy: readonly string[];
  readonly gate: GateVerdict;
  readonly judge: JudgeFacts;
  readonly lineManagerMayApprove: boolean;
}

/** The verdict on every action for one caller. */
export function actionsOf(
  viewpoint: Viewpoint,
  { outline, approvedBy, gate, judge, lineManagerMayApprove }: ClaimForActions,
): ClaimActions {
  const verdict = (action: ClaimAction): ActionVerdict => {
    const refusal =
      checkMay(action, viewpoint, outline, judge, lineManagerMayApprove) ??
      checkOpenFor(action, outline, approvedBy, viewpoint.personId) ??
      checkGate(action, gate);
    return refusal === null ? { allowed: true } : { allowed: false, code: refusal.code, detail: refusal.detail };
  };
  return Object.fromEntries(claimActions.map((action) => [action, verdict(action)])) as Record<ClaimAction, ActionVerdict>;
}
