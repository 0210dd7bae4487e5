import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min, MinLength } from 'class-validator';
import { defaultLimit, maxLimit } from '../kernel/paging';

/** Query parameters of every paged list. */
export class PageQuery {
  /**
   * How many items a page holds at most.
   * @example 20
   */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value))
  @IsInt({ message: 'limit must be a whole number from 1 to 100' })
  @Min(1)
  @Max(maxLimit)
  limit: number = defaultLimit;

  /**
   * Where the page begins: `nextCursor` of the page before.
   */
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(2000)
  cursor?: string;
}
