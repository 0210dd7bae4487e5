import type { Role } from '../kernel/actor';

/** What the rules need to know of a person. */
export interface PersonState {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly Role[];
  readonly managerId: string | null;
  readonly active: boolean;
  /** Has redeemed an invitation, or come in some other way, at least once. */
  readonly signedInBefore: boolean;
  readonly version: number;
  /** Erased: there is nobody any more who could be edited, invited or let in. */
  readonly erased: boolean;
}

/**
 * Whether whoever redeems an invitation steps into something: the person has signed in before, has a role, or holds something.
 * @param holds whether they are accredited, mentor somebody now or later, or have people who report to them
 */
export const isSomebody = ({ signedInBefore, roles }: Pick<PersonState, 'signedInBefore' | 'roles'>, holds: boolean): boolean =>
  signedInBefore || roles.length > 0 || holds;

/** What a bar on approving after an invitation is decided by. */
export interface HandInvited {
  readonly signedInBefore: boolean;
  /** Whether they were barred once: before a first sign-in that is so only where a second admin had to confirm an invitation. */
  readonly barredBefore: boolean;
  /** Whether they judge by the doing of others than whoever made the invitation. */
  readonly judgesByOthers: boolean;
}

/**
 * Whether an invitation keeps from approving for a while: whoever made it may hold it, and would take a hand that others made or that was in use. What they
 * gave themselves they could give to anybody they invent.
 */
export const barsApproving = ({ signedInBefore, barredBefore, judgesByOthers }: HandInvited): boolean =>
  signedInBefore || barredBefore || judgesByOthers;

/** For how long somebody who had signed in before does not approve after a fresh invitation: an admin cannot take over a mentor's hand. */
export const barredHours = 72;

/**
 * An address as it is kept: without the white space that copying brings along. Its case is kept, but two people never differ by it alone: which
 * spellings count as one the database says, by lower(), and nobody else (other foldings, such as JavaScript's, take other letters for the same).
 */
export const cleanEmail = (email: string): string => email.trim();

/** A name as it is kept. */
export const cleanName = (name: string): string => name.trim();

/** Whether two lists hold the same roles, in whatever order. */
export const sameRoles = (some: readonly Role[], others: readonly Role[]): boolean =>
  new Set(some).size === new Set(others).size && some.every((role) => others.includes(role));

/** Roles in their one order, each once. */
export const orderedRoles = (roles: readonly Role[]): Role[] => [...new Set(roles)].sort();

/** What an erased person is called from then on, and an address that nobody can have (RFC 2606). */
export const pseudonymOf = (personId: string): { readonly name: string; readonly email: string } => ({
  name: `Erased person ${personId.slice(-4)}`,
  email: `erased-${personId}@erased.invalid`,
});
