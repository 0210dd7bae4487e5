import { Injectable } from '@nestjs/common';
import { raise } from '../kernel/refusal';
import { type Tx, rowsOf } from '../platform/transaction';
import type { RequestStanding, RequestState, RequestWanted } from './admin-request';
import { AdminRequestEntity } from './admin-request.entity';

/** A request that this transaction has locked. */
export interface LockedRequest extends RequestStanding {
  readonly reason: string | null;
  readonly version: number;
}

/** Who ends a request, when and why. */
export interface RequestEnd {
  readonly state: Exclude<RequestState, 'open'>;
  readonly at: Date;
  readonly by: string | null;
  readonly reason: string | null;
}

const standing = `request_id AS "requestId", action, reason, person_id AS "personId", target, requested_by AS "requestedBy", version`;

@Injectable()
export class RequestsStore {
  /**
   * Locks a request until the transaction ends, and reads its state by the clock of after the wait.
   * @throws Refused `not-found`
   */
  async lock(tx: Tx, requestId: string): Promise<LockedRequest> {
    const [row] = await rowsOf<LockedRequest & { expires_at: Date }>(
      tx,
      `SELECT ${standing}, state, expires_at FROM admin_request WHERE request_id = $1 FOR UPDATE`,
      [requestId],
    );
    if (row === undefined) return raise('not-found');
    const { expires_at: expiresAt, ...request } = row;
    const [clock] = await rowsOf<{ over: boolean }>(tx, `SELECT clock_timestamp() >= $1::timestamptz AS over`, [expiresAt]);
    return request.state === 'open' && clock?.over === true ? { ...request, state: 'expired' } : request;
  }

  /** The open request for the same thing, if there is one; `isOver` says that its time is. The administration ledger is locked. */
  async same(tx: Tx, { action, personId, target }: RequestWanted): Promise<{ requestId: string; isOver: boolean } | null> {
    const [row] = await rowsOf<{ requestId: string; isOver: boolean }>(
      tx,
      `SELECT request_id AS "requestId", expires_at <= clock_timestamp() AS "isOver" FROM admin_request
        WHERE person_id = $1 AND action = $2 AND target = $3 AND state = 'open' FOR UPDATE`,
      [personId, action, target],
    );
    return row ?? null;
  }

  async insert(tx: Tx, requestId: string, wanted: RequestWanted, requestedBy: string, at: Date, days: number): Promise<void> {
    const expiresAt = new Date(at.getTime() + days * 86_400_000);
    await tx.insert(AdminRequestEntity, { requestId, ...wanted, requestedBy, requestedAt: at, expiresAt });
  }

  async end(tx: Tx, requestId: string, { state, at, by, reason }: RequestEnd): Promise<void> {
    await tx.query(
      `UPDATE admin_request SET state = $2, decided_at = $3, decided_by = $4, decision_reason = $5, version = version + 1 WHERE request_id = $1`,
      [requestId, state, at, by, reason],
    );
  }

  /** Takes the words about an erased person out of what was ever asked for about them; what is open about them is over. */
  async forgetReasons(tx: Tx, personId: string): Promise<void> {
    await tx.query(`UPDATE admin_request SET reason = NULL, decision_reason = NULL, version = version + 1 WHERE person_id = $1`, [
      personId,
    ]);
  }

  /** Requests that are over and not noted so. */
  async over(tx: Tx): Promise<string[]> {
    const rows = await rowsOf<{ id: string }>(
      tx,
      `SELECT request_id AS id FROM admin_request WHERE state = 'open' AND expires_at <= clock_timestamp() ORDER BY request_id LIMIT 100 FOR UPDATE SKIP LOCKED`,
    );
    return rows.map(({ id }) => id);
  }
}
