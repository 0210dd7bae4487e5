import { Injectable } from '@nestjs/common';
import { type Actor } from '../kernel/actor';
import { demand, raise } from '../kernel/refusal';
import { Database, Transactions } from '../platform/transaction';
import { type Invited, InvitationsStore, openInvitation } from './invitations.store';
import { Passwords } from './passwords';
import { PeopleStore } from './people.store';
import { barredHours } from './person';
import { checkMay, checkState } from './person.policy';
import { type SignedIn } from './sessions.service';
import { SessionsStore } from './sessions.store';
import { hashOfToken, isToken } from './token';

/** Links that let a person set a password: the first one, or a new one in place of one forgotten. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly db: Database,
    private readonly transactions: Transactions,
    private readonly people: PeopleStore,
    private readonly invitations: InvitationsStore,
    private readonly sessions: SessionsStore,
    private readonly passwords: Passwords,
  ) {}

  /**
   * Invites a person afresh; the older invitation dies. Who has signed in before does not approve for a while.
   * @throws Refused `own-relation`, `person-state` (deactivated)
   */
  async invite(caller: Actor, personId: string): Promise<Invited> {
    return this.transactions.run(async (tx) => {
      const person = await this.people.lock(tx, personId);
      demand(checkMay('invite', caller, personId));
      demand(checkState('invite', person));
      if (person.signedInBefore) await this.people.barApprovals(tx, personId, barredHours);
      const [invited] = await this.invitations.issue(tx, [personId], caller.personId);
      return invited ?? raise('not-found');
    });
  }

  /** Whom an invitation is for, if it can still be redeemed; else null. */
  async invitee(token: string): Promise<string | null> {
    if (!isToken(token)) return null;
    const row = await this.db.one<{ person_id: string }>(
      `SELECT i.person_id FROM invitation i JOIN person p USING (person_id) WHERE i.token_hash = $1 AND ${openInvitation} AND p.active`,
      [hashOfToken(token)],
    );
    return row?.person_id ?? null;
  }

  /**
   * Uses an invitation up: sets the password and begins a session. Sessions that were open under a forgotten password end.
   * @param client what the client calls itself
   * @throws Refused `not-found`: used, expired, void, unknown, or the person is deactivated
   */
  async redeem(token: string, password: string, client: string | null): Promise<SignedIn> {
    const personId = (await this.invitee(token)) ?? raise('not-found');
    const passwordHash = await this.passwords.hash(password);
    return this.transactions.run(async (tx) => {
      const person = await this.people.lock(tx, personId);
      if (!person.active || !(await this.invitations.use(tx, token))) raise('not-found');
      await this.people.setPassword(tx, personId, passwordHash);
      // whoever held the link may be an admin: the bar runs from its use, however long the link lay about
      if (person.signedInBefore) await this.people.barApprovals(tx, personId, barredHours);
      await this.sessions.endAll(tx, personId);
      const session = await this.sessions.begin(tx, personId, client);
      return { session, person: { id: personId, name: person.name, email: person.email, roles: [...person.roles] } };
    });
  }
}
