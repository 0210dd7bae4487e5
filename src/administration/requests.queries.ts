import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor';
import { type Page, pageOf, positionOf } from '../kernel/paging';
import { Database } from '../platform/transaction';
import { type RequestDecision, type RequestStanding, type RequestState, checkOpen, requestDecisions, roleOf } from './admin-request';
import { type Hand, checkMayDecide } from './admin-request.policy';
import type { AdminRequestAnswer, AdminRequestActionsAnswer } from './requests.dto';

interface RequestRow extends Omit<RequestStanding, 'requestId'> {
  readonly id: string;
  readonly personName: string;
  readonly reason: string | null;
  readonly requesterName: string;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly decidedBy: string | null;
  readonly deciderName: string | null;
  readonly decidedAt: Date | null;
  readonly decisionReason: string | null;
  readonly version: number;
}

/** A request as one caller sees it, and the version that its ETag is made of. */
export interface SeenRequest {
  readonly answer: AdminRequestAnswer;
  readonly version: number;
}

// a request whose time is over says so at once, noted or not; its version does not move for that
const stateNow = `CASE WHEN r.state = 'open' AND r.expires_at <= now() THEN 'expired' ELSE r.state END`;

const columns = `r.request_id AS id, r.action, r.target, r.person_id AS "personId", p.name AS "personName", r.reason, ${stateNow} AS state,
  r.requested_by AS "requestedBy", q.name AS "requesterName", r.requested_at AS "requestedAt", r.expires_at AS "expiresAt",
  r.decided_by AS "decidedBy", d.name AS "deciderName", r.decided_at AS "decidedAt", r.decision_reason AS "decisionReason", r.version`;
const tables = `admin_request r JOIN person p ON p.person_id = r.person_id JOIN person q ON q.person_id = r.requested_by
  LEFT JOIN person d ON d.person_id = r.decided_by`;

/** What each decision would be answered with now, by the checks that enforce it. */
const actionsOf = (hand: Hand, row: RequestRow): AdminRequestActionsAnswer =>
  Object.fromEntries(
    requestDecisions.map((decision) => {
      const refusal = checkMayDecide(decision, hand, row) ?? checkOpen(row.state);
      return [decision, refusal === null ? { allowed: true } : { allowed: false, code: refusal.code, detail: refusal.detail }];
    }),
  ) as unknown as AdminRequestActionsAnswer & Record<RequestDecision, unknown>;

const answerOf = (hand: Hand, row: RequestRow): AdminRequestAnswer => ({
  id: row.id,
  action: row.action,
  person: { id: row.personId, name: row.personName },
  role: row.action === 'give-role' ? roleOf(row.target) : null,
  redacts: row.action === 'redact' ? row.target : null,
  reason: row.reason,
  state: row.state,
  requestedBy: { id: row.requestedBy, name: row.requesterName },
  requestedAt: row.requestedAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  decidedBy: row.decidedBy === null ? null : { id: row.decidedBy, name: row.deciderName ?? '' },
  decidedAt: row.decidedAt?.toISOString() ?? null,
  decisionReason: row.decisionReason,
  actions: actionsOf(hand, row),
});

/** What was asked for, and what became of it. */
@Injectable()
export class RequestsQueries {
  constructor(private readonly db: Database) {}

  /** The caller as an admin who decides. */
  async hand({ personId, roles }: Actor): Promise<Hand> {
    const row = await this.db.one<{ barred: boolean }>(
      `SELECT coalesce(approvals_barred_until > now(), false) AS barred FROM person WHERE person_id = $1`,
      [personId],
    );
    return { personId, roles, barred: row?.barred ?? false };
  }

  /** Who made a request, and whom it is about; null where there is none. */
  async standing(requestId: string): Promise<Pick<RequestStanding, 'requestedBy' | 'personId'> | null> {
    return this.db.one(`SELECT requested_by AS "requestedBy", person_id AS "personId" FROM admin_request WHERE request_id = $1`, [
      requestId,
    ]);
  }

  /** One page, the newest first. */
  async list(caller: Actor, state: RequestState | undefined, limit: number, cursor: string | undefined): Promise<Page<AdminRequestAnswer>> {
    const list = ['admin-requests', state ?? null];
    const [before] = cursor === undefined ? [null] : positionOf(list, cursor, ['id']);
    const hand = await this.hand(caller);
    const rows = await this.db.query<RequestRow>(
      `SELECT ${columns} FROM ${tables}
        WHERE ($1::text IS NULL OR ${stateNow} = $1) AND ($2::uuid IS NULL OR r.request_id < $2)
        ORDER BY r.request_id DESC LIMIT $3`,
      [state ?? null, before, limit + 1],
    );
    return pageOf(
      rows,
      limit,
      list,
      ({ id }) => [id],
      (row) => answerOf(hand, row),
    );
  }

  /** One request, or null. */
  async one(caller: Actor, requestId: string): Promise<SeenRequest | null> {
    const hand = await this.hand(caller);
    const row = await this.db.one<RequestRow>(`SELECT ${columns} FROM ${tables} WHERE r.request_id = $1`, [requestId]);
    return row === null ? null : { answer: answerOf(hand, row), version: row.version };
  }
}
