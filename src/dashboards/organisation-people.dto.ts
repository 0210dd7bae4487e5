import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min, ValidateIf } from 'class-validator';
import { PageQuery } from '../platform/page.dto';
import { IsText } from '../platform/rules';
import { toWhole } from './team-scope.dto';

/** Which people of the organisation: those whom a figure of its dashboard counts. */
export class OrganisationPeopleRequest extends PageQuery {
  /** @example sfia-9:ITOP */
  @IsText(100)
  skill: string;
  /**
   * Only people who hold this level as their highest; `none` for those who hold none.
   * @example 3
   */
  @IsOptional()
  @IsIn(['none', '1', '2', '3', '4', '5', '6', '7'])
  level?: 'none' | '1' | '2' | '3' | '4' | '5' | '6' | '7';
  /**
   * Only people with a submitted claim, with one that is past its day or that nobody can decide, or with a target that stands so.
   * @example nobody-can-decide
   */
  @IsOptional()
  @IsIn(['submitted', 'overdue', 'nobody-can-decide', 'on-track', 'late', 'reached', 'no-target'])
  state?: 'submitted' | 'overdue' | 'nobody-can-decide' | 'on-track' | 'late' | 'reached' | 'no-target';
  /**
   * The level that `is` is about; only with it.
   * @example 4
   */
  @ValidateIf(({ at, is }: OrganisationPeopleRequest) => at !== undefined || is !== undefined)
  @Transform(toWhole)
  @IsInt({ message: 'at must be a whole number from 1 to 7, and is told together with "is"' })
  @Min(1)
  @Max(7)
  at?: number;
  /**
   * Only people who are, or show, this at the level: with a submitted claim to it; whose newest submitted claim to it is approved; with all, some or no statements of it.
   * @example approved
   */
  @ValidateIf(({ at, is }: OrganisationPeopleRequest) => at !== undefined || is !== undefined)
  @IsIn(['submitted', 'approved', 'all', 'some', 'none'])
  is?: 'submitted' | 'approved' | 'all' | 'some' | 'none';
}

/** Where somebody stands. */
export class OrganisationPersonLinks {
  /** @example /api/v1/engineers/01931b2e-7c00-7000-8000-000000000001/progress?skill=sfia-9:ITOP */
  progress: string;
}

/** Somebody whom a figure counts. */
export class OrganisationPersonItem {
  /** @example 01931b2e-7c00-7000-8000-000000000001 */
  id: string;
  /** @example "Engineer One" */
  name: string;
  /**
   * The highest level with a sign-off in force; null where none is held.
   * @example 3
   */
  currentLevel: number | null;
  links: OrganisationPersonLinks;
}

/** One page of people, by name. */
export class OrganisationPeoplePage {
  items: OrganisationPersonItem[];
  /**
   * Where the next page begins; null on the last.
   * @example null
   */
  nextCursor: string | null;
}
