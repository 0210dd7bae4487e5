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
// A claim that was submitted keeps its policy; else the newest counts. $1 time zone, $2 $3 $4 where the page begins, $5 its size.
const shortagesSql = `
  WITH working AS (
    SELECT DISTINCT ON (g.engineer_id, g.skill_ref) g.engineer_id, g.skill_ref, g.skill_level_ref, g.level, CASE WHEN ${isOpen} THEN g.claim_id END AS claim_id
      FROM progress g
     WHERE ${isOpen} OR (g.accepted + g.proposed > 0 AND g.level > coalesce((
             SELECT max(h.level) FROM progress h WHERE h.engineer_id = g.engineer_id AND h.skill_ref = g.skill_ref AND ${inForce('h', today)}), 0))
     ORDER BY g.engineer_id, g.skill_ref, ${isOpen} DESC, g.level
  )
  SELECT w.engineer_id, e.name, w.skill_level_ref, gate.approvals::int AS needed, could.eligible
    FROM working w
    JOIN person e ON e.person_id = w.engineer_id AND e.active
    LEFT JOIN claim c ON c.engineer_id = w.engineer_id AND c.claim_id = w.claim_id
   CROSS JOIN LATERAL (
     SELECT p.approvals, p.line_manager_may_approve FROM policy p
      WHERE p.skill_level_ref = w.skill_level_ref AND (c.policy_version IS NULL OR p.version = c.policy_version) ORDER BY p.version DESC LIMIT 1
   ) gate
   CROSS JOIN LATERAL (
     SELECT count(*)::int AS eligible FROM (${judges('m.engineer_id = w.engineer_id', today)}) judge
      WHERE judge.skill_ref = w.skill_ref AND ${isEligible('judge', 'w.level', 'gate.line_manager_may_approve')}
   ) could
   WHERE could.eligible < gate.approvals AND ($2::text IS NULL OR (e.name, w.engineer_id, w.skill_level_ref) > ($2, $3::uuid, $4))
   ORDER BY e.name, w.engineer_id, w.skill_level_ref LIMIT $5`;

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
