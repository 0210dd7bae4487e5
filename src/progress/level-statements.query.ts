import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import type { Day } from '../kernel/clock';
import { Database } from '../platform/transaction';
import { inForce, todayIn } from './eligible-sql';
import { grantedStatements } from './granted-sql';
import { isRedacted } from './redacted-sql';

/** One statement of a level, and where it stands in a record. */
export interface StatementStanding {
  readonly statement: string;
  readonly text: string;
  readonly state: 'accepted' | 'proposed' | 'none';
}

/** A level of an engineer, statement by statement: the rows that progress counts. */
export interface LevelStatements {
  readonly engineer: string;
  readonly skill: string;
  readonly level: number;
  readonly rights: string;
  readonly signOff: { readonly id: string; readonly on: Day; readonly until: Day | null } | null;
  readonly statements: readonly StatementStanding[];
}

// $1 engineer, $2 skill level, $3 time zone. What counts is what the recompute of progress counts (progress.store.ts); a level in force shows its
// sign-off: all statements, or those that it was granted with, which stay so whatever of its content is redacted.
const statementsSql = `
  WITH held AS (
    SELECT g.engineer_id, g.skill_level_ref, g.sign_off_id, g.signed_off_on, g.valid_until, g.signed_off_accepted >= g.total AS whole FROM progress g
     WHERE g.engineer_id = $1 AND g.skill_level_ref = $2 AND ${inForce('g', todayIn('$3'))}
  ), ${grantedStatements('SELECT * FROM held WHERE NOT held.whole', '$1')}, live AS (
    SELECT s.statement_ref, bool_or(s.state = 'accepted') AS accepted, bool_or(s.state = 'proposed') AS proposed
      FROM support s JOIN evidence e ON e.engineer_id = s.engineer_id AND e.evidence_id = s.evidence_id
     WHERE s.engineer_id = $1 AND s.skill_level_ref = $2 AND s.state IN ('accepted', 'proposed') AND e.state = 'logged' AND e.kind = 'work' AND NOT ${isRedacted('e', '$1')}
     GROUP BY s.statement_ref
  )
  SELECT p.name AS engineer, l.skill_ref AS skill, l.level::int AS level, f.rights,
         (SELECT json_build_object('id', held.sign_off_id, 'on', held.signed_off_on, 'until', held.valid_until) FROM held) AS "signOff",
         (SELECT json_agg(json_build_object('statement', t.statement_ref, 'text', t.text, 'state',
                   CASE WHEN CASE WHEN EXISTS (SELECT 1 FROM held) THEN (SELECT held.whole FROM held) OR granted.statement_ref IS NOT NULL ELSE coalesce(live.accepted, false) END THEN 'accepted'
                        WHEN live.proposed AND NOT live.accepted THEN 'proposed' ELSE 'none' END) ORDER BY t.ordinal)
            FROM statement t LEFT JOIN live USING (statement_ref) LEFT JOIN granted USING (statement_ref)
           WHERE t.skill_level_ref = l.skill_level_ref) AS statements
    FROM skill_level l JOIN skill s ON s.skill_ref = l.skill_ref JOIN framework f ON f.framework_id = s.framework_id JOIN person p ON p.person_id = $1
   WHERE l.skill_level_ref = $2`;

/** Which statements of a level stand where. */
@Injectable()
export class LevelStatementsQuery {
  constructor(
    private readonly db: Database,
    private readonly settings: Settings,
  ) {}

  /** The statements of a level (`sfia-9:ITOP.4`) in their order; null where the skill does not define it. */
  of(engineerId: string, skillLevel: string): Promise<LevelStatements | null> {
    return this.db.one<LevelStatements>(statementsSql, [engineerId, skillLevel, this.settings.TIME_ZONE]);
  }
}
