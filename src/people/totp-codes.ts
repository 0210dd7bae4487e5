import { Injectable } from '@nestjs/common';
import { type Refusal, refuse } from '../kernel/refusal';
import { networkOf } from '../platform/network';
import type { Limit } from '../platform/tallies';
import { Secrets } from '../platform/secrets';
import { SignInThrottle } from './sign-in-throttle';
import { hashOfRecoveryCode, isTotpCode, stepOfCode } from './totp';
import { TotpStore } from './totp.store';

/** The limits of wrong codes by whoever is signed in as that person. */
const limitsOf = (personId: string): Limit[] => [
  { name: `one-time code of ${personId}`, limit: 5, seconds: 60 },
  { name: `one-time code of ${personId}`, limit: 20, seconds: 3_600 },
];

/** From where somebody signs in, and whether they did from there before. */
export interface SignInFrom {
  readonly address: string;
  readonly isKnown: boolean;
}

/**
 * The limits of wrong codes at a sign-in: by account and network, so that whoever knows somebody's password does not use up the attempts of the person themselves;
 * and from all networks together that the account has not been signed in from. Three of a million codes are right at any moment: at this pace, guessing for a whole
 * day from anywhere finds one once in 230 accounts whose password is known already.
 */
function signInLimitsOf(personId: string, { address, isKnown }: SignInFrom): Limit[] {
  const here = `one-time code of ${personId} from ${networkOf(address)}`;
  return [
    { name: here, limit: 5, seconds: 60 },
    { name: here, limit: 20, seconds: 3_600 },
    ...(isKnown ? [] : [{ name: `one-time code of ${personId} from anywhere`, limit: 60, seconds: 3_600 }]),
  ];
}

/** What a person's codes are encrypted for. */
export const sealContext = (personId: string): string => `totp ${personId}`;

/** Checks one-time codes and uses them up: the one place where that happens, for signing in and for every proof. */
@Injectable()
export class TotpCodes {
  constructor(
    private readonly store: TotpStore,
    private readonly secrets: Secrets,
    private readonly throttle: SignInThrottle,
  ) {}

  /**
   * Whether a code is right, for the first time. It is used up then, also where what it was for is refused afterwards.
   * @param kinds whether a recovery code counts as well
   * @param from where the sign-in comes from that it is for; left out where somebody signed in gives it
   * @throws Refused `too-many-requests` after too many wrong ones, `secrets-key-missing`
   */
  async use(personId: string, code: string, kinds: 'totp' | 'any', from?: SignInFrom): Promise<boolean> {
    // an installation without its key is no failure of whoever typed the code
    if (isTotpCode(code) && !this.secrets.isGiven() && (await this.store.standing(personId)).state === 'on') this.secrets.demandKey();
    const limits = from === undefined ? limitsOf(personId) : signInLimitsOf(personId, from);
    const found = await this.throttle.attempt(limits, async () => ((await this.take(personId, code, kinds)) ? true : null));
    return found !== null;
  }

  /**
   * The second factor of somebody whose password was right.
   * @returns null where the code is right or none is needed; `totp-required` where there is none, `bad-credentials` where it is wrong
   */
  async checkSecondFactor(personId: string, code: string | undefined, from: SignInFrom): Promise<Refusal | null> {
    if ((await this.store.standing(personId)).state !== 'on') return null;
    if (code === undefined) return refuse('totp-required');
    return (await this.use(personId, code, 'any', from))
      ? null
      : refuse('bad-credentials', 'The one-time code is wrong, or was used already.');
  }

  /** The time step of the first code of a set-up that waits for it, or null where the code is wrong. Limited as any other code. */
  async stepOfFirst(personId: string, code: string): Promise<number | null> {
    return this.throttle.attempt(limitsOf(personId), () => this.stepOf(personId, code, 'pending'));
  }

  private async take(personId: string, code: string, kinds: 'totp' | 'any'): Promise<boolean> {
    if (!isTotpCode(code)) return kinds === 'any' && this.store.useRecoveryCode(personId, hashOfRecoveryCode(code));
    const step = await this.stepOf(personId, code, 'on');
    return step !== null && this.store.useStep(personId, step);
  }

  private async stepOf(personId: string, code: string, state: 'pending' | 'on'): Promise<number | null> {
    const stored = await this.store.stored(personId, state);
    if (stored === null) return null;
    return stepOfCode(this.secrets.open(stored, sealContext(personId)), code, stored.now, stored.lastStep);
  }
}
