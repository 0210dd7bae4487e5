import { createHash } from 'node:crypto';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Observable, defer, from, lastValueFrom } from 'rxjs';
import { canonicalJson, type Json } from '../kernel/canonical-json';
import { raise } from '../kernel/refusal';
import type { ApiReply, ApiRequest } from './api-request';
import { RawBody } from './body.pipe';
import { Transactions, type Tx, rowsOf } from './transaction';

const notIdempotentKey = 'touchstone:not-idempotent';
const secretsKey = 'touchstone:secrets';

/** Declares that Idempotency-Key is ignored here (signing in). */
export const IgnoresIdempotencyKey = (): MethodDecorator => SetMetadata(notIdempotentKey, true);

/** Declares fields of the answer (`invitation.token`, `people[].invitation.token`) that are shown once: a replayed answer holds null in their place. */
export const ShownOnce = (...fields: string[]): MethodDecorator => SetMetadata(secretsKey, fields);

interface StoredAnswer {
  fingerprint: Buffer;
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

const keptHeaders = ['location', 'etag'] as const;
const passwords = new Set(['password', 'current', 'next', 'totp', 'code']);
export const keptFor = '24 hours';

/** Answers a POST that is sent again under the same Idempotency-Key with the first answer, which is stored in the business transaction. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly transactions: Transactions,
    private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<ApiRequest>();
    const key = request.headers['idempotency-key'];
    const handler = context.getHandler();
    if (
      request.method !== 'POST' ||
      key === undefined ||
      request.viewpoint === undefined ||
      this.reflector.get<true | undefined>(notIdempotentKey, handler)
    ) {
      return next.handle();
    }
    if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
      return raise('malformed', 'An Idempotency-Key is 1 to 255 visible ASCII characters.', [
        { pointer: 'Idempotency-Key', code: 'idempotency-key', detail: 'Send 1 to 255 visible ASCII characters.' },
      ]);
    }
    const caller = request.viewpoint.personId;
    const owner = request.viewpoint.relation?.engineerId ?? caller;
    const secrets = this.reflector.get<string[] | undefined>(secretsKey, handler) ?? [];
    return defer(() =>
      from(this.transactions.run((tx) => answerOnce(tx, { owner, caller, key }, request, http.getResponse<ApiReply>(), secrets, next))),
    );
  }
}

interface KeyOfAnswer {
  owner: string;
  caller: string;
  key: string;
}

async function answerOnce(
  tx: Tx,
  { owner, caller, key }: KeyOfAnswer,
  request: ApiRequest,
  reply: ApiReply,
  secrets: readonly string[],
  next: CallHandler,
): Promise<unknown> {
  const [lock] = await rowsOf<{ free: boolean }>(tx, `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 7)) AS free`, [
    `${owner} ${caller} ${key}`,
  ]);
  if (lock?.free !== true) return raise('idempotency-in-progress');
  const fingerprint = fingerprintOf(request);
  const [stored] = await rowsOf<StoredAnswer>(
    tx,
    `SELECT fingerprint, status, headers, body FROM idempotent_answer
      WHERE owner_id = $1 AND caller_id = $2 AND key = $3 AND answered_at > now() - $4::interval`,
    [owner, caller, key, keptFor],
  );
  if (stored !== undefined) {
    if (!stored.fingerprint.equals(fingerprint)) return raise('idempotency-key-reused');
    void reply.status(stored.status).headers({ ...stored.headers, 'idempotency-replayed': 'true' });
    return stored.body ?? undefined;
  }
  const body: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
  const headers = Object.fromEntries(keptHeaders.flatMap((name) => (reply.hasHeader(name) ? [[name, String(reply.getHeader(name))]] : [])));
  await tx.query(`DELETE FROM idempotent_answer WHERE owner_id = $1 AND caller_id = $2 AND key = $3`, [owner, caller, key]);
  await tx.query(
    `INSERT INTO idempotent_answer (owner_id, caller_id, key, fingerprint, status, headers, body) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      owner,
      caller,
      key,
      fingerprint,
      reply.statusCode,
      JSON.stringify(headers),
      body === undefined ? null : JSON.stringify(withoutSecrets(body, secrets)),
    ],
  );
  return body;
}

/** What makes two requests the same: method, path and body, less passwords, so that no hash of one is ever stored. */
function fingerprintOf(request: ApiRequest): Buffer {
  const raw = request.body instanceof RawBody ? request.body : undefined;
  // `me` and the caller's own id are the same path
  const path = request.url.replace(/\/me(?=\/|\?|$)/, `/${request.viewpoint?.personId ?? 'me'}`);
  const hash = createHash('sha256').update(`${request.method} ${path}\n`);
  if (raw === undefined || raw.bytes.length === 0) return hash.digest();
  let plain: unknown;
  try {
    plain = JSON.parse(raw.bytes.toString('utf8'));
  } catch {
    return hash.update(raw.bytes).digest();
  }
  const kept =
    typeof plain === 'object' && plain !== null && !Array.isArray(plain)
      ? Object.fromEntries(Object.entries(plain).filter(([name]) => !passwords.has(name)))
      : plain;
  try {
    return hash.update(canonicalJson(kept as Json)).digest();
  } catch {
    // nested beyond what can be walked: the pipe refuses it as malformed; it only must not crash here
    return hash.update('unwalkable').digest();
  }
}

/** The same answer with null in the place of each secret; `people[].token` names the field of every item of a list. */
function withoutSecrets(body: unknown, secrets: readonly string[]): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(body));
  for (const path of secrets) forget(copy, path.split('.'));
  return copy;
}

function forget(place: unknown, [name = '', ...rest]: readonly string[]): void {
  if (typeof place !== 'object' || place === null) return;
  const parent = place as Record<string, unknown>;
  const field = name.replace(/\[\]$/, '');
  const inner = parent[field];
  if (rest.length === 0) {
    if (field in parent) parent[field] = null;
  } else if (field !== name && Array.isArray(inner)) {
    for (const item of inner) forget(item, rest);
  } else forget(inner, rest);
}
