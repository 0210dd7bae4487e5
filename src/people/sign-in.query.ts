import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import type { Role, Viewpoint } from '../kernel/actor';
import { Database } from '../platform/transaction';
import { hashOfToken } from './token';

interface SignedInRow {
  session_id: string;
  due: boolean;
  person_id: string;
  name: string;
  email: string;
  roles: Role[];
  engineer_id: string | null;
  above: boolean;
  mentor_skills: string[];
}

// $1 the token's hash, $2 idle minutes, $3 the person in the path or null, $4 whether the path says "me".
// Every step is an index seek by one key; without a person in the path the two subqueries do not run.
const signedInSql = `
  SELECT s.session_id, s.last_used_at < now() - least(interval '1 minute', make_interval(mins => $2::int) / 4) AS due,
         p.person_id, p.name, p.email, p.roles, e.person_id AS engineer_id,
         e.person_id IS NOT NULL AND EXISTS (
           SELECT 1 FROM reporting_line l WHERE l.ancestor_id = p.person_id AND l.descendant_id = e.person_id) AS above,
         ARRAY(SELECT DISTINCT k.skill_ref FROM mentorship m JOIN mentorship_skill k USING (engineer_id, mentorship_id)
                WHERE m.engineer_id = e.person_id AND m.mentor_id = p.person_id
                  AND m.from_at <= now() AND (m.until_at IS NULL OR m.until_at > now()) ORDER BY k.skill_ref) AS mentor_skills
    FROM session s
    JOIN person p ON p.person_id = s.person_id
    LEFT JOIN person e ON e.person_id = CASE WHEN $4::boolean THEN p.person_id ELSE $3::uuid END
   WHERE s.token_hash = $1 AND p.active AND s.expires_at > now() AND s.last_used_at > now() - make_interval(mins => $2::int)`;

/** Who a token stands for, and what they are to the person in the path: one statement at every request, so that whatever has ended counts at once. */
@Injectable()
export class SignInQuery {
  constructor(
    private readonly db: Database,
    private readonly settings: Settings,
  ) {}

  /**
   * The viewpoint of a session that is alive, of a person who is active; else null.
   * @param subject the id of the person in the path, `me` for the caller, null where the path names nobody
   */
  async viewpoint(token: string, subject: string | null): Promise<Viewpoint | null> {
    const me = subject === 'me';
    const row = await this.db.one<SignedInRow>(signedInSql, [
      hashOfToken(token),
      this.settings.SESSION_IDLE_MINUTES,
      me ? null : subject,
      me,
    ]);
    if (row === null) return null;
    if (row.due) await this.db.query(`UPDATE session SET last_used_at = now() WHERE session_id = $1`, [row.session_id]);
    const actor = { personId: row.person_id, name: row.name, email: row.email, roles: row.roles, sessionId: row.session_id };
    if (row.engineer_id === null) return actor;
    return {
      ...actor,
      relation: {
        engineerId: row.engineer_id,
        self: row.engineer_id === row.person_id,
        above: row.above,
        mentorSkills: row.mentor_skills,
      },
    };
  }
}
