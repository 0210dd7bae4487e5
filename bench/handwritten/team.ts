import type { Pool } from 'pg';
import type { Catalogue, DefinedLevel } from './catalogue';
import { Problem } from './problem';
import type { Viewpoint } from './sign-in';

interface LevelRow {
  readonly level: number;
  readonly accepted: number;
  readonly lastEvidenceOn: string | null;
  readonly goingOn: boolean;
  readonly claimState: string | null;
  readonly signedOffOn: string | null;
  readonly validUntil: string | null;
  readonly signedOffAccepted: number | null;
  readonly signOffId: string | null;
}

const isHeld = ({ signOffId, validUntil }: LevelRow, today: string): boolean =>
  signOffId !== null && (validUntil === null || validUntil >= today);

interface MemberRow {
  readonly id: string;
  readonly name: string;
  readonly levels: readonly LevelRow[] | null;
  readonly claimId: string | null;
  readonly skillLevel: string;
  readonly dueOn: string;
  readonly overdue: boolean;
  readonly waitsOn: readonly object[] | null;
  readonly targetLevel: number | null;
  readonly targetBy: string | null;
  readonly today: string;
}

// $1 manager, $2 the whole line, $3 skill, $4 time zone
const text = `
  SELECT p.person_id AS id, p.name,
         s.levels, s.target_level::int AS "targetLevel", s.target_by AS "targetBy",
         c.claim_id AS "claimId", c.skill_level_ref AS "skillLevel", c.due_on AS "dueOn", c.due_on < (now() AT TIME ZONE $4)::date AS overdue,
         (now() AT TIME ZONE $4)::date AS today,
         CASE WHEN c.claim_id IS NOT NULL THEN (
           SELECT json_agg(json_build_object('id', w.person_id, 'name', w.name) ORDER BY w.name, w.person_id)
             FROM (SELECT DISTINCT j.person_id, j.name
                     FROM mentorship m
                     JOIN mentorship_skill k ON k.engineer_id = m.engineer_id AND k.mentorship_id = m.mentorship_id AND k.skill_ref = $3
                     JOIN person j ON j.person_id = m.mentor_id AND j.active
                     JOIN skill_level l ON l.skill_level_ref = c.skill_level_ref
                     JOIN policy y ON y.skill_level_ref = c.skill_level_ref AND y.version = c.policy_version
                    WHERE m.engineer_id = p.person_id AND m.from_at <= now() AND (m.until_at IS NULL OR m.until_at > now())
                      AND greatest((SELECT max(h.level) FROM progress h WHERE h.engineer_id = j.person_id AND h.skill_ref = $3 AND h.sign_off_id IS NOT NULL
                                       AND (h.valid_until IS NULL OR h.valid_until >= (now() AT TIME ZONE $4)::date)),
                                   (SELECT max(a.up_to_level) FROM accreditation a WHERE a.person_id = j.person_id AND a.skill_ref = $3 AND a.ended_at IS NULL)) >= l.level
                      AND (y.line_manager_may_approve OR NOT EXISTS (SELECT 1 FROM reporting_line i WHERE i.ancestor_id = j.person_id AND i.descendant_id = p.person_id))
                      AND NOT EXISTS (SELECT 1 FROM approval a WHERE a.engineer_id = p.person_id AND a.claim_id = c.claim_id AND a.submission = c.submission
                                         AND a.mentor_id = j.person_id)) w) END AS "waitsOn"
    FROM reporting_line r
    JOIN person p ON p.person_id = r.descendant_id AND p.active
    LEFT JOIN claim c ON c.engineer_id = p.person_id AND c.skill_ref = $3 AND c.state = 'submitted'
    LEFT JOIN standing s ON s.engineer_id = p.person_id AND s.skill_ref = $3
   WHERE r.ancestor_id = $1 AND ($2::boolean OR r.depth = 1)
   ORDER BY p.name, p.person_id`;

/** The dashboard of a manager's team in one statement. The caller is the manager, above them, or an auditor: they see everybody below the manager. */
export async function readTeam(
  pool: Pool,
  catalogue: Catalogue,
  manager: { id: string; name: string },
  { skill, depth }: { skill: string; depth?: 'direct' | 'all' },
  { now: asOf, roles }: Pick<Viewpoint, 'now' | 'roles'>,
): Promise<object> {
  const defined = catalogue.levelsOf(skill);
  if (defined === undefined) throw new Problem(404, 'not-found', 'There is no such skill.');
  const { rows } = await pool.query<MemberRow>({ name: 'team', text, values: [manager.id, depth === 'all', skill, 'UTC'] });
  const byLevel: Record<string, number> = { none: 0 };
  for (const { level } of defined) byLevel[level] = 0;
  const among = `/api/v1/teams/${manager.id}/dashboard?depth=${depth ?? 'direct'}&skill=${skill}`;
  const targets = { onTrack: 0, late: 0, reached: 0, none: 0 };
  let [submitted, overdue, nobodyCanDecide] = [0, 0, 0];
  const isAuditor = roles.includes('auditor');
  const people = rows.map((row) => {
    const member = memberOf(row, skill, defined, isAuditor);
    const { claim, target } = member;
    const held = member.currentLevel ?? 'none';
    byLevel[held] = (byLevel[held] ?? 0) + 1;
    if (claim !== null) {
      submitted += 1;
      if (claim.overdue) overdue += 1;
      if (claim.waitsOn.length === 0) nobodyCanDecide += 1;
    }
    targets[target === null ? 'none' : target.state === 'on-track' ? 'onTrack' : target.state] += 1;
    return member;
  });
  const links = {
    people: among,
    byLevel: Object.fromEntries(Object.keys(byLevel).map((level) => [level, `${among}&level=${level}`])),
    submitted: `${among}&state=submitted`,
    overdue: `${among}&state=overdue`,
    nobodyCanDecide: `${among}&state=nobody-can-decide`,
    targets: {
      onTrack: `${among}&state=on-track`,
      late: `${among}&state=late`,
      reached: `${among}&state=reached`,
      none: `${among}&state=no-target`,
    },
  };
  return { manager, skill, people, totals: { people: people.length, byLevel, submitted, overdue, nobodyCanDecide, targets, links }, asOf };
}

function memberOf(row: MemberRow, skill: string, defined: readonly DefinedLevel[], isAuditor: boolean) {
  const { id, name, levels, claimId, skillLevel, dueOn, overdue, waitsOn } = row;
  const engineer = `/api/v1/engineers/${id}`;
  let currentLevel: number | null = null;
  let currentSignOff: string | null = null;
  let lastEvidenceOn: string | null = null;
  let goingOn = false;
  for (const one of levels ?? []) {
    const { level, lastEvidenceOn: evidenceOn, signOffId } = one;
    if (level > (currentLevel ?? 0) && isHeld(one, row.today)) [currentLevel, currentSignOff] = [level, signOffId];
    if (evidenceOn !== null && (lastEvidenceOn === null || evidenceOn > lastEvidenceOn)) lastEvidenceOn = evidenceOn;
    goingOn ||= one.goingOn;
  }
  const target = targetOf(row, currentLevel);
  const hasEvidence = lastEvidenceOn !== null || goingOn;
  return {
    id,
    name,
    active: true,
    currentLevel,
    target,
    levels: defined.map((one) => levelOf(engineer, skill, one, levels, row.today)),
    lastEvidenceOn,
    goingOn,
    claim: claimId === null ? null : { id: claimId, skillLevel, dueOn, overdue, waitsOn: waitsOn ?? [] },
    links: {
      progress: `${engineer}/progress?skill=${skill}`,
      currentLevel: currentSignOff === null ? null : `${engineer}/sign-offs/${currentSignOff}`,
      lastEvidenceOn: isAuditor && hasEvidence ? `${engineer}/evidence?statement=${skill}&counts=true` : null,
      claim: claimId === null ? null : `${engineer}/claims/${claimId}`,
      target: target === null ? null : `${engineer}/targets/${skill}`,
    },
  };
}

function targetOf({ targetLevel, targetBy, today }: MemberRow, currentLevel: number | null) {
  if (targetLevel === null || targetBy === null) return null;
  const state: 'reached' | 'late' | 'on-track' = (currentLevel ?? 0) >= targetLevel ? 'reached' : today > targetBy ? 'late' : 'on-track';
  return { level: targetLevel, by: targetBy, state };
}

function levelOf(engineer: string, skill: string, { level, total }: DefinedLevel, levels: readonly LevelRow[] | null, today: string) {
  const row = levels?.find((one) => one.level === level);
  const statements = `${engineer}/progress/${skill}.${level}`;
  const accepted = `${statements}?state=accepted`;
  if (row === undefined) {
    const links = { total: statements, accepted, claimState: null, signedOffOn: null };
    return { level, accepted: 0, total, claimState: null, signedOffOn: null, validUntil: null, links };
  }
  const { accepted: shown, claimState, signedOffOn, validUntil, signedOffAccepted, signOffId } = row;
  const held = isHeld(row, today);
  return {
    level,
    accepted: held ? (signedOffAccepted ?? shown) : shown,
    total,
    claimState,
    signedOffOn: held ? signedOffOn : null,
    validUntil: held ? validUntil : null,
    links: {
      total: statements,
      accepted,
      claimState: claimState === null ? null : `${engineer}/claims?skillLevel=${skill}.${level}&state=${claimState}`,
      signedOffOn: held ? `${engineer}/sign-offs/${signOffId}` : null,
    },
  };
}
