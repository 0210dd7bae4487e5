import { randomBytes } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import type { Pool } from 'pg';
import { newId } from '../../src/kernel/ids';
import { genesisOf } from '../../src/ledger/entry';
import { hashOfToken, newToken } from '../../src/people/token';

/** The password of everybody in the deep tests. */
export const password = 'a deep test password';
// with the least that argon2id takes: the cost of a hash is in its text, and is not what is tested here
const cheapHash = hash(password, { algorithm: 2, memoryCost: 8, timeCost: 1, parallelism: 1 });

export interface Member {
  readonly id: string;
  readonly token: string;
  readonly email: string;
}

export interface Wanted {
  readonly name: string;
  readonly roles?: readonly string[];
  readonly manager?: string;
}

export interface MentorshipWanted {
  readonly engineer: string;
  readonly mentor: string;
  readonly by: string;
  readonly skill: string;
  readonly ended?: boolean;
}

export interface AccreditationWanted {
  readonly person: string;
  readonly by: string;
  readonly skill: string;
  readonly upTo: number;
}

/** Makes people with records, places in the reporting line and sessions, in one statement. */
export async function makePeople(pool: Pool, wanted: readonly Wanted[]): Promise<Member[]> {
  const made = wanted.map(({ name, roles = [], manager }) => {
    const id = newId();
    const token = newToken();
    const email = `${id}@deep.test`;
    return {
      id,
      token,
      email,
      name,
      roles,
      manager,
      session: newId(),
      hash: hashOfToken(token).toString('hex'),
      genesis: genesisOf(id).toString('hex'),
    };
  });
  await pool.query({
    name: 'deep people',
    text: `WITH given AS (SELECT * FROM jsonb_to_recordset($1::jsonb)
             AS g (id uuid, name text, email text, roles text[], manager uuid, session uuid, hash text, genesis text)),
           people AS (INSERT INTO person (person_id, name, email, roles, manager_id, password_hash, first_signed_in_at)
                      SELECT id, name, email, roles, manager, $2, now() FROM given),
           records AS (INSERT INTO record (engineer_id, head_hash) SELECT id, decode(genesis, 'hex') FROM given),
           line AS (INSERT INTO reporting_line (ancestor_id, descendant_id, depth) SELECT manager, id, 1 FROM given WHERE manager IS NOT NULL)
           INSERT INTO session (session_id, person_id, token_hash, client, expires_at)
           SELECT session, id, decode(hash, 'hex'), 'deep test', now() + interval '1 day' FROM given`,
    values: [JSON.stringify(made.map(({ token: _, ...rest }) => rest)), await cheapHash],
  });
  return made.map(({ id, token, email }) => ({ id, token, email }));
}

/** Gives people of the factories the password of the deep tests. */
export async function setPassword(pool: Pool, ...people: readonly { readonly id: string }[]): Promise<void> {
  await pool.query(`UPDATE person SET password_hash = $2 WHERE person_id = ANY ($1::uuid[])`, [
    people.map(({ id }) => id),
    await cheapHash,
  ]);
}

/** Gives somebody a session again, whose sessions ended with a deactivation. */
export async function renewSession(pool: Pool, { id, token }: Member): Promise<void> {
  await pool.query(
    `INSERT INTO session (session_id, person_id, token_hash, client, expires_at) VALUES ($1, $2, $3, 'deep test', now() + interval '1 day')`,
    [newId(), id, hashOfToken(token)],
  );
}

/** Makes mentorships and accreditations in one statement; answers their ids in the order asked for. */
export async function relate(
  pool: Pool,
  mentorships: readonly MentorshipWanted[],
  accreditations: readonly AccreditationWanted[],
): Promise<{ mentorships: string[]; accreditations: string[] }> {
  const ships = mentorships.map((one) => ({ ...one, ended: one.ended === true, id: newId() }));
  const grants = accreditations.map((one) => ({ ...one, id: newId() }));
  await pool.query({
    name: 'deep relations',
    text: `WITH ships AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS g (id uuid, engineer uuid, mentor uuid, by uuid, skill text, ended boolean)),
           grants AS (SELECT * FROM jsonb_to_recordset($2::jsonb) AS g (id uuid, person uuid, by uuid, skill text, "upTo" smallint)),
           made AS (INSERT INTO mentorship (engineer_id, mentorship_id, mentor_id, from_at, until_at, created_by)
                    SELECT engineer, id, mentor, now() - interval '2 hours', CASE WHEN ended THEN now() - interval '1 hour' END, by FROM ships),
           skills AS (INSERT INTO mentorship_skill (engineer_id, mentorship_id, skill_ref) SELECT engineer, id, skill FROM ships)
           INSERT INTO accreditation (person_id, accreditation_id, skill_ref, up_to_level, reason, granted_by)
           SELECT person, id, skill, "upTo", 'for a deep test', by FROM grants`,
    values: [JSON.stringify(ships), JSON.stringify(grants)],
  });
  return { mentorships: ships.map(({ id }) => id), accreditations: grants.map(({ id }) => id) };
}

/** A key that nothing else has used. */
export const freshKey = (): string => randomBytes(12).toString('base64url');
