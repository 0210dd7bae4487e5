import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { type Actor, type Role } from '../kernel/actor';
import { demand, raise } from '../kernel/refusal';
import { networkOf } from '../platform/network';
import { Transactions, rowsOf } from '../platform/transaction';
import { checkStrength } from './password-strength';
import { Passwords } from './passwords';
import { type Account, type BegunSession, SessionsStore } from './sessions.store';
import { SignInThrottle, limitsOf, proofLimitsOf } from './sign-in-throttle';

/** Where a request to sign in comes from: what the client calls itself, and its address. */
export interface Client {
  readonly name: string | null;
  readonly address: string;
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
    private readonly throttle: SignInThrottle,
    private readonly store: SessionsStore,
    private readonly settings: Settings,
  ) {}

  /**
   * Begins a session for whoever knows the password.
   * @throws Refused `bad-credentials`: the same, after the same time, whatever was wrong; `too-many-requests` after too many failures
   */
  async signIn(email: string, password: string, client: Client): Promise<SignedIn> {
    const account = await this.store.account(email, networkOf(client.address));
    const limits = limitsOf(email, client.address, account?.fromKnownNetwork ?? false);
    const signedIn = await this.throttle.attempt(limits, () => this.tryToSignIn(account, password, client));
    return signedIn ?? raise('bad-credentials');
  }

  private async tryToSignIn(known: Account | null, password: string, client: Client): Promise<SignedIn | null> {
    // the hash is computed in any case: an unknown address takes as long as a wrong password
    const right = await this.passwords.matches(known?.passwordHash ?? null, password, 'stranger');
    if (known === null || !right) return null;
    return this.transactions.run(async (tx) => {
      // the hash took its time: somebody deactivated, or a password changed in between, does not slip in
      const [person] = await rowsOf<{ id: string; name: string; email: string; roles: Role[] }>(
        tx,
        `SELECT person_id AS id, name, email, roles FROM person WHERE person_id = $1 AND active AND password_hash = $2 FOR SHARE`,
        [known.personId, known.passwordHash],
      );
      if (person === undefined) return null;
      await this.store.rememberNetwork(tx, person.id, networkOf(client.address));
      return { session: await this.store.begin(tx, person.id, client.name), person };
    });
  }

  /**
   * Ends one of the caller's own sessions at once.
   * @throws Refused `not-found`
   */
  async end(caller: Actor, sessionId: string): Promise<void> {
    const ended = await this.transactions.run((tx) => this.store.end(tx, caller.personId, sessionId));
    if (!ended) raise('not-found');
  }

  /**
   * Changes the caller's password and ends their other sessions.
   * @throws Refused `malformed` (a password that is easy to guess), `re-authentication-failed`, `too-many-requests` after too many failures
   */
  async changePassword(caller: Actor, current: string, next: string): Promise<void> {
    demand(checkStrength(next, [caller.name, caller.email, this.settings.ORGANISATION], '/next'));
    const proven = await this.throttle.attempt(proofLimitsOf(caller.personId), async () =>
      (await this.passwords.verify(caller.personId, current)) ? true : null,
    );
    if (proven === null) raise('re-authentication-failed');
    const hash = await this.passwords.hash(next);
    await this.transactions.run(async (tx) => {
      await tx.query(`UPDATE person SET password_hash = $2 WHERE person_id = $1`, [caller.personId, hash]);
      await this.store.endAll(tx, caller.personId, caller.sessionId);
    });
  }
}
