import { type Viewpoint, isAuditor } from '../kernel/actor';
import { type Refusal, refuse } from '../kernel/refusal';
import { type JudgeFacts, checkMayJudge } from '../progress/eligibility';
import type { EvidenceState } from './evidence';

/** How far a caller sees into a record's evidence (design.md, "Who may do what"); a caller who is several things at once sees the union. */
export interface Sight {
  /** The engineer and the auditor: everything. */
  readonly all: boolean;
  /** A mentor: evidence with a support in these skills, and of it those supports. */
  readonly skills: readonly string[];
  /** Above in the line: what submitted and approved claims rest on, at the revision that was pinned, without feedback. */
  readonly pinned: boolean;
}

export const sightOf = (viewpoint: Viewpoint): Sight => ({
  all: viewpoint.relation?.self === true || isAuditor(viewpoint),
  skills: viewpoint.relation?.mentorSkills ?? [],
  pinned: viewpoint.relation?.above === true,
});

/** What a piece of evidence stands in when somebody wants to act on it. */
export interface EvidenceStanding {
  readonly state: EvidenceState;
  /** The skill levels of the submitted claims that rest on it. */
  readonly lockedLevels: readonly string[];
}

/** The same of one of its supports. */
export interface SupportStanding extends EvidenceStanding {
  /** `sfia-9:ITOP.4` */
  readonly skillLevel: string;
  readonly level: number;
  readonly lineManagerMayApprove: boolean;
  /** Whether a submitted claim that rests on this support has an approval already. */
  readonly approvalGiven: boolean;
  /** Whether what the evidence says now was redacted. */
  readonly isRedacted: boolean;
}

export type EvidenceAction = 'edit' | 'archive' | 'addSupport';

const checkOwn = (viewpoint: Viewpoint): Refusal | null =>
  viewpoint.relation?.self === true ? null : refuse('not-allowed', 'Only the engineer changes their own evidence.');

/** Whether a caller may change a piece of evidence, and whether it is in a state to be changed. */
export function checkEvidenceAction(
  action: EvidenceAction,
  viewpoint: Viewpoint,
  { state, lockedLevels }: EvidenceStanding,
): Refusal | null {
  const refusal = checkOwn(viewpoint);
  if (refusal !== null) return refusal;
  if (state === 'archived') return refuse('evidence-archived');
  // new supports wait for the next submission: they change nothing of what was submitted
  return action !== 'addSupport' && lockedLevels.length > 0 ? refuse('evidence-locked') : null;
}

/** Whether the engineer may reword or withdraw a support: not while a submitted claim to its level rests on the evidence; other levels stay free. */
export function checkSupportChange(viewpoint: Viewpoint, { state, lockedLevels, skillLevel }: SupportStanding): Refusal | null {
  const refusal = checkOwn(viewpoint);
  if (refusal !== null) return refusal;
  if (state === 'archived') return refuse('evidence-archived');
  return lockedLevels.includes(skillLevel) ? refuse('evidence-locked') : null;
}

/** Whether a person may judge a support: who they are, whatever state it is in. */
export const checkReviewer = (judge: JudgeFacts, { level, lineManagerMayApprove }: SupportStanding): Refusal | null =>
  checkMayJudge(judge, level, lineManagerMayApprove);

/** Why a support of evidence that was redacted is not judged. */
export const nothingToJudge = 'What this evidence says was redacted: there is nothing to judge until the engineer says it anew.';

/** Whether a support is in a state to be judged, whoever asks. */
export function checkReviewable({ state, approvalGiven, isRedacted }: SupportStanding): Refusal | null {
  if (state === 'archived') return refuse('evidence-archived');
  if (isRedacted) return refuse('already-redacted', nothingToJudge);
  return approvalGiven ? refuse('claim-state', 'After a first approval the verdicts change only by a change request.') : null;
}

/** What an action would be answered with now. */
export interface ActionVerdict {
  readonly allowed: boolean;
  readonly code?: string;
  readonly detail?: string;
}

const verdictOf = (refusal: Refusal | null): ActionVerdict =>
  refusal === null ? { allowed: true } : { allowed: false, code: refusal.code, detail: refusal.detail };

/** The verdict on every action on a piece of evidence, by the checks that enforce it. */
export const evidenceActionsOf = (viewpoint: Viewpoint, standing: EvidenceStanding): Record<EvidenceAction, ActionVerdict> => ({
  edit: verdictOf(checkEvidenceAction('edit', viewpoint, standing)),
  archive: verdictOf(checkEvidenceAction('archive', viewpoint, standing)),
  addSupport: verdictOf(checkEvidenceAction('addSupport', viewpoint, standing)),
});

/** The verdict on every action on a support, by the checks that enforce it. */
export function supportActionsOf(
  viewpoint: Viewpoint,
  standing: SupportStanding,
  judge: JudgeFacts,
): Record<'review' | 'edit' | 'withdraw', ActionVerdict> {
  const change = verdictOf(checkSupportChange(viewpoint, standing));
  return { review: verdictOf(checkReviewer(judge, standing) ?? checkReviewable(standing)), edit: change, withdraw: change };
}

/** The engineer as a judge of their own work: what they may do follows without asking the database. */
export const ownJudge = (personId: string): JudgeFacts => ({
  personId,
  active: true,
  engineerActive: true,
  self: true,
  above: false,
  mentorship: 'none',
  heldLevel: null,
  accreditedLevel: null,
  barred: false,
});
