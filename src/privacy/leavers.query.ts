import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import type { Day } from '../kernel/clock';
import { type Page, pageOf, positionOf } from '../kernel/paging';
import { Database } from '../platform/transaction';
import type { LeaverItem } from './leavers.dto';

interface LeaverRow {
  person_id: string;
  name: string;
  left_at: Date;
  due_on: Day;
  request_id: string | null;
}

// $1 months, $2 time zone, $3 $4 where the page begins, $5 its size. Who left before there was an administration ledger left by the day it began.
const leaversSql = `
  WITH acts AS (
    SELECT e.subject, max(e.at) FILTER (WHERE e.kind = 'person.deactivated') AS left_at, bool_or(e.kind = 'person.erased') AS erased
      FROM administration_entry e WHERE e.kind IN ('person.deactivated', 'person.erased') GROUP BY e.subject
  ), gone AS (
    SELECT p.person_id, p.name, coalesce(a.left_at, (SELECT e.at FROM administration_entry e WHERE e.seq = 1), p.created_at) AS left_at
      FROM person p LEFT JOIN acts a ON a.subject = 'people/' || p.person_id
     WHERE NOT p.active AND a.erased IS NOT TRUE
  ), due AS (
    SELECT g.*, ((g.left_at AT TIME ZONE $2)::date + make_interval(months => $1::int))::date AS due_on FROM gone g
  )
  SELECT d.person_id, d.name, d.left_at, d.due_on,
         (SELECT r.request_id FROM admin_request r
           WHERE r.person_id = d.person_id AND r.action = 'erase-person' AND r.state = 'open' AND r.expires_at > now()) AS request_id
    FROM due d
   WHERE d.due_on <= (now() AT TIME ZONE $2)::date AND ($3::timestamptz IS NULL OR (d.left_at, d.person_id) > ($3::timestamptz, $4::uuid))
   ORDER BY d.left_at, d.person_id LIMIT $5`;

/** Whose records are kept longer than they are meant to be. */
@Injectable()
export class LeaversQuery {
  constructor(
    private readonly db: Database,
    private readonly settings: Settings,
  ) {}

  /** One page of them; none where no time is set. */
  async list(limit: number, cursor: string | undefined): Promise<Page<LeaverItem>> {
    const { RETENTION_MONTHS_AFTER_LEAVING: months, TIME_ZONE } = this.settings;
    const list = ['leavers', months ?? null];
    const after = cursor === undefined ? [null, null] : positionOf(list, cursor, ['instant', 'id']);
    if (months === undefined) return { items: [], nextCursor: null };
    const rows = await this.db.query<LeaverRow>(leaversSql, [months, TIME_ZONE, ...after, limit + 1]);
    return pageOf(
      rows,
      limit,
      list,
      (row) => [row.left_at.toISOString(), row.person_id],
      (row) => ({ id: row.person_id, name: row.name, leftAt: row.left_at.toISOString(), dueOn: row.due_on, request: row.request_id }),
    );
  }
}
