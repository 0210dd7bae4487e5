/*
 * The organisation's own chain: what is done to its rules, people and roles. Its entries are those of entry.ts; where a record has its engineer's
 * id, this chain has the nil UUID, which nobody has.
 */

/** Stands for the administration ledger wherever an engineer's id stands for a record: in its first hash, in checkpoints, in exports. */
export const administrationId = '00000000-0000-0000-0000-000000000000';

/** What can be done to the organisation. The same list stands in the database as a CHECK. Mentorships stand in the engineer's record. */
export const actKinds = [
  'rules.adopted',
  'framework.loaded',
  'policy.set',
  'accreditation.granted',
  'accreditation.ended',
  'roles.changed',
  'person.added',
  'person.edited',
  'people.imported',
  'person.deactivated',
  'person.reactivated',
  'person.erased',
  'manager.changed',
  'invitation.issued',
  'invitation.used',
  'totp.removed',
  'request.made',
  'request.confirmed',
  'request.declined',
  'request.expired',
  'record.opened-by-admin',
] as const;
export type ActKind = (typeof actKinds)[number];

/** What an act was done to, as paths. */
export const personSubject = (personId: string): string => `people/${personId}`;
export const accreditationSubject = (personId: string, accreditationId: string): string =>
  `people/${personId}/accreditations/${accreditationId}`;
export const policySubject = (skillLevel: string): string => `policies/${skillLevel}`;

/** How the target of a request that redacts ends where the submissions and sign-offs that froze the words go too. */
export const frozenMark = ' with what was frozen of it';
