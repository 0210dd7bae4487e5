import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { Replica } from '../platform/replica';
import { inForce, todayIn } from '../progress/eligible-sql';
import type { TeamGapAnswer, TeamGapsAnswer } from './team-figures.dto';
import { chosenSkill, seenPeople } from './team-scope';

interface GapsRow {
  manager_name: string;
  skill: string;
  rights: string;
  as_of: Date;
  people: number;
  statements: TeamGapAnswer[] | null;
}

// $5 time zone. A level that is held shows all its statements, as its sign-off says; else it is what has an accepted support by work, as in progress.
const gapsSql = `
  WITH ${seenPeople}, ${chosenSkill}, levels AS MATERIALIZED (
    SELECT l.skill_level_ref, l.level FROM skill_level l WHERE l.skill_ref = (SELECT skill_ref FROM chosen)
  ), held AS MATERIALIZED (
    SELECT g.engineer_id, g.skill_level_ref, g.level FROM seen JOIN progress g ON g.engineer_id = seen.engineer_id
     WHERE g.skill_ref = (SELECT skill_ref FROM chosen) AND ${inForce('g', todayIn('$5'))}
  ), next AS MATERIALIZED (
    SELECT seen.engineer_id, (SELECT min(l.level) FROM levels l WHERE l.level > coalesce((SELECT max(h.level) FROM held h WHERE h.engineer_id = seen.engineer_id), 0)) AS level
      FROM seen
  ), shown AS MATERIALIZED (
    SELECT h.engineer_id, t.statement_ref FROM held h JOIN statement t ON t.skill_level_ref = h.skill_level_ref
    UNION
    SELECT s.engineer_id, s.statement_ref
      FROM seen CROSS JOIN levels
     CROSS JOIN LATERAL (SELECT * FROM support o WHERE o.engineer_id = seen.engineer_id AND o.skill_level_ref = levels.skill_level_ref AND o.state = 'accepted' OFFSET 0) s
      JOIN evidence e ON e.engineer_id = s.engineer_id AND e.evidence_id = s.evidence_id AND e.state = 'logged' AND e.kind = 'work'
  ), counted AS (
    SELECT t.statement_ref, l.level, t.ordinal, t.text, count(x.engineer_id)::int AS shown, (SELECT count(*)::int FROM next n WHERE n.level = l.level) AS needed,
           count(x.engineer_id) FILTER (WHERE n.level = l.level)::int AS shown_next
      FROM levels l JOIN statement t ON t.skill_level_ref = l.skill_level_ref
      LEFT JOIN shown x ON x.statement_ref = t.statement_ref
      LEFT JOIN next n ON n.engineer_id = x.engineer_id
     GROUP BY t.statement_ref, l.level, t.ordinal, t.text
  )
  SELECT m.name AS manager_name, chosen.skill_ref AS skill, f.rights, now() AS as_of, (SELECT count(*)::int FROM seen) AS people,
         (SELECT json_agg(json_build_object('statement', c.statement_ref, 'level', c.level, 'text', c.text, 'shown', c.shown,
                                            'notShown', (SELECT count(*) FROM seen) - c.shown, 'neededNext', c.needed, 'missingNext', c.needed - c.shown_next)
                          ORDER BY c.needed - c.shown_next DESC, c.shown, c.level, c.ordinal) FROM counted c) AS statements
    FROM person m CROSS JOIN chosen JOIN skill s ON s.skill_ref = chosen.skill_ref JOIN framework f ON f.framework_id = s.framework_id
   WHERE m.person_id = $1`;

/** What a team shows least. */
@Injectable()
export class TeamGapsQuery {
  constructor(
    private readonly db: Replica,
    private readonly settings: Settings,
  ) {}

  /** The statements of a skill, those that most people lack for their next level first; null where there is no such skill. */
  async of(callerId: string, managerId: string, skill: string | null, depth: 'direct' | 'all'): Promise<TeamGapsAnswer | null> {
    const row = await this.db.one<GapsRow>(gapsSql, [managerId, callerId, depth === 'all', skill, this.settings.TIME_ZONE]);
    if (row === null) return null;
    return {
      manager: { id: managerId, name: row.manager_name },
      skill: row.skill,
      people: row.people,
      statements: row.statements ?? [],
      rights: row.rights,
      asOf: row.as_of.toISOString(),
    };
  }
}
