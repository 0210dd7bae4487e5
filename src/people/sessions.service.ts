import { Injectable } from '@nestjs/common';
import { type Actor, type Role } from '../kernel/actor';
import { raise } from '../kernel/refusal';
import { Database, Transactions, rowsOf } from '../platform/transaction';
import { Passwords } from './passwords';
import { type BegunSession, SessionsStore } from './sessions.store';

/** Somebody who has just signed in. */
export interface SignedIn {
  readonly session: BegunSession;
  readonly person: { readonly id: string; readonly name: string; readonly email: string; readonly roles: Role[] };
}

/** Signing in, and ending sessions. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly db: Database,
    private readonly transactions: Transactions,
    private readonly passwords: Passwords,
    private readonly store: SessionsStore,
  ) {}

  /**
   * Begins a session for whoever knows the password.
   * @param client what the client calls itself
   * @throws Refused `bad-credentials`: the same, after the same time, whatever was wrong
   */
  async signIn(email: string, password: string, client: string | null): Promise<SignedIn> {
    const known = await this.db.one<{ person_id: string; password_hash: string | null }>(
      `SELECT person_id, password_hash FROM person WHERE lower(email) = lower($1) AND active`,
      [email.trim()],
    );
    // the hash is computed in any case: an unknown address takes as long as a wrong password
    const right = await this.passwords.matches(known?.password_hash ?? null, password);
    if (known === null || !right) return raise('bad-credentials');
    return this.transactions.run(async (tx) => {
      // the hash took its time: somebody deactivated, or a password changed in between, does not slip in
      const [person] = await rowsOf<{ id: string; name: string; email: string; roles: Role[] }>(
        tx,
        `SELECT person_id AS id, name, email, roles FROM person WHERE person_id = $1 AND active AND password_hash = $2 FOR SHARE`,
        [known.person_id, known.password_hash],
      );
      if (person === undefined) return raise('bad-credentials');
      return { session: await this.store.begin(tx, person.id, client), person };
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
   * @throws Refused `re-authentication-failed`
   */
  async changePassword(caller: Actor, current: string, next: string): Promise<void> {
    if (!(await this.passwords.verify(caller.personId, current))) raise('re-authentication-failed');
    const hash = await this.passwords.hash(next);
    await this.transactions.run(async (tx) => {
      await tx.query(`UPDATE person SET password_hash = $2 WHERE person_id = $1`, [caller.personId, hash]);
      await this.store.endAll(tx, caller.personId, caller.sessionId);
    });
  }
}
