import { IsBoolean, IsString, MaxLength, MinLength, ValidateIf } from 'class-validator';
import type { Role } from '../kernel/actor';

const isGiven = (_: object, value: unknown): boolean => value !== undefined;

/** What a sign-in by browser and with a second factor says besides. */
export class SignInTraits {
  /**
   * A one-time code, or a recovery code, of somebody who has set them up.
   * @example "492039"
   */
  @ValidateIf(isGiven)
  @IsString()
  @MinLength(1)
  @MaxLength(40)
  totp?: string;

  /**
   * Whether the session is kept in a cookie that scripts cannot read (`__Host-touchstone`) instead of a token in the answer. For pages on this very origin.
   * @example false
   */
  @ValidateIf(isGiven)
  @IsBoolean()
  cookie?: boolean;
}

/** Email and password of somebody who signs in. */
export class SignInRequest extends SignInTraits {
  /**
   * The email address, in any case.
   * @example engineer1@demo.test
   */
  @IsString()
  @MinLength(1)
  @MaxLength(254)
  email: string;

  /** @example "a long and silly sentence" */
  @IsString()
  @MinLength(1)
  @MaxLength(1024)
  password: string;
}

/** Who has signed in. */
export class SignedInPerson {
  /** @example 01931b2e-7c00-7000-8000-000000000001 */
  id: string;

  /** @example "Engineer One" */
  name: string;

  /** @example engineer1@demo.test */
  email: string;

  /**
   * `admin`, `auditor`, both or none.
   * @example []
   */
  roles: Role[];
}

/** A session that has just begun. */
export class SessionAnswer {
  /**
   * Send it as `Authorization: Bearer …`. It is shown this once; null where the session was asked for as a cookie.
   * @example 3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
   */
  token: string | null;

  /**
   * When the session ends at the latest; it ends earlier when it is not used.
   * @example 2026-11-09T09:30:00.000Z
   */
  expiresAt: string;

  person: SignedInPerson;
}

/** One of one's own sessions. */
export class SessionItem {
  /** @example 01931b2e-7c00-7000-8000-00000000000b */
  id: string;

  /**
   * What the client called itself when it signed in.
   * @example curl/8.5.0
   */
  client: string | null;

  /** @example 2026-11-02T09:30:00.000Z */
  createdAt: string;

  /**
   * To the minute.
   * @example 2026-11-02T11:04:00.000Z
   */
  lastUsedAt: string;

  /** @example 2026-11-09T09:30:00.000Z */
  expiresAt: string;

  /**
   * Whether it is the session of this request.
   * @example true
   */
  current: boolean;
}

/** One page of one's own sessions. */
export class SessionPage {
  items: SessionItem[];

  /**
   * Where the next page begins; null on the last.
   * @example null
   */
  nextCursor: string | null;
}
