import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { Replica } from '../platform/replica';
import { inForce, todayIn } from '../progress/eligible-sql';
import { grantedStatements } from '../progress/granted-sql';
import { redactionsAmong, subjectOfRevision } from '../progress/redacted-sql';
import { Crowds } from './team-crowd.query';
import type { TeamGapAnswer, TeamGapsAnswer } from './team-figures.dto';
import { type Order, sortedBy } from './team-order';
import { type TeamScope, atOnce, planOf, chosenSkill, seenAtOnce, seenBefore, teamLink } from './team-scope';

interface GapsRow {
  manager_name: string;
  skill: string;
  rights: string;
  as_of: Date;
  people: number;
  statements: Omit<TeamGapAnswer, 'links'>[] | null;
}

/** Which statements of a team, in which order. */
export interface GapsAsked extends TeamScope {
  readonly skill: string | null;
  readonly level: number | null;
  readonly sort: 'missingNext' | 'shown' | 'statement';
  readonly order: Order;
}

// $5 time zone, $6 one level or null. A level that is held shows the statements that it was granted with; else it is what has an accepted support by work, as in progress.
const gapsSql = (seen: string, size: string): string => `
  WITH ${seen}, ${chosenSkill}, levels AS MATERIALIZED (
    SELECT l.skill_level_ref, l.level FROM skill_level l WHERE l.skill_ref = (SELECT skill_ref FROM chosen)
  ), held AS MATERIALIZED (
    SELECT g.engineer_id, g.skill_level_ref, g.level, g.sign_off_id, g.signed_off_accepted >= g.total AS whole FROM seen JOIN progress g ON g.engineer_id = seen.engineer_id
     WHERE g.skill_ref = (SELECT skill_ref FROM chosen) AND ${inForce('g', todayIn('$5'))}
  ), next AS MATERIALIZED (
    SELECT seen.engineer_id, (SELECT min(l.level) FROM levels l WHERE l.level > coalesce((SELECT max(h.level) FROM held h WHERE h.engineer_id = seen.engineer_id), 0)) AS level
      FROM seen
  ), ${grantedStatements('SELECT * FROM held WHERE NOT held.whole')}, others AS MATERIALIZED (
    SELECT seen.engineer_id, levels.skill_level_ref FROM seen CROSS JOIN levels EXCEPT SELECT h.engineer_id, h.skill_level_ref FROM held h
  ), works AS MATERIALIZED (
    SELECT s.engineer_id, s.evidence_id, s.statement_ref, e.revision
      FROM others
     -- DISTINCT leaves nothing out: it keeps this a seek for each person and level
     CROSS JOIN LATERAL (SELECT DISTINCT o.engineer_id, o.evidence_id, o.statement_ref FROM support o
                          WHERE o.engineer_id = others.engineer_id AND o.skill_level_ref = others.skill_level_ref AND o.state = 'accepted') s
      JOIN evidence e ON e.engineer_id = s.engineer_id AND e.evidence_id = s.evidence_id AND e.state = 'logged' AND e.kind = 'work'
  ), ${redactionsAmong('works')}, shown AS MATERIALIZED (
    SELECT h.engineer_id, t.statement_ref FROM held h JOIN statement t ON t.skill_level_ref = h.skill_level_ref WHERE h.whole
    UNION
    SELECT granted.engineer_id, granted.statement_ref FROM granted
    UNION
    SELECT works.engineer_id, works.statement_ref FROM works
     WHERE (works.engineer_id, ${subjectOfRevision('works')}) NOT IN (SELECT redacted.engineer_id, redacted.subject FROM redacted)
  ), counted AS (
    SELECT t.statement_ref, l.level, t.ordinal, t.text, count(x.engineer_id)::int AS shown, (SELECT count(*)::int FROM next n WHERE n.level = l.level) AS needed,
           count(x.engineer_id) FILTER (WHERE n.level = l.level)::int AS shown_next
      FROM levels l JOIN statement t ON t.skill_level_ref = l.skill_level_ref
      LEFT JOIN shown x ON x.statement_ref = t.statement_ref
      LEFT JOIN next n ON n.engineer_id = x.engineer_id
     GROUP BY t.statement_ref, l.level, t.ordinal, t.text
  )
  SELECT m.name AS manager_name, chosen.skill_ref AS skill, f.rights, now() AS as_of, ${size} AS people,
         (SELECT json_agg(json_build_object('statement', c.statement_ref, 'level', c.level, 'text', c.text, 'shown', c.shown,
                                            'notShown', (SELECT count(*) FROM seen) - c.shown, 'neededNext', c.needed, 'missingNext', c.needed - c.shown_next)
                          ORDER BY c.level, c.ordinal) FROM counted c WHERE $6::int IS NULL OR c.level = $6) AS statements
    FROM person m CROSS JOIN chosen JOIN skill s ON s.skill_ref = chosen.skill_ref JOIN framework f ON f.framework_id = s.framework_id
   WHERE m.person_id = $1`;

const atOnceSql = gapsSql(seenAtOnce, '(SELECT count(*)::int FROM everybody)');
/** SQL: the gaps of some people of a larger team. */
export const gapsOfSomePeopleSql = gapsSql(seenBefore, '(SELECT count(*)::int FROM seen)');

type Gap = Omit<TeamGapAnswer, 'links'>;

/** What was counted of some people, and of others before. */
const together = (row: GapsRow, before: GapsRow | null): GapsRow => ({
  ...row,
  people: row.people + (before?.people ?? 0),
  statements:
    row.statements?.map((one, i) => {
      const other = before?.statements?.[i];
      return {
        ...one,
        shown: one.shown + (other?.shown ?? 0),
        notShown: one.notShown + (other?.notShown ?? 0),
        neededNext: one.neededNext + (other?.neededNext ?? 0),
        missingNext: one.missingNext + (other?.missingNext ?? 0),
      };
    }) ?? null,
});

/** Statements in order; they came in that of the skill. */
function inOrder(statements: readonly Gap[], sort: GapsAsked['sort'], order: Order): Gap[] {
  if (sort === 'statement') return order === 'asc' ? [...statements] : statements.toReversed();
  const missing = ({ missingNext }: Gap): number => missingNext;
  const shown = (one: Gap): number => one.shown;
  return sort === 'shown'
    ? sortedBy(statements, [shown, order], [missing, 'desc'])
    : sortedBy(statements, [missing, order], [shown, 'asc']);
}

/** What a team shows least. */
@Injectable()
export class TeamGapsQuery {
  constructor(
    private readonly db: Replica,
    private readonly crowds: Crowds,
    private readonly settings: Settings,
  ) {}

  /** The statements of a skill, in the order asked for; null where there is no such skill. */
  async of(callerId: string, { managerId, depth, skill: asked, level: only, sort, order }: GapsAsked): Promise<TeamGapsAnswer | null> {
    const parameters = [managerId, callerId, depth === 'all', asked, this.settings.TIME_ZONE, only];
    const found = await this.db.one<GapsRow>(atOnceSql, parameters, planOf(depth));
    const row = found !== null && found.people > atOnce ? await this.ofCrowd(callerId, { managerId, depth, skill: asked }, only) : found;
    if (row === null) return null;
    const { skill } = row;
    const people = (query: Readonly<Record<string, string | number>>): string =>
      teamLink({ managerId, depth }, 'dashboard', { skill, ...query });
    return {
      manager: { id: managerId, name: row.manager_name },
      skill,
      people: row.people,
      statements: inOrder(row.statements ?? [], sort, order).map((one) => ({
        ...one,
        links: {
          shown: people({ shows: one.statement }),
          notShown: people({ lacks: one.statement }),
          neededNext: people({ nextLevel: one.level }),
          missingNext: people({ nextLevel: one.level, lacks: one.statement }),
        },
      })),
      links: { people: people({}) },
      rights: row.rights,
      asOf: row.as_of.toISOString(),
    };
  }

  /** The same of a team that is too large to be counted by one statement: some people at a time, all as they are at one moment. */
  private async ofCrowd(callerId: string, asked: TeamScope & { skill: string | null }, level: number | null): Promise<GapsRow | null> {
    const crowd = await this.crowds.find(callerId, asked);
    if (crowd === null) return null;
    let counted: GapsRow | null = null;
    try {
      for (const some of crowd.inParts()) {
        const parameters = [asked.managerId, callerId, some, crowd.skill, this.settings.TIME_ZONE, level];
        const [row] = await crowd.snapshot.query<GapsRow>(gapsOfSomePeopleSql, parameters);
        if (row === undefined) return null;
        counted = together(row, counted);
      }
    } finally {
      await crowd.snapshot.end();
    }
    return counted;
  }
}
