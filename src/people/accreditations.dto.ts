import { IsInt, Max, Min } from 'class-validator';
import { PersonName } from '../platform/person-name.dto';
import { IsText, IsWords } from '../platform/rules';

/** Somebody is to judge a skill up to a level without holding it. */
export class AccreditationRequest {
  /** @example sfia-9:ITOP */
  @IsText(60)
  skill: string;

  /**
   * A level that the skill defines.
   * @example 5
   */
  @IsInt()
  @Min(1)
  @Max(7)
  upToLevel: number;

  /** @example "Ran infrastructure operations for ten years before the framework came in." */
  @IsWords(2000)
  reason: string;
}

/** How an accreditation ended. */
export class AccreditationEnd {
  by: PersonName;

  /** @example 2027-01-11T10:00:00.000Z */
  at: string;
}

/** An accreditation. */
export class AccreditationAnswer {
  /** @example 01931b2e-7c00-7000-8000-00000000000d */
  id: string;

  /** @example sfia-9:ITOP */
  skill: string;

  /** @example 5 */
  upToLevel: number;

  /** @example "Ran infrastructure operations for ten years before the framework came in." */
  reason: string;

  grantedBy: PersonName;

  /** @example 2026-11-02T09:30:00.000Z */
  grantedAt: string;

  /** Null while it is in force. */
  ended: AccreditationEnd | null;
}

/** One page of a person's accreditations, the newest first. */
export class AccreditationPage {
  items: AccreditationAnswer[];

  /**
   * Where the next page begins; null on the last.
   * @example null
   */
  nextCursor: string | null;
}
