import { accreditationSubject, personSubject } from '../../src/ledger/administration';
import { genesisOf } from '../../src/ledger/entry';
import { newId } from '../../src/kernel/ids';
import type { Role } from '../../src/kernel/actor';
import { hashOfToken, newToken } from '../../src/people/token';
import { orderedRoles } from '../../src/people/person';
import type { Answer, RequestOptions, TestApp } from '../setup/app';
import { recordAct } from './administration';

/** The password of every person made here. */
export const testPassword = 'a test password, long enough';
// argon2id of the password above, with the application's parameters: hashing anew for each person would take most of a test's time
const testPasswordHash = '$argon2id$v=19$m=19456,t=2,p=1$Kfnob/o/tjxB2tEXF3v3hQ$5nYGSl+vU8w/CPMvG3/C+oIsseBTkHys13WO3qKAL28';

type Options = Omit<RequestOptions, 'token'>;

/** A person with a session; the methods send requests below /api/v1 as them. */
export interface TestPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly token: string;
  get<Body = Record<string, unknown>>(path: string, options?: Options): Promise<Answer<Body>>;
  post<Body = Record<string, unknown>>(path: string, body?: unknown, options?: Options): Promise<Answer<Body>>;
  patch<Body = Record<string, unknown>>(path: string, body: unknown, options?: Options): Promise<Answer<Body>>;
  put<Body = Record<string, unknown>>(path: string, body: unknown, options?: Options): Promise<Answer<Body>>;
  delete<Body = Record<string, unknown>>(path: string, options?: Options): Promise<Answer<Body>>;
}

export interface PersonTraits {
  readonly name?: string;
  readonly roles?: readonly Role[];
  readonly manager?: Pick<TestPerson, 'id'>;
}

let made = 0;

/** Makes a person with a record, a place in the reporting line and a session, straight in the database. */
export async function makePerson(api: TestApp, { name, roles = [], manager }: PersonTraits = {}): Promise<TestPerson> {
  made += 1;
  const id = newId();
  const token = newToken();
  const person = { id, name: name ?? `Person ${made}`, email: `person${made}.${id.slice(-6)}@example.test`, password: testPassword, token };
  await api.database.query(
    `WITH one AS (INSERT INTO person (person_id, name, email, roles, manager_id, password_hash, first_signed_in_at)
                  VALUES ($1, $2, $3, $4, $5, $6, now()) RETURNING person_id),
          begun AS (INSERT INTO record (engineer_id, head_hash) SELECT person_id, $7 FROM one),
          line AS (INSERT INTO reporting_line (ancestor_id, descendant_id, depth)
                   SELECT ancestor_id, $1::uuid, depth + 1 FROM reporting_line WHERE descendant_id = $5::uuid
                   UNION ALL SELECT $5::uuid, $1::uuid, 1 WHERE $5::uuid IS NOT NULL)
     INSERT INTO session (session_id, person_id, token_hash, client, expires_at) SELECT $8, person_id, $9, 'test', now() + interval '1 day' FROM one`,
    [id, person.name, person.email, orderedRoles(roles), manager?.id ?? null, testPasswordHash, genesisOf(id), newId(), hashOfToken(token)],
  );
  if (roles.length > 0) {
    await recordAct(api, {
      kind: 'person.added',
      subject: personSubject(id),
      content: { roles: orderedRoles(roles), manager: manager?.id ?? null },
    });
  }
  return signedIn(api, person);
}

/** Requests of somebody who has a session. */
export function signedIn(api: TestApp, person: Pick<TestPerson, 'id' | 'name' | 'email' | 'password' | 'token'>): TestPerson {
  const { token } = person;
  return {
    ...person,
    get: (path, options) => api.send('GET', path, undefined, { ...options, token }),
    post: (path, body, options) => api.send('POST', path, body, { ...options, token }),
    patch: (path, body, options) => api.send('PATCH', path, body, { ...options, token }),
    put: (path, body, options) => api.send('PUT', path, body, { ...options, token }),
    delete: (path, options) => api.send('DELETE', path, undefined, { ...options, token }),
  };
}

/** What takes two admins: one asks for it, the other confirms; answers the confirmation. */
export async function byTwoAdmins<Body = Record<string, unknown>>(
  asks: TestPerson,
  confirms: TestPerson,
  wanted: Readonly<Record<string, unknown>>,
): Promise<Answer<Body>> {
  const asked = await asks.post<{ id?: string }>('/administration/requests', { reason: 'For a test.', ...wanted });
  if (asked.status !== 201) throw new Error(`the request was refused: ${asked.status} ${JSON.stringify(asked.body)}`);
  return confirms.post<Body>(
    `/administration/requests/${asked.body.id}/confirmation`,
    { password: confirms.password },
    { ifMatch: asked.etag ?? '' },
  );
}

const arrangers = new WeakMap<TestApp, Promise<string>>();

/** Somebody to have made relations: nobody arranges their own. Inactive, so that they stay out of the way. */
function arranger(api: TestApp): Promise<string> {
  let id = arrangers.get(api);
  if (id === undefined) {
    id = makePerson(api, { name: 'Zz Arranger' }).then(async (person) => {
      const write = `UPDATE person SET active = false WHERE person_id = '${person.id}' AND EXISTS (SELECT 1 FROM moved)`;
      await recordAct(api, { kind: 'person.deactivated', subject: personSubject(person.id), write });
      await api.database.query(`DELETE FROM session WHERE person_id = $1`, [person.id]);
      return person.id;
    });
    arrangers.set(api, id);
  }
  return id;
}

export interface MentorshipTraits {
  /** `sfia-9:ITOP` if left out; it must be in the catalogue. */
  readonly skill?: string;
  /** Up to which level the mentor is accredited: 5 if left out, null for not at all. */
  readonly accreditedTo?: number | null;
  /** An hour ago if left out. */
  readonly from?: Date;
  readonly until?: Date | null;
}

/** Makes one person a mentor of another for a skill, straight in the database; answers the mentorship's id. */
export async function mentors(
  api: TestApp,
  mentor: Pick<TestPerson, 'id'>,
  engineer: Pick<TestPerson, 'id'>,
  { skill = 'sfia-9:ITOP', accreditedTo = 5, from = new Date(Date.now() - 3_600_000), until = null }: MentorshipTraits = {},
): Promise<string> {
  const by = await arranger(api);
  const mentorshipId = newId();
  await api.database.query(
    `INSERT INTO mentorship (engineer_id, mentorship_id, mentor_id, from_at, until_at, created_by) VALUES ($1, $2, $3, $4, $5, $6)`,
    [engineer.id, mentorshipId, mentor.id, from, until, by],
  );
  await api.database.query(`INSERT INTO mentorship_skill (engineer_id, mentorship_id, skill_ref) VALUES ($1, $2, $3)`, [
    engineer.id,
    mentorshipId,
    skill,
  ]);
  if (accreditedTo !== null) {
    const accreditation = newId();
    await recordAct(api, {
      kind: 'accreditation.granted',
      subject: accreditationSubject(mentor.id, accreditation),
      actor: by,
      content: { skill, upToLevel: accreditedTo, reason: 'for a test' },
      write: `INSERT INTO accreditation (person_id, accreditation_id, skill_ref, up_to_level, reason, granted_by, granted_at)
              SELECT '${mentor.id}', '${accreditation}', '${skill}', ${accreditedTo}, 'for a test', '${by}', $1 FROM moved`,
    });
  }
  return mentorshipId;
}
