import { type RedactedWords, wordsOf, wordsSubject } from '../claims/redacted-words';
import { type Redacted, redactedSubject } from '../evidence/redacted';
import type { Role } from '../kernel/actor';
import { type Refusal, refuse } from '../kernel/refusal';
import { frozenMark } from '../ledger/administration';

/** What takes two admins. The same list stands in the database as a CHECK. */
export const requestActions = ['give-role', 'fresh-invitation', 'remove-totp', 'erase-person', 'redact'] as const;
export type RequestAction = (typeof requestActions)[number];

export const requestStates = ['open', 'confirmed', 'refused', 'withdrawn', 'expired'] as const;
export type RequestState = (typeof requestStates)[number];

/** What is done with a request that is open; each ends it. */
export const requestDecisions = ['confirm', 'refuse', 'withdraw'] as const;
export type RequestDecision = (typeof requestDecisions)[number];

/** The state that a decision leads to; there is no way back from any of them. */
export const stateAfter = {
  confirm: 'confirmed',
  refuse: 'refused',
  withdraw: 'withdrawn',
} as const satisfies Record<RequestDecision, RequestState>;

/** What is asked for: an action about a person, with what exactly where that does not say it. */
export interface RequestWanted {
  readonly action: RequestAction;
  readonly personId: string;
  /** Of `give-role` the role, of `redact` what of the record (`targetOf`); else empty. */
  readonly target: string;
  readonly reason: string;
}

/** A request as the rules look at it. */
export interface RequestStanding {
  readonly requestId: string;
  readonly action: RequestAction;
  readonly personId: string;
  readonly target: string;
  /** `expired` from the moment that its time is over, whether that was noted or not. */
  readonly state: RequestState;
  readonly requestedBy: string;
}

/** The role that a request would give. */
export const roleOf = (target: string): Role => (target === 'admin' ? 'admin' : 'auditor');

/** What of a record is to be redacted; `frozen` takes along, whole, the content of the submissions and sign-offs that it stands in. */
export interface Redaction {
  readonly what: Redacted | RedactedWords;
  readonly frozen: boolean;
}

/** Whether it is taken out of evidence, rather than of what was said on claims. */
export const isOfEvidence = (what: Redaction['what']): what is Redacted => 'evidenceId' in what;

/** A redaction as the target of a request, which the table, the ledger and the answers hold: `evidence/{id}/revisions/2`, `claims/{id}/words`. */
export const targetOf = ({ what, frozen }: Redaction): string =>
  `${isOfEvidence(what) ? redactedSubject(what) : wordsSubject(what)}${frozen ? frozenMark : ''}`;

/** The redaction that a target names. */
export function redactionOf(target: string): Redaction {
  const frozen = target.endsWith(frozenMark);
  const subject = target.slice(0, frozen ? -frozenMark.length : undefined);
  const words = wordsOf(subject);
  if (words !== null) return { what: words, frozen };
  const [, evidenceId = '', part, name = ''] = subject.split('/');
  return { what: part === 'revisions' ? { evidenceId, revision: Number(name) } : { evidenceId, statement: name }, frozen };
}

const ends: Readonly<Record<Exclude<RequestState, 'open'>, string>> = {
  confirmed: 'The request is confirmed, and done.',
  refused: 'The request was refused.',
  withdrawn: 'The request was withdrawn.',
  expired: 'The request has expired: make another one.',
};

/** Whether a request can still be decided. */
export const checkOpen = (state: RequestState): Refusal | null => (state === 'open' ? null : refuse('request-state', ends[state]));

/** What the ledger calls a request. */
export const requestSubject = (requestId: string): string => `requests/${requestId}`;
