import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { PersonName } from '../platform/person-name.dto';
import { IsText } from '../platform/rules';
import { TeamSkillRequest, toWhole } from './team-scope.dto';

/** Which skill, how far down the reporting line; which people of these, and in which order. Figures under `totals` are of all of them. */
export class TeamDashboardRequest extends TeamSkillRequest {
  /**
   * By name, by the highest level held, by when the latest work ended (what goes on is later than any day), or by the day of their target. Who has none of it comes last.
   * @example name
   */
  @IsOptional()
  @IsIn(['name', 'currentLevel', 'lastEvidenceOn', 'target'])
  sort?: 'name' | 'currentLevel' | 'lastEvidenceOn' | 'target';
  /**
   * `asc` if left out.
   * @example asc
   */
  @IsOptional()
  @IsIn(['asc', 'desc'])
  order?: 'asc' | 'desc';
  /**
   * Only people who hold this level as their highest; `none` for those who hold none.
   * @example 3
   */
  @IsOptional()
  @IsIn(['none', '1', '2', '3', '4', '5', '6', '7'])
  level?: 'none' | '1' | '2' | '3' | '4' | '5' | '6' | '7';
  /**
   * Only people whose next level this is: the lowest above the one they hold.
   * @example 4
   */
  @IsOptional()
  @Transform(toWhole)
  @IsInt({ message: 'nextLevel must be a whole number from 1 to 7' })
  @Min(1)
  @Max(7)
  nextLevel?: number;
  /**
   * Only people with a submitted claim, with one that is past its day or that nobody can decide, or with a target that stands so.
   * @example late
   */
  @IsOptional()
  @IsIn(['submitted', 'overdue', 'nobody-can-decide', 'on-track', 'late', 'reached', 'no-target'])
  state?: 'submitted' | 'overdue' | 'nobody-can-decide' | 'on-track' | 'late' | 'reached' | 'no-target';
  /**
   * Only people who show this statement: by work with an accepted support, or since they hold its level.
   * @example sfia-9:ITOP.4.2
   */
  @IsOptional()
  @IsText(100)
  shows?: string;
  /**
   * Only people who do not show this statement.
   * @example sfia-9:ITOP.4.3
   */
  @IsOptional()
  @IsText(100)
  lacks?: string;
}

/** Where the figures of a level come from. */
export class TeamLevelLinks {
  /**
   * The statements of the level, each with where it stands.
   * @example /api/v1/engineers/01931b2e-7c00-7000-8000-000000000001/progress/sfia-9:ITOP.4
   */
  total: string;
  /**
   * Those that are accepted.
   * @example /api/v1/engineers/01931b2e-7c00-7000-8000-000000000001/progress/sfia-9:ITOP.4?state=accepted
   */
  accepted: string;
  /** The claims to the level in the state that is shown; null where none is. */
  claimState: string | null;
  /** The sign-off in force; null where the level is not held. */
  signedOffOn: string | null;
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
  links: TeamLevelLinks;
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
  /** Eligible mentors who have not approved it yet, by name; where there are none, nobody can decide it. */
  waitsOn: PersonName[];
}

/** What somebody in the team is to reach. */
export class TeamTargetAnswer {
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

/** Where the figures of a person come from. */
export class TeamMemberLinks {
  /**
   * Their progress in the skill, level by level.
   * @example /api/v1/engineers/01931b2e-7c00-7000-8000-000000000001/progress?skill=sfia-9:ITOP
   */
  progress: string;
  /** The sign-off of their highest level; null where none is held. */
  currentLevel: string | null;
  /** Their evidence for the skill, for auditors only: a manager does not see what no submitted or approved claim rests on, and has null. */
  lastEvidenceOn: string | null;
  /** The submitted claim; null where there is none. */
  claim: string | null;
  /** Their target; null where none is set. */
  target: string | null;
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
  /** What they are to reach in the skill; null where nothing is set. */
  target: TeamTargetAnswer | null;
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
  links: TeamMemberLinks;
}

/** How the targets of a team stand. */
export class TeamTargetTotals {
  /** @example 3 */
  onTrack: number;
  /** @example 1 */
  late: number;
  /** @example 2 */
  reached: number;
  /**
   * People without one.
   * @example 2
   */
  none: number;
}

/** Where the people behind each of the targets' figures are. */
export class TeamTargetLinks {
  /** @example /api/v1/teams/01931b2e-7c00-7000-8000-000000000009/dashboard?depth=direct&skill=sfia-9:ITOP&state=on-track */
  onTrack: string;
  /** @example /api/v1/teams/01931b2e-7c00-7000-8000-000000000009/dashboard?depth=direct&skill=sfia-9:ITOP&state=late */
  late: string;
  /** @example /api/v1/teams/01931b2e-7c00-7000-8000-000000000009/dashboard?depth=direct&skill=sfia-9:ITOP&state=reached */
  reached: string;
  /** @example /api/v1/teams/01931b2e-7c00-7000-8000-000000000009/dashboard?depth=direct&skill=sfia-9:ITOP&state=no-target */
  none: string;
}

/** Where the people behind each figure are: this dashboard, narrowed to them. */
export class TeamTotalsLinks {
  /** @example /api/v1/teams/01931b2e-7c00-7000-8000-000000000009/dashboard?depth=direct&skill=sfia-9:ITOP */
  people: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { '3': '/api/v1/teams/01931b2e-7c00-7000-8000-000000000009/dashboard?depth=direct&skill=sfia-9:ITOP&level=3' },
  })
  byLevel: Record<string, string>;
  /** @example /api/v1/teams/01931b2e-7c00-7000-8000-000000000009/dashboard?depth=direct&skill=sfia-9:ITOP&state=submitted */
  submitted: string;
  /** @example /api/v1/teams/01931b2e-7c00-7000-8000-000000000009/dashboard?depth=direct&skill=sfia-9:ITOP&state=overdue */
  overdue: string;
  /** @example /api/v1/teams/01931b2e-7c00-7000-8000-000000000009/dashboard?depth=direct&skill=sfia-9:ITOP&state=nobody-can-decide */
  nobodyCanDecide: string;
  targets: TeamTargetLinks;
}

/** The team in numbers: all of it, whatever `people` is narrowed to. */
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
  /**
   * How many of these nobody can decide as things are: no eligible mentor who has not approved yet.
   * @example 0
   */
  nobodyCanDecide: number;
  targets: TeamTargetTotals;
  links: TeamTotalsLinks;
}

/** Who stands where in a team, and what waits on whom. */
export class TeamDashboardAnswer {
  manager: PersonName;
  /** @example sfia-9:ITOP */
  skill: string;
  /** By name unless asked otherwise; active people only. */
  people: TeamMemberAnswer[];
  totals: TeamTotalsAnswer;
  /** @example 2026-11-02T09:30:00.000Z */
  asOf: string;
}
