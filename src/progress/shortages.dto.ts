import { PersonName } from '../platform/person-name.dto';

/** An engineer who works towards a level that too few mentors could sign off. */
export class ShortageItem {
  engineer: PersonName;

  /** @example sfia-9:ITOP.4 */
  skillLevel: string;

  /**
   * How many mentors must approve this level.
   * @example 2
   */
  needed: number;

  /**
   * How many could now.
   * @example 1
   */
  eligible: number;

  /** @example 1 */
  lacking: number;
}

/** One page of shortages, by the engineer's name. */
export class ShortagePage {
  items: ShortageItem[];

  /**
   * Where the next page begins; null on the last.
   * @example null
   */
  nextCursor: string | null;
}
