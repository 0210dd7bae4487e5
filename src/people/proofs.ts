import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor';
import { type Refusal, Refused, raise, refuse } from '../kernel/refusal';
import { Database } from '../platform/transaction';
import { Passwords } from './passwords';
import { SignInThrottle, proofLimitsOf } from './sign-in-throttle';
import { TotpCodes } from './totp-codes';

/** What somebody gives as a fresh proof: one of the two at least. */
export interface ProofGiven {
  readonly password?: string | undefined;
  readonly totp?: string | undefined;
}

/** A proof that held, and by what. With both, the one-time code names it. */
export interface Proof {
  readonly method: 'password' | 'totp';
}

/** How long ago a sign-in is a fresh proof itself, in minutes. */
const freshMinutes = 10;

const missing = 'Say that it is you: send your password or a one-time code. You signed in more than ten minutes ago.';

/** The proof itself. Throws the refusal where it did not hold. */
export function demandProof(verified: Proof | Refusal): Proof {
  if ('method' in verified) return verified;
  throw new Refused(verified);
}

/** Asks for a fresh proof of identity: whoever finds a session open can neither sign nor take the account over with it. */
@Injectable()
export class Proofs {
  constructor(
    private readonly db: Database,
    private readonly passwords: Passwords,
    private readonly codes: TotpCodes,
    private readonly throttle: SignInThrottle,
  ) {}

  /**
   * Whether a proof holds. Takes a while: before a record is locked, never after; the answer is a value, so that it can be given when its turn comes.
   * A one-time code is used up by this, whatever follows.
   * @returns the proof, or `re-authentication-failed`
   * @throws Refused `too-many-requests` after too many failures, `malformed` where nothing was given
   */
  async verify(personId: string, { password, totp }: ProofGiven): Promise<Proof | Refusal> {
    if (password === undefined && totp === undefined) return raise('malformed', 'Send your password or a one-time code.');
    if (password !== undefined && !(await this.isPassword(personId, password))) return refuse('re-authentication-failed');
    if (totp === undefined) return { method: 'password' };
    return (await this.codes.use(personId, totp, 'totp'))
      ? { method: 'totp' }
      : refuse('re-authentication-failed', 'The one-time code is wrong, or was used already.');
  }

  /**
   * As verify, for what a fresh sign-in proves too: without password and code, the session must be young.
   * @throws Refused `re-authentication-failed`, `too-many-requests`
   */
  async verifyOrFresh(caller: Actor, given: ProofGiven): Promise<void> {
    if (given.password !== undefined || given.totp !== undefined) return void demandProof(await this.verify(caller.personId, given));
    const fresh = await this.db.one(
      `SELECT 1 FROM session WHERE session_id = $1 AND person_id = $2 AND created_at > now() - make_interval(mins => $3::int)`,
      [caller.sessionId, caller.personId, freshMinutes],
    );
    if (fresh === null) raise('re-authentication-failed', missing);
  }

  private async isPassword(personId: string, password: string): Promise<boolean> {
    const right = await this.throttle.attempt(proofLimitsOf(personId), async () =>
      (await this.passwords.verify(personId, password)) ? true : null,
    );
    return right !== null;
  }
}
