import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { type ProblemCode, type RefusalKind, problemCodes } from '../kernel/problem-codes';
import { Refused, type Refusal, refuse } from '../kernel/refusal';
import type { ApiReply, ApiRequest } from './api-request';
import { tooBusy } from './turns';

/** The one place where a kind of refusal becomes an HTTP status. */
export const statusOfKind: Readonly<Record<RefusalKind, number>> = {
  malformed: 400,
  'not-signed-in': 401,
  'not-allowed': 403,
  'not-found': 404,
  'wrong-state': 409,
  stale: 412,
  'too-large': 413,
  'wrong-media-type': 415,
  'rule-not-met': 422,
  'version-required': 428,
  'too-many': 429,
  away: 503,
};

/** A problem as it is sent (RFC 9457). */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  instance: string;
  errors?: Refusal['errors'];
}

export const problemType = (code: ProblemCode): string => `urn:touchstone:problem:${code}`;

export function problemOf(refusal: Refusal, requestId: string): ProblemBody {
  const body: ProblemBody = {
    type: problemType(refusal.code),
    title: problemCodes[refusal.code].title,
    status: statusOfKind[refusal.kind],
    detail: refusal.detail,
    code: refusal.code,
    instance: `urn:uuid:${requestId}`,
  };
  return refusal.errors === undefined ? body : { ...body, errors: refusal.errors };
}

/** SQL states of a server that goes away or comes up, or fails at its disk. */
const awayStates = /^(08|57P0|25P03|58030)/;
/** SQL states of too much at once: no room for one more, a wait for a lock or a statement cut off, a conflict that did not go away by trying again. */
const busyStates = /^(53|57014|55P03|40001|40P01)/;
/** SQL states of a server that reads and cannot write: its disk is full, or it has become a standby. */
const noWriteStates = /^(53100|25006)/;
const awayErrors = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
const awayMessages =
  /Connection terminated|Client was closed|Client has encountered a connection error|Query read timeout|not queryable|Cannot use a pool after|Connection is not established/i;
/** What the pool says when none of its connections became free in time. */
const busyMessage = 'timeout exceeded when trying to connect';

const noWrites: Refusal = { ...refuse('database-away', 'The database cannot write just now: nothing was changed.'), retryAfter: 30 };

/** What errors of the driver, of sockets and of TypeORM have in common; some of them come from another realm, where instanceof says no. */
interface ErrorLike {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly driverError?: unknown;
  readonly errors?: unknown;
}

/** What an error says about the database, or null where it is about something else. A later try may go well in every case. */
export function databaseTrouble(error: unknown): Refusal | null {
  if (typeof error !== 'object' || error === null) return null;
  if (error instanceof Refused) return error.refusal.kind === 'away' ? error.refusal : null;
  const { message, code, driverError, errors } = error as ErrorLike;
  const state = typeof code === 'string' && code.length === 5 ? code : '';
  if (noWriteStates.test(state)) return noWrites;
  if (awayStates.test(state) || awayErrors.has(String(code))) return refuse('database-away');
  if (busyStates.test(state) || message === busyMessage) return tooBusy;
  if (typeof message === 'string' && awayMessages.test(message)) return refuse('database-away');
  // several addresses were tried, and each failed
  const one = Array.isArray(errors) ? errors.map(databaseTrouble).find((trouble) => trouble !== null) : undefined;
  return one ?? (driverError === error ? null : databaseTrouble(driverError));
}

/** Whether an error says that the database reads but cannot write: what a request notes in passing may be left out then. */
export const cannotWrite = (error: unknown): boolean => databaseTrouble(error) === noWrites;

/** Whether an error says that the database cannot be reached, or cannot do its work, just now. */
export const isDatabaseAway = (error: unknown): boolean => databaseTrouble(error) !== null;

const refusalOfStatus: Readonly<Record<number, ProblemCode>> = {
  400: 'malformed',
  404: 'not-found',
  405: 'not-found',
  413: 'too-large',
  415: 'wrong-media-type',
  429: 'too-many-requests',
  503: 'database-away',
};

/** What to tell the client about an error, or null where it is a bug of ours. */
export function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Refused) return error.refusal;
  const trouble = databaseTrouble(error);
  if (trouble !== null) return trouble;
  const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: unknown } | null)?.statusCode;
  if (typeof status !== 'number' || status >= 500) return null;
  const code = refusalOfStatus[status] ?? 'malformed';
  return refuse(code, code === 'malformed' && error instanceof Error ? error.message : undefined);
}

/** Turns every error into a problem; what is nobody's fault but ours is logged and says nothing of its insides. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Problem');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(error, http.getRequest<ApiRequest>(), http.getResponse<ApiReply>(), (text) => this.logger.error(text));
  }
}

const codes = new WeakMap<object, string>();

/** The code of the problem that was answered, if it was one: for the log. */
export const problemCodeOf = (reply: object): string | null => codes.get(reply) ?? null;

/** Sends an error as a problem; `log` hears of bugs. */
export function sendProblem(error: unknown, request: Pick<ApiRequest, 'id'>, reply: ApiReply, log: (text: string) => void): void {
  const requestId = String(request.id);
  const refusal = refusalOf(error);
  if (refusal === noWrites) log(`${requestId} the database cannot write: its disk is full, or it has become a standby`);
  if (refusal === null) log(`${requestId} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  const body: ProblemBody =
    refusal === null
      ? {
          type: 'about:blank',
          title: 'Internal error',
          status: 500,
          detail: 'Something went wrong on our side; the request id names it in the log.',
          code: 'internal',
          instance: `urn:uuid:${requestId}`,
        }
      : problemOf(refusal, requestId);
  codes.set(reply, body.code);
  if (body.status === 401) void reply.header('www-authenticate', 'Bearer');
  if (body.status === 503 || body.status === 429) void reply.header('retry-after', String(refusal?.retryAfter ?? 2));
  if (reply.sent) return;
  void reply.status(body.status).header('content-type', 'application/problem+json; charset=utf-8').send(JSON.stringify(body));
}
