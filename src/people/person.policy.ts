import { type Actor, type Role, isAdmin, isAuditor } from '../kernel/actor';
import { type Refusal, refuse } from '../kernel/refusal';
import type { PersonState } from './person';

/** What an admin can do about a person. */
export const personActions = ['edit', 'changeRoles', 'changeManager', 'invite', 'accredit', 'deactivate', 'reactivate'] as const;
export type PersonAction = (typeof personActions)[number];

/** What nobody does about themselves, admin or not: another admin does. */
const neverOwn: ReadonlySet<PersonAction> = new Set([
  'changeRoles',
  'changeManager',
  'invite',
  'accredit',
  'deactivate',
  'reactivate',
] as const);

/** Whether the caller may do this about this person at all. */
export function checkMay(action: PersonAction, caller: Actor, personId: string): Refusal | null {
  if (!isAdmin(caller)) return refuse('not-allowed');
  return neverOwn.has(action) && caller.personId === personId ? refuse('own-relation') : null;
}

/**
 * Whether one admin would have both hands in making somebody a judge: their link and their accreditation. Whoever has the one leaves the other to another admin.
 * @param isOther whether this admin has done the other of the two already
 * @param confirmers how many other admins there are who could do it
 */
export function checkSeparateHands(action: 'invite' | 'accredit', isOther: boolean, confirmers: number): Refusal | null {
  if (!isOther || confirmers === 0) return null;
  return refuse(
    'own-relation',
    action === 'accredit'
      ? 'You have invited this person: another admin accredits them.'
      : 'You have accredited this person: another admin invites them, or you end the accreditation first.',
  );
}

/** Whether the person is in a state that has this action. */
export function checkState(action: PersonAction, { active, erased }: Pick<PersonState, 'active' | 'erased'>): Refusal | null {
  if (erased) return refuse('person-state', 'The person is erased.');
  if (action === 'reactivate') return active ? refuse('person-state', 'The person is active already.') : null;
  if (action === 'deactivate') return active ? null : refuse('person-state', 'The person is deactivated already.');
  if (action === 'invite' || action === 'accredit') {
    return active ? null : refuse('person-state', 'The person is deactivated: reactivate them first.');
  }
  return null;
}

const asks =
  'There is another admin, or was until less than 72 hours ago, so this takes two: ask for it with POST /administration/requests, and another one confirms it.';

/** Whether an act that gives rights needs a second admin first: where there is one, it does. */
export const checkSecondAdmin = (givesRights: boolean, confirmers: number, detail = asks): Refusal | null =>
  givesRights && confirmers > 0 ? refuse('second-admin-needed', detail) : null;

/** The roles that somebody would have and did not have before. */
export const rolesGiven = (before: readonly Role[], after: readonly Role[]): Role[] => after.filter((role) => !before.includes(role));

/** Whether bringing back a deactivated person gives rights: with roles, it does. */
export const checkReactivation = ({ roles }: Pick<PersonState, 'roles'>, confirmers: number): Refusal | null =>
  checkSecondAdmin(
    roles.length > 0,
    confirmers,
    'This person would be admin or auditor again, and there is another admin: take their roles away first, and ask for them with POST /administration/requests afterwards.',
  );

/** Whether somebody would still be admin when this person no longer is one. */
export const checkAdminsLeft = (person: Pick<PersonState, 'roles' | 'active'>, otherAdmins: number): Refusal | null =>
  person.active && person.roles.includes('admin') && otherAdmins === 0 ? refuse('last-admin') : null;

/** What a change of manager is judged by. */
export interface ManagerChange {
  readonly caller: Pick<Actor, 'personId'>;
  readonly personId: string;
  readonly managerId: string | null;
  /** Whether the new manager is below the person in the reporting line. */
  readonly managerIsBelow: boolean;
  /** Whether the caller is above the person now, and whether above the new manager. */
  readonly callerIsAbove: boolean;
  readonly callerIsAboveManager: boolean;
}

/**
 * Whether a person may be given this manager. No admin puts themselves above anybody, directly or by way of somebody who is below them;
 * where they are above already, nothing is gained.
 */
export function checkManagerChange(change: ManagerChange): Refusal | null {
  const { caller, personId, managerId, managerIsBelow, callerIsAbove, callerIsAboveManager } = change;
  if (caller.personId === personId) return refuse('own-relation');
  if (managerId === null) return null;
  if (!callerIsAbove && (managerId === caller.personId || callerIsAboveManager)) {
    return refuse('own-relation', 'That would put you above this person in the reporting line: another admin does it.');
  }
  return managerId === personId || managerIsBelow ? refuse('reporting-loop') : null;
}

/** Whether the caller sees everybody, and everything about them that this folder shows. */
export const seesEverybody = (caller: Actor): boolean => isAdmin(caller) || isAuditor(caller);
