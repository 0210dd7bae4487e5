import type { Json } from '../kernel/canonical-json';

/** The numbers in the gate of one skill level (design.md, "The gate"). */
export interface PolicyNumbers {
  /** How many accepted supports each statement needs. */
  readonly acceptedPerStatement: number;
  /** How many statements may stay without, where the engineer says why there was no opportunity. */
  readonly mayMiss: number;
  /** On how many different pieces of evidence a claim rests at least; never more than the level has statements. */
  readonly distinctEvidence: number;
  /** How many months after the work ended it still counts. */
  readonly maxAgeMonths: number;
  /** How many different eligible mentors must approve. */
  readonly approvals: number;
  /** Whether any defined level above the one held may be claimed, or only the next. */
  readonly stepping: 'any' | 'one-at-a-time';
  /** Whether somebody above the engineer in the reporting line may judge and approve. */
  readonly lineManagerMayApprove: boolean;
  /** Whether an approval must be proven by a one-time code; the password is not enough then. */
  readonly approversUseTotp: boolean;
  /** How many months a sign-off lasts; null is for good. */
  readonly validMonths: number | null;
  /** By how many working days after its submission a claim is due. */
  readonly reviewDays: number;
}

/** The names of the numbers, in the order in which they are shown. */
export const policyNames = [
  'acceptedPerStatement',
  'mayMiss',
  'distinctEvidence',
  'maxAgeMonths',
  'approvals',
  'stepping',
  'lineManagerMayApprove',
  'approversUseTotp',
  'validMonths',
  'reviewDays',
] as const satisfies readonly (keyof PolicyNumbers)[];

export interface Policy extends PolicyNumbers {
  readonly skillLevel: string;
  /** Counted from 1; each change is a version of its own. */
  readonly version: number;
}

/**
 * The policy that a skill level begins with (design.md, "The gate").
 * @param statements how many statements the level has
 */
export const defaultPolicy = (level: number, statements: number): PolicyNumbers => ({
  acceptedPerStatement: 1,
  mayMiss: 0,
  distinctEvidence: Math.max(1, Math.min(level >= 3 ? 3 : 1, statements)),
  maxAgeMonths: 24,
  approvals: level >= 5 ? 2 : 1,
  stepping: 'any',
  lineManagerMayApprove: false,
  approversUseTotp: false,
  validMonths: null,
  reviewDays: 10,
});

/** Whether two policies ask for the same. */
export const sameNumbers = (one: PolicyNumbers, other: PolicyNumbers): boolean => policyNames.every((name) => one[name] === other[name]);

/** What the administration ledger says of a policy. */
export const policyContent = ({ skillLevel, version, ...numbers }: Policy): { skillLevel: string; version: number; numbers: Json } => ({
  skillLevel,
  version,
  numbers: Object.fromEntries(policyNames.map((name) => [name, numbers[name]])),
});
