/**
 * SQL, a subquery for a LATERAL join: the newest revision of an engineer's target in a skill, one row by its key; `level` is null where it was taken back.
 * @param engineer the engineer's id, as an expression
 * @param skill the skill's reference, as an expression
 */
export const newestTarget = (engineer: string, skill: string): string =>
  `(SELECT o.revision, o.at, o.level, o.reach_by, o.set_by FROM target o WHERE o.engineer_id = ${engineer} AND o.skill_ref = ${skill} ORDER BY o.revision DESC LIMIT 1)`;
