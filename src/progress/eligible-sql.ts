/**
 * SQL, four steps of a WITH that end in `judges`: one row for each mentor who may judge an engineer in a skill now, with how far: the rule of checkEligible
 * (eligibility.ts) for many people at once. Who holds no level in the skill and is not accredited in it has no row.
 * Columns: engineer_id, skill_ref, mentor_id, mentor_name, above (in the reporting line), reach (the highest level they hold or are accredited to).
 *
 * Mentorships are in the engineers' records, what mentors hold is in their own: a step for each, since a join of records by another column than the
 * engineer is what Citus cannot do. The subqueries with OFFSET or DISTINCT keep these seeks by key for the few people in question: left to choose, the
 * planner reads whole tables and hashes them. (Beside a step, OFFSET and LIMIT are not for Citus, DISTINCT by the engineer is.)
 * @param scope which mentorships `m` and skills `k` of theirs are looked at, as a condition: by mentor or by engineer, so that an index is used
 * @param today the organisation's day, as an expression
 * @param engineers whether those in scope are known to be active already: who is not has nobody who may judge them
 */
export const judges = (scope: string, today: string, engineers: 'any' | 'active' = 'any'): string => `mentoring AS MATERIALIZED (
    SELECT DISTINCT m.engineer_id, k.skill_ref, m.mentor_id, r.ancestor_id IS NOT NULL AS above
      FROM mentorship m
     CROSS JOIN LATERAL (SELECT n.skill_ref FROM mentorship_skill n WHERE n.engineer_id = m.engineer_id AND n.mentorship_id = m.mentorship_id OFFSET 0) k
      ${engineers === 'active' ? '' : 'JOIN person e ON e.person_id = m.engineer_id AND e.active'}
      -- a join, for EXISTS would be answered by reading the whole reporting line once
      LEFT JOIN reporting_line r ON r.ancestor_id = m.mentor_id AND r.descendant_id = m.engineer_id
     WHERE ${scope} AND m.mentor_id <> m.engineer_id
       AND m.from_at <= now() AND (m.until_at IS NULL OR m.until_at > now())
  ), judging AS MATERIALIZED (
    -- who mentors many is looked up once
    SELECT w.mentor_id, w.skill_ref, p.name FROM (SELECT DISTINCT o.mentor_id, o.skill_ref FROM mentoring o) w JOIN person p ON p.person_id = w.mentor_id AND p.active
  ), reaching AS MATERIALIZED (
    SELECT w.mentor_id, w.skill_ref, w.name, x.level FROM judging w
     CROSS JOIN LATERAL (SELECT DISTINCT ON (h.engineer_id, h.skill_ref) h.level FROM progress h
                          WHERE h.engineer_id = w.mentor_id AND h.skill_ref = w.skill_ref AND ${inForce('h', today)}
                          ORDER BY h.engineer_id, h.skill_ref, h.level DESC) x
    UNION ALL
    SELECT w.mentor_id, w.skill_ref, w.name, x.level FROM judging w
     CROSS JOIN LATERAL (SELECT DISTINCT ON (a.person_id, a.skill_ref) a.up_to_level AS level FROM accreditation a
                          WHERE a.person_id = w.mentor_id AND a.skill_ref = w.skill_ref AND a.ended_at IS NULL
                          ORDER BY a.person_id, a.skill_ref, a.up_to_level DESC) x
  ), judges AS MATERIALIZED (
    SELECT w.engineer_id, w.skill_ref, w.mentor_id, r.name AS mentor_name, w.above, r.reach
      FROM mentoring w JOIN (SELECT mentor_id, skill_ref, name, max(level) AS reach FROM reaching GROUP BY mentor_id, skill_ref, name) r USING (mentor_id, skill_ref)
  )`;

/**
 * SQL, a condition: whether a row of judges() is eligible at a level.
 * @param lineManagerMayApprove what the policy says of those above in the reporting line, as an expression
 */
export const isEligible = (judge: string, level: string, lineManagerMayApprove: string): string =>
  `${judge}.reach >= ${level} AND (${lineManagerMayApprove} OR NOT ${judge}.above)`;

/** SQL, a condition: whether a row of progress is a level held on a day. */
export const inForce = (progress: string, day: string): string =>
  `${progress}.sign_off_id IS NOT NULL AND (${progress}.valid_until IS NULL OR ${progress}.valid_until >= ${day})`;

/** SQL: the organisation's day now, given the parameter that holds its time zone. */
export const todayIn = (timeZone: string): string => `(now() AT TIME ZONE ${timeZone})::date`;
