import { hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import { Problem } from './problem';

/** Who asks, and what they are to the person in the path. */
export interface Viewpoint {
  readonly personId: string;
  readonly roles: readonly string[];
  readonly subjectId: string | null;
  readonly subjectName: string | null;
  readonly above: boolean;
  readonly mentorSkills: readonly string[];
  readonly now: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Viewpoint | null;
  }
}

interface Row extends Viewpoint {
  readonly sessionId: string;
  readonly due: boolean;
}

const idleMinutes = 480;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

const text = `
  SELECT s.session_id AS "sessionId", s.last_used_at < now() - interval '1 minute' AS due, p.person_id AS "personId", to_json(p.roles) AS roles,
         e.person_id AS "subjectId", e.name AS "subjectName", now() AS now,
         EXISTS (SELECT 1 FROM reporting_line l WHERE l.ancestor_id = p.person_id AND l.descendant_id = e.person_id) AS above,
         (SELECT coalesce(json_agg(DISTINCT k.skill_ref), '[]') FROM mentorship m JOIN mentorship_skill k USING (engineer_id, mentorship_id)
           WHERE m.engineer_id = e.person_id AND m.mentor_id = p.person_id
             AND m.from_at <= now() AND (m.until_at IS NULL OR m.until_at > now())) AS "mentorSkills"
    FROM session s
    JOIN person p ON p.person_id = s.person_id
    LEFT JOIN person e ON e.person_id = coalesce($2::uuid, CASE WHEN $3::boolean THEN p.person_id END)
   WHERE s.token_hash = $1 AND p.active AND s.expires_at > now() AND s.last_used_at > now() - interval '${idleMinutes} minutes'`;

/** Looks up who asks, in one named statement that brings the relation to the person in the path too. */
export async function signIn(pool: Pool, request: FastifyRequest, subject: string): Promise<Viewpoint> {
  const token = /^Bearer +([\w-]{43})$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw new Problem(401, 'not-signed-in');
  const isMe = subject === 'me';
  const values = [hash('sha256', token, 'buffer'), !isMe && uuid.test(subject) ? subject.toLowerCase() : null, isMe];
  const { rows } = await pool.query<Row>({ name: 'sign-in', text, values });
  const row = rows[0];
  if (row === undefined) throw new Problem(401, 'not-signed-in');
  if (row.due)
    await pool.query({
      name: 'touch-session',
      text: `UPDATE session SET last_used_at = now() WHERE session_id = $1`,
      values: [row.sessionId],
    });
  return row;
}

/** Only for the engineer themselves: others are told no, or nothing. */
export function demandSelf(viewpoint: Viewpoint): void {
  const { personId, subjectId, above, mentorSkills, roles } = viewpoint;
  if (subjectId === null) throw new Problem(404, 'not-found');
  if (personId !== subjectId)
    throw above || mentorSkills.length > 0 || roles.length > 0 ? new Problem(403, 'not-allowed') : new Problem(404, 'not-found');
}

/** For a mentor of the engineer. */
export function demandMentor({ subjectId, mentorSkills }: Viewpoint): void {
  if (subjectId === null || mentorSkills.length === 0) throw new Problem(404, 'not-found');
}

/** For the manager, those above them, and auditors. */
export function demandTeam(viewpoint: Viewpoint): void {
  const { personId, subjectId, above, mentorSkills, roles } = viewpoint;
  if (subjectId === null) throw new Problem(404, 'not-found');
  if (personId === subjectId || above || roles.includes('auditor')) return;
  throw mentorSkills.length > 0 || roles.includes('admin') ? new Problem(403, 'not-allowed') : new Problem(404, 'not-found');
}

/** An id in the path, in lower case; what is no id is not there. */
export function idOf(name: string): string {
  if (!uuid.test(name)) throw new Problem(404, 'not-found');
  return name.toLowerCase();
}
