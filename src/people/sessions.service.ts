import { Injectable } from '@nestjs/common';
import { type Actor, type Role } from '../kernel/actor';
import { type Refusal, Refused, raise } from '../kernel/refusal';
import { networkOf } from '../platform/network';
import { Transactions, rowsOf } from '../platform/transaction';
import { NewPasswords } from './new-passwords';
import { Passwords } from './passwords';
import { Proofs, demandProof } from './proofs';
import { type Account, type BegunSession, SessionsStore } from './sessions.store';
import { SignInThrottle, limitsOf } from './sign-in-throttle';
import { TotpCodes } from './totp-codes';

/** Where a request to sign in comes from: what the client calls itself, its address, and the session that its cookie had until now. */
export interface Client {
  readonly name: string | null;
  readonly address: string;
  readonly formerToken?: string | null;
}

/** What somebody signs in with; `totp` is a one-time code or a recovery code. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly totp?: string | undefined;
}

/** Somebody who has just signed in. */
export interface SignedIn {
  readonly session: BegunSession;
  readonly person: { readonly id: string; readonly name: string; readonly email: string; readonly roles: Role[] };
}

/** Signing in, and ending sessions. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly passwords: Passwords,
    private readonly codes: TotpCodes,
    private readonly proofs: Proofs,
    private readonly throttle: SignInThrottle,
    private readonly store: SessionsStore,
    private readonly choices: NewPasswords,
  ) {}

  /**
   * Begins a session for whoever knows the password, and has the one-time code where one is asked for.
   * @throws Refused `bad-credentials`: the same, after the same time, whatever was wrong; `totp-required` where the password was right;
   * `too-many-requests` after too many failures
   */
  async signIn(credentials: Credentials, client: Client): Promise<SignedIn> {
    const { key, account } = await this.store.account(credentials.email, networkOf(client.address));
    const limits = limitsOf(key, client.address, account?.fromKnownNetwork ?? false);
    // a refused code is no guess at the password, and has limits of its own
    const outcome = (await this.throttle.attempt(limits, () => this.tryToSignIn(account, credentials, client))) ?? raise('bad-credentials');
    if ('session' in outcome) return outcome;
    throw new Refused(outcome);
  }

  private async tryToSignIn(known: Account | null, { password, totp }: Credentials, client: Client): Promise<SignedIn | Refusal | null> {
    // the hash is computed in any case: an unknown address takes as long as a wrong password
    const right = await this.passwords.matches(known?.passwordHash ?? null, password, 'stranger');
    if (known === null || !right) return null;
    const refusal = await this.codes.checkSecondFactor(known.personId, totp, {
      address: client.address,
      isKnown: known.fromKnownNetwork,
    });
    if (refusal !== null) return refusal;
    return this.transactions.run(async (tx) => {
      // the hash took its time: somebody deactivated, or a password changed in between, does not slip in
      const [person] = await rowsOf<{ id: string; name: string; email: string; roles: Role[] }>(
        tx,
        `SELECT person_id AS id, name, email, roles FROM person WHERE person_id = $1 AND active AND password_hash = $2 FOR SHARE`,
        [known.personId, known.passwordHash],
      );
      if (person === undefined) return null;
      await this.store.rememberNetwork(tx, person.id, networkOf(client.address));
      await this.store.endFormer(tx, client.formerToken ?? null);
      return { session: await this.store.begin(tx, person.id, client.name), person };
    });
  }

  /**
   * Ends one of the caller's own sessions at once.
   * @throws Refused `not-found`; `not-signed-in` for the session of this very request
   */
  async end(caller: Actor, sessionId: string): Promise<void> {
    const ended = await this.transactions.run((tx) => this.store.end(tx, caller.personId, sessionId));
    // it was there when this request came in: another one has signed out meanwhile
    if (!ended) raise(sessionId === caller.sessionId ? 'not-signed-in' : 'not-found');
  }

  /**
   * Changes the caller's password and ends their other sessions and their tokens.
   * @throws Refused `re-authentication-failed`, `malformed` (a password that is easy to guess), `too-many-requests` after too many failures or choices
   */
  async changePassword(caller: Actor, current: string, next: string): Promise<void> {
    const former = await this.store.passwordHash(caller.personId);
    demandProof(await this.proofs.verify(caller.personId, { password: current }));
    await this.choices.demandGood(next, { id: caller.personId, name: caller.name, email: caller.email }, '/next');
    const hash = await this.passwords.hash(next);
    await this.transactions.run(async (tx) => {
      // hashing takes a while: of several changes at once the first one counts, and nothing is set on somebody who was deactivated or invited afresh meanwhile
      if (!(await this.store.replacePassword(tx, caller.personId, former, hash))) raise('re-authentication-failed');
      await this.store.endAll(tx, caller.personId, caller.sessionId);
    });
  }
}
