import { Injectable } from '@nestjs/common';
import { type Page, pageOf, positionOf } from '../kernel/paging';
import { Database } from '../platform/transaction';
import type { Entry } from './entry';
import { actMayBeShown } from './shown-content';

/** An entry of the administration ledger with what was done; null where that was erased. */
export interface ActEntry extends Entry {
  readonly content: object | null;
}

interface ActRow extends Omit<ActEntry, 'at'> {
  readonly at: Date;
}

@Injectable()
export class AdministrationQueries {
  constructor(private readonly db: Database) {}

  /** One page of the chain, from its first entry on. */
  async list(limit: number, cursor: string | undefined): Promise<Page<ActEntry>> {
    const list = ['administration'];
    const [after] = cursor === undefined ? [0] : positionOf(list, cursor, ['number']);
    const rows = await this.db.query<ActRow>(
      `SELECT e.seq, e.at, e.actor_id AS actor, e.kind, e.subject, encode(e.digest, 'hex') AS digest, encode(e.previous, 'hex') AS previous,
              encode(e.hash, 'hex') AS hash, c.body AS content
         FROM administration_entry e LEFT JOIN administration_content c ON c.digest = e.digest AND ${actMayBeShown('c')}
        WHERE e.seq > $1 ORDER BY e.seq LIMIT $2`,
      [after, limit + 1],
    );
    return pageOf(
      rows,
      limit,
      list,
      (row) => [row.seq],
      (row) => ({ ...row, at: row.at.toISOString() }),
    );
  }
}
