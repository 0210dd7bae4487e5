import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { type Viewpoint, isAuditor } from '../kernel/actor';
import type { Day } from '../kernel/clock';
import { apiLink } from '../kernel/link';
import { Database } from '../platform/transaction';
import { inForce, todayIn } from './eligible-sql';
import { grantedStatements } from './granted-sql';
import { currentLevelOf, figuresOf } from './progress';
import type { LevelProgressAnswer, ProgressClaim } from './progress.dto';
import { isRedacted } from './redacted-sql';
import { type TargetShown, targetShown } from './target';
import { newestTarget } from './target-sql';

interface LevelRow {
  name: string;
  skill: string;
  rights: string;
  today: Day;
  level: number;
  phrase: string;
  ref: string | null;
  total: number;
  accepted: number | null;
  proposed: number | null;
  last_evidence_on: Day | null;
  going_on: boolean | null;
  claim_id: string | null;
  claim_state: ProgressClaim['state'] | null;
  sign_off_id: string | null;
  signed_off_on: Day | null;
  valid_until: Day | null;
  signed_off_accepted: number | null;
  proposed_besides: number | null;
  target_level: number | null;
  target_by: Day | null;
}

/** How far an engineer is in a skill, as one caller sees it. */
export interface SkillProgress {
  readonly engineer: { readonly id: string; readonly name: string };
  readonly skill: string;
  readonly rights: string;
  /** The organisation's day. */
  readonly today: Day;
  /** The highest level with a sign-off in force; null where none is held. */
  readonly currentLevel: number | null;
  readonly target: TargetShown | null;
  /** All levels of the framework, ascending. */
  readonly levels: readonly LevelProgressAnswer[];
}

// of a level in force that was granted without some statements: how many of these are proposed, as the recompute of progress counts (progress.store.ts)
const proposedBesides = `
         CASE WHEN held.signed_off_accepted < held.total THEN (
           SELECT count(*)::int FROM (
             SELECT s.statement_ref FROM support s JOIN evidence e ON e.engineer_id = $1 AND e.evidence_id = s.evidence_id
              WHERE s.engineer_id = $1 AND s.skill_level_ref = l.skill_level_ref AND s.state IN ('accepted', 'proposed') AND e.state = 'logged' AND e.kind = 'work'
                AND NOT ${isRedacted('e', '$1')}
              GROUP BY s.statement_ref HAVING bool_and(s.state = 'proposed')) w
            WHERE w.statement_ref NOT IN (SELECT granted.statement_ref FROM granted)) END`;

// $1 engineer, $2 skill or null, $3 the skills the caller may see or null for all, $4 time zone,
// $5 sees every claim, $6 skills whose claims the caller sees from their first submission on, $7 sees submitted and approved ones (sightOf in claims/claim.policy.ts).
// Without a skill: the first that the record has anything in, else the first of the catalogue.
const levelsSql = `
  WITH chosen AS (
    SELECT coalesce($2, (SELECT min(g.skill_ref) FROM progress g WHERE g.engineer_id = $1 AND ($3::text[] IS NULL OR g.skill_ref = ANY ($3))),
                    (SELECT min(s.skill_ref) FROM skill s WHERE $3::text[] IS NULL OR s.skill_ref = ANY ($3))) AS skill_ref
  ), ${grantedStatements(
    `SELECT g.engineer_id, g.skill_level_ref, g.sign_off_id FROM progress g
      WHERE g.engineer_id = $1 AND g.skill_ref = (SELECT chosen.skill_ref FROM chosen) AND ${inForce('g', todayIn('$4'))} AND g.signed_off_accepted < g.total`,
    '$1',
  )}
  SELECT p.name, s.skill_ref AS skill, f.rights, ${todayIn('$4')} AS today, v.level::int AS level, v.phrase, l.skill_level_ref AS ref,
         (SELECT count(*)::int FROM statement t WHERE t.skill_level_ref = l.skill_level_ref) AS total,
         g.accepted, g.proposed, g.last_evidence_on, g.going_on, c.claim_id, c.state AS claim_state,
         held.sign_off_id, held.signed_off_on, held.valid_until, held.signed_off_accepted, ${proposedBesides} AS proposed_besides, target.level::int AS target_level, target.reach_by AS target_by
    FROM chosen JOIN skill s ON s.skill_ref = chosen.skill_ref
    JOIN framework f ON f.framework_id = s.framework_id
    JOIN framework_level v ON v.framework_id = s.framework_id
    JOIN person p ON p.person_id = $1
    LEFT JOIN skill_level l ON l.skill_ref = s.skill_ref AND l.level = v.level
    LEFT JOIN progress g ON g.engineer_id = $1 AND g.skill_level_ref = l.skill_level_ref
    LEFT JOIN progress held ON held.engineer_id = $1 AND held.skill_level_ref = l.skill_level_ref AND ${inForce('held', todayIn('$4'))}
    -- the open one, else the newest, of those that the caller may know: one drafted meanwhile must not show by hiding another
    LEFT JOIN LATERAL (
      SELECT o.claim_id, o.state FROM claim o WHERE o.engineer_id = $1 AND o.skill_level_ref = l.skill_level_ref
         AND ($5 OR (o.submission > 0 AND o.skill_ref = ANY ($6::text[])) OR ($7 AND o.state IN ('submitted', 'approved')))
       ORDER BY (o.state IN ('draft', 'submitted', 'changes-requested')) DESC, o.drafted_at DESC, o.claim_id DESC LIMIT 1
    ) c ON true
    LEFT JOIN LATERAL ${newestTarget('$1', 's.skill_ref')} target ON true
   WHERE $3::text[] IS NULL OR s.skill_ref = ANY ($3)
   ORDER BY v.level`;

/** Links to what is behind the figures of a level. @param seesEvidence whether the caller sees all evidence for the skill */
function linksOf(row: LevelRow, engineerId: string, seesEvidence: boolean): LevelProgressAnswer['links'] {
  const engineer = `/engineers/${engineerId}`;
  const hasEvidence = row.last_evidence_on !== null || row.going_on === true;
  return {
    statements: row.ref === null ? null : apiLink(`${engineer}/progress/${row.ref}`),
    lastEvidenceOn: seesEvidence && hasEvidence ? apiLink(`${engineer}/evidence`, { statement: row.ref, counts: true }) : null,
    claim: row.claim_id === null ? null : apiLink(`${engineer}/claims/${row.claim_id}`),
    signOff: row.sign_off_id === null ? null : apiLink(`${engineer}/sign-offs/${row.sign_off_id}`),
  };
}

function levelOf(row: LevelRow, engineerId: string, seesEvidence: boolean): LevelProgressAnswer {
  return {
    ref: row.ref ?? `${row.skill}.${row.level}`,
    level: row.level,
    phrase: row.phrase,
    defined: row.ref !== null,
    statements: figuresOf(
      {
        total: row.total,
        accepted: row.accepted ?? 0,
        proposed: row.proposed ?? 0,
        signedOffAccepted: row.signed_off_accepted,
      },
      row.proposed_besides ?? 0,
    ),
    lastEvidenceOn: row.last_evidence_on,
    goingOn: row.going_on ?? false,
    claim: row.claim_id === null || row.claim_state === null ? null : { id: row.claim_id, state: row.claim_state },
    signOff:
      row.sign_off_id === null || row.signed_off_on === null
        ? null
        : { id: row.sign_off_id, on: row.signed_off_on, until: row.valid_until },
    links: linksOf(row, engineerId, seesEvidence),
  };
}

/** What a record adds up to, as callers may see it. */
@Injectable()
export class ProgressQueries {
  constructor(
    private readonly db: Database,
    private readonly settings: Settings,
  ) {}

  /**
   * How far an engineer is at each level of a skill.
   * @param skill `sfia-9:ITOP`; null for the one that the record has something in
   * @returns null where there is no such skill, or none that the caller may know of here
   */
  async ofSkill(viewpoint: Viewpoint, engineerId: string, skill: string | null): Promise<SkillProgress | null> {
    const { relation } = viewpoint;
    const seesAll = relation?.self === true || isAuditor(viewpoint);
    const skills = seesAll || relation?.above === true ? null : (relation?.mentorSkills ?? []);
    const rows = await this.db.query<LevelRow>(levelsSql, [
      engineerId,
      skill,
      skills,
      this.settings.TIME_ZONE,
      seesAll,
      relation?.mentorSkills ?? [],
      relation?.above === true,
    ]);
    const [first] = rows;
    if (first === undefined) return null;
    const seesEvidence = seesAll || relation?.mentorSkills.includes(first.skill) === true;
    const currentLevel = currentLevelOf(rows.map(({ level, sign_off_id: signOff }) => ({ level, held: signOff !== null })));
    return {
      engineer: { id: engineerId, name: first.name },
      skill: first.skill,
      rights: first.rights,
      today: first.today,
      currentLevel,
      target: targetShown(first.target_level, first.target_by, currentLevel, first.today),
      levels: rows.map((row) => levelOf(row, engineerId, seesEvidence)),
    };
  }
}
