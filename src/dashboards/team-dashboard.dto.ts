import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { PersonName } from '../platform/person-name.dto';
import { IsText } from '../platform/rules';

/** Which skill, and how far down the reporting line. */
export class TeamDashboardRequest {
  /**
   * A skill; left out, the first that the team has something in.
   * @example sfia-9:ITOP
   */
  @IsOptional()
  @IsText(100)
  skill?: string;
  /**
   * Only those who report to the manager directly, or everybody below.
   * @example direct
   */
  @IsOptional()
  @IsIn(['direct', 'all'])
  depth?: 'direct' | 'all';
}

/** How far somebody is at one level. */
export class TeamLevelAnswer {
  /** @example 4 */
  level: number;
  /**
   * Statements with an accepted support; while the level is held, the figure of its sign-off.
   * @example 5
   */
  accepted: number;
  /**
   * The statements of the level.
   * @example 8
   */
  total: number;
  /**
   * The state of the claim to this level where it is submitted or approved; others are not for managers.
   * @example submitted
   */
  claimState: 'submitted' | 'approved' | null;
  /**
   * When the level was signed off; null unless it is held now.
   * @example null
   */
  signedOffOn: string | null;
  /**
   * The last day the sign-off is good for; null is for good.
   * @example null
   */
  validUntil: string | null;
}

/** A submitted claim of somebody in the team, and on whom it waits. */
export class TeamClaimAnswer {
  /** @example 01931b2e-7c00-7000-8000-00000000000c */
  id: string;
  /** @example sfia-9:ITOP.4 */
  skillLevel: string;
  /** @example 2026-11-16 */
  dueOn: string;
  /** @example false */
  overdue: boolean;
  /** Eligible mentors who have not approved it yet, by name. */
  waitsOn: PersonName[];
}

/** Somebody in the team. */
export class TeamMemberAnswer {
  /** @example 01931b2e-7c00-7000-8000-000000000001 */
  id: string;
  /** @example "Engineer One" */
  name: string;
  /** @example true */
  active: boolean;
  /**
   * The highest level with a sign-off in force; null where none is held.
   * @example 3
   */
  currentLevel: number | null;
  /** Every level that the skill defines. */
  levels: TeamLevelAnswer[];
  /**
   * When the latest work for the skill ended.
   * @example 2026-09-30
   */
  lastEvidenceOn: string | null;
  /**
   * Whether some work for the skill goes on.
   * @example true
   */
  goingOn: boolean;
  /** The claim for the skill that is submitted; null where there is none. */
  claim: TeamClaimAnswer | null;
}

/** The team in numbers. */
export class TeamTotalsAnswer {
  /** @example 8 */
  people: number;
  /** How many people hold which level as their highest; `none` for those who hold none. */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'integer' }, example: { none: 2, '1': 0, '2': 1, '3': 4, '4': 1, '5': 0 } })
  byLevel: Record<string, number>;
  /**
   * How many have a submitted claim.
   * @example 2
   */
  submitted: number;
  /**
   * How many of these are past their day.
   * @example 0
   */
  overdue: number;
}

/** Who stands where in a team, and what waits on whom. */
export class TeamDashboardAnswer {
  manager: PersonName;
  /** @example sfia-9:ITOP */
  skill: string;
  /** By name; active people only. */
  people: TeamMemberAnswer[];
  totals: TeamTotalsAnswer;
  /** @example 2026-11-02T09:30:00.000Z */
  asOf: string;
}
