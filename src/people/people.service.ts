import { Injectable } from '@nestjs/common';
import { type Actor, type Role } from '../kernel/actor';
import { newId } from '../kernel/ids';
import { demand, raise } from '../kernel/refusal';
import { checkVersion, tagOfVersion } from '../kernel/version-tag';
import { personSubject } from '../ledger/administration';
import { AdministrationLog } from '../ledger/administration.log';
import { LedgerLog } from '../ledger/ledger.log';
import { Transactions, type Tx } from '../platform/transaction';
import { type Invited, InvitationsStore, issuedContent } from './invitations.store';
import { PeopleFacts } from './people.facts';
import { PeopleStore } from './people.store';
import { type PersonState, cleanEmail, cleanName, orderedRoles, sameRoles } from './person';
import {
  checkAdminsLeft,
  checkManagerChange,
  checkMay,
  checkReactivation,
  checkSecondAdmin,
  checkState,
  rolesGiven,
} from './person.policy';
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

const noManager = (): never => raise('person-unknown', 'There is no such active person to be the manager.');
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
    private readonly administration: AdministrationLog,
  ) {}

  /**
   * Makes a person with an empty record and invites them.
   * @throws Refused `own-relation` (an admin as the manager), `email-taken`, `second-admin-needed` (roles), `person-unknown` (the manager)
   */
  async create(caller: Actor, wanted: PersonWanted): Promise<{ id: string; invited: Invited }> {
    if (wanted.managerId === caller.personId) {
      raise('own-relation', 'Nobody makes themselves a manager: another admin does.');
    }
    return this.transactions.run(async (tx) => {
      const { managerId: manager } = wanted;
      if (manager !== null) await this.line.lock(tx);
      await this.people.demandAdmin(tx, caller);
      // locked before the acts, like everybody; refused after what is in the wrong state
      const managed = manager === null || (await this.facts.lockShared(tx, manager))?.active === true;
      const acts = await this.administration.lock(tx);
      const id = newId();
      const roles = orderedRoles(wanted.roles);
      await this.people.insert(tx, { id, name: cleanName(wanted.name), email: cleanEmail(wanted.email), roles });
      demand(checkSecondAdmin(roles.length > 0, await this.people.confirmers(tx, [caller.personId])));
      await this.ledger.open(tx, id);
      if (!managed) noManager();
      if (manager !== null) await this.line.move(tx, id, manager);
      const [invited = raise('not-found')] = await this.invitations.issue(tx, [id], caller.personId);
      const act = { subject: personSubject(id), actor: caller.personId };
      await this.administration.append(
        tx,
        acts,
        { ...act, kind: 'person.added', content: { roles, manager } },
        { ...act, kind: 'invitation.issued', content: issuedContent(invited, false) },
      );
      return { id, invited };
    });
  }

  /**
   * Changes name, address or roles.
   * @throws Refused `own-relation` (own roles), `stale`, `person-state` (erased), `email-taken`, `last-admin`, `second-admin-needed` (more roles)
   */
  async edit(caller: Actor, personId: string, ifMatch: string | undefined, change: PersonChange): Promise<void> {
    await this.transactions.run(async (tx) => {
      if (change.roles !== undefined) await this.people.lockAdmins(tx);
      await this.people.demandAdmin(tx, caller);
      const person = await this.people.lock(tx, personId);
      const roles = orderedRoles(change.roles ?? person.roles);
      const newRoles = !sameRoles(roles, person.roles);
      demand(checkMay(newRoles ? 'changeRoles' : 'edit', caller, personId));
      checkSeen(ifMatch, person);
      demand(checkState('edit', person));
      const given = rolesGiven(person.roles, roles).length > 0;
      if (newRoles && !roles.includes('admin')) demand(checkAdminsLeft(person, await this.people.otherAdmins(tx, personId)));
      demand(checkSecondAdmin(given, await this.people.confirmers(tx, [caller.personId, personId])));
      const name = cleanName(change.name ?? person.name);
      const email = cleanEmail(change.email ?? person.email);
      const fields = [...(name === person.name ? [] : ['name']), ...(email === person.email ? [] : ['email'])];
      if (fields.length === 0 && !newRoles) return;
      const acts = await this.administration.lock(tx);
      await this.people.update(tx, { id: personId, name, email, roles });
      const act = { subject: personSubject(personId), actor: caller.personId };
      if (fields.length > 0) await this.administration.append(tx, acts, { ...act, kind: 'person.edited', content: { fields } });
      if (newRoles)
        await this.administration.append(tx, acts, { ...act, kind: 'roles.changed', content: { roles, before: [...person.roles] } });
    });
  }

  /**
   * Moves a person, with everybody below them, to below a manager (null: to the top).
   * @throws Refused `own-relation`, `stale`, `reporting-loop`, `person-unknown`
   */
  async setManager(caller: Actor, personId: string, ifMatch: string | undefined, managerId: string | null): Promise<void> {
    await this.transactions.run(async (tx) => {
      await this.line.lock(tx);
      await this.people.demandAdmin(tx, caller);
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
      if (managerId !== null && (await this.facts.lockShared(tx, managerId))?.active !== true) noManager();
      const acts = await this.administration.lock(tx);
      await this.line.move(tx, personId, managerId);
      const content = { manager: managerId, before: person.managerId };
      await this.administration.append(tx, acts, {
        kind: 'manager.changed',
        subject: personSubject(personId),
        actor: caller.personId,
        content,
      });
    });
  }

  /**
   * Ends everything that a person can do here, from their very next request on.
   * @throws Refused `own-relation`, `stale`, `person-state`, `last-admin`
   */
  async deactivate(caller: Actor, personId: string, ifMatch: string | undefined): Promise<void> {
    await this.transactions.run(async (tx) => {
      await this.people.lockAdmins(tx);
      await this.people.demandAdmin(tx, caller);
      const person = await this.people.lock(tx, personId);
      demand(checkMay('deactivate', caller, personId));
      checkSeen(ifMatch, person);
      demand(checkState('deactivate', person));
      demand(checkAdminsLeft(person, await this.people.otherAdmins(tx, personId)));
      await this.setActive(tx, caller, personId, false);
      await this.sessions.endAll(tx, personId);
      await this.invitations.void(tx, [personId]);
    });
  }

  /**
   * Lets a person in again, with the password that they had.
   * @throws Refused `own-relation`, `stale`, `person-state`, `second-admin-needed` (somebody with roles)
   */
  async reactivate(caller: Actor, personId: string, ifMatch: string | undefined): Promise<void> {
    await this.transactions.run(async (tx) => {
      await this.people.demandAdmin(tx, caller);
      const person = await this.people.lock(tx, personId);
      demand(checkMay('reactivate', caller, personId));
      checkSeen(ifMatch, person);
      demand(checkState('reactivate', person));
      demand(checkReactivation(person, await this.people.confirmers(tx, [caller.personId, personId])));
      await this.setActive(tx, caller, personId, true);
    });
  }

  private async setActive(tx: Tx, caller: Actor, personId: string, active: boolean): Promise<void> {
    const acts = await this.administration.lock(tx);
    await this.people.setActive(tx, personId, active);
    const kind = active ? 'person.reactivated' : 'person.deactivated';
    await this.administration.append(tx, acts, { kind, subject: personSubject(personId), actor: caller.personId, content: {} });
  }
}
