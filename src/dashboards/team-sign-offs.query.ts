import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import type { Json } from '../kernel/canonical-json';
import type { Day } from '../kernel/clock';
import { apiLink } from '../kernel/link';
import { type Page, pageOf, positionOf } from '../kernel/paging';
import { type CsvTable, csvPieces } from '../platform/csv-answers';
import { Pieces } from '../platform/pieces';
import { Replica } from '../platform/replica';
import { Snapshots, batch } from '../platform/snapshot';
import { todayIn } from '../progress/eligible-sql';
import { CatalogueQuery } from './catalogue.query';
import type { TeamSignOffItem } from './team-lists.dto';
import { type TeamScope, seenPeople } from './team-scope';

/** Which sign-offs of a team; days are inclusive. */
export interface SignOffsAsked extends TeamScope {
  readonly skill: string | null;
  readonly level: number | null;
  readonly from: Day | null;
  readonly to: Day | null;
  readonly revokedFrom: Day | null;
  readonly revokedTo: Day | null;
  readonly state: 'in-force' | 'expired' | 'revoked' | null;
  readonly limit: number;
  readonly cursor: string | undefined;
}

interface SignOffRow {
  engineer_id: string;
  name: string;
  sign_off_id: string;
  skill_level_ref: string;
  signed_off_on: Day;
  valid_until: Day | null;
  revoked_on: Day | null;
  state: 'in-force' | 'expired' | 'revoked';
}

const state = `CASE WHEN r.sign_off_id IS NOT NULL THEN 'revoked' WHEN o.valid_until < ${todayIn('$4')} THEN 'expired' ELSE 'in-force' END`;

// $4 time zone, $5 skill, $6 level, $7–$8 signed off on, $9–$10 revoked on, $11 state, $12 and $13 where the page begins, $14 its size
// The page is a step of its own: on Postgres 15 and 16, Citus takes no outer join into one statement with the question who may see the people.
const signOffsSql = `
  WITH ${seenPeople}, page AS MATERIALIZED (
  SELECT o.engineer_id, seen.name, o.sign_off_id, o.skill_level_ref, o.signed_off_on, o.valid_until, r.revoked_on, ${state} AS state
    FROM seen JOIN sign_off o ON o.engineer_id = seen.engineer_id
    LEFT JOIN revocation r ON r.engineer_id = o.engineer_id AND r.sign_off_id = o.sign_off_id
   WHERE ($5::text IS NULL OR o.skill_ref = $5) AND ($6::int IS NULL OR o.level = $6)
     AND ($7::date IS NULL OR o.signed_off_on >= $7) AND ($8::date IS NULL OR o.signed_off_on <= $8)
     AND ($9::date IS NULL OR r.revoked_on >= $9) AND ($10::date IS NULL OR r.revoked_on <= $10)
     AND ($11::text IS NULL OR ${state} = $11)
     AND ($12::date IS NULL OR (o.signed_off_on, o.sign_off_id) < ($12::date, $13::uuid))
   ORDER BY o.signed_off_on DESC, o.sign_off_id DESC LIMIT $14
  )
  SELECT page.* FROM page ORDER BY page.signed_off_on DESC, page.sign_off_id DESC`;

const itemOf = (row: SignOffRow): TeamSignOffItem => ({
  engineer: { id: row.engineer_id, name: row.name },
  id: row.sign_off_id,
  skillLevel: row.skill_level_ref,
  on: row.signed_off_on,
  until: row.valid_until,
  state: row.state,
  revokedOn: row.revoked_on,
  links: { signOff: apiLink(`/engineers/${row.engineer_id}/sign-offs/${row.sign_off_id}`) },
});

const listOf = (asked: SignOffsAsked): Json => {
  const { managerId, depth, skill, level, from, to, revokedFrom, revokedTo, state: only } = asked;
  return ['team-sign-offs', managerId, depth, skill, level, from, to, revokedFrom, revokedTo, only];
};

/** The sign-offs of a team: what its trend counts. */
@Injectable()
export class TeamSignOffsQuery {
  constructor(
    private readonly db: Replica,
    private readonly snapshots: Snapshots,
    private readonly settings: Settings,
    private readonly catalogue: CatalogueQuery,
  ) {}

  /** One page, the newest first, of the people whom the caller may see; null where there is no such skill. */
  async page(callerId: string, asked: SignOffsAsked): Promise<Page<TeamSignOffItem> | null> {
    if (!(await this.catalogue.knows(asked.skill))) return null;
    const { limit } = asked;
    const rows = await this.db.query<SignOffRow>(signOffsSql, this.parametersOf(callerId, asked, limit + 1));
    return pageOf(rows, limit, listOf(asked), (row) => [row.signed_off_on, row.sign_off_id], itemOf);
  }

  /** All from the cursor on, for CSV: as one page, or a batch at a time as CSV of `table` where they are more; null where there is no such skill. */
  async csv(
    callerId: string,
    asked: SignOffsAsked,
    table: (items: readonly TeamSignOffItem[]) => CsvTable,
  ): Promise<Page<TeamSignOffItem> | Pieces | null> {
    // most lists are short: they need none of the few places for what is read in pieces
    const first = await this.page(callerId, { ...asked, limit: batch });
    if (first === null || first.nextCursor === null) return first;
    const parameters = this.parametersOf(callerId, asked, null);
    const snapshot = await this.snapshots.take();
    return Pieces.begin(csvPieces(table, snapshot.items(signOffsSql, parameters, itemOf)), () => snapshot.end());
  }

  private parametersOf(callerId: string, asked: SignOffsAsked, size: number | null): unknown[] {
    const { managerId, depth, skill, level, from, to, revokedFrom, revokedTo, state: only, cursor } = asked;
    const after = cursor === undefined ? [null, null] : positionOf(listOf(asked), cursor, ['day?', 'id']);
    const filters = [skill, level, from, to, revokedFrom, revokedTo, only];
    return [managerId, callerId, depth === 'all', this.settings.TIME_ZONE, ...filters, ...after, size];
  }
}
