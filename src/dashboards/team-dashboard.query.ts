import { Injectable } from '@nestjs/common';
import { waitingClaims } from '../claims/waiting';
import { Settings } from '../config';
import type { Day } from '../kernel/clock';
import { Replica } from '../platform/replica';
import { inForce, judges, todayIn } from '../progress/eligible-sql';
import { currentLevelOf, figuresOf } from '../progress/progress';
import { chosenSkill, seenPeople } from './team-scope';
import type { TeamDashboardAnswer, TeamClaimAnswer, TeamLevelAnswer, TeamMemberAnswer } from './team-dashboard.dto';

interface LevelRow {
  level: number;
  accepted: number;
  proposed: number;
  claimState: 'submitted' | 'approved' | null;
  lastEvidenceOn: Day | null;
  goingOn: boolean;
  held: boolean;
  signedOffOn: Day | null;
  validUntil: Day | null;
  signedOffAccepted: number | null;
}

interface MemberRow {
  id: string;
  name: string;
  levels: LevelRow[] | null;
  claim: TeamClaimAnswer | null;
}

interface DefinedLevel {
  level: number;
  total: number;
}

interface TeamRow {
  manager_name: string;
  skill: string;
  as_of: Date;
  defined: DefinedLevel[];
  people: MemberRow[];
}

// $1 manager, $2 caller, $3 everybody below or direct reports only, $4 skill or null, $5 time zone.
// Everything after the people whom the caller may see is asked of these people only, by their records' keys.
const teamSql = `
  WITH ${seenPeople}, ${chosenSkill}, open AS MATERIALIZED (
    SELECT c.engineer_id, c.claim_id, c.skill_level_ref, c.due_on
      FROM seen CROSS JOIN chosen
     CROSS JOIN LATERAL (SELECT * FROM claim o WHERE o.engineer_id = seen.engineer_id AND o.skill_ref = chosen.skill_ref AND o.state = 'submitted' LIMIT 1) c
  ), judges AS MATERIALIZED (
    SELECT * FROM (${judges('m.engineer_id IN (SELECT engineer_id FROM open)', todayIn('$5'))}) every WHERE every.skill_ref = (SELECT skill_ref FROM chosen)
  ), waiting AS MATERIALIZED (
    SELECT c.claim_id, json_agg(json_build_object('id', j.mentor_id, 'name', j.mentor_name) ORDER BY j.mentor_name, j.mentor_id) AS mentors
           ${waitingClaims} GROUP BY c.claim_id
  )
  SELECT m.name AS manager_name, chosen.skill_ref AS skill, now() AS as_of,
         (SELECT json_agg(json_build_object('level', l.level, 'total', (SELECT count(*) FROM statement t WHERE t.skill_level_ref = l.skill_level_ref)) ORDER BY l.level)
            FROM skill_level l WHERE l.skill_ref = chosen.skill_ref) AS defined,
         coalesce((SELECT json_agg(json_build_object('id', seen.engineer_id, 'name', seen.name, 'levels', (
                SELECT json_agg(json_build_object('level', g.level, 'accepted', g.accepted, 'proposed', g.proposed, 'claimState', g.line_claim_state,
                                                  'lastEvidenceOn', g.last_evidence_on, 'goingOn', g.going_on, 'held', ${inForce('g', todayIn('$5'))},
                                                  'signedOffOn', g.signed_off_on, 'validUntil', g.valid_until, 'signedOffAccepted', g.signed_off_accepted))
                  FROM progress g WHERE g.engineer_id = seen.engineer_id AND g.skill_ref = chosen.skill_ref),
              'claim', (SELECT json_build_object('id', open.claim_id, 'skillLevel', open.skill_level_ref, 'dueOn', open.due_on,
                                                 'overdue', open.due_on < ${todayIn('$5')}, 'waitsOn', coalesce(waiting.mentors, '[]'))
                          FROM open LEFT JOIN waiting ON waiting.claim_id = open.claim_id WHERE open.engineer_id = seen.engineer_id))
              ORDER BY seen.name, seen.engineer_id) FROM seen), '[]') AS people
    FROM person m CROSS JOIN chosen WHERE m.person_id = $1`;

function levelOf({ level, total }: DefinedLevel, row: LevelRow | undefined): TeamLevelAnswer {
  if (row === undefined) return { level, accepted: 0, total, claimState: null, signedOffOn: null, validUntil: null };
  const { held } = row;
  return {
    level,
    accepted: figuresOf({ ...row, total, signedOffAccepted: held ? row.signedOffAccepted : null }).accepted,
    total,
    // what a line manager may know of claims (design.md, "Who may do what"); a dashboard says the same to everybody
    claimState: row.claimState,
    signedOffOn: held ? row.signedOffOn : null,
    validUntil: held ? row.validUntil : null,
  };
}

const latest = (days: readonly (Day | null)[]): Day | null =>
  days.reduce((one, other) => (other !== null && (one === null || other > one) ? other : one), null);

function memberOf({ id, name, levels, claim }: MemberRow, defined: readonly DefinedLevel[]): TeamMemberAnswer {
  const rows = levels ?? [];
  return {
    id,
    name,
    active: true,
    currentLevel: currentLevelOf(rows),
    levels: defined.map((one) =>
      levelOf(
        one,
        rows.find(({ level }) => level === one.level),
      ),
    ),
    lastEvidenceOn: latest(rows.map(({ lastEvidenceOn }) => lastEvidenceOn)),
    goingOn: rows.some(({ goingOn }) => goingOn),
    claim,
  };
}

function totalsOf(people: readonly TeamMemberAnswer[], defined: readonly DefinedLevel[]): TeamDashboardAnswer['totals'] {
  const holders = (level: number | null): number => people.filter(({ currentLevel }) => currentLevel === level).length;
  const claims = people.flatMap(({ claim }) => (claim === null ? [] : [claim]));
  return {
    people: people.length,
    byLevel: Object.fromEntries([['none', holders(null)], ...defined.map(({ level }) => [String(level), holders(level)] as const)]),
    submitted: claims.length,
    overdue: claims.filter(({ overdue }) => overdue).length,
  };
}

/** Who stands where in a team: one statement over progress and the closure of the reporting line, so that it costs what the team is large. */
@Injectable()
export class TeamDashboardQuery {
  constructor(
    private readonly db: Replica,
    private readonly settings: Settings,
  ) {}

  /**
   * The dashboard of a manager's team, of the people whom the caller may see.
   * @param skill `sfia-9:ITOP`; null for the first that the team has something in, else the first of the catalogue
   * @returns null where there is no such skill
   */
  async of(callerId: string, managerId: string, skill: string | null, depth: 'direct' | 'all'): Promise<TeamDashboardAnswer | null> {
    const row = await this.db.one<TeamRow>(teamSql, [managerId, callerId, depth === 'all', skill, this.settings.TIME_ZONE]);
    if (row === null) return null;
    const people = row.people.map((one) => memberOf(one, row.defined));
    return {
      manager: { id: managerId, name: row.manager_name },
      skill: row.skill,
      people,
      totals: totalsOf(people, row.defined),
      asOf: row.as_of.toISOString(),
    };
  }
}
