import { IsInt, IsOptional, IsString, Max, MaxLength, Min, MinLength } from 'class-validator';
import { Transform } from 'class-transformer';
import { PageQuery } from './page.dto';
import { IsIdText } from './rules';

/** Which refused requests are asked for. */
export class RefusedRequestsQuery extends PageQuery {
  /** Whose requests: the person who was signed in. */
  @IsOptional()
  @IsIdText()
  person?: string;

  /** About whose record or team. */
  @IsOptional()
  @IsIdText()
  about?: string;

  /** @example not-allowed */
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(60)
  code?: string;

  /** @example 403 */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value))
  @IsInt({ message: 'status must be 401, 403, 404 or 429' })
  @Min(400)
  @Max(499)
  status?: number;
}

/** One request that was refused for who asked. */
export class RefusedRequestItem {
  /** @example 01931b2e-7c00-7000-8000-00000000000b */
  id: string;

  /** @example 2026-11-02T09:30:00.000Z */
  at: string;

  /**
   * What the answer and the log name the request by.
   * @example 7f0264ac-3003-40cc-a89d-3d22be743dcc
   */
  requestId: string;

  /** Who was signed in; null is nobody. */
  person: RefusedPerson | null;

  /**
   * Where it came from.
   * @example 192.0.2.7
   */
  address: string | null;

  /** @example GET */
  method: string;

  /**
   * The route, without what stood in its place holders; null where there is no such route.
   * @example "/api/v1/engineers/:engineerId/evidence"
   */
  route: string | null;

  /**
   * Whose record or team it was about, as the path named them: there may be nobody of that id.
   * @example 01931b2e-7c00-7000-8000-000000000001
   */
  about: string | null;

  /** @example 404 */
  status: number;

  /** @example not-found */
  code: string;
}

/** Somebody whose request was refused. */
export class RefusedPerson {
  /** @example 01931b2e-7c00-7000-8000-000000000001 */
  id: string;

  /** @example "Engineer One" */
  name: string;
}

/** One page of refused requests, the newest first. */
export class RefusedRequestPage {
  items: RefusedRequestItem[];

  /**
   * Where the next page begins; null on the last.
   * @example null
   */
  nextCursor: string | null;
}
