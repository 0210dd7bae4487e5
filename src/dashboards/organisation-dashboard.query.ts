import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { Replica } from '../platform/replica';
import { type OrganisationAsOf, type OrganisationCounts, organisationFigures } from './organisation-figures';
import { counted, waiting } from './organisation-counts';

interface OrganisationRow extends OrganisationCounts {
  skill: string;
  as_of: Date;
  is_auditor: boolean;
}

/** SQL: how many rows there are of a sort, and how many of these are of people whom the caller does not see. */
const both = (condition = 'true'): string =>
  `json_build_object('people', count(*) FILTER (WHERE ${condition}), 'unseen', count(*) FILTER (WHERE ${condition} AND unseen))`;

/** SQL: the same of people who are counted by what they have in common. */
const inSum = (condition: string): string =>
  `json_build_object('people', coalesce(sum(people) FILTER (WHERE ${condition}), 0), 'unseen', coalesce(sum(unseen) FILTER (WHERE ${condition}), 0))`;

const atLevel = (levels: string): string => inSum(`${levels} & (1 << d.level) <> 0`);

// $1 the caller, $2 skill or null, $3 time zone. Everybody who is active is counted once in every breakdown.
const organisationSql = `
  WITH ${counted}, ${waiting}
  SELECT chosen.skill_ref AS skill, now() AS as_of, (SELECT caller.sees_everybody FROM caller) AS is_auditor,
         (SELECT json_build_object('people', p.people, 'unseen', CASE WHEN (SELECT caller.sees_everybody FROM caller) THEN 0 ELSE p.people - (SELECT count(*) FROM known) END)
            FROM (SELECT count(*) AS people FROM person WHERE active) p) AS people,
         (SELECT ${inSum('current_level IS NOT NULL')} FROM standings) AS holders,
         (SELECT json_build_object('onTrack', ${inSum(`aim = 'on-track'`)}, 'late', ${inSum(`aim = 'late'`)}, 'reached', ${inSum(`aim = 'reached'`)})
            FROM standings) AS targets,
         (SELECT ${both()} FROM open) AS submitted,
         (SELECT ${both('overdue')} FROM open) AS overdue,
         (SELECT ${both('d.engineer_id IS NULL')} FROM open LEFT JOIN decidable d USING (engineer_id)) AS "nobodyCanDecide",
         (SELECT json_agg((SELECT json_build_object('level', d.level,
                                    'total', (SELECT count(*) FROM statement t WHERE t.skill_level_ref = d.skill_level_ref),
                                    'holders', ${inSum('current_level = d.level')},
                                    'submitted', (SELECT ${both()} FROM open o WHERE o.level = d.level),
                                    'approved', ${atLevel('levels_approved')}, 'all', ${atLevel('levels_all')}, 'some', ${atLevel('levels_some')})
                             FROM standings) ORDER BY d.level)
            FROM skill_level d WHERE d.skill_ref = chosen.skill_ref) AS levels
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
