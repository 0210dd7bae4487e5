import { type Day, addWorkdays, workdaysBetween } from '../kernel/clock';
import { type Refusal, refuse } from '../kernel/refusal';

export const claimStates = ['draft', 'submitted', 'changes-requested', 'approved', 'refused', 'withdrawn'] as const;
export type ClaimState = (typeof claimStates)[number];

export const claimActions = ['edit', 'submit', 'withdraw', 'review', 'approve', 'requestChanges', 'refuse'] as const;
export type ClaimAction = (typeof claimActions)[number];

/** Which action leads where (design.md, "A claim's life"). What a state does not name, it does not have; an empty row is final. */
export const transitions: Readonly<Record<ClaimState, Readonly<Partial<Record<ClaimAction, readonly ClaimState[]>>>>> = {
  draft: { edit: ['draft'], submit: ['submitted'], withdraw: ['withdrawn'] },
  submitted: {
    withdraw: ['withdrawn'],
    review: ['submitted'],
    approve: ['submitted', 'approved'],
    requestChanges: ['changes-requested'],
    refuse: ['refused'],
  },
  'changes-requested': { edit: ['changes-requested'], submit: ['submitted'], withdraw: ['withdrawn'] },
  approved: {},
  refused: {},
  withdrawn: {},
};

export const openStates: readonly ClaimState[] = claimStates.filter((state) => Object.keys(transitions[state]).length > 0);

/** Whether a claim may be edited and rests on what its record says now, rather than on what was submitted. */
export const isWithEngineer = (state: ClaimState): boolean => transitions[state].edit !== undefined;

/** Refuses an action that a state does not have. */
export function checkState(state: ClaimState, action: ClaimAction): Refusal | null {
  return transitions[state][action] === undefined
    ? refuse('claim-state', `The claim is ${state.replace('-', ' ')}: ${actionNames[action]} is not possible in this state.`)
    : null;
}

const actionNames: Readonly<Record<ClaimAction, string>> = {
  edit: 'editing it',
  submit: 'submitting it',
  withdraw: 'withdrawing it',
  review: 'reviewing its supports',
  approve: 'approving it',
  requestChanges: 'requesting changes',
  refuse: 'refusing it',
};

/**
 * The state after an action, of those the table allows.
 * @throws Error where the table does not have that step: a bug, never a user's mistake
 */
export function step(from: ClaimState, action: ClaimAction, to: ClaimState): ClaimState {
  if (!(transitions[from][action] ?? []).includes(to)) throw new Error(`no step ${action} from ${from} to ${to}`);
  return to;
}

/**
 * Whether a mentor's approval is still to be had, before anything else is looked at.
 * @param approvedBy who approved the submission that stands
 */
export function checkApprovalOpen(state: ClaimState, approvedBy: readonly string[], mentorId: string): Refusal | null {
  if (approvedBy.includes(mentorId) && (state === 'submitted' || state === 'approved')) return refuse('already-approved');
  if (state === 'approved') return refuse('already-signed-off');
  return checkState(state, 'approve');
}

/** After a first approval the verdicts change only by a change request: what was approved stays what it was. */
export function checkReviewOpen(state: ClaimState, approvedBy: readonly string[]): Refusal | null {
  const refusal = checkState(state, 'review');
  if (refusal !== null) return refusal;
  return approvedBy.length > 0
    ? refuse('claim-state', 'This submission has an approval: verdicts change only after a change request.')
    : null;
}

/** The state that one more approval leads to. */
export const stateAfterApproval = (approvalsGiven: number, approvalsNeeded: number): 'submitted' | 'approved' =>
  step('submitted', 'approve', approvalsGiven >= approvalsNeeded ? 'approved' : 'submitted') as 'submitted' | 'approved';

/**
 * By when a submission is due: so many working days after it, less those that earlier submissions used up.
 * @param daysLeft what was left when the claim went back to its engineer; null on the first submission
 */
export const dueOn = (submittedOn: Day, reviewDays: number, daysLeft: number | null): Day =>
  addWorkdays(submittedOn, daysLeft ?? reviewDays);

/** How many working days are left of a review that goes back to the engineer today. */
export const reviewDaysLeft = (today: Day, due: Day): number => workdaysBetween(today, due);
