import type { Day } from '../kernel/clock';

/** What a row of standing says of one level: a row of progress. */
export interface LevelStanding {
  readonly level: number;
  readonly accepted: number;
  readonly proposed: number;
  readonly claimState: 'submitted' | 'approved' | null;
  readonly lastEvidenceOn: Day | null;
  readonly goingOn: boolean;
  readonly signOffId: string | null;
  readonly signedOffOn: Day | null;
  /** The last day of the sign-off; null where it has no end. */
  readonly validUntil: Day | null;
  readonly signedOffAccepted: number | null;
}

/** Whether a level is held on a day: there is a sign-off, and its time is not over. As inForce() in eligible-sql.ts. */
export const isHeld = ({ signOffId, validUntil }: Pick<LevelStanding, 'signOffId' | 'validUntil'>, day: Day): boolean =>
  signOffId !== null && (validUntil === null || validUntil >= day);
