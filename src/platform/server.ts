import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type FastifyReply, type FastifyRequest, type FastifyServerOptions, LogController } from 'fastify';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { refuse } from '../kernel/refusal';
import type { ApiRequest } from './api-request';
import { RawBody } from './body.pipe';
import { docsPath, openapiPath } from './docs';
import { databaseTrouble, problemCodeOf, problemOf, sendProblem } from './problem.filter';
import { RateLimits, demandRate, ofNetwork } from './rate-limits';
import { RefusedRequestsLog } from './refused-requests.log';

export const bodyLimit = 1_048_576;

/** Sent with every answer of the API: nothing of it is to be kept, framed, sniffed or run. */
const apiHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  // browsers heed it over TLS only
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
} as const;

/** The documentation's page loads its own scripts and styles, and nothing else. */
const docsPolicy =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

const requestIdOf = (request: IncomingMessage): string => {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(given) ? given.toLowerCase() : randomUUID();
};

export interface ServerOptions {
  readonly logLevel: string;
  /** Whose X-Forwarded headers are believed: everybody's, so many hops', or these addresses'. */
  readonly trustProxy: boolean | number | string[];
}

/** Why a request's path could not be read. */
const unreadable = new WeakMap<IncomingMessage, Error>();

/** The HTTP server under Nest: limits, request ids, one log line a request without anything personal in it. */
export function createAdapter({ logLevel, trustProxy }: ServerOptions): FastifyAdapter {
  const options: FastifyServerOptions = {
    logger: { level: logLevel, base: null, serializers: { req: () => ({}), res: () => ({}) } },
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestIdOf,
    requestIdHeader: false,
    // Fastify believes nobody by a number alone, since whoever reaches the application directly is a hop too: that nobody does is what the setting says
    trustProxy: typeof trustProxy === 'number' ? (_address, hop) => hop < trustProxy : trustProxy,
    clientErrorHandler: refuseRawly,
    bodyLimit,
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 10_000,
    routerOptions: { maxParamLength: 300 },
    // no hook runs for it, for there is no route: it goes the way of what is not found, where it is counted, noted, logged and answered
    frameworkErrors: (error, request, reply) => {
      unreadable.set(request.raw, error);
      request.raw.url = '/';
      request.server.routing(request.raw, reply.raw);
    },
  };
  return new FastifyAdapter(options);
}

/** What Node refuses before there is a request: nothing of HTTP that can be read, headers without end, a client that is too slow. */
function refuseRawly(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const tooSlow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const [status, reason] = tooSlow ? [408, 'Request Timeout'] : tooLarge ? [431, 'Request Header Fields Too Large'] : [400, 'Bad Request'];
  const requestId = randomUUID();
  const body = JSON.stringify({
    ...problemOf(refuse('malformed', `${reason}: this is not a request that can be read.`), requestId),
    status,
  });
  const headers = {
    ...apiHeaders,
    'x-request-id': requestId,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}

// type "/" subtype, both tokens (RFC 9110), and parameters after
const mediaType = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/;

/** One line a request, without anything personal. */
function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const code = problemCodeOf(reply);
  request.log.info(
    {
      id: request.id,
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      person: (request as unknown as ApiRequest).viewpoint?.personId ?? null,
      ...(code === null ? {} : { code }),
    },
    'request',
  );
}

/** Whether a request is for one of these routes, by what it was matched with: a path can be spelled in many ways. */
const isFor = (request: FastifyRequest, ...paths: readonly string[]): boolean =>
  paths.some((path) => request.routeOptions.url?.startsWith(`/${path}`) === true);

/** What no guard sees: paths that there are not, and the API's description. */
const isUnguarded = (request: FastifyRequest): boolean => request.is404 || isFor(request, docsPath, openapiPath);

/** Installs what every answer and every body goes through; called before the application initialises. */
export function installHooks(app: NestFastifyApplication, publicRateLimit: number): void {
  const server = app.getHttpAdapter().getInstance();
  // bodies are read as bytes; the pipe parses them when the guards have let the caller through
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (request, bytes, done) => {
    done(null, new RawBody(request.headers['content-type'] ?? '', bytes as Buffer));
  });
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id).headers(apiHeaders);
    // Fastify would refuse what is no media type before it is known who asks; the pipe refuses it after the guards
    const { 'content-type': type } = request.headers;
    if (type !== undefined && !mediaType.test(type)) request.headers['content-type'] = 'application/octet-stream';
    if (isFor(request, docsPath)) void reply.header('content-security-policy', docsPolicy);
    done();
  });
  const refusals = app.get(RefusedRequestsLog);
  server.addHook('onResponse', (request, reply, done) => {
    const code = problemCodeOf(reply);
    if (code !== null) refusals.note(request as unknown as ApiRequest, reply.statusCode, code);
    logRequest(request, reply);
    done();
  });
  const limits = app.get(RateLimits);
  server.addHook('preValidation', async (request, reply) => {
    if (!isUnguarded(request)) return;
    let problem: unknown = unreadable.get(request.raw);
    try {
      await demandRate(limits, 'network', ofNetwork(request.ip, publicRateLimit), reply);
    } catch (error) {
      // what cannot be counted is let through: it asks nothing of the database
      if (databaseTrouble(error) === null) problem = error;
    }
    if (problem === undefined) return;
    sendProblem(problem, request, reply, (text) => request.log.error(text));
    return reply;
  });
}
