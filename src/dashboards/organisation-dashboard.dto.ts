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
