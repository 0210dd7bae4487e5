import type { Pool } from 'pg';
import type { Catalogue, DefinedLevel } from './catalogue';
import { Problem } from './problem';

type LevelRow = readonly [
  level: number,
  accepted: number,
  lastEvidenceOn: string | null,
  goingOn: boolean,
  claimState: string | null,
  held: boolean,
  signedOffOn: string | null,
  validUntil: string | null,
  signedOffAccepted: number | null,
];

interface MemberRow {
  readonly id: string;
  readonly name: string;
  readonly levels: readonly LevelRow[] | null;
  readonly claimId: string | null;
  readonly skillLevel: string;
  readonly dueOn: string;
  readonly overdue: boolean;
  readonly waitsOn: readonly object[] | null;
}

// $1 manager, $2 the whole line, $3 skill, $4 time zone
const text = `
  SELECT p.person_id AS id, p.name,
         (SELECT json_agg(json_build_array(g.level, g.accepted, g.last_evidence_on, g.going_on, g.line_claim_state,
                          g.sign_off_id IS NOT NULL AND (g.valid_until IS NULL OR g.valid_until >= (now() AT TIME ZONE $4)::date),
                          g.signed_off_on, g.valid_until, g.signed_off_accepted))
            FROM progress g WHERE g.engineer_id = p.person_id AND g.skill_ref = $3) AS levels,
         c.claim_id AS "claimId", c.skill_level_ref AS "skillLevel", c.due_on AS "dueOn", c.due_on < (now() AT TIME ZONE $4)::date AS overdue,
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
   WHERE r.ancestor_id = $1 AND ($2::boolean OR r.depth = 1)
   ORDER BY p.name, p.person_id`;

/** The dashboard of a manager's team in one statement. The caller is the manager, above them, or an auditor: they see everybody below the manager. */
export async function readTeam(
  pool: Pool,
  catalogue: Catalogue,
  manager: { id: string; name: string },
  { skill, depth }: { skill: string; depth?: 'direct' | 'all' },
  asOf: string,
): Promise<object> {
  const defined = catalogue.levelsOf(skill);
  if (defined === undefined) throw new Problem(404, 'not-found', 'There is no such skill.');
  const { rows } = await pool.query<MemberRow>({ name: 'team', text, values: [manager.id, depth === 'all', skill, 'UTC'] });
  const byLevel: Record<string, number> = { none: 0 };
  for (const { level } of defined) byLevel[level] = 0;
  let [submitted, overdue] = [0, 0];
  const people = rows.map((row) => {
    const member = memberOf(row, defined);
    const held = member.currentLevel ?? 'none';
    byLevel[held] = (byLevel[held] ?? 0) + 1;
    if (member.claim !== null) submitted += 1;
    if (member.claim?.overdue === true) overdue += 1;
    return member;
  });
  return { manager, skill, people, totals: { people: people.length, byLevel, submitted, overdue }, asOf };
}

function memberOf({ id, name, levels, claimId, skillLevel, dueOn, overdue, waitsOn }: MemberRow, defined: readonly DefinedLevel[]) {
  let currentLevel: number | null = null;
  let lastEvidenceOn: string | null = null;
  let goingOn = false;
  for (const [level, , evidenceOn, going, , held] of levels ?? []) {
    if (held && level > (currentLevel ?? 0)) currentLevel = level;
    if (evidenceOn !== null && (lastEvidenceOn === null || evidenceOn > lastEvidenceOn)) lastEvidenceOn = evidenceOn;
    goingOn ||= going;
  }
  return {
    id,
    name,
    active: true,
    currentLevel,
    levels: defined.map(({ level, total }) => {
      const row = levels?.find(([one]) => one === level);
      if (row === undefined) return { level, accepted: 0, total, claimState: null, signedOffOn: null, validUntil: null };
      const [, accepted, , , claimState, held, signedOffOn, validUntil, signedOffAccepted] = row;
      return {
        level,
        accepted: held ? (signedOffAccepted ?? accepted) : accepted,
        total,
        claimState,
        signedOffOn: held ? signedOffOn : null,
        validUntil: held ? validUntil : null,
      };
    }),
    lastEvidenceOn,
    goingOn,
    claim: claimId === null ? null : { id: claimId, skillLevel, dueOn, overdue, waitsOn: waitsOn ?? [] },
  };
}
