/** A role: given by an admin. Being a mentor or a manager is a relation, not a role. */
export type Role = 'admin' | 'auditor';

/** What personal access tokens can be made for. None of these approves, reviews, revokes or administers. */
export const scopes = [
  'catalogue:read',
  'record:read',
  'evidence:write',
  'claims:write',
  'reviews:read',
  'dashboards:read',
  'ledger:read',
] as const;
export type Scope = (typeof scopes)[number];

/** What the caller is to the engineer whose record the path names, now; asked of the database at each request. */
export interface Relation {
  readonly engineerId: string;
  /** The caller is the engineer. */
  readonly self: boolean;
  /** The caller is above the engineer in the reporting line, directly or not. */
  readonly above: boolean;
  /** Skills (`sfia-9:ITOP`) for which the caller has a mentorship with the engineer that is in force. */
  readonly mentorSkills: readonly string[];
}

/** Who is asking: the signed-in person. */
export interface Actor {
  readonly personId: string;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly Role[];
  /** The session that signed in; where a personal access token did, the token's id. */
  readonly sessionId: string;
  /** There exactly when a personal access token signed in: the person may do what they may, and of that only what its scopes open. */
  readonly token?: { readonly scopes: readonly Scope[] };
}

/** The actor as seen from one engineer's record; `relation` is there exactly when the path names an engineer who exists. */
export interface Viewpoint extends Actor {
  readonly relation?: Relation;
}

export const isAdmin = (actor: Pick<Actor, 'roles'>): boolean => actor.roles.includes('admin');
export const isAuditor = (actor: Actor): boolean => actor.roles.includes('auditor');
export const isMentor = (relation: Relation): boolean => relation.mentorSkills.length > 0;
