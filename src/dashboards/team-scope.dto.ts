import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsText } from '../platform/rules';

/** A number in a query, where it is one, written in the one way that there is: `01` is none. */
export const toWhole = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' && /^(0|[1-9]\d{0,2})$/.test(value) ? Number(value) : value;

/** Which part of a team. */
export class TeamRequest {
  /**
   * Only those who report to the manager directly, or everybody below; `direct` if left out.
   * @example direct
   */
  @IsOptional()
  @IsIn(['direct', 'all'])
  depth?: 'direct' | 'all';
}

/** Which part of a team, in which skill. */
export class TeamSkillRequest extends TeamRequest {
  /**
   * A skill; left out, the first that the team has something in.
   * @example sfia-9:ITOP
   */
  @IsOptional()
  @IsText(100)
  skill?: string;
}

/** Which part of a team, in which skill if only one, at which level if only one. */
export class TeamLevelRequest extends TeamRequest {
  /**
   * A skill; left out, all skills.
   * @example sfia-9:ITOP
   */
  @IsOptional()
  @IsText(100)
  skill?: string;
  /**
   * One level; left out, all levels.
   * @example 3
   */
  @IsOptional()
  @Transform(toWhole)
  @IsInt({ message: 'level must be a whole number from 1 to 7' })
  @Min(1)
  @Max(7)
  level?: number;
}
