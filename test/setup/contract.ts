import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';

interface Operation {
  responses: Record<string, { content?: Record<string, { schema: object; examples?: object }> }>;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

const document = JSON.parse(readFileSync(join(__dirname, '../../openapi.json'), 'utf8')) as Document;
const ajv = new Ajv({ strict: false, allErrors: false });
addFormats(ajv);
ajv.addSchema({ $id: 'openapi', components: document.components });

/** The same document, with references that the validator can follow. */
const absolute = (schema: object): object =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/')) as object;

const routes = Object.entries(document.paths).map(([path, operations]) => ({
  pattern: new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+')}$`),
  literal: !path.includes('{'),
  path,
  operations,
}));
const validators = new Map<string, ValidateFunction>();

/**
 * Holds an answer against openapi.json: its status and media type must be described there, and its body must be of the schema.
 * Every test that sends a request goes through here, so the document cannot say other than what the application does.
 * @throws Error naming what does not fit
 */
export function checkAgainstContract(method: string, path: string, status: number, mediaType: string, body: unknown): void {
  const [pathname = ''] = path.split('?');
  const matching = routes.filter(({ pattern }) => pattern.test(pathname));
  const route = matching.find(({ literal }) => literal) ?? matching[0];
  const operation = route?.operations[method.toLowerCase()];
  if (route === undefined || operation === undefined) {
    if (status === 404 || status === 400 || pathname.startsWith('/api/docs') || pathname === '/api/openapi.json') return;
    throw new Error(`${method} ${pathname} is not in openapi.json, and answered ${status}`);
  }
  const name = `${method} ${route.path} ${status}`;
  const response = operation.responses[String(status)];
  if (response === undefined) throw new Error(`openapi.json does not say that ${name} is possible: ${JSON.stringify(body)}`);
  if (status === 204) return;
  const content = response.content?.[mediaType];
  if (content === undefined) throw new Error(`openapi.json does not say that ${name} answers ${mediaType}`);
  // each code that a route can answer with has its example, so a code without one is a code that the document hides
  const { code } = body as { code?: string };
  if (mediaType === 'application/problem+json' && code !== undefined && !(code in (content.examples ?? {}))) {
    throw new Error(`openapi.json does not say that ${name} can be ${code}`);
  }
  const key = `${name} ${mediaType}`;
  let validate = validators.get(key);
  if (validate === undefined) {
    validate = ajv.compile(absolute(content.schema));
    validators.set(key, validate);
  }
  if (!validate(body)) {
    throw new Error(`${name} is not of its schema: ${JSON.stringify(validate.errors?.[0])} in ${JSON.stringify(body).slice(0, 2000)}`);
  }
}
