import { approvalsOfOpen, hasNotApproved } from '../claims/waiting';
import type { Day } from '../kernel/clock';
import { isAuditorNow } from '../people/roles-sql';
import { inForce, isEligible, judges, todayIn } from '../progress/eligible-sql';
import { grantedStatements } from '../progress/granted-sql';
import { redactionsAmong, subjectOfRevision } from '../progress/redacted-sql';
import type { MemberRow } from './team-members';
import { type StatementPlace, chosenSkill, seenAtOnce, seenBefore } from './team-scope';

/** What is known of a team. */
export interface TeamRow {
  manager_name: string;
  skill: string;
  as_of: Date;
  today: Day;
  is_auditor: boolean;
  /** How many people there are; where they are too many, nothing of them is in the row. */
  size: number;
  people: Pick<MemberRow, 'id' | 'name'>[] | null;
  standings: ById<Pick<MemberRow, 'levels' | 'target'>>;
  claims: ById<MemberRow['claim']>;
  shown: ById<MemberRow['shown']>;
}

/** One thing that is known of people, by their ids; null where it is known of nobody. */
type ById<Known> = Readonly<Record<string, Known>> | null;

/** Whether people are asked for by statements that they show or lack. */
type Asks = 'statements' | 'nothing';

// steps that end in `shown (engineer_id, statement_ref)`: which of the statements in question ($6, with their levels $7 and skills $8) people show
const shownSteps = `, asked AS MATERIALIZED (
    SELECT a.statement_ref, a.skill_level_ref FROM unnest($6::text[], $7::text[], $8::text[]) AS a (statement_ref, skill_level_ref, skill_ref) JOIN chosen USING (skill_ref)
  ), held AS MATERIALIZED (
    SELECT h.engineer_id, h.skill_level_ref, h.sign_off_id, h.whole FROM seen CROSS JOIN (SELECT DISTINCT asked.skill_level_ref FROM asked) a
     CROSS JOIN LATERAL (SELECT DISTINCT ON (g.engineer_id, g.skill_level_ref) g.engineer_id, g.skill_level_ref, g.sign_off_id, g.signed_off_accepted >= g.total AS whole
                           FROM progress g WHERE g.engineer_id = seen.engineer_id AND g.skill_level_ref = a.skill_level_ref AND ${inForce('g', todayIn('$5'))}) h
  ), ${grantedStatements('SELECT * FROM held WHERE NOT held.whole')}, others AS MATERIALIZED (
    SELECT seen.engineer_id, asked.statement_ref, asked.skill_level_ref FROM seen CROSS JOIN asked
    EXCEPT SELECT held.engineer_id, asked.statement_ref, asked.skill_level_ref FROM held JOIN asked USING (skill_level_ref)
  ), works AS MATERIALIZED (
    SELECT w.engineer_id, w.evidence_id, w.revision, others.statement_ref FROM others
     CROSS JOIN LATERAL (SELECT DISTINCT ON (s.engineer_id, s.evidence_id) s.engineer_id, s.evidence_id, e.revision
                           FROM support s JOIN evidence e ON e.engineer_id = s.engineer_id AND e.evidence_id = s.evidence_id
                          WHERE s.engineer_id = others.engineer_id AND s.skill_level_ref = others.skill_level_ref AND s.state = 'accepted'
                            AND s.statement_ref = others.statement_ref AND e.state = 'logged' AND e.kind = 'work' ORDER BY s.engineer_id, s.evidence_id) w
  ), ${redactionsAmong('works')}, shown AS MATERIALIZED (
    SELECT held.engineer_id, asked.statement_ref FROM held JOIN asked USING (skill_level_ref) WHERE held.whole
    UNION
    SELECT granted.engineer_id, granted.statement_ref FROM granted JOIN asked USING (statement_ref)
    UNION
    SELECT works.engineer_id, works.statement_ref FROM works
     WHERE (works.engineer_id, ${subjectOfRevision('works')}) NOT IN (SELECT redacted.engineer_id, redacted.subject FROM redacted)
  )`;

const shownById = `(SELECT json_object_agg(x.engineer_id, x.statements)
            FROM (SELECT shown.engineer_id, json_agg(shown.statement_ref) AS statements FROM shown GROUP BY shown.engineer_id) x)`;

// $1 manager, $2 caller, $3 everybody below or direct reports only (or some people), $4 skill or null, $5 time zone.
// Everything after the people whom the caller may see is asked of these people only, by their records' keys: a subquery grouped by the engineer for each,
// which is a seek whatever the planner thinks of it. What is found is put together by id afterwards, so that no join of steps needs to be guessed well.
const teamSql = (seen: string, size: string, asks: Asks): string => `
  WITH ${seen}, ${chosenSkill}, open AS MATERIALIZED (
    SELECT c.engineer_id, c.claim_id, c.submission, c.skill_ref, c.skill_level_ref, c.due_on, l.level, y.line_manager_may_approve
      FROM seen CROSS JOIN chosen
     CROSS JOIN LATERAL (SELECT DISTINCT ON (o.engineer_id, o.skill_ref) o.* FROM claim o
                          WHERE o.engineer_id = seen.engineer_id AND o.skill_ref = chosen.skill_ref AND o.state = 'submitted') c
      JOIN skill_level l ON l.skill_level_ref = c.skill_level_ref
      JOIN policy y ON y.skill_level_ref = c.skill_level_ref AND y.version = c.policy_version
  ), ${judges('m.engineer_id IN (SELECT engineer_id FROM open) AND k.skill_ref = (SELECT skill_ref FROM chosen)', todayIn('$5'), 'active')}, ${approvalsOfOpen}, waiting AS MATERIALIZED (
    SELECT c.claim_id, json_agg(json_build_object('id', j.mentor_id, 'name', j.mentor_name) ORDER BY j.mentor_name, j.mentor_id) AS mentors
           FROM judges j JOIN open c USING (engineer_id, skill_ref)
     WHERE ${isEligible('j', 'c.level', 'c.line_manager_may_approve')} AND ${hasNotApproved('j')} GROUP BY c.claim_id
  ), standings AS MATERIALIZED (
    SELECT x.engineer_id, x.levels, x.target_level, x.target_by FROM seen CROSS JOIN chosen
     CROSS JOIN LATERAL (SELECT DISTINCT ON (s.engineer_id, s.skill_ref) s.engineer_id, s.levels, s.target_level, s.target_by FROM standing s
                          WHERE s.engineer_id = seen.engineer_id AND s.skill_ref = chosen.skill_ref ORDER BY s.engineer_id, s.skill_ref) x
  )${asks === 'statements' ? shownSteps : ''}
  SELECT m.name AS manager_name, chosen.skill_ref AS skill, now() AS as_of, ${todayIn('$5')} AS today, ${size} AS size,
         (SELECT ${isAuditorNow('c')} FROM person c WHERE c.person_id = $2) AS is_auditor,
         (SELECT json_agg(json_build_object('id', seen.engineer_id, 'name', seen.name) ORDER BY seen.name, seen.engineer_id) FROM seen) AS people,
         (SELECT json_object_agg(x.engineer_id, json_build_object('levels', x.levels, 'target', CASE WHEN x.target_level IS NOT NULL
                                                                    THEN json_build_object('level', x.target_level, 'by', x.target_by) END)) FROM standings x) AS standings,
         (SELECT json_object_agg(open.engineer_id, json_build_object('id', open.claim_id, 'skillLevel', open.skill_level_ref, 'dueOn', open.due_on,
                                                                     'overdue', open.due_on < ${todayIn('$5')}, 'waitsOn', coalesce(waiting.mentors, '[]')))
            FROM open LEFT JOIN waiting ON waiting.claim_id = open.claim_id) AS claims,
         ${asks === 'statements' ? shownById : 'NULL'} AS shown
    FROM person m CROSS JOIN chosen WHERE m.person_id = $1`;

/** What is known of everybody in the team, put together by id. */
export const peopleOf = ({ people, standings, claims, shown }: TeamRow): MemberRow[] =>
  (people ?? []).map(({ id, name }) => ({
    id,
    name,
    levels: standings?.[id]?.levels ?? [],
    target: standings?.[id]?.target ?? null,
    claim: claims?.[id] ?? null,
    shown: shown?.[id] ?? null,
  }));

/** A statement with its parameters. */
type Statement = readonly [sql: string, parameters: readonly unknown[]];

/** Two statements of the same shape: without the steps that hardly anybody asks for, Postgres plans the one that everybody asks in half the time. */
const statementsOf = (seen: string, size: string): ((parameters: readonly unknown[], asked: readonly StatementPlace[]) => Statement) => {
  const texts = { nothing: teamSql(seen, size, 'nothing'), statements: teamSql(seen, size, 'statements') };
  return (parameters, asked) =>
    asked.length === 0
      ? [texts.nothing, parameters]
      : [
          texts.statements,
          [...parameters, asked.map(({ ref }) => ref), asked.map(({ skillLevel }) => skillLevel), asked.map(({ skill }) => skill)],
        ];
};

/** SQL: the whole team, where it is no larger than what is read at once; `$1` to `$5`, and the statements that people are asked for. */
export const teamAtOnce = statementsOf(seenAtOnce, '(SELECT count(*)::int FROM everybody)');

/** SQL: some people of a larger team. */
export const somePeople = statementsOf(seenBefore, '(SELECT count(*)::int FROM seen)');
