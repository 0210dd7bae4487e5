import { type Actor, isAdmin } from '../kernel/actor';
import { type Refusal, refuse } from '../kernel/refusal';

/** What decides who may revoke a sign-off. */
export interface RevocationFacts {
  readonly engineerId: string;
  /** Who approved it. */
  readonly approvers: readonly string[];
}

/** A sign-off is revoked by an admin who is neither its subject nor an approver of it (design.md, "A claim's life"). */
export function checkMayRevoke(caller: Actor, { engineerId, approvers }: RevocationFacts): Refusal | null {
  if (!isAdmin(caller)) return refuse('not-allowed', 'Only an admin revokes a sign-off.');
  if (caller.personId === engineerId) return refuse('own-relation', 'Nobody revokes their own sign-off: another admin does.');
  if (approvers.includes(caller.personId))
    return refuse('own-relation', 'Nobody revokes a sign-off that they approved: another admin does.');
  return null;
}
