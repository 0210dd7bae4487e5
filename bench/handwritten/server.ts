/**
 * The yardstick: the measured routes as somebody would write them by hand who wants nothing but speed, with the same features and the same answers, on Fastify
 * and pg alone. Settings: DATABASE_URL, PORT.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import Fastify, { type FastifyInstance, type FastifyRequest, LogController } from 'fastify';
import { isWebAddress } from '../../src/evidence/evidence';
import { secretIn } from '../../src/kernel/secret-in-text';
import { type BareReview, reviewBarely } from './bare-review';
import { Catalogue } from './catalogue';
import { openPool } from './database';
import { type ListQuery, listEvidence } from './evidence-list';
import { type EvidenceBody, logEvidence } from './evidence-log';
import { readEvidence } from './evidence-one';
import { Problem, sendProblem } from './problem';
import { evidenceAnswer, listAnswer, listQuery, logBody, oneQuery, reviewAnswer, reviewBody, teamAnswer, teamQuery } from './schemas';
import { demandMentor, demandSelf, demandTeam, idOf, signIn, type Viewpoint } from './sign-in';
import { readTeam } from './team';

const pool = openPool(process.env['DATABASE_URL'] ?? '');
const catalogue = new Catalogue(pool);

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const requestIdOf = ({ headers }: IncomingMessage): string => {
  const given = headers['x-request-id'];
  return typeof given === 'string' && uuid.test(given) ? given.toLowerCase() : randomUUID();
};

const headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const isFreeOfSecrets = (text: string): boolean => secretIn(text) === null;
const formats = { 'web-address': (text: string) => isWebAddress(text) && isFreeOfSecrets(text), 'no-secret': isFreeOfSecrets };

const server = Fastify({
  logger: { level: 'info', base: null },
  logController: new LogController({ disableRequestLogging: true }),
  genReqId: requestIdOf,
  requestIdHeader: false,
  bodyLimit: 1_048_576,
  requestTimeout: 30_000,
  connectionTimeout: 60_000,
  keepAliveTimeout: 10_000,
  ajv: { customOptions: { removeAdditional: false, coerceTypes: false, allowUnionTypes: true, formats } },
});

server.decorateRequest('caller', null);
server.addHook('onRequest', (request, reply, done) => {
  void reply.header('x-request-id', request.id).headers(headers);
  done();
});
server.addHook('onResponse', (request, reply, done) => {
  request.log.info(
    {
      id: request.id,
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      person: request.caller?.personId ?? null,
    },
    'request',
  );
  done();
});
server.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
  if (error instanceof Problem) return sendProblem(error, request, reply);
  if ((error.statusCode ?? 500) < 500) return sendProblem(new Problem(400, 'malformed', error.message), request, reply);
  request.log.error(error);
  return reply.status(500).send({ code: 'internal' });
});

const utf8 = new TextDecoder('utf-8', { fatal: true });
server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, bytes, done) => {
  try {
    const text = utf8.decode(bytes as Buffer);
    const body: unknown = JSON.parse(text);
    // UTF-8 has no lone surrogates, and JSON no bare U+0000: only an escape can bring either
    if (text.includes('\\u') && !isPlain(body)) throw new Problem(400, 'malformed', 'Text cannot hold U+0000 or half of a surrogate pair.');
    done(null, body);
  } catch (error) {
    done(error instanceof Problem ? error : new Problem(400, 'malformed', 'The body is not valid JSON in UTF-8.'));
  }
});

function isPlain(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return depth < 32 && Object.values(value).every((inner) => isPlain(inner, depth + 1));
}

const viewpointOf = ({ caller }: FastifyRequest): Viewpoint => {
  if (caller === null) throw new Problem(401, 'not-signed-in');
  return caller;
};

/** Finds out who asks before anything is said about the request's form. */
const signedInAs =
  (demand: (viewpoint: Viewpoint) => void) =>
  async (request: FastifyRequest): Promise<void> => {
    const params = request.params as { engineerId?: string; managerId?: string };
    request.caller = await signIn(pool, request, params.engineerId ?? params.managerId ?? '');
    demand(request.caller);
  };
const subjectOf = (request: FastifyRequest): string => viewpointOf(request).subjectId ?? '';

async function routes(api: FastifyInstance): Promise<void> {
  const self = { onRequest: signedInAs(demandSelf) };

  api.get<{ Querystring: ListQuery }>(
    '/engineers/:engineerId/evidence',
    { ...self, schema: { querystring: listQuery, response: { 200: listAnswer } } },
    (request) => listEvidence(pool, catalogue, subjectOf(request), request.query),
  );

  api.get<{ Params: { evidenceId: string }; Querystring: { revision?: string } }>(
    '/engineers/:engineerId/evidence/:evidenceId',
    { ...self, schema: { querystring: oneQuery, response: { 200: evidenceAnswer } } },
    async (request, reply) => {
      const { revision } = request.query;
      const id = idOf(request.params.evidenceId);
      const { version, answer } = await readEvidence(
        pool,
        catalogue,
        subjectOf(request),
        id,
        revision === undefined ? null : Number(revision),
      );
      void reply.header('etag', `"v${version}"`);
      return answer;
    },
  );

  api.post<{ Body: EvidenceBody }>(
    '/engineers/:engineerId/evidence',
    { ...self, schema: { body: logBody, response: { 201: evidenceAnswer } } },
    async (request, reply) => {
      const engineerId = subjectOf(request);
      const { id, answer } = await logEvidence(pool, catalogue, engineerId, request.body);
      void reply.status(201).header('location', `/api/v1/engineers/${engineerId}/evidence/${id}`).header('etag', '"v1"');
      return answer;
    },
  );

  api.post<{ Params: { evidenceId: string; statement: string }; Body: BareReview }>(
    '/engineers/:engineerId/evidence/:evidenceId/supports/:statement/review',
    { onRequest: signedInAs(demandMentor), schema: { body: reviewBody, response: { 200: reviewAnswer } } },
    async (request, reply) => {
      const { evidenceId, statement } = request.params;
      const key = { engineerId: subjectOf(request), evidenceId: idOf(evidenceId), statement };
      const version = await reviewBarely(pool, key, viewpointOf(request).personId, request.body, request.headers['if-match']);
      void reply.header('etag', `"v${version}"`);
      return { version };
    },
  );

  api.get<{ Querystring: { skill: string; depth?: 'direct' | 'all' } }>(
    '/teams/:managerId/dashboard',
    { onRequest: signedInAs(demandTeam), schema: { querystring: teamQuery, response: { 200: teamAnswer } } },
    (request) => {
      const viewpoint = viewpointOf(request);
      return readTeam(pool, catalogue, { id: viewpoint.subjectId ?? '', name: viewpoint.subjectName ?? '' }, request.query, viewpoint);
    },
  );
  return Promise.resolve();
}

async function start(): Promise<void> {
  await catalogue.load();
  await server.register(routes, { prefix: '/api/v1' });
  server.get('/health/ready', () => ({ status: 'ready' }));
  await server.listen({ port: Number(process.env['PORT'] ?? 0), host: '127.0.0.1' });
  process.once('SIGTERM', () => void server.close().then(() => pool.end()));
}

start().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
