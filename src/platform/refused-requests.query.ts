import { Injectable } from '@nestjs/common';
import { type Page, pageOf, positionOf } from '../kernel/paging';
import { type RefusedRequestItem, type RefusedRequestsQuery as Filters } from './refused-requests.dto';
import { Database } from './transaction';

interface Row extends Omit<RefusedRequestItem, 'at' | 'person'> {
  readonly at: Date;
  readonly person_id: string | null;
  readonly name: string | null;
}

/** Requests that were refused for who asked, the newest first. */
@Injectable()
export class RefusedRequestsQuery {
  constructor(private readonly db: Database) {}

  async list({ limit, cursor, person, about, code, status }: Filters): Promise<Page<RefusedRequestItem>> {
    const filters = [person?.toLowerCase() ?? null, about?.toLowerCase() ?? null, code ?? null, status ?? null];
    const list = ['refused-requests', ...filters];
    const [before] = cursor === undefined ? [null] : positionOf(list, cursor, ['id']);
    const rows = await this.db.query<Row>(
      `SELECT r.refused_request_id AS id, r.at, r.request_id AS "requestId", r.person_id, p.name, r.address, r.method, r.route,
              r.about_id AS about, r.status::int AS status, r.code
         FROM refused_request r LEFT JOIN person p ON p.person_id = r.person_id
        WHERE ($1::uuid IS NULL OR r.person_id = $1) AND ($2::uuid IS NULL OR r.about_id = $2) AND ($3::text IS NULL OR r.code = $3)
          AND ($4::int IS NULL OR r.status = $4) AND ($5::uuid IS NULL OR r.refused_request_id < $5)
        ORDER BY r.refused_request_id DESC LIMIT $6`,
      [...filters, before, limit + 1],
    );
    return pageOf(
      rows,
      limit,
      list,
      ({ id }) => [id],
      ({ at, person_id: id, name, ...row }) => ({
        ...row,
        at: at.toISOString(),
        person: id === null ? null : { id, name: name ?? '' },
      }),
    );
  }
}
