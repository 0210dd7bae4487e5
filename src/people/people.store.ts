import { Injectable } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { type Actor, type Role } from '../kernel/actor';
import { raise } from '../kernel/refusal';
import { demandAdmin, lockAdmins } from '../ledger/acting-admin.facts';
import { type Database, type Tx, rowsOf } from '../platform/transaction';
import { PersonEntity } from './person.entity';
import { type HandInvited, type PersonState, barredHours } from './person';

const personColumns = `person_id AS id, name, email, roles, manager_id AS "managerId", active, version,
  (password_hash IS NOT NULL OR first_signed_in_at IS NOT NULL) AS "signedInBefore", erased_at IS NOT NULL AS erased`;

/** SQL: somebody who can confirm what another admin asks for, or could until a short while ago: of two admins neither gets rid of the other to act alone. */
const confirmer = `(a.active AND 'admin' = ANY (a.roles) OR a.counts_as_admin_until > now()) AND a.password_hash IS NOT NULL`;

/** SQL: how many admins besides these people (an array) could confirm something. Who has never signed in could not. */
export const confirmersBesides = (people: string): string =>
  `(SELECT count(*)::int FROM person a WHERE ${confirmer} AND a.person_id <> ALL (${people}))`;

// a mentorship that has not begun counts too, one that was taken back before it began does not
const accredited = (person: string): string => `SELECT 1 FROM accreditation a WHERE a.person_id = ${person} AND a.ended_at IS NULL`;
const mentoring = (person: string): string =>
  `SELECT 1 FROM mentorship m WHERE m.mentor_id = ${person} AND (m.until_at IS NULL OR m.until_at > now()) AND m.until_at IS DISTINCT FROM m.from_at`;

/** SQL: whether a person (a parameter) is accredited, mentors somebody now or later, or has people who report to them. */
export const holdsSomething = (person: string): string =>
  `(EXISTS (${accredited(person)}) OR EXISTS (${mentoring(person)}) OR EXISTS (SELECT 1 FROM person r WHERE r.manager_id = ${person} AND r.active))`;

/** SQL: whether the row of a person, as it was, is that of an admin; and when somebody who is none from now on stops to count as one. */
const isAdminNow = `active AND 'admin' = ANY (roles)`;
// a row beside the UPDATE: what depends on the clock is not to stand inside of CASE where a table is on several machines (docs/scaling.md, Citus)
const stopsToCount = `(SELECT now() + make_interval(hours => ${barredHours}) AS at) stops`;

/** How many rows one statement inserts: a statement holds at most 65,535 parameters. */
const batch = 1_000;

/** A person about to be made. */
export interface NewPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly roles: Role[];
}

/** Turns the database's word for a second person with one address into ours; anything else goes on up. */
function emailTaken(error: unknown): never {
  const driver = error instanceof QueryFailedError ? (error.driverError as { code?: unknown; constraint?: unknown }) : {};
  if (driver.code === '23505' && driver.constraint === 'person_email_key') raise('email-taken');
  throw error;
}

@Injectable()
export class PeopleStore {
  /** Takes the one lock of who is admin, where ledger/acting-admin.facts.ts says. */
  async lockAdmins(tx: Tx): Promise<void> {
    await lockAdmins(tx);
  }

  /**
   * Makes sure that whoever acts is an admin still, and stays one until this is done.
   * @throws Refused `not-allowed`
   */
  async demandAdmin(tx: Tx, { personId }: Pick<Actor, 'personId'>): Promise<void> {
    await demandAdmin(tx, personId);
  }

  /** How many active admins there are besides this person. */
  async otherAdmins(tx: Tx, personId: string): Promise<number> {
    const [row] = await rowsOf<{ count: number }>(
      tx,
      `SELECT count(*)::int AS count FROM person WHERE active AND 'admin' = ANY (roles) AND person_id <> $1`,
      [personId],
    );
    return row?.count ?? 0;
  }

  /** How many admins besides these people could confirm what one of these asks for: active, and with a sign-in of their own. */
  async confirmers(tx: Tx, besides: readonly string[]): Promise<number> {
    const [row] = await rowsOf<{ count: number }>(tx, `SELECT ${confirmersBesides('$1::uuid[]')} AS count`, [besides]);
    return row?.count ?? 0;
  }

  /** The admins besides this one who could confirm something. */
  async confirmerIds(tx: Tx, besides: string): Promise<string[]> {
    const rows = await rowsOf<{ id: string }>(tx, `SELECT a.person_id AS id FROM person a WHERE ${confirmer} AND a.person_id <> $1`, [
      besides,
    ]);
    return rows.map(({ id }) => id);
  }

  /** A person, not locked; null where there is none. */
  find(db: Database, personId: string): Promise<PersonState | null> {
    return db.one<PersonState>(`SELECT ${personColumns} FROM person WHERE person_id = $1`, [personId]);
  }

  /**
   * Locks a person until the transaction ends: their approvals wait. Rows that name them (an act of theirs) do not:
   * two admins who act on each other would wait for each other.
   * @throws Refused `not-found`
   */
  async lock(tx: Tx, personId: string): Promise<PersonState> {
    const [person] = await rowsOf<PersonState>(tx, `SELECT ${personColumns} FROM person WHERE person_id = $1 FOR NO KEY UPDATE`, [
      personId,
    ]);
    return person ?? raise('not-found');
  }

  /** Locks people in the order of their ids, and reads them. */
  async lockMany(tx: Tx, personIds: readonly string[]): Promise<PersonState[]> {
    return rowsOf<PersonState>(
      tx,
      `SELECT ${personColumns} FROM person WHERE person_id = ANY ($1::uuid[]) ORDER BY person_id FOR NO KEY UPDATE`,
      [personIds],
    );
  }

  /**
   * Inserts people without manager or password.
   * @throws Refused `email-taken`, also where another transaction takes an address at the same time
   */
  async insert(tx: Tx, ...people: readonly NewPerson[]): Promise<void> {
    for (let from = 0; from < people.length; from += batch) {
      const rows = people.slice(from, from + batch).map(({ id, name, email, roles }) => ({ personId: id, name, email, roles }));
      await tx.insert(PersonEntity, rows).catch(emailTaken);
    }
  }

  /** Whether the person holds something that an invitation steps into. Counts while they are locked, and was true only if asked after that. */
  async holdsSomething(tx: Tx, personId: string): Promise<boolean> {
    const [row] = await rowsOf<{ holds: boolean }>(tx, `SELECT ${holdsSomething('$1::uuid')} AS holds`, [personId]);
    return row?.holds === true;
  }

  /** What a bar on approving is decided by, asked after the person is locked. @param invitedBy who made the invitation; null is the operator */
  async handInvited(tx: Tx, personId: string, invitedBy: string | null): Promise<HandInvited> {
    const [row] = await rowsOf<HandInvited>(
      tx,
      `SELECT p.password_hash IS NOT NULL OR p.first_signed_in_at IS NOT NULL AS "signedInBefore", p.approvals_barred_until IS NOT NULL AS "barredBefore",
              EXISTS (${accredited('$1')} AND a.granted_by IS DISTINCT FROM $2::uuid)
              OR EXISTS (${mentoring('$1')} AND m.created_by IS DISTINCT FROM $2::uuid) AS "judgesByOthers"
         FROM person p WHERE p.person_id = $1`,
      [personId, invitedBy],
    );
    return row ?? raise('not-found');
  }

  /** Writes name, address and roles, as a new version. Throws Refused `email-taken`. */
  async update(tx: Tx, { id, name, email, roles }: NewPerson): Promise<void> {
    await tx
      .query(
        `UPDATE person SET name = $2, email = $3, roles = $4, version = version + 1,
                counts_as_admin_until = CASE WHEN ${isAdminNow} AND NOT 'admin' = ANY ($4) THEN stops.at ELSE counts_as_admin_until END
           FROM ${stopsToCount} WHERE person_id = $1`,
        [id, name, email, roles],
      )
      .catch(emailTaken);
  }

  async setActive(tx: Tx, personId: string, active: boolean): Promise<void> {
    await tx.query(
      `UPDATE person SET active = $2, version = version + 1,
              counts_as_admin_until = CASE WHEN ${isAdminNow} AND NOT $2 THEN stops.at ELSE counts_as_admin_until END
         FROM ${stopsToCount} WHERE person_id = $1`,
      [personId, active],
    );
  }

  /** Keeps the person from approving for so many hours from now. */
  async barApprovals(tx: Tx, personId: string, hours: number): Promise<void> {
    await tx.query(
      `UPDATE person SET approvals_barred_until = now() + make_interval(hours => $2::int), version = version + 1 WHERE person_id = $1`,
      [personId, hours],
    );
  }

  /** Sets a password that an invitation was redeemed with; the first one counts as the first sign-in. */
  async setPassword(tx: Tx, personId: string, passwordHash: string): Promise<void> {
    await tx.query(
      `UPDATE person SET password_hash = $2, version = version + (first_signed_in_at IS NULL)::int, first_signed_in_at = least(first_signed_in_at, now())
        WHERE person_id = $1`,
      [personId, passwordHash],
    );
  }
}
