import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsText } from '../platform/rules';

/** Which skill. */
export class OrganisationDashboardRequest {
  /**
   * A skill; left out, the first that anybody has something in.
   * @example sfia-9:ITOP
   */
  @IsOptional()
  @IsText(100)
  skill?: string;
}

/** How many people have how much of a level shown. */
export class OrganisationStatementsAnswer {
  /**
   * Every statement has an accepted support, or the level is held with all of them.
   * @example 34
   */
  all: number | null;
  /** @example 61 */
  some: number | null;
  /** @example 905 */
  none: number | null;
}

/** The people behind how much of a level is shown; null where the figure is withheld, and for callers who may not see everybody. */
export class OrganisationStatementsLinks {
  /** @example "/api/v1/organisation/people?skill=sfia-9:ITOP&at=4&is=all" */
  all: string | null;
  /** @example "/api/v1/organisation/people?skill=sfia-9:ITOP&at=4&is=some" */
  some: string | null;
  /** @example "/api/v1/organisation/people?skill=sfia-9:ITOP&at=4&is=none" */
  none: string | null;
}

/** The people behind the figures of a level; null where one is withheld, and for callers who may not see everybody. */
export class OrganisationLevelLinks {
  /** @example "/api/v1/organisation/people?skill=sfia-9:ITOP&at=4&is=submitted" */
  submitted: string | null;
  /** @example "/api/v1/organisation/people?skill=sfia-9:ITOP&at=4&is=approved" */
  approved: string | null;
  statements: OrganisationStatementsLinks;
}

/** One level in numbers of people; null is withheld. */
export class OrganisationLevelAnswer {
  /** @example 4 */
  level: number;
  /**
   * The statements of the level.
   * @example 8
   */
  total: number;
  /**
   * How many have a claim to it that is submitted.
   * @example 12
   */
  submitted: number | null;
  /**
   * For how many the newest claim to it that was submitted is approved.
   * @example 34
   */
  approved: number | null;
  statements: OrganisationStatementsAnswer;
  links: OrganisationLevelLinks;
}

/** How the targets of the organisation stand, in numbers of people; null is withheld. */
export class OrganisationTargetTotals {
  /** @example 120 */
  onTrack: number | null;
  /** @example 17 */
  late: number | null;
  /** @example 45 */
  reached: number | null;
  /**
   * People without one.
   * @example 818
   */
  none: number | null;
}

/** The people behind the targets' figures; null where one is withheld, and for callers who may not see everybody. */
export class OrganisationTargetLinks {
  /** @example "/api/v1/organisation/people?skill=sfia-9:ITOP&state=on-track" */
  onTrack: string | null;
  /** @example "/api/v1/organisation/people?skill=sfia-9:ITOP&state=late" */
  late: string | null;
  /** @example "/api/v1/organisation/people?skill=sfia-9:ITOP&state=reached" */
  reached: string | null;
  /** @example "/api/v1/organisation/people?skill=sfia-9:ITOP&state=no-target" */
  none: string | null;
}

/** Where the people behind each figure are; null where it is withheld, and for callers who may not see everybody (only auditors may). */
export class OrganisationTotalsLinks {
  /** @example "/api/v1/organisation/people?skill=sfia-9:ITOP" */
  people: string | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string', nullable: true },
    example: { none: '/api/v1/organisation/people?skill=sfia-9:ITOP&level=none', '4': null },
  })
  byLevel: Record<string, string | null>;
  /** @example "/api/v1/organisation/people?skill=sfia-9:ITOP&state=submitted" */
  submitted: string | null;
  /** @example "/api/v1/organisation/people?skill=sfia-9:ITOP&state=overdue" */
  overdue: string | null;
  /** @example "/api/v1/organisation/people?skill=sfia-9:ITOP&state=nobody-can-decide" */
  nobodyCanDecide: string | null;
  targets: OrganisationTargetLinks;
}

/** The organisation in numbers of people, as a team's totals; null is withheld. */
export class OrganisationTotalsAnswer {
  /**
   * Everybody who is active.
   * @example 1000
   */
  people: number | null;
  /** How many people hold which level as their highest; `none` for those who hold none. */
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer', nullable: true },
    example: { none: 700, '1': 80, '2': 120, '3': 66, '4': null, '5': null },
  })
  byLevel: Record<string, number | null>;
  /**
   * How many have a submitted claim.
   * @example 40
   */
  submitted: number | null;
  /**
   * How many of these are past their day.
   * @example 6
   */
  overdue: number | null;
  /**
   * How many of these nobody can decide as things are: no eligible mentor who has not approved yet.
   * @example 0
   */
  nobodyCanDecide: number | null;
  targets: OrganisationTargetTotals;
  links: OrganisationTotalsLinks;
}

/** Where the organisation stands in a skill, without names. */
export class OrganisationDashboardAnswer {
  /** @example sfia-9:ITOP */
  skill: string;
  totals: OrganisationTotalsAnswer;
  /** Every level that the skill defines. */
  levels: OrganisationLevelAnswer[];
  /**
   * Figures of groups with fewer people are withheld (null), and so are others from which these could be had by subtraction.
   * @example 5
   */
  smallestGroup: number;
  /** @example 2026-11-02T09:30:00.000Z */
  asOf: string;
}
