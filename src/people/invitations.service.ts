import { Injectable } from '@nestjs/common';
import { type Actor } from '../kernel/actor';
import { demand, raise } from '../kernel/refusal';
import { personSubject } from '../ledger/administration';
import { AdministrationLog } from '../ledger/administration.log';
import { Database, Transactions } from '../platform/transaction';
import { type Invited, InvitationsStore, issuedContent, openInvitation } from './invitations.store';
import { NewPasswords } from './new-passwords';
import { Passwords } from './passwords';
import { PeopleStore } from './people.store';
import { barredHours, barsApproving, isSomebody } from './person';
import { checkMay, checkSecondAdmin, checkState } from './person.policy';
import { SeparateHands } from './separate-hands.guard';
import { type Client, type SignedIn } from './sessions.service';
import { SessionsStore } from './sessions.store';
import { hashOfToken, isToken } from './token';
import { TotpCodes } from './totp-codes';

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
    private readonly codes: TotpCodes,
    private readonly administration: AdministrationLog,
    private readonly hands: SeparateHands,
    private readonly choices: NewPasswords,
  ) {}

  /**
   * Invites a person afresh; the older invitation dies. Who has signed in before, or judges by the doing of other admins, does not approve for a while.
   * @throws Refused `own-relation`, `person-state` (deactivated), `second-admin-needed` (who has signed in before, has a role, or holds something)
   */
  async invite(caller: Actor, personId: string): Promise<Invited> {
    return this.transactions.run(async (tx) => {
      await this.people.demandAdmin(tx, caller);
      const person = await this.people.lock(tx, personId);
      demand(checkMay('invite', caller, personId));
      demand(await this.hands.problem('invite', caller.personId, personId));
      demand(checkState('invite', person));
      const somebody = isSomebody(person, await this.people.holdsSomething(tx, personId));
      demand(checkSecondAdmin(somebody, await this.people.confirmers(tx, [caller.personId, personId])));
      const bars = barsApproving(await this.people.handInvited(tx, personId, caller.personId));
      const acts = await this.administration.lock(tx);
      if (bars) await this.people.barApprovals(tx, personId, barredHours);
      const [invited = raise('not-found')] = await this.invitations.issue(tx, [personId], caller.personId);
      await this.administration.append(tx, acts, {
        kind: 'invitation.issued',
        subject: personSubject(personId),
        actor: caller.personId,
        content: issuedContent(invited, bars),
      });
      return invited;
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

  private async named(id: string): Promise<{ id: string; name: string; email: string }> {
    const person = await this.db.one<{ name: string; email: string }>(`SELECT name, email FROM person WHERE person_id = $1`, [id]);
    return { id, ...(person ?? raise('not-found')) };
  }

  /**
   * Uses an invitation up: sets the password and begins a session. Sessions that were open under a forgotten password end.
   * A person with one-time codes gives one here too: a link that an admin made is no way around the second factor.
   * @param totp a one-time code or a recovery code
   * @throws Refused `not-found`: used, expired, void, unknown, or the person is deactivated; `malformed` for a password that is easy to guess;
   * `too-many-requests` after too many of those; `totp-required`, and `bad-credentials` for a wrong code
   */
  async redeem(token: string, password: string, totp: string | undefined, client: Client): Promise<SignedIn> {
    const personId = (await this.invitee(token)) ?? raise('not-found');
    await this.choices.demandGood(password, await this.named(personId), '/password');
    demand(await this.codes.checkSecondFactor(personId, totp, { address: client.address, isKnown: false }));
    const passwordHash = await this.passwords.hash(password, 'stranger');
    return this.transactions.run(async (tx) => {
      const person = await this.people.lock(tx, personId);
      const used = person.active ? await this.invitations.use(tx, token) : null;
      if (used === null) return raise('not-found');
      // what others gave them since the invitation was made counts as well
      const bars = barsApproving(await this.people.handInvited(tx, personId, used.invitedBy));
      const acts = await this.administration.lock(tx);
      await this.people.setPassword(tx, personId, passwordHash);
      // whoever held the link may be an admin: the bar runs from its use, however long the link lay about
      if (bars) await this.people.barApprovals(tx, personId, barredHours);
      await this.administration.append(tx, acts, {
        kind: 'invitation.used',
        subject: personSubject(personId),
        actor: personId,
        content: { barsApprovals: bars },
      });
      await this.sessions.endAll(tx, personId);
      await this.sessions.endFormer(tx, client.formerToken ?? null);
      const session = await this.sessions.begin(tx, personId, client.name);
      return { session, person: { id: personId, name: person.name, email: person.email, roles: [...person.roles] } };
    });
  }
}
