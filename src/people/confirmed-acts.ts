import { Injectable } from '@nestjs/common';
import type { Role } from '../kernel/actor';
import { demand, raise, refuse } from '../kernel/refusal';
import { personSubject } from '../ledger/administration';
import { AdministrationLog, type LockedAdministration } from '../ledger/administration.log';
import { Database, type Tx, rowsOf } from '../platform/transaction';
import { type Invited, InvitationsStore, issuedContent } from './invitations.store';
import { PeopleStore, holdsSomething } from './people.store';
import { type PersonState, barredHours, isSomebody, orderedRoles } from './person';
import { checkState } from './person.policy';
import { SeparateHands } from './separate-hands.guard';
import { TotpStore } from './totp.store';

/** By whom an act is done, and at whose request. */
export interface ActBy {
  readonly actor: string;
  readonly request: string;
}

/** What is to be handed on of an act. */
export interface ActResult {
  readonly invited: Invited | null;
}

/** A person as an admin who asks or confirms, locked until the transaction ends. */
export interface LockedHand {
  readonly active: boolean;
  readonly roles: readonly Role[];
  readonly barred: boolean;
}

/** What is done to people once two admins have agreed; whoever calls has made sure of that, under the locks taken here. */
@Injectable()
export class ConfirmedActs {
  constructor(
    private readonly db: Database,
    private readonly people: PeopleStore,
    private readonly invitations: InvitationsStore,
    private readonly totp: TotpStore,
    private readonly administration: AdministrationLog,
    private readonly hands: SeparateHands,
  ) {}

  /** Takes the lock of who is admin; first of all. */
  async lockAdmins(tx: Tx): Promise<void> {
    await this.people.lockAdmins(tx);
  }

  /** @throws Refused `not-allowed` where whoever acts is no admin any more; taken where lockAdmins() is. */
  demandAdmin(tx: Tx, caller: { readonly personId: string }): Promise<void> {
    return this.people.demandAdmin(tx, caller);
  }

  /** Locks people in the order of their ids; answers them by id. */
  async lock(tx: Tx, personIds: readonly string[]): Promise<Map<string, LockedHand>> {
    await this.people.lockMany(tx, personIds);
    // the bar is read by the clock of after the wait
    const rows = await rowsOf<LockedHand & { id: string }>(
      tx,
      `SELECT person_id AS id, active, roles, coalesce(approvals_barred_until > clock_timestamp(), false) AS barred
         FROM person WHERE person_id = ANY ($1::uuid[])`,
      [personIds],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** @throws Refused `person-unknown`, `person-state` where the role is there already, or the person is deactivated or has never signed in */
  async checkRole(personId: string, role: Role): Promise<void> {
    const person = await this.person(personId);
    if (!person.active) raise('person-state', 'The person is deactivated: reactivate them first.');
    if (person.roles.includes(role)) raise('person-state', `The person is ${role} already.`);
    // until then the hand is that of whoever holds the link, and one admin does
    if (!person.signedInBefore) raise('person-state', 'The person has not signed in yet: give the role once they have.');
  }

  async giveRole(tx: Tx, acts: LockedAdministration, { actor, request }: ActBy, personId: string, role: Role): Promise<ActResult> {
    const { name, email, roles: before } = await this.person(personId);
    const roles = orderedRoles([...before, role]);
    await this.people.update(tx, { id: personId, name, email, roles });
    await this.administration.append(tx, acts, {
      kind: 'roles.changed',
      subject: personSubject(personId),
      actor,
      content: { roles, before: [...before], request },
    });
    return { invited: null };
  }

  /** @throws Refused `person-unknown`, `person-state` where they are deactivated, or nobody would be stepped into, which takes one admin only */
  async checkFreshInvitation(personId: string): Promise<void> {
    const person = await this.person(personId);
    demand(checkState('invite', person));
    if (!isSomebody(person, await this.holdsSomething(personId))) {
      demand(
        refuse(
          'person-state',
          'The person has never signed in, and holds nothing yet: one admin invites them, with POST /people/{personId}/invitation.',
        ),
      );
    }
  }

  async inviteAfresh(tx: Tx, acts: LockedAdministration, { actor, request }: ActBy, personId: string): Promise<ActResult> {
    // who confirms is handed the link
    demand(await this.hands.problem('invite', actor, personId));
    await this.people.barApprovals(tx, personId, barredHours);
    const [invited = raise('not-found')] = await this.invitations.issue(tx, [personId], actor);
    await this.administration.append(tx, acts, {
      kind: 'invitation.issued',
      subject: personSubject(personId),
      actor,
      content: { ...issuedContent(invited, true), request },
    });
    return { invited };
  }

  /** @throws Refused `person-unknown`, `totp-state` where there are no one-time codes */
  async checkTotp(personId: string): Promise<void> {
    await this.person(personId);
    if ((await this.totp.standing(personId)).state !== 'on') raise('totp-state', 'The person has no one-time codes.');
  }

  /** Turns somebody's one-time codes off. As after a fresh invitation they do not approve for a while: whoever knows their password needs nothing else now. */
  async removeTotp(tx: Tx, acts: LockedAdministration, { actor, request }: ActBy, personId: string): Promise<ActResult> {
    await this.totp.remove(tx, personId);
    await this.people.barApprovals(tx, personId, barredHours);
    await this.administration.append(tx, acts, { kind: 'totp.removed', subject: personSubject(personId), actor, content: { request } });
    return { invited: null };
  }

  private async holdsSomething(personId: string): Promise<boolean> {
    const row = await this.db.one<{ holds: boolean }>(`SELECT ${holdsSomething('$1::uuid')} AS holds`, [personId]);
    return row?.holds === true;
  }

  private async person(personId: string): Promise<PersonState> {
    return (await this.people.find(this.db, personId)) ?? raise('person-unknown', 'There is no such person.');
  }
}
