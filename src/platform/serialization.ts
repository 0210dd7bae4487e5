import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { documentFile } from './docs';

/** The routes that are asked most, as the committed description names them. */
const hot: readonly (readonly [method: string, path: string])[] = [
  ['GET', '/api/v1/engineers/{engineerId}/evidence'],
  ['POST', '/api/v1/engineers/{engineerId}/evidence'],
  ['GET', '/api/v1/engineers/{engineerId}/evidence/{evidenceId}'],
  ['POST', '/api/v1/engineers/{engineerId}/evidence/{evidenceId}/supports/{statement}/review'],
  ['GET', '/api/v1/engineers/{engineerId}/progress'],
  ['GET', '/api/v1/reviews'],
  ['GET', '/api/v1/teams/{managerId}/dashboard'],
];

/** What of a JSON schema says how a value is written. */
interface Schema {
  readonly $ref?: string;
  readonly type?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

interface Description {
  readonly paths: Readonly<
    Record<string, Record<string, { responses: Record<string, { content?: Record<string, { schema: Schema }> }> }> | undefined>
  >;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/**
 * Gives the routes that are asked most serializers made from the committed description: what it does not name is not sent.
 * Called before routes are registered; everything else is written by JSON.stringify.
 */
export function serializeBySchema(server: FastifyInstance): void {
  const { paths, components } = JSON.parse(readFileSync(documentFile(), 'utf8')) as Description;
  const answers = new Map<string, object>(
    hot.map(([method, path]) => {
      const responses = paths[path]?.[method.toLowerCase()]?.responses ?? {};
      const described = Object.entries(responses).flatMap(([status, { content }]) => {
        const schema = content?.['application/json']?.schema;
        return schema === undefined ? [] : [[status, { content: { 'application/json': { schema: leanOf(schema, components.schemas) } } }]];
      });
      if (described.length === 0) throw new Error(`the description names no answer of ${method} ${path}`);
      return [`${method} ${path}`, Object.fromEntries(described)] as const;
    }),
  );
  const missed = new Set(answers.keys());
  server.addHook('onRoute', (route) => {
    const name = `${String(route.method)} ${route.path.replace(/:(\w+)/g, '{$1}')}`;
    const response = answers.get(name);
    if (response === undefined) return;
    route.schema = { ...route.schema, response };
    missed.delete(name);
  });
  server.addHook('onReady', (done) => {
    done(missed.size === 0 ? undefined : new Error(`there are no such routes: ${[...missed].join(', ')}`));
  });
}

/** A schema with nothing in it but what the writing depends on, and without references. What may be of several sorts, null aside, is written by JSON.stringify. */
function leanOf(schema: Schema, schemas: Description['components']['schemas']): object {
  const lean = (inner: Schema): object => leanOf(inner, schemas);
  const { $ref, type, required, properties, items, additionalProperties, anyOf, allOf } = schema;
  if ($ref !== undefined) return lean(schemas[$ref.split('/').at(-1) ?? ''] ?? {});
  const [only] = allOf ?? [];
  if (only !== undefined && allOf?.length === 1) return lean(only);
  if (anyOf !== undefined || allOf !== undefined) {
    const sorts = (anyOf ?? []).filter((one) => one.type !== 'null');
    const [sort] = sorts;
    return sort !== undefined && sorts.length === 1 && anyOf?.length === 2 ? { ...lean(sort), nullable: true } : {};
  }
  return {
    ...(type === undefined ? {} : { type }),
    ...(required === undefined ? {} : { required }),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, lean(one)])) }),
    ...(items === undefined ? {} : { items: lean(items) }),
    ...(additionalProperties === undefined
      ? {}
      : { additionalProperties: typeof additionalProperties === 'boolean' ? additionalProperties : lean(additionalProperties) }),
  };
}
