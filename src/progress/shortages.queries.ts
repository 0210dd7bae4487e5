import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { type Page, pageOf, positionOf } from '../kernel/paging';
import { Database } from '../platform/transaction';
import { inForce, isEligible, judges, todayIn } from './eligible-sql';
import { ShortageItem } from './shortages.dto';

interface ShortageRow {
  engineer_id: string;
  name: string;
  skill_level_ref: string;
  needed: number;
  eligible: number;
}

const today = todayIn('$1');
const isOpen = `coalesce(g.claim_state IN ('draft', 'submitted', 'changes-requested'), false)`;

// For each engineer and skill the one level they work towards: that of the open claim, else the lowest above the one held that some work shows.
// A claim that was submitted keeps its policy; else the newest counts. $1 time zone, $2 $3 $4 where the page begins, $5 its size
const shortagesSql = `
  WITH working AS MATERIALIZED (
    SELECT DISTINCT ON (g.engineer_id, g.skill_ref) g.engineer_id, e.name, g.skill_ref, g.skill_level_ref, g.level, c.policy_version
      FROM progress g
      JOIN person e ON e.person_id = g.engineer_id AND e.active
      LEFT JOIN claim c ON ${isOpen} AND c.engineer_id = g.engineer_id AND c.claim_id = g.claim_id
     WHERE ${isOpen} OR (g.accepted + g.proposed > 0 AND g.level > coalesce((
             SELECT max(h.level) FROM progress h WHERE h.engineer_id = g.engineer_id AND h.skill_ref = g.skill_ref AND ${inForce('h', today)}), 0))
     ORDER BY g.engineer_id, g.skill_ref, ${isOpen} DESC, g.level
  ), ${judges('m.engineer_id IN (SELECT engineer_id FROM working)', today)}, gated AS (
    SELECT w.*, gate.approvals::int AS needed, gate.line_manager_may_approve
      FROM working w
     CROSS JOIN LATERAL (
       SELECT p.approvals, p.line_manager_may_approve FROM policy p
        WHERE p.skill_level_ref = w.skill_level_ref AND (w.policy_version IS NULL OR p.version = w.policy_version) ORDER BY p.version DESC LIMIT 1
     ) gate
  )
  SELECT w.engineer_id, w.name, w.skill_level_ref, w.needed, count(j.mentor_id)::int AS eligible
    FROM gated w
    LEFT JOIN judges j ON j.engineer_id = w.engineer_id AND j.skill_ref = w.skill_ref AND ${isEligible('j', 'w.level', 'w.line_manager_may_approve')}
   WHERE $2::text IS NULL OR (w.name, w.engineer_id, w.skill_level_ref) > ($2, $3::uuid, $4)
   GROUP BY w.engineer_id, w.name, w.skill_level_ref, w.needed
  HAVING count(j.mentor_id) < w.needed
   ORDER BY w.name, w.engineer_id, w.skill_level_ref LIMIT $5`;

/** Who lacks mentors. */
@Injectable()
export class ShortagesQueries {
  constructor(
    private readonly db: Database,
    private readonly settings: Settings,
  ) {}

  /** One page of those who work towards a level with fewer eligible mentors than approvals needed, by name. */
  async list(limit: number, cursor: string | undefined): Promise<Page<ShortageItem>> {
    const list = ['shortages'];
    const after = cursor === undefined ? [null, null, null] : positionOf(list, cursor, ['text', 'id', 'text']);
    const rows = await this.db.query<ShortageRow>(shortagesSql, [this.settings.TIME_ZONE, ...after, limit + 1]);
    return pageOf(
      rows,
      limit,
      list,
      (row) => [row.name, row.engineer_id, row.skill_level_ref],
      (row) => ({
        engineer: { id: row.engineer_id, name: row.name },
        skillLevel: row.skill_level_ref,
        needed: row.needed,
        eligible: row.eligible,
        lacking: row.needed - row.eligible,
      }),
    );
  }
}
