import { Injectable } from '@nestjs/common';
import { SignJWT } from 'jose';
import { SignOffsFacts } from '../claims/sign-offs.facts';
import { Settings } from '../config';
import { FrameworksFacts } from '../frameworks/frameworks.facts';
import type { Viewpoint } from '../kernel/actor';
import { addDays, startOfDay } from '../kernel/clock';
import { raise } from '../kernel/refusal';
import {
  type Issuer,
  type PublicRsaJwk,
  achievementCredential,
  keyUrl,
  publishedProfile,
  registeredClaims,
  statusListCredential,
} from './badge';
import { BadgeKeys, type PublishedKey } from './badge-keys';
import { BadgeStatusStore } from './badge-status.store';
import { encodeList } from './status-list';

/** Sign-offs as Open Badges, and what those who check one need. */
@Injectable()
export class BadgesService {
  constructor(
    private readonly signOffs: SignOffsFacts,
    private readonly frameworks: FrameworksFacts,
    private readonly status: BadgeStatusStore,
    private readonly keys: BadgeKeys,
    private readonly settings: Settings,
  ) {}

  /**
   * The badge of a sign-off as a signed JWT; the same sign-off gives the same one every time.
   * @param origin how people reach the application: the issuer's id is below it
   * @throws Refused `not-found`, `already-revoked`; `signing-key-missing` where this installation has no key for badges
   */
  async badge(caller: Viewpoint, engineerId: string, signOffId: string, origin: string): Promise<string> {
    const found = (await this.signOffs.find(caller, engineerId, signOffId)) ?? raise('not-found');
    if (!found.readable) return raise('not-found');
    if (found.content === null) return raise('not-found', 'The content of this sign-off was erased.');
    if (found.state === 'revoked') return raise('already-revoked', 'This sign-off is revoked: no badge is made of it any more.');
    if (this.keys.read().signing === null) return raise('signing-key-missing');
    const skill = await this.frameworks.skill(found.skill);
    if (skill === null) throw new Error(`no skill ${found.skill}`);
    const { content, digest, engineerEmail, grantedAt: validFrom, until } = found;
    const credential = achievementCredential(
      {
        content,
        digest,
        engineerEmail,
        validFrom,
        // up to the last second of the last day
        validUntil: until === null ? null : new Date(startOfDay(addDays(until, 1), this.settings.TIME_ZONE).getTime() - 1000),
        source: skill.source,
        status: await this.status.placeOf(engineerId, signOffId),
      },
      this.issuer(origin),
    );
    return this.signed(credential, origin, 'JWT');
  }

  /** A status list as a signed JWT, as it is now; null where there is no such list. */
  async statusList(list: number, origin: string): Promise<string | null> {
    const found = await this.status.revokedIn(list);
    return found === null
      ? null
      : this.signed(statusListCredential(list, encodeList(found.revoked), found.at, this.issuer(origin)), origin, 'vc+jwt');
  }

  /** Every public key that badges were ever signed with, the present one first. */
  publicKeys(origin: string): PublicRsaJwk[] {
    return this.keys.read().published.map((key) => jwkOf(key, origin));
  }

  profile(origin: string): Record<string, unknown> {
    return publishedProfile(this.issuer(origin));
  }

  private issuer(origin: string): Issuer {
    return { origin, organisation: this.settings.ORGANISATION };
  }

  private signed(credential: Record<string, unknown>, origin: string, typ: string): Promise<string> {
    const { signing } = this.keys.read();
    if (signing === null) return raise('signing-key-missing');
    return new SignJWT({ ...credential, ...registeredClaims(credential) })
      .setProtectedHeader({ alg: 'RS256', typ, kid: keyUrl(origin, signing.thumbprint) })
      .sign(signing.key);
  }
}

const jwkOf = ({ thumbprint, n, e }: PublishedKey, origin: string): PublicRsaJwk => ({
  kty: 'RSA',
  use: 'sig',
  alg: 'RS256',
  kid: keyUrl(origin, thumbprint),
  n,
  e,
});
