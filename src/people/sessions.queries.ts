import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { type Actor } from '../kernel/actor';
import { type Page, pageOf, positionOf } from '../kernel/paging';
import { Database } from '../platform/transaction';
import { SessionItem } from './sessions.dto';

interface SessionRow {
  session_id: string;
  client: string | null;
  created_at: Date;
  last_used_at: Date;
  expires_at: Date;
}

@Injectable()
export class SessionsQueries {
  constructor(
    private readonly db: Database,
    private readonly settings: Settings,
  ) {}

  /** One page of the caller's sessions that are alive, the newest first. */
  async list(caller: Actor, limit: number, cursor: string | undefined): Promise<Page<SessionItem>> {
    const list = ['sessions', caller.personId];
    const [before] = cursor === undefined ? [null] : positionOf(list, cursor, ['id']);
    const rows = await this.db.query<SessionRow>(
      // ids are UUIDv7: their order is the order in which the sessions began
      `SELECT session_id, client, created_at, last_used_at, expires_at FROM session
        WHERE person_id = $1 AND expires_at > now() AND last_used_at > now() - make_interval(mins => $2::int) AND ($3::uuid IS NULL OR session_id < $3)
        ORDER BY session_id DESC LIMIT $4`,
      [caller.personId, this.settings.SESSION_IDLE_MINUTES, before, limit + 1],
    );
    return pageOf(
      rows,
      limit,
      list,
      (row) => [row.session_id],
      (row) => ({
        id: row.session_id,
        client: row.client,
        createdAt: row.created_at.toISOString(),
        lastUsedAt: row.last_used_at.toISOString(),
        expiresAt: row.expires_at.toISOString(),
        current: row.session_id === caller.sessionId,
      }),
    );
  }
}
