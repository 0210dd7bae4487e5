import { Injectable } from '@nestjs/common';
import { waitingClaims } from '../claims/waiting';
import { Settings } from '../config';
import type { Json } from '../kernel/canonical-json';
import type { Day } from '../kernel/clock';
import { apiLink } from '../kernel/link';
import { type Page, pageOf, positionOf } from '../kernel/paging';
import { type CsvTable, csvPieces } from '../platform/csv-answers';
import { Pieces } from '../platform/pieces';
import { Replica } from '../platform/replica';
import { Snapshots, batch } from '../platform/snapshot';
import { judges } from '../progress/eligible-sql';
import { CatalogueQuery } from './catalogue.query';
import { openClaims, stateOfClaim, today, waitingDays } from './team-claims';
import type { TeamClaimItem } from './team-lists.dto';
import { type TeamScope, seenPeople } from './team-scope';

/** Which submitted claims of a team. */
export interface ClaimsAsked extends TeamScope {
  readonly skill: string | null;
  readonly level: number | null;
  /** Only what waits for this mentor. */
  readonly mentor: string | null;
  readonly state: 'overdue' | 'due-soon' | 'in-time' | 'nobody-can-decide' | null;
  readonly limit: number;
  readonly cursor: string | undefined;
}

interface ClaimRow {
  engineer_id: string;
  name: string;
  claim_id: string;
  skill_level_ref: string;
  due_on: Day;
  state: 'overdue' | 'due-soon' | 'in-time';
  mentors: { id: string; name: string }[];
}

// $4 time zone, $5 skill, $6 level, $7 mentor, $8 state, $9 and $10 where the page begins, $11 its size
const claimsSql = `
  WITH ${seenPeople}, ${openClaims('$5', '$6')}, ${judges('m.engineer_id IN (SELECT engineer_id FROM open)', today)}, waiting AS MATERIALIZED (
    SELECT c.claim_id, array_agg(j.mentor_id) AS ids, json_agg(json_build_object('id', j.mentor_id, 'name', j.mentor_name) ORDER BY j.mentor_name, j.mentor_id) AS mentors
           ${waitingClaims} GROUP BY c.claim_id
  )
  SELECT o.engineer_id, o.name, o.claim_id, o.skill_level_ref, o.due_on, ${stateOfClaim('o')} AS state, coalesce(w.mentors, '[]') AS mentors
    FROM (SELECT open.*, ${waitingDays('open')} AS days_left FROM open) o LEFT JOIN waiting w ON w.claim_id = o.claim_id
   WHERE ($7::uuid IS NULL OR $7 = ANY (w.ids))
     AND ($8::text IS NULL OR $8 = ${stateOfClaim('o')} OR ($8 = 'nobody-can-decide' AND w.claim_id IS NULL))
     AND ($9::date IS NULL OR (o.due_on, o.claim_id) > ($9::date, $10::uuid))
   ORDER BY o.due_on, o.claim_id LIMIT $11`;

const itemOf = (row: ClaimRow): TeamClaimItem => ({
  engineer: { id: row.engineer_id, name: row.name },
  id: row.claim_id,
  skillLevel: row.skill_level_ref,
  dueOn: row.due_on,
  state: row.state,
  waitsOn: row.mentors,
  links: { claim: apiLink(`/engineers/${row.engineer_id}/claims/${row.claim_id}`) },
});

const listOf = ({ managerId, depth, skill, level, mentor, state }: ClaimsAsked): Json => [
  'team-claims',
  managerId,
  depth,
  skill,
  level,
  mentor,
  state,
];

/** The submitted claims of a team: what the figures of its queue count. */
@Injectable()
export class TeamClaimsQuery {
  constructor(
    private readonly db: Replica,
    private readonly snapshots: Snapshots,
    private readonly settings: Settings,
    private readonly catalogue: CatalogueQuery,
  ) {}

  /** One page, the first to fall due first, of the people whom the caller may see; null where there is no such skill. */
  async page(callerId: string, asked: ClaimsAsked): Promise<Page<TeamClaimItem> | null> {
    if (!(await this.catalogue.knows(asked.skill))) return null;
    const { limit } = asked;
    const rows = await this.db.query<ClaimRow>(claimsSql, this.parametersOf(callerId, asked, limit + 1));
    return pageOf(rows, limit, listOf(asked), (row) => [row.due_on, row.claim_id], itemOf);
  }

  /** All from the cursor on, for CSV: as one page, or a batch at a time as CSV of `table` where they are more; null where there is no such skill. */
  async csv(
    callerId: string,
    asked: ClaimsAsked,
    table: (items: readonly TeamClaimItem[]) => CsvTable,
  ): Promise<Page<TeamClaimItem> | Pieces | null> {
    // most lists are short: they need none of the few places for what is read in pieces
    const first = await this.page(callerId, { ...asked, limit: batch });
    if (first === null || first.nextCursor === null) return first;
    const parameters = this.parametersOf(callerId, asked, null);
    const snapshot = await this.snapshots.take();
    return Pieces.begin(csvPieces(table, snapshot.items(claimsSql, parameters, itemOf)), () => snapshot.end());
  }

  private parametersOf(callerId: string, asked: ClaimsAsked, size: number | null): unknown[] {
    const { managerId, depth, skill, level, mentor, state, cursor } = asked;
    const after = cursor === undefined ? [null, null] : positionOf(listOf(asked), cursor, ['day?', 'id']);
    return [managerId, callerId, depth === 'all', this.settings.TIME_ZONE, skill, level, mentor, state, ...after, size];
  }
}
