import { IsInt, Max, Min } from 'class-validator';
import { PersonName } from '../platform/person-name.dto';
import { IsCalendarDay } from '../platform/rules';

/** Which level is to be reached, and by when. */
export class TargetRequest {
  /**
   * A level that the skill defines; one that is held already too, where it is to be held still.
   * @example 4
   */
  @Max(7)
  @Min(1)
  @IsInt({ message: '$property must be given, as a whole number from 1 to 7' })
  level: number;

  /**
   * The last day for it: today or later.
   * @example 2027-06-30
   */
  @IsCalendarDay()
  by: string;
}

/** The target in a skill. */
export class TargetAnswer {
  /** @example sfia-9:ITOP */
  skill: string;

  /** @example 4 */
  level: number;

  /**
   * The last day for it.
   * @example 2027-06-30
   */
  by: string;

  /**
   * `reached`: a sign-off of this level or a higher one is in force. `late`: none is, and the day has passed. `on-track`: none is, and there is time.
   * @example on-track
   */
  state: 'on-track' | 'late' | 'reached';

  /**
   * The highest level with a sign-off in force; null where none is held.
   * @example 3
   */
  currentLevel: number | null;

  /** Who set it so: the engineer, or somebody above them. */
  setBy: PersonName;

  /** @example 2026-11-02T09:30:00.000Z */
  setAt: string;
}

/** One page of targets, by skill. */
export class TargetPage {
  items: TargetAnswer[];

  /**
   * Where the next page begins; null on the last.
   * @example null
   */
  nextCursor: string | null;
}
