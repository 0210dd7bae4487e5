import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { type Day, addDays, addMonths } from '../kernel/clock';
import { Replica } from '../platform/replica';
import type { TeamMonthAnswer, TeamTrendAnswer } from './team-figures.dto';
import { isFor } from './team-evidence.query';
import { type TeamScope, seenPeople, teamLink } from './team-scope';

interface TrendRow {
  manager_name: string;
  skill: string | null;
  as_of: Date;
  months: Omit<TeamMonthAnswer, 'links'>[];
}

/** What of a team, and how far back. */
export interface TrendAsked extends TeamScope {
  /** `sfia-9:ITOP`; null for all. */
  readonly skill: string | null;
  readonly level: number | null;
  readonly months: number;
  readonly order: 'asc' | 'desc';
}

// $4 skill or null for all, $5 time zone, $6 how many months, $7 level or null for all. Evidence counts for a skill or level when it was ever linked to one of its statements.
const trendSql = `
  WITH ${seenPeople}, range AS MATERIALIZED (
    SELECT (date_trunc('month', now() AT TIME ZONE $5) - make_interval(months => $6::int - 1))::date AS first
  ), logged AS (
    SELECT date_trunc('month', e.logged_at AT TIME ZONE $5) AS month, count(*)::int AS n
      FROM seen JOIN evidence e ON e.engineer_id = seen.engineer_id
     WHERE e.logged_at >= (SELECT first FROM range)::timestamp AT TIME ZONE $5
       AND ${isFor('$4', '$7')}
     GROUP BY 1
  ), granted AS (
    SELECT date_trunc('month', s.signed_off_on::timestamp) AS month, count(*)::int AS n
      FROM seen JOIN sign_off s ON s.engineer_id = seen.engineer_id
     WHERE s.signed_off_on >= (SELECT first FROM range) AND ($4::text IS NULL OR s.skill_ref = $4) AND ($7::int IS NULL OR s.level = $7) GROUP BY 1
  ), revoked AS (
    SELECT date_trunc('month', r.revoked_on::timestamp) AS month, count(*)::int AS n
      FROM seen JOIN sign_off s ON s.engineer_id = seen.engineer_id
      JOIN revocation r ON r.engineer_id = s.engineer_id AND r.sign_off_id = s.sign_off_id
     WHERE r.revoked_on >= (SELECT first FROM range) AND ($4::text IS NULL OR s.skill_ref = $4) AND ($7::int IS NULL OR s.level = $7) GROUP BY 1
  )
  SELECT m.name AS manager_name, $4::text AS skill, now() AS as_of,
         (SELECT json_agg(json_build_object('month', to_char(d.month, 'YYYY-MM'), 'evidence', coalesce(l.n, 0), 'signOffs', coalesce(g.n, 0),
                                            'revocations', coalesce(v.n, 0)) ORDER BY d.month)
            FROM generate_series((SELECT first FROM range)::timestamp, date_trunc('month', now() AT TIME ZONE $5), interval '1 month') d (month)
            LEFT JOIN logged l USING (month) LEFT JOIN granted g USING (month) LEFT JOIN revoked v USING (month)) AS months
    FROM person m WHERE m.person_id = $1 AND ($4::text IS NULL OR EXISTS (SELECT 1 FROM skill k WHERE k.skill_ref = $4))`;

/** A team by months. */
@Injectable()
export class TeamTrendQuery {
  constructor(
    private readonly db: Replica,
    private readonly settings: Settings,
  ) {}

  /** What the people of a team logged and were signed off, month by month; null where there is no such skill. */
  async of(callerId: string, asked: TrendAsked): Promise<TeamTrendAnswer | null> {
    const { managerId, depth, skill, level, months, order } = asked;
    const row = await this.db.one<TrendRow>(trendSql, [
      managerId,
      callerId,
      depth === 'all',
      skill,
      this.settings.TIME_ZONE,
      months,
      level,
    ]);
    if (row === null) return null;
    const rows = (view: 'evidence' | 'sign-offs', query: Readonly<Record<string, string>>): string =>
      teamLink(asked, view, { skill, level, ...query });
    const shown = row.months.map((one) => {
      const [from, to] = daysOf(one.month);
      const links = {
        evidence: rows('evidence', { from, to }),
        signOffs: rows('sign-offs', { from, to }),
        revocations: rows('sign-offs', { revokedFrom: from, revokedTo: to }),
      };
      return { ...one, links };
    });
    return {
      manager: { id: managerId, name: row.manager_name },
      skill: row.skill,
      months: order === 'asc' ? shown : shown.toReversed(),
      asOf: row.as_of.toISOString(),
    };
  }
}

/** The first and the last day of a month, `2026-11`. */
const daysOf = (month: string): [Day, Day] => [`${month}-01`, addDays(addMonths(`${month}-01`, 1), -1)];
