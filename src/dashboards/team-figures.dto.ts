import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { PersonName } from '../platform/person-name.dto';
import { TeamDashboardRequest } from './team-dashboard.dto';

/** How far down the reporting line. */
export class TeamReviewsRequest {
  /**
   * Only those who report to the manager directly, or everybody below.
   * @example direct
   */
  @IsOptional()
  @IsIn(['direct', 'all'])
  depth?: 'direct' | 'all';
}

/** Which skill, how far down the reporting line, and how far back. */
export class TeamTrendRequest extends TeamDashboardRequest {
  /**
   * How many months, the present one with them: 24 if left out.
   * @example 24
   */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : value))
  @IsInt({ message: 'months must be a whole number from 1 to 120' })
  @Min(1)
  @Max(120)
  months?: number;
}

/** One statement, and how many of the team show it. */
export class TeamGapAnswer {
  /** @example sfia-9:ITOP.4.2 */
  statement: string;
  /** @example 4 */
  level: number;
  /** @example "Configures tools and/or creates scripts to automate infrastructure tasks." */
  text: string;
  /**
   * People who have work with an accepted support for it, or hold the level.
   * @example 3
   */
  shown: number;
  /**
   * The others.
   * @example 5
   */
  notShown: number;
  /**
   * People whose next level it belongs to: the lowest above the one they hold.
   * @example 4
   */
  neededNext: number;
  /**
   * How many of these do not show it yet.
   * @example 3
   */
  missingNext: number;
}

/** What a team shows least: the statements that most people lack for their next level first. */
export class TeamGapsAnswer {
  manager: PersonName;
  /** @example sfia-9:ITOP */
  skill: string;
  /**
   * How many people the team has.
   * @example 8
   */
  people: number;
  /** Every statement of the skill. */
  statements: TeamGapAnswer[];
  /**
   * The rights notice of the statements' framework.
   * @example "© SFIA Foundation"
   */
  rights: string;
  /** @example 2026-11-02T09:30:00.000Z */
  asOf: string;
}

/** Submitted claims of a team that wait for one mentor; they were given `reviewDays` of the policy to decide. */
export class MentorQueueAnswer {
  mentor: PersonName;
  /** @example 4 */
  waiting: number;
  /**
   * Past their day.
   * @example 1
   */
  overdue: number;
  /**
   * Due today or within the next two working days.
   * @example 1
   */
  dueSoon: number;
  /** @example 2 */
  inTime: number;
  /**
   * When the first of them is or was due.
   * @example 2026-11-16
   */
  nextDueOn: string;
  /**
   * By how many working days the oldest is past its day.
   * @example 3
   */
  longestOverdueDays: number;
}

/** The queue of a team's submitted claims in numbers. A claim that waits for two mentors is counted once here. */
export class TeamQueueTotals {
  /** @example 5 */
  submitted: number;
  /** @example 1 */
  overdue: number;
  /**
   * How many no mentor can decide as things are: nobody who could has not approved yet.
   * @example 0
   */
  nobodyCanDecide: number;
}

/** On whom a team's submitted claims wait, and for how long. */
export class TeamReviewsAnswer {
  manager: PersonName;
  /** Whose queue is most overdue first. */
  mentors: MentorQueueAnswer[];
  totals: TeamQueueTotals;
  /** @example 2026-11-02T09:30:00.000Z */
  asOf: string;
}

/** One month of a team. */
export class TeamMonthAnswer {
  /** @example 2026-11 */
  month: string;
  /**
   * Pieces of evidence that were logged.
   * @example 14
   */
  evidence: number;
  /**
   * Levels that were signed off, those revoked since with them.
   * @example 2
   */
  signOffs: number;
  /**
   * Sign-offs that were revoked.
   * @example 0
   */
  revocations: number;
}

/** A team by months, the oldest first; of the people who are in it now. */
export class TeamTrendAnswer {
  manager: PersonName;
  /** The skill that was asked for; without one, all skills. */
  skill: string | null;
  months: TeamMonthAnswer[];
  /** @example 2026-11-02T09:30:00.000Z */
  asOf: string;
}
