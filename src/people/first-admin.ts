import type { Settings } from '../config';
import { newId } from '../kernel/ids';
import { demand, refuse } from '../kernel/refusal';
import { personSubject } from '../ledger/administration';
import { AdministrationLog, type LockedAdministration } from '../ledger/administration.log';
import type { LedgerLog } from '../ledger/ledger.log';
import { type Transactions, type Tx, rowsOf } from '../platform/transaction';
import { type Invited, InvitationsStore, issuedContent } from './invitations.store';
import { PeopleStore } from './people.store';
import { cleanEmail } from './person';

interface AdminRow {
  readonly id: string;
  readonly same_address: boolean;
  readonly signed_in_before: boolean;
}

/** Makes the first admin, from whom all others come: not over HTTP, but by whoever holds the database. */
export class FirstAdmin {
  private readonly people = new PeopleStore();
  private readonly invitations: InvitationsStore;
  private readonly administration = new AdministrationLog();

  constructor(
    settings: Settings,
    private readonly transactions: Transactions,
    private readonly ledger: LedgerLog,
  ) {
    this.invitations = new InvitationsStore(settings);
  }

  /**
   * Makes and invites the first admin. Asked again for the same address before the link was used, it makes a fresh link.
   * @throws Refused `last-admin` while there is an active admin, `email-taken`
   */
  async invite(name: string, email: string): Promise<Invited> {
    return this.transactions.run(async (tx) => {
      await this.people.lockAdmins(tx);
      const waiting = await this.waiting(tx, email);
      const acts = await this.administration.lock(tx);
      const personId = waiting ?? (await this.make(tx, acts, name, email));
      const [invited] = await this.invitations.issue(tx, [personId], null);
      if (invited === undefined) throw new Error('an invitation that was made is not there');
      await this.administration.append(tx, acts, {
        kind: 'invitation.issued',
        subject: personSubject(personId),
        actor: null,
        content: issuedContent(invited, false),
      });
      return invited;
    });
  }

  /** The admin of this address who has never signed in, or null while there is no active admin at all. */
  private async waiting(tx: Tx, email: string): Promise<string | null> {
    const admins = await rowsOf<AdminRow>(
      tx,
      `SELECT person_id AS id, lower(email) = lower($1) AS same_address, (password_hash IS NOT NULL OR first_signed_in_at IS NOT NULL) AS signed_in_before
         FROM person WHERE active AND 'admin' = ANY (roles)`,
      [cleanEmail(email)],
    );
    const [admin, ...others] = admins;
    if (admin === undefined) return null;
    const waits = others.length === 0 && !admin.signed_in_before && admin.same_address;
    demand(waits ? null : refuse('last-admin', 'There is an admin already, who can make others: sign in as them.'));
    return admin.id;
  }

  private async make(tx: Tx, acts: LockedAdministration, name: string, email: string): Promise<string> {
    const id = newId();
    await this.people.insert(tx, { id, name, email, roles: ['admin'] });
    await this.ledger.open(tx, id);
    await this.administration.append(tx, acts, {
      kind: 'person.added',
      subject: personSubject(id),
      actor: null,
      content: { roles: ['admin'], manager: null },
    });
    return id;
  }
}
