import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn } from 'class-validator';
import { type Scope, scopes } from '../kernel/actor';
import { IsCalendarDay, IsWords } from '../platform/rules';
import { ProofOrFreshRequest } from './proofs.dto';

/** A token for one's scripts, with a fresh proof: `password` or `totp`, or a sign-in less than ten minutes ago. */
export class PersonalTokenRequest extends ProofOrFreshRequest {
  /**
   * What it is for.
   * @example "Nightly report"
   */
  @IsWords(100)
  name: string;

  /**
   * What it opens, of what its person may do: `catalogue:read` frameworks and policies, `record:read` records that the person may see,
   * `evidence:write` logging one's own evidence, `claims:write` drafting and submitting one's own claims, `reviews:read` what waits for one's review,
   * `dashboards:read` teams and the register, `ledger:read` the ledger.
   * @example ["record:read"]
   */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(scopes.length)
  @ArrayUnique()
  @IsIn(scopes, { each: true })
  scopes: Scope[];

  /**
   * The last day on which it is good; a year from today at most.
   * @example 2027-01-31
   */
  @IsCalendarDay()
  expiresOn: string;
}

/** One of one's own personal access tokens. */
export class PersonalTokenItem {
  /** @example 01931b2e-7c00-7000-8000-00000000000e */
  id: string;

  /** @example "Nightly report" */
  name: string;

  /** @example ["record:read"] */
  scopes: Scope[];

  /** @example 2026-11-02T09:30:00.000Z */
  createdAt: string;

  /**
   * The last day on which it is good.
   * @example 2027-01-31
   */
  expiresOn: string;

  /**
   * To the minute; null until it is used.
   * @example 2026-11-02T11:04:00.000Z
   */
  lastUsedAt: string | null;
}

/** A token that has just been made. */
export class MadeTokenAnswer extends PersonalTokenItem {
  /**
   * Send it as `Authorization: Bearer …`. Shown this once: null when the answer is replayed.
   * @example tsp_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
   */
  token: string | null;
}

/** One page of one's own tokens that are alive. */
export class PersonalTokenPage {
  items: PersonalTokenItem[];

  /**
   * Where the next page begins; null on the last.
   * @example null
   */
  nextCursor: string | null;
}
