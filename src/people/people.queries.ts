import { Injectable } from '@nestjs/common';
import { type Actor, type Role, isAdmin } from '../kernel/actor';
import { type Refusal } from '../kernel/refusal';
import { type Page, pageOf, positionOf } from '../kernel/paging';
import { Database } from '../platform/transaction';
import { PersonActionsAnswer, PersonAnswer, PersonItem } from './people.dto';
import { confirmersBesides, holdsSomething } from './people.store';
import { isSomebody } from './person';
import {
  type PersonAction,
  checkMay,
  checkReactivation,
  checkSecondAdmin,
  checkState,
  personActions,
  seesEverybody,
} from './person.policy';
import { type Hand, SeparateHands } from './separate-hands.guard';

interface PersonRow {
  person_id: string;
  name: string;
  email: string;
  roles: Role[];
  manager_id: string | null;
  manager_name: string | null;
  active: boolean;
  signed_in_before: boolean;
  barred_until: Date | null;
  erased: boolean;
  version: number;
}

const columns = `p.person_id, p.name, p.email, p.roles, p.manager_id, m.name AS manager_name, p.active, p.version,
  (p.password_hash IS NOT NULL OR p.first_signed_in_at IS NOT NULL) AS signed_in_before,
  CASE WHEN p.approvals_barred_until > now() THEN p.approvals_barred_until END AS barred_until, p.erased_at IS NOT NULL AS erased`;

// Whom the caller ($1) is related to now: themselves, everybody above and below them, their mentors and the engineers they mentor.
const related = `
  SELECT $1::uuid AS person_id
  UNION SELECT ancestor_id FROM reporting_line WHERE descendant_id = $1
  UNION SELECT descendant_id FROM reporting_line WHERE ancestor_id = $1
  UNION SELECT mentor_id FROM mentorship WHERE engineer_id = $1 AND from_at <= now() AND (until_at IS NULL OR until_at > now())
  UNION SELECT engineer_id FROM mentorship WHERE mentor_id = $1 AND from_at <= now() AND (until_at IS NULL OR until_at > now())`;

const itemOf = (row: PersonRow, caller: Actor): PersonItem => ({
  id: row.person_id,
  name: row.name,
  email: row.email,
  roles: row.roles,
  manager: row.manager_id === null ? null : { id: row.manager_id, name: row.manager_name ?? '' },
  active: row.active,
  ...(seesEverybody(caller) || row.person_id === caller.personId
    ? { signedInBefore: row.signed_in_before, approvalsBarredUntil: row.barred_until?.toISOString() ?? null }
    : {}),
});

interface ActedOnRow extends PersonRow {
  readonly holds: boolean;
  readonly confirmers: number;
}

/** Whether this takes two admins: inviting afresh, and bringing somebody back who would have roles. Changing roles takes two only where one is given. */
function checkTwo(action: PersonAction, row: ActedOnRow): Refusal | null {
  if (action === 'invite') {
    return checkSecondAdmin(isSomebody({ signedInBefore: row.signed_in_before, roles: row.roles }, row.holds), row.confirmers);
  }
  return action === 'reactivate' ? checkReactivation(row, row.confirmers) : null;
}

/**
 * What each action about this person would be answered with now, by the checks that enforce it.
 * @param otherHand what the caller is refused for whose other hand it would be
 */
function actionsOf(row: ActedOnRow, caller: Actor, otherHand: Readonly<Record<Hand, Refusal | null>>): PersonActionsAnswer {
  const verdicts = personActions.map((action) => {
    const separate = action === 'invite' || action === 'accredit' ? otherHand[action] : null;
    const refusal = checkMay(action, caller, row.person_id) ?? separate ?? checkState(action, row) ?? checkTwo(action, row);
    return [action, refusal === null ? { allowed: true } : { allowed: false, code: refusal.code, detail: refusal.detail }] as const;
  });
  return Object.fromEntries(verdicts) as unknown as PersonActionsAnswer;
}

/** A person as one caller sees them, and the version that their ETag is made of. */
export interface SeenPerson {
  readonly answer: PersonAnswer;
  readonly version: number;
}

/** Who is in the organisation, as far as the caller may know. */
@Injectable()
export class PeopleQueries {
  constructor(
    private readonly db: Database,
    private readonly hands: SeparateHands,
  ) {}

  /** One page of people by name: everybody for admins and auditors, for others those whom they are related to. */
  async list(
    caller: Actor,
    { q, active, limit, cursor }: { q?: string; active?: 'true' | 'false'; limit: number; cursor?: string },
  ): Promise<Page<PersonItem>> {
    const everybody = seesEverybody(caller);
    const list = ['people', everybody ? '' : caller.personId, q ?? null, active ?? null];
    const [name, id] = cursor === undefined ? [null, null] : positionOf(list, cursor, ['text', 'id']);
    const rows = await this.db.query<PersonRow>(
      `SELECT ${columns} FROM person p LEFT JOIN person m ON m.person_id = p.manager_id
        WHERE ($2::boolean OR p.person_id IN (${related}))
          AND ($3::text IS NULL OR strpos(lower(p.name), lower($3)) > 0 OR strpos(lower(p.email), lower($3)) > 0)
          AND ($4::boolean IS NULL OR p.active = $4)
          AND ($5::text IS NULL OR (p.name, p.person_id) > ($5, $6::uuid))
        ORDER BY p.name, p.person_id LIMIT $7`,
      [caller.personId, everybody, q ?? null, active ?? null, name, id, limit + 1],
    );
    return pageOf(
      rows,
      limit,
      list,
      (row) => [row.name, row.person_id],
      (row) => itemOf(row, caller),
    );
  }

  /** One person, or null where the caller may not know of them. */
  async one(caller: Actor, personId: string): Promise<SeenPerson | null> {
    const row = await this.db.one<ActedOnRow>(
      `SELECT ${columns}, ${holdsSomething('$3::uuid')} AS holds, ${confirmersBesides('ARRAY[$1::uuid, p.person_id]')} AS confirmers
         FROM person p LEFT JOIN person m ON m.person_id = p.manager_id
        WHERE p.person_id = $3 AND ($2::boolean OR p.person_id IN (${related}))`,
      [caller.personId, seesEverybody(caller), personId],
    );
    if (row === null) return null;
    const otherHand = isAdmin(caller) ? await this.hands.problems(caller.personId, personId) : { invite: null, accredit: null };
    return { answer: { ...itemOf(row, caller), actions: actionsOf(row, caller, otherHand) }, version: row.version };
  }
}
