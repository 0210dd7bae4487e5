import { IsOptional, ValidateIf } from 'class-validator';
import { PersonName } from '../platform/person-name.dto';
import { IsCalendarDay, IsText } from '../platform/rules';
import { LevelProgressAnswer, ProgressTarget } from '../progress/progress.dto';
import { GateAnswer, UnmetAnswer } from './claim-answers.dto';

/** Which skill's progress. */
export class ProgressQuery {
  /**
   * A skill; left out, the one that the record has something in.
   * @example sfia-9:ITOP
   */
  @IsOptional()
  @IsText(100)
  skill?: string;
}

/** Which level, and on which day. */
export class ReadinessQuery {
  /** @example sfia-9:ITOP.4 */
  @IsText(100)
  skillLevel: string;
  /**
   * Today or a later day; today if left out.
   * @example 2027-03-01
   */
  @ValidateIf((_: object, value: unknown) => value !== undefined)
  @IsCalendarDay()
  on?: string;
}

/** A statement of the level worked towards. */
export class NextStatementAnswer {
  /** @example sfia-9:ITOP.4.2 */
  ref: string;
  /** @example "Configures tools and/or creates scripts to automate infrastructure tasks." */
  text: string;
  /**
   * Whether it has enough accepted supports, would have with those that wait for a verdict, or has too few.
   * @example proposed
   */
  state: 'accepted' | 'proposed' | 'missing';
  /**
   * Accepted supports that count.
   * @example 0
   */
  accepted: number;
  /**
   * Proposed supports that count.
   * @example 1
   */
  proposed: number;
}

/** What is still missing for the level worked towards: that of the open claim, else the next one that the skill defines. */
export class NextLevelAnswer {
  /** @example sfia-9:ITOP.4 */
  skillLevel: string;
  /** @example 4 */
  level: number;
  statements: NextStatementAnswer[];
  /**
   * How many statements have too few supports.
   * @example 3
   */
  missing: number;
  /** All that the gate asks for and that is not there yet. */
  unmet: UnmetAnswer[];
}

/** How far an engineer is in one skill. */
export class ProgressAnswer {
  engineer: PersonName;
  /** @example sfia-9:ITOP */
  skill: string;
  /**
   * The highest level with a sign-off in force; null where none is held.
   * @example 3
   */
  currentLevel: number | null;
  /** The level to be reached; null where none is set. */
  target: ProgressTarget | null;
  levels: LevelProgressAnswer[];
  /** Null where no defined level is above the one held. */
  next: NextLevelAnswer | null;
  /**
   * The framework's rights notice.
   * @example "© The SFIA Foundation"
   */
  rights: string;
}

/** A support that counts today and no longer will. */
export class LapsingAnswer {
  /** @example 01931b2e-7c00-7000-8000-00000000000a */
  evidenceId: string;
  /** @example "Automated patching via IaC" */
  title: string;
  /** @example sfia-9:ITOP.4.2 */
  statement: string;
  /**
   * When the work ended.
   * @example 2025-01-31
   */
  endedOn: string;
  /**
   * The last day on which it counts.
   * @example 2027-01-31
   */
  countsUntil: string;
}

/** The gate of a level, without a claim. */
export class ReadinessAnswer {
  /** @example sfia-9:ITOP.4 */
  skillLevel: string;
  /**
   * The day that ages and sign-offs are measured on; mentors are those of today.
   * @example 2027-03-01
   */
  on: string;
  gate: GateAnswer;
  /** What counts today and will have lapsed by that day. */
  lapsing: LapsingAnswer[];
}
