import { randomBytes } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import type { Pool, PoolClient } from 'pg';
import { type Json, newSalt, saltedDigest } from '../../src/kernel/canonical-json';
import { newId } from '../../src/kernel/ids';
import { type ActKind, accreditationSubject, personSubject } from '../../src/ledger/administration';
import { genesisOf, hashOf } from '../../src/ledger/entry';
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
  readonly roles?: readonly ('admin' | 'auditor')[];
  /** Which of those wanted before them is their manager. */
  readonly manager?: number;
}

export interface Relations {
  readonly mentorships: readonly { engineer: string; mentor: string; by: string; skill: string; ended?: boolean }[];
  readonly accreditations: readonly { person: string; by: string; skill: string; upTo: number }[];
}

/** The ids of relations that were made, in the order asked for. */
export interface Related {
  readonly mentorships: readonly string[];
  readonly accreditations: readonly string[];
}

interface Act {
  readonly kind: ActKind;
  readonly subject: string;
  readonly actor: string | null;
  readonly content: Json;
}

/**
 * Makes people with records, places in the reporting line and sessions, and their relations, in one transaction of few statements. What the
 * administration ledger has to say of them it says.
 */
export async function makePeople<Names extends readonly Wanted[]>(
  pool: Pool,
  wanted: Names,
  relationsOf: (members: readonly Member[]) => Relations = () => ({ mentorships: [], accreditations: [] }),
): Promise<{ members: { [Index in keyof Names]: Member }; related: Related }> {
  const members = wanted.map((): Member => {
    const id = newId();
    return { id, token: newToken(), email: `${id}@deep.test` };
  });
  const relations = relationsOf(members);
  const ships = relations.mentorships.map((one) => ({ ...one, ended: one.ended === true, id: newId() }));
  const grants = relations.accreditations.map((one) => ({ ...one, id: newId() }));
  const rows = members.map(({ id, token, email }, index) => {
    const { name, roles = [], manager } = wanted[index] ?? { name: '' };
    const session = newId();
    const genesis = genesisOf(id).toString('hex');
    return {
      id,
      email,
      name,
      roles,
      manager: members[manager ?? -1]?.id ?? null,
      session,
      hash: hashOfToken(token).toString('hex'),
      genesis,
    };
  });
  const acts = [
    ...rows
      .filter(({ roles }) => roles.length > 0)
      .map(({ id, roles, manager }): Act => ({
        kind: 'person.added',
        subject: personSubject(id),
        actor: null,
        content: { roles, manager },
      })),
    ...grants.map(({ id, person, by, skill, upTo }): Act => ({
      kind: 'accreditation.granted',
      subject: accreditationSubject(person, id),
      actor: by,
      content: { skill, upToLevel: upTo, reason: 'for a deep test' },
    })),
  ];
  const passwordHash = await cheapHash;
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query({ name: 'deep people', text: peopleSql, values: [JSON.stringify(rows), passwordHash] });
    // the administration ledger is locked last, as the application does
    const at = acts.length === 0 ? new Date() : await append(client, acts);
    await client.query({ name: 'deep relations', text: relationsSql, values: [JSON.stringify(ships), JSON.stringify(grants), at] });
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
  return {
    members: members as { [Index in keyof Names]: Member },
    related: { mentorships: ships.map(({ id }) => id), accreditations: grants.map(({ id }) => id) },
  };
}

const peopleSql = `
  WITH given AS (SELECT * FROM jsonb_to_recordset($1::jsonb)
         AS g (id uuid, name text, email text, roles text[], manager uuid, session uuid, hash text, genesis text)),
       people AS (INSERT INTO person (person_id, name, email, roles, manager_id, password_hash, first_signed_in_at)
                  SELECT id, name, email, roles, manager, $2, now() FROM given),
       records AS (INSERT INTO record (engineer_id, head_hash) SELECT id, decode(genesis, 'hex') FROM given),
       line AS (INSERT INTO reporting_line (ancestor_id, descendant_id, depth) SELECT manager, id, 1 FROM given WHERE manager IS NOT NULL)
  INSERT INTO session (session_id, person_id, token_hash, client, expires_at)
  SELECT session, id, decode(hash, 'hex'), 'deep test', now() + interval '1 day' FROM given`;

const relationsSql = `
  WITH ships AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS g (id uuid, engineer uuid, mentor uuid, by uuid, skill text, ended boolean)),
       grants AS (SELECT * FROM jsonb_to_recordset($2::jsonb) AS g (id uuid, person uuid, by uuid, skill text, "upTo" smallint)),
       made AS (INSERT INTO mentorship (engineer_id, mentorship_id, mentor_id, from_at, until_at, created_by)
                SELECT engineer, id, mentor, now() - interval '2 hours', CASE WHEN ended THEN now() - interval '1 hour' END, by FROM ships),
       skills AS (INSERT INTO mentorship_skill (engineer_id, mentorship_id, skill_ref) SELECT engineer, id, skill FROM ships)
  INSERT INTO accreditation (person_id, accreditation_id, skill_ref, up_to_level, reason, granted_by, granted_at)
  SELECT person, id, skill, "upTo", 'for a deep test', by, $3 FROM grants`;

/** Appends acts to the administration ledger as the application does; answers their time. */
async function append(client: PoolClient, acts: readonly Act[]): Promise<Date> {
  const { rows } = await client.query<{ seq: number; hash: Buffer }>(
    `SELECT head_seq AS seq, head_hash AS hash FROM administration_record FOR UPDATE`,
  );
  // the clock is read after the lock was had
  const { rows: clock } = await client.query<{ at: Date }>(
    `SELECT greatest(date_trunc('milliseconds', clock_timestamp()), (SELECT at FROM administration_entry ORDER BY seq DESC LIMIT 1)) AS at`,
  );
  const at = clock[0]?.at ?? new Date();
  let { seq, hash: previous } = rows[0] ?? { seq: 0, hash: Buffer.alloc(32) };
  const entries = acts.map(({ kind, subject, actor, content }) => {
    const salt = newSalt();
    const digest = saltedDigest(content, salt).toString('hex');
    seq += 1;
    const entry = { seq, at: at.toISOString(), actor, kind, subject, digest, previous: previous.toString('hex') };
    previous = hashOf(entry);
    return { ...entry, hash: previous.toString('hex'), salt: salt.toString('hex'), content };
  });
  await client.query({
    name: 'deep acts',
    text: `WITH given AS (SELECT * FROM jsonb_to_recordset($1::jsonb)
             AS g (seq int, actor uuid, kind text, subject text, digest text, previous text, hash text, salt text, content jsonb)),
           contents AS (INSERT INTO administration_content (digest, salt, body) SELECT decode(digest, 'hex'), decode(salt, 'hex'), content FROM given),
           moved AS (UPDATE administration_record SET head_seq = $3, head_hash = $4, version = version + 1)
           INSERT INTO administration_entry (seq, at, actor_id, kind, subject, digest, previous, hash)
           SELECT seq, $2, actor, kind, subject, decode(digest, 'hex'), decode(previous, 'hex'), decode(hash, 'hex') FROM given`,
    values: [JSON.stringify(entries), at, seq, previous],
  });
  return at;
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

/** A key that nothing else has used. */
export const freshKey = (): string => randomBytes(12).toString('base64url');

/** So many requests a minute that no limit stands in the way of a test that sends all it can. */
export const unlimited = { RATE_LIMIT: '100000000', PUBLIC_RATE_LIMIT: '100000000' } as const;
