import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { apiLink } from '../kernel/link';
import { type Page, pageOf, positionOf } from '../kernel/paging';
import { Replica } from '../platform/replica';
import { CatalogueQuery } from './catalogue.query';
import type { OrganisationPersonItem } from './organisation-people.dto';
import { everybodyStands, extentOf } from './organisation-sql';
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
const peopleSql = `
  WITH ${everybodyStands}, there AS MATERIALIZED (
    SELECT g.engineer_id, g.line_claim_state = 'approved' AS approved, ${extentOf('g')} AS extent
      FROM progress g WHERE g.skill_ref = (SELECT chosen.skill_ref FROM chosen) AND g.level = $6::int
  )
  SELECT p.person_id AS id, p.name, h.level::int AS level
    FROM counted c JOIN person p ON p.person_id = c.person_id
    LEFT JOIN highest h ON h.engineer_id = c.person_id
    LEFT JOIN open o ON o.engineer_id = c.person_id
    LEFT JOIN decidable d ON d.engineer_id = c.person_id
    LEFT JOIN aims t ON t.engineer_id = c.person_id
    LEFT JOIN there ON there.engineer_id = c.person_id
   WHERE EXISTS (SELECT 1 FROM chosen) AND ($4::int IS NULL OR $4 = coalesce(h.level, 0))
     AND CASE $5::text WHEN 'submitted' THEN o.engineer_id IS NOT NULL WHEN 'overdue' THEN o.overdue
                       WHEN 'nobody-can-decide' THEN o.engineer_id IS NOT NULL AND d.engineer_id IS NULL
                       WHEN 'no-target' THEN t.state IS NULL ELSE $5 IS NULL OR t.state = $5 END
     AND CASE $7::text WHEN 'submitted' THEN o.level = $6 WHEN 'approved' THEN there.approved ELSE $7 IS NULL OR coalesce(there.extent, 'none') = $7 END
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
