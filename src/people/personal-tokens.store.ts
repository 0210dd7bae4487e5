import { Injectable } from '@nestjs/common';
import type { Scope } from '../kernel/actor';
import { newId } from '../kernel/ids';
import { type Tx, rowsOf } from '../platform/transaction';
import { hashOfToken, newPersonalToken } from './token';

/** A token about to be made. */
export interface NewPersonalToken {
  readonly personId: string;
  /** The session that makes it: it must be alive still. */
  readonly sessionId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date;
}

/** A token that has just been made: it is known here and to the client only. */
export interface MadePersonalToken {
  readonly id: string;
  readonly token: string;
  readonly createdAt: Date;
}

@Injectable()
export class PersonalTokensStore {
  /** Makes a token, unless the session was ended meanwhile: then null. The person is locked (at least shared), so that no deactivation runs beside it. */
  async insert(tx: Tx, { personId, sessionId, name, scopes, expiresAt }: NewPersonalToken): Promise<MadePersonalToken | null> {
    const id = newId();
    const token = newPersonalToken();
    const [row] = await rowsOf<{ created_at: Date }>(
      tx,
      `INSERT INTO personal_token AS made (token_id, person_id, token_hash, name, scopes, expires_at)
       SELECT $1::uuid, s.person_id, $3::bytea, $4::text, $5::text[], $6::timestamptz
         FROM session s JOIN person p USING (person_id) WHERE s.session_id = $7 AND s.person_id = $2 AND p.active
       RETURNING made.created_at`,
      [id, personId, hashOfToken(token), name, scopes, expiresAt, sessionId],
    );
    return row === undefined ? null : { id, token, createdAt: row.created_at };
  }

  /** Ends one token of a person; answers whether there was one alive. */
  async revoke(tx: Tx, personId: string, tokenId: string): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `UPDATE personal_token SET revoked_at = now() WHERE person_id = $1 AND token_id = $2 AND revoked_at IS NULL AND expires_at > now()`,
      [personId, tokenId],
    );
    return count > 0;
  }

  /** Ends every token of a person. */
  async revokeAll(tx: Tx, personId: string): Promise<void> {
    await tx.query(`UPDATE personal_token SET revoked_at = now() WHERE person_id = $1 AND revoked_at IS NULL`, [personId]);
  }
}
