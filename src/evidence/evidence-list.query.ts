import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { FrameworksFacts } from '../frameworks/frameworks.facts';
import { type StatementFact, inOrder } from '../frameworks/statement';
import { instant } from '../kernel/instant-sql';
import { type Page, pageOf, positionOf } from '../kernel/paging';
import { parseSkillLevelRef, parseSkillRef } from '../kernel/reference';
import { isNotTakenOut } from '../ledger/shown-content';
import { Database } from '../platform/transaction';
import { isRedacted } from '../progress/redacted-sql';
import type { EvidenceKind, EvidenceRole, EvidenceState } from './evidence';
import type { Sight } from './evidence.policy';
import { type Scope, Sql, Texts, scopeOf, scopeParameters } from './evidence.scope';
import { textOr } from './redacted';
import type { SupportState } from './support';

/** What a list of evidence is narrowed to. */
export interface EvidenceFilter {
  readonly q: string | null;
  readonly tag: string | null;
  /** A statement, a skill level or a skill. */
  readonly statement: string | null;
  /** Only what counts in progress: for it, or without one for any. */
  readonly counts: boolean;
  readonly state: EvidenceState;
  readonly from: string | null;
  readonly to: string | null;
}

/** A piece of evidence in a list. */
export interface EvidenceListed {
  readonly id: string;
  readonly state: EvidenceState;
  readonly revision: number;
  readonly title: string;
  readonly kind: EvidenceKind;
  readonly role: EvidenceRole | null;
  readonly startedOn: string | null;
  readonly endedOn: string | null;
  readonly tags: string[];
  readonly supports: { readonly statement: string; readonly state: SupportState }[];
  readonly loggedAt: string;
  readonly changedAt: string;
}

interface ListedRow extends Omit<EvidenceListed, 'supports'> {
  readonly supports: readonly (readonly [statement: string, state: SupportState])[] | null;
}

function listed(row: ListedRow, statementOf: ReadonlyMap<string, StatementFact>): EvidenceListed {
  const { id, state, revision, title, kind, role, startedOn, endedOn, tags, loggedAt, changedAt } = row;
  const supports: { readonly statement: StatementFact; readonly state: SupportState }[] = [];
  for (const [ref, state] of row.supports ?? []) {
    const statement = statementOf.get(ref);
    if (statement !== undefined) supports.push({ statement, state });
  }
  return {
    id,
    state,
    revision,
    title,
    kind,
    role,
    startedOn,
    endedOn,
    tags,
    supports: supports
      .sort((one, other) => inOrder(one.statement, other.statement))
      .map(({ statement, state }) => ({ statement: statement.ref, state })),
    loggedAt,
    changedAt,
  };
}

function* statementsOf(rows: readonly ListedRow[]): Iterable<string> {
  for (const { supports } of rows) for (const [statement] of supports ?? []) yield statement;
}

const matchesStatement = (reference: string, placeholder: string): string => {
  if (parseSkillRef(reference) !== null)
    return `s.skill_level_ref = ANY (SELECT l.skill_level_ref FROM skill_level l WHERE l.skill_ref = ${placeholder})`;
  return parseSkillLevelRef(reference) === null ? `s.statement_ref = ${placeholder}` : `s.skill_level_ref = ${placeholder}`;
};

const listSql = (scope: Scope, where: string, size: string): string => `${scopeOf(scope)}, page AS (
         SELECT h.* FROM shown h WHERE ${where}
          ORDER BY coalesce(h.ended_on, 'infinity'::date) DESC, h.evidence_id DESC LIMIT ${size}
       )
       SELECT g.evidence_id AS id, g.state, g.revision, ${textOr("c.body->>'title'")} AS title, g.kind, c.body->>'role' AS role,
              g.started_on AS "startedOn", g.ended_on AS "endedOn", g.tags, ${instant('g.logged_at')} AS "loggedAt", ${instant('g.changed_at')} AS "changedAt",
              (SELECT json_agg(json_build_array(s.statement_ref, s.state)) FROM seen s WHERE s.evidence_id = g.evidence_id) AS supports
         FROM page g
         JOIN evidence_revision r ON r.engineer_id = $1 AND r.evidence_id = g.evidence_id AND r.revision = g.revision
         LEFT JOIN record_content c ON c.engineer_id = r.engineer_id AND c.digest = r.digest AND ${isNotTakenOut('c')}
        ORDER BY coalesce(g.ended_on, 'infinity'::date) DESC, g.evidence_id DESC`;

/** Lists a record's evidence, as far as the caller sees it. */
@Injectable()
export class EvidenceListQuery {
  private readonly texts = new Texts();

  constructor(
    private readonly db: Database,
    private readonly settings: Settings,
    private readonly frameworks: FrameworksFacts,
  ) {}

  /** One page: what is going on first, then the newest end, the newest id first among equals. */
  async list(
    engineerId: string,
    sight: Sight,
    filter: EvidenceFilter,
    limit: number,
    cursor: string | undefined,
  ): Promise<Page<EvidenceListed>> {
    const list = ['evidence', engineerId, { ...filter }];
    const scope = { engineerId, sight };
    const sql = new Sql(scopeParameters(scope));
    const conditions = this.conditionsOf(sql, filter);
    if (cursor !== undefined) {
      const [endedOn, id] = positionOf(list, cursor, ['day?', 'id']);
      conditions.push(
        `(coalesce(h.ended_on, 'infinity'::date), h.evidence_id) < (coalesce(${sql.add(endedOn)}::date, 'infinity'::date), ${sql.add(id)}::uuid)`,
      );
    }
    const size = sql.add(limit + 1);
    const where = conditions.join(' AND ');
    const text = this.texts.of(`${sight.all} ${size} ${where}`, () => listSql(scope, where, size));
    const rows = await this.db.query<ListedRow>(text, sql.parameters, 'kept');
    const statements = await this.frameworks.statements(statementsOf(rows));
    return pageOf(
      rows,
      limit,
      list,
      (row) => [row.endedOn, row.id],
      (row) => listed(row, statements),
    );
  }

  private conditionsOf(sql: Sql, { q, tag, statement, counts, state, from, to }: EvidenceFilter): string[] {
    const conditions = [`h.state = ${sql.add(state)}`];
    if (q !== null) conditions.push(`h.search @@ websearch_to_tsquery('english', ${sql.add(q)})`);
    if (tag !== null) conditions.push(`${sql.add(tag)} = ANY (h.tags)`);
    if (statement !== null || counts) {
      const matches = statement === null ? 'true' : matchesStatement(statement, sql.add(statement));
      const stands = counts ? `AND s.state IN ('accepted', 'proposed')` : '';
      conditions.push(`EXISTS (SELECT 1 FROM seen s WHERE s.evidence_id = h.evidence_id AND ${matches} ${stands})`);
    }
    // the recompute of progress counts the same (progress.store.ts); the engineer is the statement's first parameter
    if (counts) conditions.push(`h.kind = 'work'`, `NOT ${isRedacted('h', '$1')}`);
    if (from !== null) conditions.push(`coalesce(h.ended_on, 'infinity'::date) >= ${sql.add(from)}::date`);
    if (to !== null) {
      // work without a first day began on the day it ended, or, going on, on the day it was logged
      const began = `coalesce(h.started_on, h.ended_on, (h.logged_at AT TIME ZONE ${sql.add(this.settings.TIME_ZONE)})::date)`;
      conditions.push(`${began} <= ${sql.add(to)}::date`);
    }
    return conditions;
  }
}
