import { Injectable } from '@nestjs/common';
import { type Actor, type Role } from '../kernel/actor';
import { newId } from '../kernel/ids';
import { demand, raise } from '../kernel/refusal';
import { checkVersion, tagOfVersion } from '../kernel/version-tag';
import { LedgerLog } from '../ledger/ledger.log';
import { Transactions, type Tx } from '../platform/transaction';
import { type Invited, InvitationsStore } from './invitations.store';
import { PeopleFacts } from './people.facts';
import { PeopleStore } from './people.store';
import { type PersonState, cleanEmail, cleanName, orderedRoles, sameRoles } from './person';
import { checkAdminsLeft, checkManagerChange, checkMay, checkState } from './person.policy';
import { ReportingLineStore } from './reporting-line.store';
import { SessionsStore } from './sessions.store';

/** Who is to be made. */
export interface PersonWanted {
  readonly name: string;
  readonly email: string;
  readonly roles: readonly Role[];
  readonly managerId: string | null;
}

/** What is to change; what is absent stays. */
export interface PersonChange {
  readonly name?: string;
  readonly email?: string;
  readonly roles?: readonly Role[];
}

const checkSeen = (ifMatch: string | undefined, person: PersonState): void => demand(checkVersion(ifMatch, tagOfVersion(person.version)));

/** What admins do about people. */
@Injectable()
export class PeopleService {
  constructor(
    private readonly transactions: Transactions,
    private readonly people: PeopleStore,
    private readonly facts: PeopleFacts,
    private readonly line: ReportingLineStore,
    private readonly invitations: InvitationsStore,
    private readonly sessions: SessionsStore,
    private readonly ledger: LedgerLog,
  ) {}

  /**
   * Makes a person with an empty record and invites them.
   * @throws Refused `own-relation` (an admin as the manager), `email-taken`, `person-unknown` (the manager)
   */
  async create(caller: Actor, wanted: PersonWanted): Promise<{ id: string; invited: Invited }> {
    if (wanted.managerId === caller.personId) {
      raise('own-relation', 'Nobody makes themselves a manager: another admin does.');
    }
    return this.transactions.run(async (tx) => {
      if (wanted.managerId !== null) await this.line.lock(tx);
      const id = newId();
      await this.people.insert(tx, {
        id,
        name: cleanName(wanted.name),
        email: cleanEmail(wanted.email),
        roles: orderedRoles(wanted.roles),
      });
      await this.ledger.open(tx, id);
      if (wanted.managerId !== null) {
        await this.demandActive(tx, wanted.managerId);
        await this.line.move(tx, id, wanted.managerId);
      }
      const [invited] = await this.invitations.issue(tx, [id], caller.personId);
      return { id, invited: invited ?? raise('not-found') };
    });
  }

  /**
   * Changes name, address or roles.
   * @throws Refused `own-relation` (own roles), `stale`, `email-taken`, `last-admin`
   */
  async edit(caller: Actor, personId: string, ifMatch: string | undefined, change: PersonChange): Promise<void> {
    await this.transactions.run(async (tx) => {
      if (change.roles !== undefined) await this.people.lockAdmins(tx);
      const person = await this.people.lock(tx, personId);
      const roles = orderedRoles(change.roles ?? person.roles);
      const newRoles = !sameRoles(roles, person.roles);
      demand(checkMay(newRoles ? 'changeRoles' : 'edit', caller, personId));
      checkSeen(ifMatch, person);
      if (newRoles && !roles.includes('admin')) demand(checkAdminsLeft(person, await this.people.otherAdmins(tx, personId)));
      const name = cleanName(change.name ?? person.name);
      const email = cleanEmail(change.email ?? person.email);
      if (name === person.name && email === person.email && !newRoles) return;
      await this.people.update(tx, { id: personId, name, email, roles });
    });
  }

  /**
   * Moves a person, with everybody below them, to below a manager (null: to the top).
   * @throws Refused `own-relation`, `stale`, `reporting-loop`, `person-unknown`
   */
  async setManager(caller: Actor, personId: string, ifMatch: string | undefined, managerId: string | null): Promise<void> {
    await this.transactions.run(async (tx) => {
      await this.line.lock(tx);
      const person = await this.people.lock(tx, personId);
      const refusal = checkManagerChange({
        caller,
        personId,
        managerId,
        managerIsBelow: managerId !== null && (await this.line.isAbove(tx, personId, managerId)),
        callerIsAbove: await this.line.isAbove(tx, caller.personId, personId),
        callerIsAboveManager: managerId !== null && (await this.line.isAbove(tx, caller.personId, managerId)),
      });
      if (refusal?.kind === 'not-allowed') demand(refusal);
      checkSeen(ifMatch, person);
      demand(refusal);
      if (managerId === person.managerId) return;
      if (managerId !== null) await this.demandActive(tx, managerId);
      await this.line.move(tx, personId, managerId);
    });
  }

  /**
   * Ends everything that a person can do here, from their very next request on.
   * @throws Refused `own-relation`, `stale`, `person-state`, `last-admin`
   */
  async deactivate(caller: Actor, personId: string, ifMatch: string | undefined): Promise<void> {
    await this.transactions.run(async (tx) => {
      await this.people.lockAdmins(tx);
      const person = await this.people.lock(tx, personId);
      demand(checkMay('deactivate', caller, personId));
      checkSeen(ifMatch, person);
      demand(checkState('deactivate', person));
      demand(checkAdminsLeft(person, await this.people.otherAdmins(tx, personId)));
      await this.people.setActive(tx, personId, false);
      await this.sessions.endAll(tx, personId);
      await this.invitations.void(tx, [personId]);
    });
  }

  /**
   * Lets a person in again, with the password that they had.
   * @throws Refused `own-relation`, `stale`, `person-state`
   */
  async reactivate(caller: Actor, personId: string, ifMatch: string | undefined): Promise<void> {
    await this.transactions.run(async (tx) => {
      const person = await this.people.lock(tx, personId);
      demand(checkMay('reactivate', caller, personId));
      checkSeen(ifMatch, person);
      demand(checkState('reactivate', person));
      await this.people.setActive(tx, personId, true);
    });
  }

  private async demandActive(tx: Tx, managerId: string): Promise<void> {
    const manager = await this.facts.lockShared(tx, managerId);
    if (manager?.active !== true) raise('person-unknown', 'There is no such active person to be the manager.');
  }
}
