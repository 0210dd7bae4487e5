/** What everybody who stands somewhere is counted by, in the order of standingFigures(). */
export const standingColumns = 'current_level, levels_all, levels_some, levels_approved';

/**
 * SQL, a select list for rows of progress grouped by engineer and skill: the highest level held, then for each level a bit (1 << level) where all of its statements are
 * shown, where some are and not all, and where the newest claim that was submitted or approved is approved. While a level is held, its sign-off says what is shown.
 * @param progress the rows' alias
 * @param held whether a row is a level that is held, as a condition
 */
export function standingFigures(progress: string, held: string): string {
  const accepted = `CASE WHEN ${held} THEN ${progress}.signed_off_accepted ELSE ${progress}.accepted END`;
  const levels = (condition: string): string => `coalesce(bit_or(1 << ${progress}.level) FILTER (WHERE ${condition}), 0)`;
  return `max(${progress}.level) FILTER (WHERE ${held}),
    ${levels(`${accepted} >= ${progress}.total`)},
    ${levels(`${accepted} > 0 AND ${accepted} < ${progress}.total`)},
    ${levels(`${progress}.line_claim_state = 'approved'`)}`;
}

/**
 * SQL, a statement: makes an engineer's ($1) rows of standing from their rows of progress, over what they were before. What it says does not depend on the day it is written:
 * a sign-off counts until it is noted as expired, and `lapses_on` tells whoever reads when to look again.
 * @param skills which skills, as a condition on the rows of progress `g`
 */
export const standing = (skills: string): string => `
  INSERT INTO standing (engineer_id, skill_ref, levels, ${standingColumns}, lapses_on)
  SELECT $1::uuid, g.skill_ref,
         json_agg(json_build_object('level', g.level, 'accepted', g.accepted, 'proposed', g.proposed, 'claimState', g.line_claim_state,
                                    'lastEvidenceOn', g.last_evidence_on, 'goingOn', g.going_on, 'signOffId', g.sign_off_id,
                                    'signedOffOn', g.signed_off_on, 'validUntil', g.valid_until, 'signedOffAccepted', g.signed_off_accepted) ORDER BY g.level),
         ${standingFigures('g', 'g.sign_off_id IS NOT NULL')},
         min(g.valid_until)
    FROM progress g WHERE g.engineer_id = $1 AND ${skills} GROUP BY g.skill_ref
  ON CONFLICT (engineer_id, skill_ref) DO UPDATE SET (levels, ${standingColumns}, lapses_on)
    = ROW (EXCLUDED.levels, EXCLUDED.current_level, EXCLUDED.levels_all, EXCLUDED.levels_some, EXCLUDED.levels_approved, EXCLUDED.lapses_on)`;

/** SQL, a statement: keeps the newest targets of an engineer ($1) in their rows of standing. */
export const standingTargets = `
  INSERT INTO standing (engineer_id, skill_ref, target_level, target_by)
  SELECT DISTINCT ON (t.skill_ref) $1::uuid, t.skill_ref, t.level, t.reach_by FROM target t WHERE t.engineer_id = $1 ORDER BY t.skill_ref, t.revision DESC
  ON CONFLICT (engineer_id, skill_ref) DO UPDATE SET (target_level, target_by) = ROW (EXCLUDED.target_level, EXCLUDED.target_by)`;
