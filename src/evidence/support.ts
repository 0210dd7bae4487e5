import { type Refusal, refuse } from '../kernel/refusal';

export const supportStates = ['proposed', 'accepted', 'returned', 'withdrawn'] as const;
export type SupportState = (typeof supportStates)[number];

/** What a mentor says of a support, for the revision they saw. */
export const verdicts = ['accepted', 'returned'] as const;
export type Verdict = (typeof verdicts)[number];

/** What can be done to a support: the engineer proposes, rewords (a new rationale) and withdraws; a mentor accepts or returns; a new revision re-opens. */
export type SupportAction = 'propose' | 'reword' | 'withdraw' | 'accept' | 'return' | 'reopen';

const live = { reword: 'proposed', withdraw: 'withdrawn', accept: 'accepted', return: 'returned', reopen: 'proposed' } as const;

/** Which state follows which: what is not in this table cannot happen. A withdrawn support stays as a row, and can only be proposed again. */
export const supportTransitions = {
  proposed: live,
  accepted: live,
  returned: live,
  withdrawn: { propose: 'proposed' },
} as const satisfies Record<SupportState, Partial<Record<SupportAction, SupportState>>>;

/** The state after an action; a support that is not there yet can only be proposed. */
export function nextState(state: SupportState | null, action: SupportAction): SupportState | Refusal {
  const next =
    state === null
      ? action === 'propose'
        ? 'proposed'
        : undefined
      : (supportTransitions[state] as Partial<Record<SupportAction, SupportState>>)[action];
  return next ?? refuse(action === 'propose' ? 'support-exists' : 'not-found');
}

/** The states in which an action is possible. */
export const statesBefore = (action: SupportAction): SupportState[] =>
  supportStates.filter((state) => typeof nextState(state, action) === 'string');

export const actionOfVerdict = { accepted: 'accept', returned: 'return' } as const satisfies Record<Verdict, SupportAction>;

/** One verdict to be given. */
export interface VerdictGiven {
  readonly evidenceId: string;
  readonly statement: string;
  readonly verdict: Verdict;
  /** Demanded when something is returned. */
  readonly feedback?: string | undefined;
}

/** What a verdict is given on: a support as it stands under the record's lock. */
export interface SupportJudged {
  /** The evidence's. */
  readonly revision: number;
  /** `sfia-9:ITOP.4` */
  readonly skillLevel: string;
  readonly rationale: string;
}
