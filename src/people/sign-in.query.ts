import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import type { Role, Scope, Viewpoint } from '../kernel/actor';
import { cannotWrite } from '../platform/problem.filter';
import { Database } from '../platform/transaction';
import { rolesNow } from './roles-sql';
import { hashOfToken, isPersonalToken } from './token';

interface SignedInRow {
  credential_id: string;
  scopes: Scope[] | null;
  due: boolean;
  person_id: string;
  name: string;
  email: string;
  roles: Role[];
  engineer_id: string | null;
  above: boolean;
  mentor_skills: string[];
}

// $1 the token's hash, $2 the person in the path or null, $3 whether the path says "me", $4 idle minutes (of sessions).
// Every step is an index seek by one key; without a person in the path the two subqueries find nothing at once. Mentorships are asked for by the path's own
// words and not by the person that was found, so that they are seen to be of one record (docs/scaling.md, Citus); nobody mentors themselves.
const signedInSql = (credential: string, from: string, alive: string): string => `
  SELECT ${credential},
         p.person_id, p.name, p.email, ${rolesNow('p')} AS roles, e.person_id AS engineer_id,
         e.person_id IS NOT NULL AND EXISTS (
           SELECT 1 FROM reporting_line l WHERE l.ancestor_id = p.person_id AND l.descendant_id = e.person_id) AS above,
         ARRAY(SELECT DISTINCT k.skill_ref FROM mentorship m JOIN mentorship_skill k USING (engineer_id, mentorship_id)
                WHERE m.engineer_id = $2::uuid AND m.mentor_id = p.person_id
                  AND m.from_at <= now() AND (m.until_at IS NULL OR m.until_at > now()) ORDER BY k.skill_ref) AS mentor_skills
    FROM ${from} c
    JOIN person p ON p.person_id = c.person_id
    LEFT JOIN person e ON e.person_id = CASE WHEN $3::boolean THEN p.person_id ELSE $2::uuid END
   WHERE c.token_hash = $1 AND p.active AND c.expires_at > now() AND ${alive}`;

const sessionSql = signedInSql(
  `c.session_id AS credential_id, NULL AS scopes, c.last_used_at < now() - least(interval '1 minute', make_interval(mins => $4::int) / 4) AS due`,
  'session',
  'c.last_used_at > now() - make_interval(mins => $4::int)',
);

const personalTokenSql = signedInSql(
  `c.token_id AS credential_id, c.scopes, coalesce(c.last_used_at < now() - interval '1 minute', true) AS due`,
  'personal_token',
  'c.revoked_at IS NULL',
);

/** Who a token stands for, and what they are to the person in the path: one statement at every request, so that whatever has ended counts at once. */
@Injectable()
export class SignInQuery {
  constructor(
    private readonly db: Database,
    private readonly settings: Settings,
  ) {}

  /**
   * The viewpoint of a session or a personal access token that is alive, of a person who is active; else null.
   * @param subject the id of the person in the path, `me` for the caller, null where the path names nobody
   */
  async viewpoint(token: string, subject: string | null): Promise<Viewpoint | null> {
    const me = subject === 'me';
    const isPersonal = isPersonalToken(token);
    const whom = [hashOfToken(token), me ? null : subject, me];
    const row = isPersonal
      ? await this.db.one<SignedInRow>(personalTokenSql, whom, 'either')
      : await this.db.one<SignedInRow>(sessionSql, [...whom, this.settings.SESSION_IDLE_MINUTES], 'either');
    if (row === null) return null;
    if (row.due) {
      const [table, key] = isPersonal ? ['personal_token', 'token_id'] : ['session', 'session_id'];
      try {
        await this.db.query(`UPDATE ${table} SET last_used_at = now() WHERE ${key} = $1`, [row.credential_id]);
      } catch (error) {
        // a full disk is no reason not to read
        if (!cannotWrite(error)) throw error;
      }
    }
    const { person_id: personId, name, email, roles, credential_id: sessionId, scopes } = row;
    const actor = { personId, name, email, roles, sessionId, ...(scopes === null ? {} : { token: { scopes } }) };
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
