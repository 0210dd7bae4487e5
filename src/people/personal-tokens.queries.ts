import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import type { Actor, Scope } from '../kernel/actor';
import { dayOf } from '../kernel/clock';
import { type Page, pageOf, positionOf } from '../kernel/paging';
import { Database } from '../platform/transaction';
import { PersonalTokenItem } from './personal-tokens.dto';

interface PersonalTokenRow {
  token_id: string;
  name: string;
  scopes: Scope[];
  created_at: Date;
  expires_at: Date;
  last_used_at: Date | null;
}

@Injectable()
export class PersonalTokensQueries {
  constructor(
    private readonly db: Database,
    private readonly settings: Settings,
  ) {}

  /** One page of the caller's tokens that are alive, the newest first. */
  async list(caller: Actor, limit: number, cursor: string | undefined): Promise<Page<PersonalTokenItem>> {
    const list = ['personal-tokens', caller.personId];
    const [before] = cursor === undefined ? [null] : positionOf(list, cursor, ['id']);
    const rows = await this.db.query<PersonalTokenRow>(
      // ids are UUIDv7: their order is the order in which the tokens were made
      `SELECT token_id, name, scopes, created_at, expires_at, last_used_at FROM personal_token
        WHERE person_id = $1 AND revoked_at IS NULL AND expires_at > now() AND ($2::uuid IS NULL OR token_id < $2)
        ORDER BY token_id DESC LIMIT $3`,
      [caller.personId, before, limit + 1],
    );
    return pageOf(
      rows,
      limit,
      list,
      (row) => [row.token_id],
      (row) => ({
        id: row.token_id,
        name: row.name,
        scopes: row.scopes,
        createdAt: row.created_at.toISOString(),
        // it ends as the day after its last begins
        expiresOn: dayOf(new Date(row.expires_at.getTime() - 1), this.settings.TIME_ZONE),
        lastUsedAt: row.last_used_at?.toISOString() ?? null,
      }),
    );
  }
}
