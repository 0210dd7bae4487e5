import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { newId } from '../kernel/ids';
import { Database, type Tx, rowsOf } from '../platform/transaction';
import { cleanEmail } from './person';
import { PersonalTokensStore } from './personal-tokens.store';
import { hashOfToken, newToken } from './token';

/** A session that has just begun; its token is known here and to the client only. */
export interface BegunSession {
  readonly id: string;
  readonly token: string;
  readonly expiresAt: Date;
  /** How long it lasts, by the clock that ends it: the host's may be another. */
  readonly seconds: number;
}

/** An address that somebody signs in with, and whose it is. */
export interface SignInAddress {
  /** The address as the database folds it: one for all spellings that find the same account. */
  readonly key: string;
  /** null for nobody's, and for somebody's who is deactivated. */
  readonly account: Account | null;
}

/** An active person as somebody who may be signing in. */
export interface Account {
  readonly personId: string;
  readonly passwordHash: string | null;
  /** Whether they signed in from this network before. */
  readonly fromKnownNetwork: boolean;
}

// what is kept of a network: neither the person nor the address can be read from it
const networkHash = (person: string, network: string): string => `sha256(convert_to(${person}::text || ' ' || ${network}, 'UTF8'))`;

@Injectable()
export class SessionsStore {
  constructor(
    private readonly settings: Settings,
    private readonly db: Database,
    private readonly tokens: PersonalTokensStore,
  ) {}

  /** The hash of an active person's password. */
  async passwordHash(personId: string): Promise<string | null> {
    const row = await this.db.one<{ hash: string | null }>(`SELECT password_hash AS hash FROM person WHERE person_id = $1 AND active`, [
      personId,
    ]);
    return row?.hash ?? null;
  }

  /** Sets a password in the place of a known one; answers whether that one stood there still, and the person is active. */
  async replacePassword(tx: Tx, personId: string, former: string | null, hash: string): Promise<boolean> {
    // one statement that reads what it has written: an UPDATE alone comes back from TypeORM in another form
    const [row] = await rowsOf<{ count: number }>(
      tx,
      `WITH replaced AS (UPDATE person SET password_hash = $3 WHERE person_id = $1 AND active AND password_hash = $2 RETURNING 1)
       SELECT count(*)::int AS count FROM replaced`,
      [personId, former, hash],
    );
    return row?.count === 1;
  }

  /** Whose address this is, in one statement that answers for nobody's too, and takes as long. */
  async account(email: string, network: string): Promise<SignInAddress> {
    const row = await this.db.one<{ key: string; personId: string | null } & Omit<Account, 'personId'>>(
      `SELECT a.key, p.person_id AS "personId", p.password_hash AS "passwordHash",
              EXISTS (SELECT 1 FROM known_network k WHERE k.person_id = p.person_id AND k.network = ${networkHash('p.person_id', '$2::text')}) AS "fromKnownNetwork"
         FROM (SELECT lower($1::text) AS key) a LEFT JOIN person p ON lower(p.email) = a.key AND p.active`,
      [cleanEmail(email), network],
    );
    if (row === null) throw new Error('the database did not fold an address');
    const { key, personId, ...account } = row;
    return { key, account: personId === null ? null : { personId, ...account } };
  }

  /** Notes that a person signed in from a network: from there they get in while others guess from elsewhere. */
  async rememberNetwork(tx: Tx, personId: string, network: string): Promise<void> {
    await tx.query(
      `INSERT INTO known_network (person_id, network, last_signed_in_at) VALUES ($1, ${networkHash('$1::uuid', '$2::text')}, now())
       ON CONFLICT (person_id, network) DO UPDATE SET last_signed_in_at = EXCLUDED.last_signed_in_at`,
      [personId, network],
    );
  }

  /** Begins a session; the person is locked (at least shared), so that no deactivation runs beside it. */
  async begin(tx: Tx, personId: string, client: string | null): Promise<BegunSession> {
    const id = newId();
    const token = newToken();
    // what has expired is swept away by the next sign-in of the same person
    await tx.query(`DELETE FROM session WHERE person_id = $1 AND expires_at <= now()`, [personId]);
    const [row] = await rowsOf<{ expires_at: Date; seconds: number }>(
      tx,
      `INSERT INTO session (session_id, person_id, token_hash, client, expires_at)
       VALUES ($1, $2, $3, $4, now() + make_interval(hours => $5::int)) RETURNING expires_at, extract(epoch FROM expires_at - created_at)::float8 AS seconds`,
      [id, personId, hashOfToken(token), client, this.settings.SESSION_HOURS],
    );
    if (row === undefined) throw new Error('a session that was inserted is not there');
    return { id, token, expiresAt: row.expires_at, seconds: row.seconds };
  }

  /** Ends one session of a person; answers whether there was one. */
  async end(tx: Tx, personId: string, sessionId: string): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(`DELETE FROM session WHERE person_id = $1 AND session_id = $2`, [
      personId,
      sessionId,
    ]);
    return count > 0;
  }

  /** Ends the session that a browser had until somebody signed in with it: a cookie that was there before is worth nothing after. */
  async endFormer(tx: Tx, token: string | null): Promise<void> {
    if (token !== null) await tx.query(`DELETE FROM session WHERE token_hash = $1`, [hashOfToken(token)]);
  }

  /** Ends every session of a person, but the one that is named, and all their personal access tokens. */
  async endAll(tx: Tx, personId: string, but: string | null = null): Promise<void> {
    await this.tokens.revokeAll(tx, personId);
    await tx.query(`DELETE FROM session WHERE person_id = $1 AND ($2::uuid IS NULL OR session_id <> $2)`, [personId, but]);
  }
}
