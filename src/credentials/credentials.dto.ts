import { ApiProperty } from '@nestjs/swagger';

/** A sign-off as an Open Badge, to be kept or given to others by the engineer. */
export class BadgeAnswer {
  /**
   * An Open Badges 3.0 AchievementCredential as a JWT, signed RS256. Its header names the key, which `/.well-known/jwks.json` has.
   * @example eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL3RvdWNoc3RvbmUuZXhhbXBsZSJ9.c2lnbmF0dXJl
   */
  jwt: string;
}

/** How a sign-off stands, for whoever holds a paper of it. */
export class SignOffCheckAnswer {
  /** @example 01931b2e-7c00-7000-8000-00000000000d */
  signOff: string;
  /** @example sfia-9:ITOP.4 */
  skillLevel: string;
  /** @example 2026-11-04 */
  on: string;
  /**
   * The last day on which it is in force; null is for good.
   * @example null
   */
  until: string | null;
  /** @example in-force */
  state: 'in-force' | 'expired' | 'revoked';
}

/** A public key (RFC 7517). */
export class BadgeKeyAnswer {
  /** @example RSA */
  kty: 'RSA';
  /** @example sig */
  use: 'sig';
  /** @example RS256 */
  alg: 'RS256';
  /**
   * Its id: the address at which it is found by itself.
   * @example https://touchstone.example/.well-known/keys/NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs
   */
  kid: string;
  /** @example sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri23bOdgWp4Dy1Wl */
  n: string;
  /** @example AQAB */
  e: string;
}

/** Every public key that badges were ever signed with, the present one first. */
export class BadgeKeysAnswer {
  keys: BadgeKeyAnswer[];
}

/** Who signs badges: an Open Badges 3.0 profile. */
export class IssuerProfileAnswer {
  /** @example ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"] */
  @ApiProperty({ type: [String] })
  '@context': string[];
  /** @example https://touchstone.example/.well-known/issuer.json */
  id: string;
  /** @example ["Profile"] */
  type: string[];
  /** @example "The demo organisation" */
  name: string;
  /** @example https://touchstone.example */
  url: string;
  /** @example "Signs off levels of skills for its own engineers." */
  description: string;
}
