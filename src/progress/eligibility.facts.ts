import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { Database } from '../platform/transaction';
import { inForce, todayIn } from './eligible-sql';
import type { JudgeFacts } from './eligibility';

interface JudgeRow {
  person_id: string;
  active: boolean;
  engineer_active: boolean;
  above: boolean;
  in_force: boolean | null;
  held: number | null;
  accredited: number | null;
  barred: boolean;
}

const factsOf = (row: JudgeRow, engineerId: string): JudgeFacts => ({
  personId: row.person_id,
  active: row.active,
  engineerActive: row.engineer_active,
  self: row.person_id === engineerId,
  above: row.above,
  mentorship: row.in_force === null ? 'none' : row.in_force ? 'in-force' : 'not-in-force',
  heldLevel: row.held,
  accreditedLevel: row.accredited,
  barred: row.barred,
});

// $1 engineer, $2 skill, $3 the organisation's time zone, $4 the one person, if it is of one.
// Two statements' worth of questions in one: what is asked of the engineer's record, then what the mentors hold, read from progress by their own records' keys.
// The clock is this statement's, not now(), the transaction's: a decision that waited for the record's lock began before a mentorship ended that is over by its turn.
const judgesSql = (of: 'one' | 'mentors'): string => `
  WITH mentors AS MATERIALIZED (
    SELECT m.mentor_id, bool_or(m.from_at <= statement_timestamp() AND (m.until_at IS NULL OR m.until_at > statement_timestamp())) AS in_force
      FROM mentorship m JOIN mentorship_skill s USING (engineer_id, mentorship_id)
     WHERE m.engineer_id = $1 AND s.skill_ref = $2 ${of === 'one' ? 'AND m.mentor_id = $4' : ''}
     GROUP BY m.mentor_id
  ), held AS MATERIALIZED (
    SELECT g.engineer_id, max(g.level)::int AS level FROM progress g
     WHERE ${of === 'one' ? 'g.engineer_id = $4' : 'g.engineer_id = ANY (ARRAY(SELECT mentor_id FROM mentors))'} AND g.skill_ref = $2 AND ${inForce('g', todayIn('$3'))}
     GROUP BY g.engineer_id
  )
  SELECT p.person_id, p.active, coalesce((SELECT e.active FROM person e WHERE e.person_id = $1), false) AS engineer_active, m.in_force,
         EXISTS (SELECT 1 FROM reporting_line l WHERE l.ancestor_id = p.person_id AND l.descendant_id = $1) AS above,
         (SELECT h.level FROM held h WHERE h.engineer_id = p.person_id) AS held,
         (SELECT max(a.up_to_level)::int FROM accreditation a WHERE a.person_id = p.person_id AND a.skill_ref = $2 AND a.ended_at IS NULL) AS accredited,
         coalesce(p.approvals_barred_until > statement_timestamp(), false) AS barred
    FROM ${of === 'one' ? 'person p LEFT JOIN mentors m ON m.mentor_id = p.person_id WHERE p.person_id = $4' : 'mentors m JOIN person p ON p.person_id = m.mentor_id'}`;

const judgeSql = judgesSql('one');
const mentorsSql = judgesSql('mentors');

/** Who may judge whom, as facts for the pure rule. */
@Injectable()
export class EligibilityFacts {
  constructor(
    private readonly db: Database,
    private readonly settings: Settings,
  ) {}

  /** What is known of one person as a judge of this engineer in this skill (`sfia-9:ITOP`). */
  async judge(engineerId: string, skillRef: string, personId: string): Promise<JudgeFacts | null> {
    const row = await this.db.one<JudgeRow>(judgeSql, [engineerId, skillRef, this.settings.TIME_ZONE, personId], 'kept');
    return row === null ? null : factsOf(row, engineerId);
  }

  /** Everyone who is or was a mentor of this engineer for this skill. */
  async mentors(engineerId: string, skillRef: string): Promise<JudgeFacts[]> {
    const rows = await this.db.query<JudgeRow>(mentorsSql, [engineerId, skillRef, this.settings.TIME_ZONE], 'kept');
    return rows.map((row) => factsOf(row, engineerId));
  }
}
