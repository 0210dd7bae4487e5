import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import type { Day } from '../kernel/clock';
import { type Page, pageOf, positionOf } from '../kernel/paging';
import { tagOfVersion } from '../kernel/version-tag';
import { Database } from '../platform/transaction';
import { inForce, todayIn } from './eligible-sql';
import { targetStateOf } from './target';
import { newestTarget } from './target-sql';
import type { TargetAnswer } from './targets.dto';

interface TargetRow {
  skill: string;
  revision: number;
  level: number;
  by: Day;
  at: Date;
  set_by: string;
  setter: string;
  current_level: number | null;
  today: Day;
}

// $1 engineer, $2 the skills the caller sees or null for all, $3 time zone, $4 one skill or null, $5 the skill after which the page begins or null, $6 its size
const targetsSql = `
  SELECT s.skill_ref AS skill, t.revision, t.level::int AS level, t.reach_by AS by, t.at, t.set_by, p.name AS setter, ${todayIn('$3')} AS today,
         (SELECT max(g.level)::int FROM progress g WHERE g.engineer_id = $1 AND g.skill_ref = s.skill_ref AND ${inForce('g', todayIn('$3'))}) AS current_level
    FROM (SELECT DISTINCT skill_ref FROM target WHERE engineer_id = $1 AND ($2::text[] IS NULL OR skill_ref = ANY ($2)) AND ($4::text IS NULL OR skill_ref = $4)) s
   CROSS JOIN LATERAL ${newestTarget('$1', 's.skill_ref')} t
    JOIN person p ON p.person_id = t.set_by
   WHERE t.level IS NOT NULL AND ($5::text IS NULL OR s.skill_ref > $5)
   ORDER BY s.skill_ref LIMIT $6`;

const answerOf = ({ skill, level, by, at, set_by: id, setter: name, current_level: currentLevel, today }: TargetRow): TargetAnswer => ({
  skill,
  level,
  by,
  state: targetStateOf({ level, by }, currentLevel, today),
  currentLevel,
  setBy: { id, name },
  setAt: at.toISOString(),
});

/** Targets as callers see them. */
@Injectable()
export class TargetsQueries {
  constructor(
    private readonly db: Database,
    private readonly settings: Settings,
  ) {}

  /** One page of an engineer's targets, by skill; of these skills only, or null for all. */
  async list(engineerId: string, skills: readonly string[] | null, limit: number, cursor: string | undefined): Promise<Page<TargetAnswer>> {
    const list = ['targets', engineerId];
    const [after] = cursor === undefined ? [null] : positionOf(list, cursor, ['text']);
    const rows = await this.db.query<TargetRow>(targetsSql, [engineerId, skills, this.settings.TIME_ZONE, null, after, limit + 1]);
    return pageOf(rows, limit, list, ({ skill }) => [skill], answerOf);
  }

  /** The target in one skill, with the tag that its next change must name; null where none is set. */
  async one(engineerId: string, skill: string): Promise<{ answer: TargetAnswer; tag: string } | null> {
    const row = await this.db.one<TargetRow>(targetsSql, [engineerId, null, this.settings.TIME_ZONE, skill, null, 1]);
    return row && { answer: answerOf(row), tag: tagOfVersion(row.revision) };
  }
}
