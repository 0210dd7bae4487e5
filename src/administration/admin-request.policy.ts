import { type Actor, isAdmin } from '../kernel/actor';
import { type Refusal, refuse } from '../kernel/refusal';
import type { RequestDecision, RequestStanding } from './admin-request';

/** An admin as somebody who asks for something or decides. */
export type Hand = Pick<Actor, 'personId' | 'roles'> & {
  /** Whether they were invited afresh a short while ago: whoever made that invitation may be acting. */
  readonly barred: boolean;
};

const barredHand = (): Refusal =>
  refuse('not-allowed', 'You were invited afresh less than 72 hours ago: until then you neither make nor confirm requests.');

/** Whether somebody may ask for something about this person. */
export function checkMayRequest(caller: Hand, personId: string): Refusal | null {
  if (!isAdmin(caller)) return refuse('not-allowed');
  if (caller.personId === personId) return refuse('own-relation', 'Nobody asks this for themselves: another admin does.');
  return caller.barred ? barredHand() : null;
}

/** Whether somebody may ever decide this about a request, whatever state it is in. */
export function checkMayDecide(
  decision: RequestDecision,
  caller: Hand,
  { requestedBy, personId }: Pick<RequestStanding, 'requestedBy' | 'personId'>,
): Refusal | null {
  if (!isAdmin(caller)) return refuse('not-allowed');
  const isOwn = caller.personId === requestedBy;
  if (decision === 'withdraw') return isOwn ? null : refuse('not-allowed', 'Only who made a request withdraws it; refuse it instead.');
  if (isOwn) return refuse('own-request');
  if (caller.personId === personId) return refuse('own-relation', 'Nobody decides on what is about themselves: another admin does.');
  return caller.barred ? barredHand() : null;
}

/** Whether what was asked for still counts: who asked is an admin still, with a hand of their own. */
export function checkRequester(requester: (Hand & { readonly active: boolean }) | undefined): Refusal | null {
  if (requester === undefined || !requester.active || !isAdmin(requester)) {
    return refuse('request-state', 'Who made this request is no longer an active admin: make another one.');
  }
  return requester.barred
    ? refuse('request-state', 'Who made this request was invited afresh less than 72 hours ago: wait, or refuse it.')
    : null;
}
