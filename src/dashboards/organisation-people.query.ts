import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { apiLink } from '../kernel/link';
import { type Page, pageOf, positionOf } from '../kernel/paging';
import { Replica } from '../platform/replica';
import { todayIn } from '../progress/eligible-sql';
import { standingColumns } from '../progress/standing-sql';
import { CatalogueQuery } from './catalogue.query';
import { aimOf, counted, waiting } from './organisation-counts';
import type { OrganisationPersonItem } from './organisation-people.dto';
import type { MemberState } from './team-order';

/** Which people of the organisation. */
export interface PeopleAsked {
  readonly skill: string;
  /** The highest level held, 0 for none. */
  readonly level: number | null;
  readonly state: MemberState | null;
  /** A level, and what they are or have there. */
  readonly at: number | null;
  readonly is: 'submitted' | 'approved' | 'all' | 'some' | 'none' | null;
  readonly limit: number;
  readonly cursor: string | undefined;
}

interface PersonRow {
  id: string;
  name: string;
  level: number | null;
}

// $1 the caller, $2 skill, $3 time zone, $4 highest level or null, $5 state or null, $6 and $7 what they are at a level or null, $8 and $9 where the page begins, $10 its size
// What is counted of the organisation is asked of each person. Claims, and whom they wait for, are looked at only where they are asked about: a step that no condition comes to is not made.
const peopleSql = `
  WITH ${counted}, ${waiting}, stands AS MATERIALIZED (
    SELECT s.engineer_id, ${standingColumns}, ${aimOf('s')} AS aim FROM standing s
     WHERE s.skill_ref = (SELECT chosen.skill_ref FROM chosen) AND (s.lapses_on IS NULL OR s.lapses_on >= ${todayIn('$3')})
    UNION ALL
    SELECT l.engineer_id, ${standingColumns}, ${aimOf('l')} FROM lapsed l (engineer_id, target_level, target_by, ${standingColumns})
  )
  SELECT p.person_id AS id, p.name, s.current_level::int AS level
    FROM person p LEFT JOIN stands s ON s.engineer_id = p.person_id
   WHERE p.active AND ($4::int IS NULL OR $4 = coalesce(s.current_level, 0))
     AND CASE $5::text WHEN 'submitted' THEN p.person_id IN (SELECT o.engineer_id FROM open o)
                       WHEN 'overdue' THEN p.person_id IN (SELECT o.engineer_id FROM open o WHERE o.overdue)
                       WHEN 'nobody-can-decide' THEN p.person_id IN (SELECT o.engineer_id FROM open o) AND p.person_id NOT IN (SELECT d.engineer_id FROM decidable d)
                       WHEN 'no-target' THEN s.aim IS NULL ELSE $5 IS NULL OR s.aim = $5 END
     AND CASE $7::text WHEN 'submitted' THEN p.person_id IN (SELECT o.engineer_id FROM open o WHERE o.level = $6)
                       WHEN 'approved' THEN s.levels_approved & (1 << $6::int) <> 0
                       WHEN 'all' THEN s.levels_all & (1 << $6) <> 0 WHEN 'some' THEN s.levels_some & (1 << $6) <> 0
                       WHEN 'none' THEN coalesce((s.levels_all | s.levels_some) & (1 << $6), 0) = 0 ELSE true END
     AND ($8::text IS NULL OR (p.name, p.person_id) > ($8, $9::uuid))
   ORDER BY p.name, p.person_id LIMIT $10`;

/** The people behind the figures of the organisation, for those who may see everybody. */
@Injectable()
export class OrganisationPeopleQuery {
  constructor(
    private readonly db: Replica,
    private readonly settings: Settings,
    private readonly catalogue: CatalogueQuery,
  ) {}

  /**
   * One page, by name.
   * @returns null where there is no such skill
   */
  async page(callerId: string, { skill, level, state, at, is, limit, cursor }: PeopleAsked): Promise<Page<OrganisationPersonItem> | null> {
    if ((await this.catalogue.levelsOf(skill)).length === 0) return null;
    const list = ['organisation-people', skill, level, state, at, is];
    const after = cursor === undefined ? [null, null] : positionOf(list, cursor, ['text', 'id']);
    const parameters = [callerId, skill, this.settings.TIME_ZONE, level, state, at, is, ...after, limit + 1];
    const rows = await this.db.query<PersonRow>(peopleSql, parameters);
    return pageOf(
      rows,
      limit,
      list,
      (row) => [row.name, row.id],
      (row) => ({
        id: row.id,
        name: row.name,
        currentLevel: row.level,
        links: { progress: apiLink(`/engineers/${row.id}/progress`, { skill }) },
      }),
    );
  }
}
