import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { newId } from '../kernel/ids';
import { type Tx, rowsOf } from '../platform/transaction';
import { hashOfToken, newToken } from './token';

/** A session that has just begun; its token is known here and to the client only. */
export interface BegunSession {
  readonly id: string;
  readonly token: string;
  readonly expiresAt: Date;
}

@Injectable()
export class SessionsStore {
  constructor(private readonly settings: Settings) {}

  /** Begins a session; the person is locked (at least shared), so that no deactivation runs beside it. */
  async begin(tx: Tx, personId: string, client: string | null): Promise<BegunSession> {
    const id = newId();
    const token = newToken();
    // what has expired is swept away by the next sign-in of the same person
    await tx.query(`DELETE FROM session WHERE person_id = $1 AND expires_at <= now()`, [personId]);
    const [row] = await rowsOf<{ expires_at: Date }>(
      tx,
      `INSERT INTO session (session_id, person_id, token_hash, client, expires_at)
       VALUES ($1, $2, $3, $4, now() + make_interval(hours => $5::int)) RETURNING expires_at`,
      [id, personId, hashOfToken(token), client, this.settings.SESSION_HOURS],
    );
    if (row === undefined) throw new Error('a session that was inserted is not there');
    return { id, token, expiresAt: row.expires_at };
  }

  /** Ends one session of a person; answers whether there was one. */
  async end(tx: Tx, personId: string, sessionId: string): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(`DELETE FROM session WHERE person_id = $1 AND session_id = $2`, [
      personId,
      sessionId,
    ]);
    return count > 0;
  }

  /** Ends every session of a person, but the one that is named. */
  async endAll(tx: Tx, personId: string, but: string | null = null): Promise<void> {
    await tx.query(`DELETE FROM session WHERE person_id = $1 AND ($2::uuid IS NULL OR session_id <> $2)`, [personId, but]);
  }
}
