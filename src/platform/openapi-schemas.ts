/** A part of an OpenAPI document. */
export type Dict = Record<string, unknown>;

/** Says of every schema that there are no fields but those it names: true of requests, where others are refused, and of answers. */
export const closed = (schemas: Record<string, Dict>): Dict =>
  Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      name,
      schema['type'] === 'object' && !('additionalProperties' in schema) ? { ...schema, additionalProperties: false } : schema,
    ]),
  );

/**
 * An example of a schema: its own, or one made of its parts. Null where nothing else is known of what may be null.
 * @param whole with the fields that may be left out, as a request would show them
 */
export function exampleOf(schema: Dict, schemas: Dict, whole: boolean, depth = 0): unknown {
  const [own] = (schema['examples'] as unknown[] | undefined) ?? [];
  if (own !== undefined) return own;
  if (depth > 12) return null;
  const { $ref: reference, allOf, anyOf, oneOf, items, properties, type, enum: values } = schema;
  if (typeof reference === 'string')
    return exampleOf((schemas[reference.split('/').at(-1) ?? ''] ?? {}) as Dict, schemas, whole, depth + 1);
  if (Array.isArray(allOf))
    return Object.assign({}, ...(allOf as Dict[]).map((part) => exampleOf(part, schemas, whole, depth + 1))) as unknown;
  const [choice] = ((anyOf ?? oneOf) as Dict[] | undefined) ?? [];
  if (choice !== undefined) return exampleOf(choice, schemas, whole, depth + 1);
  if (items !== undefined) return [exampleOf(items as Dict, schemas, whole, depth + 1)];
  if (properties !== undefined) {
    return Object.fromEntries(
      Object.entries(properties as Record<string, Dict>)
        .filter(([name]) => whole || ((schema['required'] ?? []) as string[]).includes(name))
        .map(([name, property]) => [name, exampleOf(property, schemas, whole, depth + 1)]),
    );
  }
  if (Array.isArray(type) && type.includes('null')) return null;
  if (Array.isArray(values)) return (values as unknown[])[0];
  return type === 'integer' || type === 'number' ? 0 : type === 'boolean' ? false : type === 'object' ? {} : 'text';
}

/** Nest writes some parts in the words of OpenAPI 3.0: `nullable` and `example` become what JSON Schema 2020-12 calls them. */
export function modernise(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(modernise);
  if (typeof value !== 'object' || value === null) return value;
  const copy: Dict = Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, name === 'examples' || name === 'example' ? inner : modernise(inner)]),
  );
  // the compiler lists a union in whatever order it met its members
  if (Array.isArray(copy['enum'])) copy['enum'] = [...(copy['enum'] as unknown[])].sort();
  const isSchema = 'type' in copy || 'allOf' in copy || '$ref' in copy || 'enum' in copy || 'nullable' in copy;
  if (isSchema && 'example' in copy && !('in' in copy)) {
    copy['examples'] = [copy['example']];
    delete copy['example'];
  }
  if (copy['nullable'] !== true) {
    delete copy['nullable'];
    return copy;
  }
  delete copy['nullable'];
  if (typeof copy['type'] === 'string' && copy['type'] !== 'object') {
    if (Array.isArray(copy['enum'])) copy['enum'] = [...(copy['enum'] as unknown[]), null];
    return { ...copy, type: [copy['type'], 'null'] };
  }
  const { description, examples, type, ...rest } = copy;
  const inner = 'allOf' in rest || '$ref' in rest ? rest : { ...rest, ...(type === undefined ? {} : { type }) };
  return {
    ...(description === undefined ? {} : { description }),
    ...(examples === undefined ? {} : { examples }),
    anyOf: [unwrap(inner), { type: 'null' }],
  };
}

const unwrap = (schema: Dict): Dict => {
  const [only, ...others] = (schema['allOf'] as Dict[] | undefined) ?? [];
  return only !== undefined && others.length === 0 && Object.keys(schema).length === 1 ? only : schema;
};
