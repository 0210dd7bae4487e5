import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { PersonName } from '../platform/person-name.dto';
import { TeamLevelRequest, TeamSkillRequest, toWhole } from './team-scope.dto';

/** Which statements of a skill, and in which order. */
export class TeamGapsRequest extends TeamSkillRequest {
  /**
   * Only statements of this level.
   * @example 4
   */
  @IsOptional()
  @Transform(toWhole)
  @IsInt({ message: 'level must be a whole number from 1 to 7' })
  @Min(1)
  @Max(7)
  level?: number;
  /**
   * By how many lack it for their next level, by how many show it, or in the skill's own order; `missingNext` if left out.
   * @example missingNext
   */
  @IsOptional()
  @IsIn(['missingNext', 'shown', 'statement'])
  sort?: 'missingNext' | 'shown' | 'statement';
  /**
   * Left out, `desc` by `missingNext`, else `asc`.
   * @example desc
   */
  @IsOptional()
  @IsIn(['asc', 'desc'])
  order?: 'asc' | 'desc';
}

/** Which claims, and in which order the mentors whom they wait for. */
export class TeamReviewsRequest extends TeamLevelRequest {
  /**
   * By how many are overdue, by how many wait, by when the first is due, or by name; `overdue` if left out. Equals come by when their first is due.
   * @example overdue
   */
  @IsOptional()
  @IsIn(['overdue', 'waiting', 'nextDueOn', 'name'])
  sort?: 'overdue' | 'waiting' | 'nextDueOn' | 'name';
  /**
   * Left out, `desc` by `overdue` and `waiting`, else `asc`.
   * @example desc
   */
  @IsOptional()
  @IsIn(['asc', 'desc'])
  order?: 'asc' | 'desc';
}

/** Which skill and level, how far down the reporting line, how far back, and which end first. */
export class TeamTrendRequest extends TeamLevelRequest {
  /**
   * How many months, the present one with them: 24 if left out.
   * @example 24
   */
  @IsOptional()
  @Transform(toWhole)
  @IsInt({ message: 'months must be a whole number from 1 to 120' })
  @Min(1)
  @Max(120)
  months?: number;
  /**
   * `asc`, the oldest first, if left out.
   * @example asc
   */
  @IsOptional()
  @IsIn(['asc', 'desc'])
  order?: 'asc' | 'desc';
}

/** Where the people behind each figure are: the dashboard of the team, narrowed to them. */
export class TeamGapLinks {
  /** @example /api/v1/teams/01931b2e-7c00-7000-8000-000000000009/dashboard?depth=direct&skill=sfia-9:ITOP&shows=sfia-9:ITOP.4.2 */
  shown: string;
  /** @example /api/v1/teams/01931b2e-7c00-7000-8000-000000000009/dashboard?depth=direct&skill=sfia-9:ITOP&lacks=sfia-9:ITOP.4.2 */
  notShown: string;
  /** @example /api/v1/teams/01931b2e-7c00-7000-8000-000000000009/dashboard?depth=direct&skill=sfia-9:ITOP&nextLevel=4 */
  neededNext: string;
  /** @example /api/v1/teams/01931b2e-7c00-7000-8000-000000000009/dashboard?depth=direct&skill=sfia-9:ITOP&nextLevel=4&lacks=sfia-9:ITOP.4.2 */
  missingNext: string;
}

/** Where the people are. */
export class TeamGapsLinks {
  /** @example /api/v1/teams/01931b2e-7c00-7000-8000-000000000009/dashboard?depth=direct&skill=sfia-9:ITOP */
  people: string;
}

/** Where the claims behind each figure are. */
export class MentorQueueLinks {
  /** @example /api/v1/teams/01931b2e-7c00-7000-8000-000000000009/claims?depth=direct&mentor=01931b2e-7c00-7000-8000-000000000002 */
  waiting: string;
  /** @example /api/v1/teams/01931b2e-7c00-7000-8000-000000000009/claims?depth=direct&mentor=01931b2e-7c00-7000-8000-000000000002&state=overdue */
  overdue: string;
  /** @example /api/v1/teams/01931b2e-7c00-7000-8000-000000000009/claims?depth=direct&mentor=01931b2e-7c00-7000-8000-000000000002&state=due-soon */
  dueSoon: string;
  /** @example /api/v1/teams/01931b2e-7c00-7000-8000-000000000009/claims?depth=direct&mentor=01931b2e-7c00-7000-8000-000000000002&state=in-time */
  inTime: string;
}

/** Where the claims behind each figure are. */
export class TeamQueueLinks {
  /** @example /api/v1/teams/01931b2e-7c00-7000-8000-000000000009/claims?depth=direct */
  submitted: string;
  /** @example /api/v1/teams/01931b2e-7c00-7000-8000-000000000009/claims?depth=direct&state=overdue */
  overdue: string;
  /** @example /api/v1/teams/01931b2e-7c00-7000-8000-000000000009/claims?depth=direct&state=nobody-can-decide */
  nobodyCanDecide: string;
}

/** Where the evidence and the sign-offs behind each figure are. */
export class TeamMonthLinks {
  /** @example /api/v1/teams/01931b2e-7c00-7000-8000-000000000009/evidence?depth=direct&from=2026-11-01&to=2026-11-30 */
  evidence: string;
  /** @example /api/v1/teams/01931b2e-7c00-7000-8000-000000000009/sign-offs?depth=direct&from=2026-11-01&to=2026-11-30 */
  signOffs: string;
  /** @example /api/v1/teams/01931b2e-7c00-7000-8000-000000000009/sign-offs?depth=direct&revokedFrom=2026-11-01&revokedTo=2026-11-30 */
  revocations: string;
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
  links: TeamGapLinks;
}

/** What a team shows least: the statements that most people lack for their next level first, unless asked otherwise. */
export class TeamGapsAnswer {
  manager: PersonName;
  /** @example sfia-9:ITOP */
  skill: string;
  /**
   * How many people the team has.
   * @example 8
   */
  people: number;
  /** Every statement of the skill, or of the level asked for. */
  statements: TeamGapAnswer[];
  links: TeamGapsLinks;
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
   * By how many working days the oldest is past its day: one at least where one is, on a Saturday too.
   * @example 3
   */
  longestOverdueDays: number;
  links: MentorQueueLinks;
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
  links: TeamQueueLinks;
}

/** On whom a team's submitted claims wait, and for how long. */
export class TeamReviewsAnswer {
  manager: PersonName;
  /** Whose queue is most overdue first, unless asked otherwise. */
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
  links: TeamMonthLinks;
}

/** A team by months, the oldest first unless asked otherwise; of the people who are in it now. */
export class TeamTrendAnswer {
  manager: PersonName;
  /** The skill that was asked for; without one, all skills. */
  skill: string | null;
  months: TeamMonthAnswer[];
  /** @example 2026-11-02T09:30:00.000Z */
  asOf: string;
}
