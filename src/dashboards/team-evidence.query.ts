import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import type { Json } from '../kernel/canonical-json';
import type { Day } from '../kernel/clock';
import { apiLink } from '../kernel/link';
import { type Page, cursorFor, positionOf } from '../kernel/paging';
import { isAuditorNow } from '../people/roles-sql';
import { type CsvTable, csvPieces } from '../platform/csv-answers';
import { Pieces } from '../platform/pieces';
import { Replica } from '../platform/replica';
import { Snapshots, batch } from '../platform/snapshot';
import { CatalogueQuery } from './catalogue.query';
import type { TeamEvidenceItem } from './team-lists.dto';
import { type TeamScope, seenPeople } from './team-scope';

/** Which evidence of a team; days are inclusive, and for whoever is no auditor they are those of whole months (checkDays()). */
export interface EvidenceAsked extends TeamScope {
  readonly skill: string | null;
  readonly level: number | null;
  readonly from: Day | null;
  readonly to: Day | null;
  readonly limit: number;
  readonly cursor: string | undefined;
}

interface EvidenceRow {
  engineer_id: string;
  name: string;
  evidence_id: string;
  month: string;
  logged_on: Day;
  may_see: boolean;
}

/**
 * SQL, a condition: whether evidence `e` is for a skill and a level: was ever linked to one of their statements.
 * @param skill the placeholder of a skill or null for all
 * @param level the placeholder of a level or null for all
 */
export const isFor = (skill: string, level: string): string =>
  `((${skill}::text IS NULL AND ${level}::int IS NULL) OR EXISTS (SELECT 1 FROM support s JOIN skill_level l ON l.skill_level_ref = s.skill_level_ref
      WHERE s.engineer_id = e.engineer_id AND s.evidence_id = e.evidence_id AND (${skill} IS NULL OR l.skill_ref = ${skill}) AND (${level} IS NULL OR l.level = ${level})))`;

// What may not be seen comes last in its month, in no order that tells when: its id would.
// $4 time zone, $5 skill, $6 level, $7–$8 logged on, $9 how many come before the page, $10 its size
const evidenceSql = `
  WITH ${seenPeople}, cited AS MATERIALIZED (
    SELECT DISTINCT n.engineer_id, n.evidence_id FROM seen
      JOIN claim c ON c.engineer_id = seen.engineer_id
      JOIN claim_pin n ON n.engineer_id = c.engineer_id AND n.claim_id = c.claim_id AND n.submission = c.submission
     WHERE c.state IN ('submitted', 'approved')
  ), logged AS MATERIALIZED (
    SELECT e.engineer_id, seen.name, e.evidence_id, e.logged_at, to_char(e.logged_at AT TIME ZONE $4, 'YYYY-MM') AS month,
           -- not a join: the planner takes what is cited for a few rows, and would go through all of them for each piece
           (e.engineer_id, e.evidence_id) IN (SELECT cited.engineer_id, cited.evidence_id FROM cited)
             OR (SELECT ${isAuditorNow('c')} FROM person c WHERE c.person_id = $2) AS may_see
      FROM seen JOIN evidence e ON e.engineer_id = seen.engineer_id
     WHERE ($7::date IS NULL OR e.logged_at >= $7::date::timestamp AT TIME ZONE $4)
       AND ($8::date IS NULL OR e.logged_at < ($8::date + 1)::timestamp AT TIME ZONE $4) AND ${isFor('$5', '$6')}
  )
  SELECT engineer_id, name, evidence_id, month, (logged_at AT TIME ZONE $4)::date AS logged_on, may_see FROM logged
   ORDER BY month, may_see DESC, CASE WHEN may_see THEN logged_at END, sha256(evidence_id::text::bytea) OFFSET $9::int LIMIT $10::int`;

const itemOf = (row: EvidenceRow): TeamEvidenceItem => ({
  engineer: row.may_see ? { id: row.engineer_id, name: row.name } : null,
  month: row.month,
  loggedOn: row.may_see ? row.logged_on : null,
  links: { evidence: row.may_see ? apiLink(`/engineers/${row.engineer_id}/evidence/${row.evidence_id}`) : null },
});

const listOf = ({ managerId, depth, skill, level, from, to }: EvidenceAsked): Json => [
  'team-evidence',
  managerId,
  depth,
  skill,
  level,
  from,
  to,
];

/** What a team logged: what its trend counts. */
@Injectable()
export class TeamEvidenceQuery {
  constructor(
    private readonly db: Replica,
    private readonly snapshots: Snapshots,
    private readonly settings: Settings,
    private readonly catalogue: CatalogueQuery,
  ) {}

  /**
   * One page, the oldest first, of the people whom the caller may see; null where there is no such skill. Its cursor counts, for it must not name what
   * the caller may not see.
   */
  async page(callerId: string, asked: EvidenceAsked): Promise<Page<TeamEvidenceItem> | null> {
    if (!(await this.catalogue.knows(asked.skill))) return null;
    const { limit } = asked;
    const before = this.before(asked);
    const rows = await this.db.query<EvidenceRow>(evidenceSql, this.parametersOf(callerId, asked, before, limit + 1));
    return {
      items: rows.slice(0, limit).map(itemOf),
      nextCursor: rows.length > limit ? cursorFor(listOf(asked), [before + limit]) : null,
    };
  }

  /** All from the cursor on, for CSV: as one page, or a batch at a time as CSV of `table` where they are more; null where there is no such skill. */
  async csv(
    callerId: string,
    asked: EvidenceAsked,
    table: (items: readonly TeamEvidenceItem[]) => CsvTable,
  ): Promise<Page<TeamEvidenceItem> | Pieces | null> {
    // most lists are short: they need none of the few places for what is read in pieces
    const first = await this.page(callerId, { ...asked, limit: batch });
    if (first === null || first.nextCursor === null) return first;
    const parameters = this.parametersOf(callerId, asked, this.before(asked), null);
    const snapshot = await this.snapshots.take();
    return Pieces.begin(csvPieces(table, snapshot.items(evidenceSql, parameters, itemOf)), () => snapshot.end());
  }

  private before(asked: EvidenceAsked): number {
    return asked.cursor === undefined ? 0 : Math.max(0, Number(positionOf(listOf(asked), asked.cursor, ['number'])[0]));
  }

  private parametersOf(callerId: string, asked: EvidenceAsked, before: number, size: number | null): unknown[] {
    const { managerId, depth, skill, level, from, to } = asked;
    return [managerId, callerId, depth === 'all', this.settings.TIME_ZONE, skill, level, from, to, before, size];
  }
}
