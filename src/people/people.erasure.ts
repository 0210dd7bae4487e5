import { Injectable } from '@nestjs/common';
import { raise } from '../kernel/refusal';
import { personSubject } from '../ledger/administration';
import { AdministrationLog, type LockedAdministration } from '../ledger/administration.log';
import { forgetAnswersAbout } from '../platform/kept-answers';
import { Database, type Tx, rowsOf } from '../platform/transaction';
import type { ActBy } from './confirmed-acts';
import { PeopleStore } from './people.store';
import { pseudonymOf } from './person';

/** Erases a person, but for their record: the name becomes a pseudonym, and everything that they sign in with goes. */
@Injectable()
export class PeopleErasure {
  constructor(
    private readonly db: Database,
    private readonly people: PeopleStore,
    private readonly administration: AdministrationLog,
  ) {}

  /** @throws Refused `person-unknown`, `person-state` where they are erased already */
  async check(personId: string): Promise<void> {
    const person = (await this.people.find(this.db, personId)) ?? raise('person-unknown', 'There is no such person.');
    if (person.erased) raise('person-state', 'The person is erased already.');
  }

  /** The person is locked. Words about them in the administration ledger are named, and may be missing from here on. */
  async erase(tx: Tx, acts: LockedAdministration, { actor, request }: ActBy, personId: string): Promise<void> {
    const { name, email } = pseudonymOf(personId);
    await tx.query(
      `UPDATE person SET name = $2, email = $3, password_hash = NULL, roles = '{}', active = false, first_signed_in_at = NULL,
              approvals_barred_until = NULL, erased_at = $4, version = version + 1 WHERE person_id = $1`,
      [personId, name, email, acts.at],
    );
    for (const table of ['session', 'personal_token', 'totp', 'known_network', 'refused_request']) {
      await tx.query(`DELETE FROM ${table} WHERE person_id = $1`, [personId]);
    }
    await tx.query(`DELETE FROM refused_request WHERE about_id = $1`, [personId]);
    await tx.query(`UPDATE invitation SET void_at = now() WHERE person_id = $1 AND used_at IS NULL AND void_at IS NULL`, [personId]);
    await forgetAnswersAbout(tx, personId);
    const words = await rowsOf<{ digest: string }>(
      tx,
      `SELECT encode(e.digest, 'hex') AS digest FROM administration_entry e JOIN administration_content k USING (digest)
        WHERE k.body ? 'reason' AND (e.subject = $1 OR starts_with(e.subject, $1 || '/') OR k.body->>'person' = $2) ORDER BY e.seq`,
      [personSubject(personId), personId],
    );
    await this.administration.append(tx, acts, {
      kind: 'person.erased',
      subject: personSubject(personId),
      actor,
      content: { digests: words.map(({ digest }) => digest), request },
    });
  }
}
