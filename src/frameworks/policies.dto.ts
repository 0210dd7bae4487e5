import { IsBoolean, IsIn, IsInt, Max, Min, ValidateIf } from 'class-validator';
import { PersonName } from '../platform/person-name.dto';

/** All the numbers of a gate. None but `approversUseTotp` may be left out; `validMonths` may be null. */
export class PolicyRequest {
  /**
   * How many accepted supports each statement needs.
   * @example 1
   */
  @Max(10)
  @Min(1)
  @IsInt({ message: '$property must be given, as a whole number' })
  acceptedPerStatement: number;

  /**
   * How many statements may stay without, where the engineer says why there was no opportunity.
   * @example 0
   */
  @Max(20)
  @Min(0)
  @IsInt({ message: '$property must be given, as a whole number' })
  mayMiss: number;

  /**
   * On how many different pieces of evidence a claim rests at least; the gate never asks for more than the level has statements.
   * @example 3
   */
  @Max(50)
  @Min(1)
  @IsInt({ message: '$property must be given, as a whole number' })
  distinctEvidence: number;

  /**
   * How many months after the work ended it still counts.
   * @example 24
   */
  @Max(240)
  @Min(1)
  @IsInt({ message: '$property must be given, as a whole number' })
  maxAgeMonths: number;

  /**
   * How many different eligible mentors must approve.
   * @example 1
   */
  @Max(5)
  @Min(1)
  @IsInt({ message: '$property must be given, as a whole number' })
  approvals: number;

  /**
   * Whether any defined level above the one held may be claimed, or the next one only.
   * @example any
   */
  @IsIn(['any', 'one-at-a-time'], { message: '$property must be given, as "any" or "one-at-a-time"' })
  stepping: 'any' | 'one-at-a-time';

  /**
   * Whether somebody above the engineer in the reporting line may judge and approve.
   * @example false
   */
  @IsBoolean({ message: '$property must be given, as true or false' })
  lineManagerMayApprove: boolean;

  /**
   * Whether approvals must be proven by a one-time code. Left out it is false: all the numbers are set, and older clients know nothing of this one.
   * @example false
   */
  @IsBoolean({ message: '$property must be true or false' })
  @ValidateIf((_, value) => value !== undefined)
  approversUseTotp?: boolean;

  /**
   * How many months a sign-off lasts; null is for good.
   * @example 36
   */
  @Max(240)
  @Min(1)
  @IsInt({ message: '$property must be given, as a whole number or null' })
  @ValidateIf((_, value) => value !== null)
  validMonths: number | null;

  /**
   * By how many working days (Monday to Friday) after its submission a claim is due.
   * @example 10
   */
  @Max(250)
  @Min(1)
  @IsInt({ message: '$property must be given, as a whole number' })
  reviewDays: number;
}

/** The numbers of a gate, in one version. */
export class PolicyNumbersAnswer {
  /**
   * Counted from 1; each change is a version of its own.
   * @example 1
   */
  version: number;

  /**
   * How many accepted supports each statement needs.
   * @example 1
   */
  acceptedPerStatement: number;

  /**
   * How many statements may stay without, where the engineer says why there was no opportunity.
   * @example 0
   */
  mayMiss: number;

  /**
   * On how many different pieces of evidence a claim rests at least; the gate never asks for more than the level has statements.
   * @example 3
   */
  distinctEvidence: number;

  /**
   * How many months after the work ended it still counts.
   * @example 24
   */
  maxAgeMonths: number;

  /**
   * How many different eligible mentors must approve.
   * @example 1
   */
  approvals: number;

  /**
   * Whether any defined level above the one held may be claimed, or the next one only.
   * @example any
   */
  stepping: 'any' | 'one-at-a-time';

  /**
   * Whether somebody above the engineer in the reporting line may judge and approve.
   * @example false
   */
  lineManagerMayApprove: boolean;

  /**
   * Whether approvals must be proven by a one-time code. Sign-offs from before there were one-time codes do not say.
   * @example false
   */
  approversUseTotp?: boolean;

  /**
   * How many months a sign-off lasts; null is for good.
   * @example 36
   */
  validMonths: number | null;

  /**
   * By how many working days (Monday to Friday) after its submission a claim is due.
   * @example 10
   */
  reviewDays: number;
}

/** One version of a gate's numbers, and who set it. */
export class PolicyVersionItem extends PolicyNumbersAnswer {
  /** Who set it; null is the default that the level was loaded with. */
  setBy: PersonName | null;

  /** @example 2026-11-02T09:30:00.000Z */
  setAt: string;
}

/** The numbers in the gate of one skill level, as they are now. */
export class PolicyAnswer extends PolicyVersionItem {
  /** @example sfia-9:ITOP.4 */
  skillLevel: string;

  /** Every version there was, the newest (this one) first. Claims keep the version of their first submission, sign-offs that of their granting. */
  versions: PolicyVersionItem[];
}
