/**
 * SQL, a subquery for a LATERAL join: the newest revision of an engineer's target in a skill, one row by its key; `level` is null where it was taken back.
 * @param engineer the engineer's id, as an expression
 * @param skill the skill's reference, as an expression
 */
export const newestTarget = (engineer: string, skill: string): string =>
  `(SELECT o.revision, o.at, o.level, o.reach_by, o.set_by FROM target o WHERE o.engineer_id = ${engineer} AND o.skill_ref = ${skill} ORDER BY o.revision DESC LIMIT 1)`;

/** SQL: as newestTarget, for the engineers of a step, one after the other, which Citus does not do with LIMIT. It reads every revision, of which there are few. */
export const newestTargetOfEach = (engineer: string, skill: string): string =>
  `(SELECT DISTINCT ON (o.engineer_id, o.skill_ref) o.engineer_id, o.level, o.reach_by FROM target o
     WHERE o.engineer_id = ${engineer} AND o.skill_ref = ${skill} ORDER BY o.engineer_id, o.skill_ref, o.revision DESC)`;
