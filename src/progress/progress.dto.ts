/** How many of a level's statements are shown, and how well. */
export class StatementFigures {
  /**
   * The statements of the level.
   * @example 8
   */
  total: number;
  /**
   * Those with an accepted support; while the level is held, the figure of its sign-off.
   * @example 5
   */
  accepted: number;
  /**
   * Those that only wait for a verdict.
   * @example 2
   */
  proposed: number;
}

/** The claim to a level: the open one, else the latest; null where the caller does not see it. */
export class ProgressClaim {
  /** @example 01931b2e-7c00-7000-8000-00000000000c */
  id: string;
  /** @example submitted */
  state: 'draft' | 'submitted' | 'changes-requested' | 'approved' | 'refused' | 'withdrawn';
}

/** The sign-off in force of a level. */
export class ProgressSignOff {
  /** @example 01931b2e-7c00-7000-8000-00000000000d */
  id: string;
  /** @example 2026-11-04 */
  on: string;
  /**
   * The last day it is good for; null is for good.
   * @example null
   */
  until: string | null;
}

/** Where the figures of a level come from. */
export class LevelProgressLinks {
  /**
   * Its statements, each with where it stands; null where the level is not defined.
   * @example /api/v1/engineers/01931b2e-7c00-7000-8000-000000000001/progress/sfia-9:ITOP.4
   */
  statements: string | null;
  /** The evidence that is linked to it; null where there is none, and for who is only above in the line. */
  lastEvidenceOn: string | null;
  /** The claim; null where none is shown. */
  claim: string | null;
  /** The sign-off in force; null where the level is not held. */
  signOff: string | null;
}

/** One of the seven levels of a skill, and how far an engineer is there. */
export class LevelProgressAnswer {
  /** @example sfia-9:ITOP.4 */
  ref: string;
  /** @example 4 */
  level: number;
  /** @example Enable */
  phrase: string;
  /**
   * Whether the skill defines this level.
   * @example true
   */
  defined: boolean;
  statements: StatementFigures;
  /**
   * When the latest work for it ended; work that goes on has not ended.
   * @example 2026-09-30
   */
  lastEvidenceOn: string | null;
  /**
   * Whether some work for it goes on.
   * @example false
   */
  goingOn: boolean;
  claim: ProgressClaim | null;
  signOff: ProgressSignOff | null;
  links: LevelProgressLinks;
}

/** The level that is to be reached in a skill, and where that stands. */
export class ProgressTarget {
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
}
