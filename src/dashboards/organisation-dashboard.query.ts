import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { isAuditorNow } from '../people/roles-sql';
import { Replica } from '../platform/replica';
import { type OrganisationAsOf, type OrganisationCounts, organisationFigures } from './organisation-figures';
import { everybodyStands, extentOf } from './organisation-sql';

interface OrganisationRow extends OrganisationCounts {
  skill: string;
  as_of: Date;
  is_auditor: boolean;
}

/** SQL: how many rows there are of a sort, and how many of these are of people whom the caller does not see. */
const both = (condition = 'true'): string =>
  `json_build_object('people', count(*) FILTER (WHERE ${condition}), 'unseen', count(*) FILTER (WHERE ${condition} AND unseen))`;

const inSum = (condition: string): string =>
  `json_build_object('people', coalesce(sum(n) FILTER (WHERE ${condition}), 0), 'unseen', coalesce(sum(n) FILTER (WHERE ${condition} AND unseen), 0))`;

const nobody = `json_build_object('people', 0, 'unseen', 0)`;

// $1 the caller, $2 skill or null, $3 time zone. Everybody who is active is counted once in every breakdown. Progress, much the largest table, is first counted by what its rows
// have in common: what comes after that looks at a few rows.
const organisationSql = `
  WITH ${everybodyStands}, shown AS MATERIALIZED (
    SELECT g.level, p.unseen, g.line_claim_state = 'approved' AS approved,
           ${extentOf('g')} AS extent, count(*) AS n
      FROM progress g JOIN counted p ON p.person_id = g.engineer_id WHERE g.skill_ref = (SELECT chosen.skill_ref FROM chosen)
     GROUP BY 1, 2, 3, 4
  )
  SELECT chosen.skill_ref AS skill, now() AS as_of, (SELECT ${isAuditorNow('c')} FROM person c WHERE c.person_id = $1) AS is_auditor,
         (SELECT ${both()} FROM counted) AS people,
         (SELECT ${both()} FROM highest) AS holders,
         (SELECT ${both()} FROM open) AS submitted,
         (SELECT ${both('overdue')} FROM open) AS overdue,
         (SELECT ${both('d.engineer_id IS NULL')} FROM open LEFT JOIN decidable d USING (engineer_id)) AS "nobodyCanDecide",
         (SELECT json_build_object('onTrack', ${both(`state = 'on-track'`)}, 'late', ${both(`state = 'late'`)}, 'reached', ${both(`state = 'reached'`)})
            FROM aims) AS targets,
         (SELECT json_agg(json_build_object('level', d.level,
                   'total', (SELECT count(*) FROM statement t WHERE t.skill_level_ref = d.skill_level_ref),
                   'holders', (SELECT ${both()} FROM highest h WHERE h.level = d.level),
                   'submitted', (SELECT ${both()} FROM open o WHERE o.level = d.level),
                   'approved', coalesce(f.approved, ${nobody}),
                   'all', coalesce(f.every, ${nobody}),
                   'some', coalesce(f.some, ${nobody})) ORDER BY d.level)
            FROM skill_level d
            LEFT JOIN (SELECT level, ${inSum('approved')} AS approved, ${inSum(`extent = 'all'`)} AS every, ${inSum(`extent = 'some'`)} AS some FROM shown GROUP BY level) f USING (level)
           WHERE d.skill_ref = chosen.skill_ref) AS levels
    FROM chosen`;

/** Where the organisation stands, in numbers and without names: one statement over what every write keeps up. */
@Injectable()
export class OrganisationDashboardQuery {
  constructor(
    private readonly db: Replica,
    private readonly settings: Settings,
  ) {}

  /**
   * The figures that the caller may have.
   * @param skill `sfia-9:ITOP`; null for the first that anybody has something in
   * @returns null where there is no such skill
   */
  async of(callerId: string, skill: string | null): Promise<OrganisationAsOf | null> {
    const row = await this.db.one<OrganisationRow>(organisationSql, [callerId, skill, this.settings.TIME_ZONE]);
    return row && { skill: row.skill, asOf: row.as_of, isAuditor: row.is_auditor, ...organisationFigures(row) };
  }
}
