import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { Replica } from '../platform/replica';
import { inForce, todayIn } from '../progress/eligible-sql';
import { type OrganisationCounts, type OrganisationFigures, organisationFigures } from './organisation-figures';

interface OrganisationRow extends OrganisationCounts {
  skill: string;
  as_of: Date;
}

/** The figures of the organisation in a skill, and when they were read. */
export interface OrganisationAsOf extends OrganisationFigures {
  readonly skill: string;
  readonly asOf: Date;
}

const both = (condition: string): string =>
  `json_build_object('people', count(*) FILTER (WHERE ${condition}), 'unseen', count(*) FILTER (WHERE ${condition} AND unseen))`;

const nobody = `json_build_object('people', 0, 'unseen', 0)`;

// $1 the caller, $2 skill or null, $3 time zone. Everybody who is active is counted once in every breakdown; `unseen` are those whom the caller sees by
// name nowhere: not themselves, nor below them in the line, nor mentored by them in this skill. An auditor sees everybody.
const organisationSql = `
  WITH chosen AS MATERIALIZED (
    SELECT s.skill_ref FROM skill s WHERE s.skill_ref = coalesce($2, (SELECT min(g.skill_ref) FROM progress g), (SELECT min(f.skill_ref) FROM skill f))
  ), known AS MATERIALIZED (
    SELECT $1::uuid AS person_id
    UNION SELECT r.descendant_id FROM reporting_line r WHERE r.ancestor_id = $1
    UNION SELECT m.engineer_id FROM mentorship m JOIN mentorship_skill k USING (engineer_id, mentorship_id) JOIN chosen ON chosen.skill_ref = k.skill_ref
           WHERE m.mentor_id = $1 AND m.from_at <= now() AND (m.until_at IS NULL OR m.until_at > now())
  ), counted AS MATERIALIZED (
    SELECT p.person_id, known.person_id IS NULL AND NOT (SELECT 'auditor' = ANY (c.roles) FROM person c WHERE c.person_id = $1) AS unseen
      FROM person p LEFT JOIN known ON known.person_id = p.person_id WHERE p.active
  ), shown AS MATERIALIZED (
    SELECT g.engineer_id, p.unseen, g.level, ${inForce('g', todayIn('$3'))} AS held, g.line_claim_state = 'approved' AS approved, g.total,
           CASE WHEN ${inForce('g', todayIn('$3'))} THEN g.signed_off_accepted ELSE g.accepted END AS accepted
      FROM progress g JOIN counted p ON p.person_id = g.engineer_id WHERE g.skill_ref = (SELECT skill_ref FROM chosen)
  ), highest AS (
    SELECT engineer_id, unseen, max(level) AS level FROM shown WHERE held GROUP BY engineer_id, unseen
  ), submitted AS (
    SELECT p.unseen, l.level, c.due_on < ${todayIn('$3')} AS overdue
      FROM claim c JOIN counted p ON p.person_id = c.engineer_id JOIN skill_level l USING (skill_level_ref)
     WHERE c.state = 'submitted' AND c.skill_ref = (SELECT skill_ref FROM chosen)
  )
  SELECT chosen.skill_ref AS skill, now() AS as_of,
         (SELECT ${both('true')} FROM counted) AS people,
         (SELECT ${both('true')} FROM highest) AS holders,
         (SELECT ${both('true')} FROM submitted) AS submitted,
         (SELECT ${both('overdue')} FROM submitted) AS overdue,
         (SELECT json_agg(json_build_object('level', d.level,
                   'total', (SELECT count(*) FROM statement t WHERE t.skill_level_ref = d.skill_level_ref),
                   'holders', (SELECT ${both('true')} FROM highest h WHERE h.level = d.level),
                   'submitted', (SELECT ${both('true')} FROM submitted s WHERE s.level = d.level),
                   'approved', coalesce(f.approved, ${nobody}),
                   'all', coalesce(f.every, ${nobody}),
                   'some', coalesce(f.some, ${nobody})) ORDER BY d.level)
            FROM skill_level d
            LEFT JOIN (SELECT level, ${both('approved')} AS approved, ${both('accepted >= total')} AS every, ${both('accepted > 0 AND accepted < total')} AS some
                         FROM shown GROUP BY level) f USING (level)
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
    return row && { skill: row.skill, asOf: row.as_of, ...organisationFigures(row) };
  }
}
