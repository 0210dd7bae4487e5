import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiExtension, DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { type ProblemCode, problemCodes } from '../kernel/problem-codes';
import { csvExtension } from './csv-answers';
import { type Dict, closed, exampleOf, modernise } from './openapi-schemas';
import { problemOf, statusOfKind } from './problem.filter';
import type { Access } from './routes';

const problemsExtension = 'x-problems';

/** Declares the problem codes that a route answers with beyond those that follow from its form (401, 404, 400, 428, 412, 503). */
export const Problems = (...codes: ProblemCode[]): MethodDecorator => ApiExtension(problemsExtension, codes);

const versionedKey = 'x-versioned';

/** Declares that a route changes a resource with an ETag: If-Match is demanded (428, 412), or only honoured. */
export const Versioned = (ifMatch: 'demanded' | 'honoured' = 'demanded'): MethodDecorator => ApiExtension(versionedKey, ifMatch);

const audienceExtension = 'x-audience';
const scopeExtension = 'x-scope';
const taggedKey = 'x-etag';

/** Declares that the answer carries an ETag. */
export const Tagged = (): MethodDecorator => ApiExtension(taggedKey, true);

interface Operation extends Dict {
  operationId?: string;
  parameters?: Dict[];
  requestBody?: Dict;
  responses: Record<string, Dict>;
  security?: Dict[];
}

const problemSchema = {
  type: 'object',
  description: 'A problem (RFC 9457).',
  required: ['type', 'title', 'status', 'detail', 'code', 'instance'],
  properties: {
    type: { type: 'string', description: 'A name of the sort of problem.', examples: ['urn:touchstone:problem:gate-not-met'] },
    title: { type: 'string', examples: ['Gate not met'] },
    status: { type: 'integer', examples: [422] },
    detail: { type: 'string', description: 'A sentence for the person who asked.' },
    code: { type: 'string', description: 'A stable slug: match on this.', enum: [...Object.keys(problemCodes), 'internal'] },
    instance: { type: 'string', description: 'This very answer: its request id.' },
    errors: {
      type: 'array',
      description: 'Each place of a malformed body (with a JSON pointer), or each unmet rule (with its statement).',
      items: {
        type: 'object',
        required: ['code', 'detail'],
        properties: {
          pointer: { type: 'string', examples: ['/supports/0/rationale'] },
          code: { type: 'string' },
          detail: { type: 'string' },
          statement: { type: 'string', examples: ['sfia-9:ITOP.4.2'] },
          blocks: { type: 'string', enum: ['submission', 'approval'] },
        },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
} as const;

const exampleRequestId = '01931b2e-7c00-4000-8000-000000000001';

/**
 * The document of the built application: OpenAPI 3.1, with each route's problems, headers and audience filled in from what the routes declare.
 * @param access whom each route lets in, by `METHOD /path`
 */
export function describeApi(app: NestFastifyApplication, access: ReadonlyMap<string, Access>): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Touchstone')
    .setDescription(
      'Evidence and career progression against a skills framework. Engineers log what they did and say which statements it shows; mentors judge it and sign levels off; managers see how their people progress.\n\n' +
        'Sign in with `POST /api/v1/sessions` and send the token as `Authorization: Bearer …`. Errors are problems (RFC 9457) with a stable `code`. What can change carries an `ETag`; a change to it needs `If-Match`. ' +
        'A POST may carry an `Idempotency-Key`. Lists take `limit` and `cursor`.',
    )
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'opaque', description: 'The token of a session.' }, 'session')
    .addBearerAuth(
      {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'opaque',
        description: 'A personal access token, where its scopes (`x-scope`) let it in.',
      },
      'personal-token',
    )
    .addCookieAuth(
      '__Host-touchstone',
      { type: 'apiKey', in: 'cookie', description: 'A session kept in a cookie; requests that change something must name their `Origin`.' },
      'cookie',
    )
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}.${method}`,
  }) as unknown as Dict & { paths: Record<string, Record<string, Operation>>; components: { schemas: Dict } };
  document.components.schemas = closed(modernise(document.components.schemas) as Record<string, Dict>);
  document.components.schemas['Problem'] = problemSchema;
  const { schemas } = document.components;
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      operations[method] = describe(modernise(operation) as Operation, method, path, access.get(`${method.toUpperCase()} ${path}`));
      addExamples(operations[method], schemas);
    }
  }
  return sorted(document) as unknown as OpenAPIObject;
}

function describe(operation: Operation, method: string, path: string, access: Access | undefined): Operation {
  const isPublic = access === undefined;
  const inApi = path.startsWith('/api/v1');
  const codes = new Set<ProblemCode>(['database-away', 'too-busy', 'too-many-requests']);
  const versioned = operation[versionedKey] as 'demanded' | 'honoured' | undefined;
  operation.parameters ??= [];
  if (!isPublic) {
    for (const code of ['not-signed-in', 'scope-too-small', 'origin-mismatch'] as const) codes.add(code);
    operation.security = [{ session: [] }, { cookie: [] }, ...(access.scope === null ? [] : [{ 'personal-token': [] }])];
    if (!access.audience.includes('signed-in')) codes.add('not-allowed');
  } else operation.security = [];
  operation.parameters.unshift(...pathParameters(path, operation.parameters));
  if (path.includes('{')) codes.add('not-found');
  if (operation.parameters.some((parameter) => parameter['in'] === 'query') || operation.requestBody !== undefined) codes.add('malformed');
  if (operation.requestBody !== undefined) for (const code of ['wrong-media-type', 'too-large'] as const) codes.add(code);
  if (versioned !== undefined) {
    codes.add('stale');
    if (versioned === 'demanded') codes.add('if-match-required');
    operation.parameters.push({
      name: 'If-Match',
      in: 'header',
      required: versioned === 'demanded',
      description: 'The ETag of the version that you saw.',
      schema: { type: 'string' },
      example: '"v3"',
    });
  }
  if (method === 'post' && inApi && !isPublic) {
    for (const code of ['idempotency-key-reused', 'idempotency-in-progress', 'malformed'] as const) codes.add(code);
    operation.parameters.push({
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description: 'Sent again with the same body, the first answer comes again. Kept 24 hours.',
      example: '0b9f2a54-9f0b-4d3c-9d8e-0c6b1a2f3e4d',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    });
  }
  for (const code of (operation[problemsExtension] as ProblemCode[] | undefined) ?? []) codes.add(code);
  const tagged = operation[taggedKey] === true || (versioned === 'demanded' && method !== 'delete');
  if (operation[csvExtension] === true) addCsv(operation);
  for (const name of [problemsExtension, versionedKey, taggedKey, csvExtension]) delete operation[name];
  if (access !== undefined) {
    operation[audienceExtension] = access.audience;
    operation[scopeExtension] = access.scope;
  }
  for (const [status, response] of Object.entries(operation.responses)) {
    const headers: Dict = { 'X-Request-Id': { description: 'Names this request in the log.', schema: { type: 'string' } } };
    if (tagged) headers['ETag'] = { description: 'The version of the resource.', schema: { type: 'string' }, example: '"v3"' };
    if (status === '201') headers['Location'] = { description: 'Where what was made is found.', schema: { type: 'string' } };
    response['headers'] = headers;
    if (response['description'] === '') response['description'] = status === '201' ? 'Made.' : status === '204' ? 'Done.' : 'Answered.';
  }
  addProblems(operation, codes);
  return operation;
}

/** A route that answers with JSON answers as CSV too. */
function addCsv({ responses }: Operation): void {
  const content = responses['200']?.['content'] as Dict | undefined;
  if (content === undefined) throw new Error('a route without an answer has none as CSV');
  content['text/csv'] = {
    schema: {
      type: 'string',
      description: 'The same figures as a table (RFC 4180), its columns named in the first line; safe to open in a spreadsheet.',
    },
  };
}

const meId = { anyOf: [{ type: 'string', format: 'uuid' }, { const: 'me' }] };
const id = { type: 'string', format: 'uuid' };

/** What the placeholders in paths stand for; the handlers read them by decorators of ours, which Nest cannot describe. */
const pathParameter: Readonly<Record<string, { description: string; schema: Dict; example?: string }>> = {
  engineerId: { description: 'Whose record it is; `me` is the caller.', schema: meId, example: 'me' },
  managerId: { description: 'Whose team it is; `me` is the caller.', schema: meId, example: 'me' },
  personId: { description: 'The person; `me` is the caller.', schema: meId, example: 'me' },
  statement: { description: 'A statement, such as `sfia-9:ITOP.4.2`.', schema: { type: 'string' }, example: 'sfia-9:ITOP.4.2' },
  revision: { description: 'A revision, from 1 on.', schema: { type: 'string' }, example: '1' },
  skill: { description: 'A skill, such as `sfia-9:ITOP`.', schema: { type: 'string' }, example: 'sfia-9:ITOP' },
  skillLevel: { description: 'A skill level, such as `sfia-9:ITOP.4`.', schema: { type: 'string' }, example: 'sfia-9:ITOP.4' },
  frameworkId: { description: 'A framework, such as `sfia-9`.', schema: { type: 'string' }, example: 'sfia-9' },
  code: { description: 'The code of a skill, such as `ITOP`.', schema: { type: 'string' }, example: 'ITOP' },
  token: { description: 'The token of an invitation.', schema: { type: 'string' } },
};

const pathParameters = (path: string, known: readonly Dict[]): Dict[] =>
  [...path.matchAll(/\{(\w+)\}/g)]
    .map(([, name = '']) => name)
    .filter((name) => !known.some((parameter) => parameter['in'] === 'path' && parameter['name'] === name))
    .map((name) => ({
      name,
      in: 'path',
      required: true,
      ...(pathParameter[name] ?? { description: 'Its id (UUIDv7).', schema: id, example: '01931b2e-7c00-7000-8000-00000000000a' }),
    }));

function addProblems(operation: Operation, codes: ReadonlySet<ProblemCode>): void {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of [...codes].sort()) {
    const status = statusOfKind[problemCodes[code].kind];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  for (const [status, those] of byStatus) {
    operation.responses[String(status)] = {
      description: those.map((code) => `\`${code}\`: ${problemCodes[code].explanation}`).join('\n\n'),
      headers: {
        'X-Request-Id': { description: 'Names this request in the log.', schema: { type: 'string' } },
        ...(status === 503 || status === 429 ? { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } } : {}),
      },
      content: {
        'application/problem+json': {
          schema: { $ref: '#/components/schemas/Problem' },
          examples: Object.fromEntries(
            those.map((code) => {
              const { kind, explanation } = problemCodes[code];
              return [code, { summary: problemCodes[code].title, value: problemOf({ kind, code, detail: explanation }, exampleRequestId) }];
            }),
          ),
        },
      },
    };
  }
}

/** Gives every answer and every body an example, put together from the examples of its fields. */
function addExamples(operation: Operation, schemas: Dict): void {
  for (const holder of [operation.requestBody, ...Object.values(operation.responses)]) {
    for (const [mediaType, content] of Object.entries((holder?.['content'] ?? {}) as Record<string, Dict>)) {
      if (!/json$/.test(mediaType) || 'example' in content || 'examples' in content || content['schema'] === undefined) continue;
      content['example'] = exampleOf(content['schema'] as Dict, schemas, holder === operation.requestBody);
    }
  }
}

/** The same document in the same order, whatever order the modules were found in. */
function sorted(document: Dict): Dict {
  const byName = (part: unknown): Dict => Object.fromEntries(Object.entries(part as Dict).sort(([a], [b]) => (a < b ? -1 : 1)));
  const components = document['components'] as Dict;
  return { ...document, paths: byName(document['paths']), components: { ...components, schemas: byName(components['schemas']) } };
}
