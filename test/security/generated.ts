import * as fc from 'fast-check';
import { newId } from '../../src/kernel/ids';
import { type Described, type Schema, resolved } from './document';

/** How a request keeps to the document. */
export const sorts = ['valid', 'nearly', 'rubbish'] as const;
export type Sort = (typeof sorts)[number];

/** A request to one route, made from what openapi.json says of it. */
export interface Made {
  readonly sort: Sort;
  readonly caller: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it is sent. */
  readonly raw?: string | Uint8Array;
}

/** Values that name something: what is really there, by the name of the field or parameter. */
export type Pools = (name: string) => readonly string[];

/** What belongs together: placeholders of a path that a caller may mean at once, one choice of many by a number. */
export type Together = (caller: string, pick: number) => Readonly<Record<string, string>>;

const text = fc
  .oneof(
    { arbitrary: fc.lorem({ maxCount: 6 }), weight: 4 },
    { arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), weight: 1 },
  )
  .map((one) => `${one} x`);
const day = fc
  .date({ min: new Date('2019-01-01'), max: new Date('2027-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Texts that a field of this name means something by, as far as its name and its example say. */
function meant(name: string, schema: Schema, pools: Pools): fc.Arbitrary<unknown> | null {
  const known = pools(name);
  if (known.length > 0) return fc.constantFrom(...known);
  const example = schema.examples?.[0];
  if (schema.format === 'email') return fc.nat(999_999).map((n) => `fuzz${n}@example.test`);
  if (typeof example !== 'string') return null;
  if (uuid.test(example)) return fc.constant(null).map(() => newId());
  if (/^\d{4}-\d\d-\d\d$/.test(example)) return day;
  if (/^\d{4}-\d\d-\d\dT/.test(example)) return day.map((one) => `${one}T10:00:00.000Z`);
  if (/^https?:/.test(example)) return fc.webUrl({ validSchemes: ['https'] });
  return null;
}

const nullable = (schema: Schema): boolean => Array.isArray(schema.type) && schema.type.includes('null');
const typeOf = (schema: Schema): string | undefined =>
  typeof schema.type === 'string' ? schema.type : schema.type?.find((one) => one !== 'null');

/** Values of a schema. */
export function ofSchema(name: string, given: Schema, pools: Pools): fc.Arbitrary<unknown> {
  const schema = resolved(given);
  if (schema.oneOf !== undefined) return fc.oneof(...schema.oneOf.map((one) => ofSchema(name, one, pools)));
  const values = ofType(name, schema, pools);
  return nullable(schema) ? fc.option(values, { freq: 5 }) : values;
}

function ofType(name: string, schema: Schema, pools: Pools): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const type = typeOf(schema);
  if (type === 'boolean') return fc.boolean();
  if (type === 'number' || type === 'integer') return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 50, 1_000) });
  if (type === 'array') {
    const items = ofSchema(name, schema.items ?? {}, pools);
    const size = { minLength: schema.minItems ?? 0, maxLength: Math.max(schema.minItems ?? 0, Math.min(schema.maxItems ?? 4, 4)) };
    if (schema.uniqueItems !== true) return fc.array(items, size);
    return fc.uniqueArray(items, { ...size, minLength: Math.min(size.minLength, 1), selector: (item) => JSON.stringify(item) });
  }
  if (type === 'object' || schema.properties !== undefined) {
    const properties = Object.fromEntries(Object.entries(schema.properties ?? {}).map(([key, one]) => [key, ofSchema(key, one, pools)]));
    return fc.record(properties, { requiredKeys: [...(schema.required ?? [])] });
  }
  const named = meant(name, schema, pools);
  const values = named ?? text;
  const most = schema.maxLength;
  return most === undefined ? values : values.map((one) => (typeof one === 'string' ? one.slice(0, most) : one));
}

// ——— what is nearly right

const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1.5,
    1e308,
    '',
    ' ',
    '0',
    'null',
    [],
    {},
    [[]],
    { a: 1 },
    '\u0000',
    '\ud800',
    '\u200b',
    'x'.repeat(20_001),
  ),
  fc.constantFrom<unknown>(
    '9999-12-31',
    '2026-02-30',
    '-1',
    'sfia-9:ITOP.9',
    'sfia-9:ITOP.4.99',
    'SFIA',
    '00000000-0000-0000-0000-000000000000',
  ),
  fc.constantFrom<unknown>(
    Array.from({ length: 300 }, () => 'x'),
    2 ** 53,
    2_147_483_648,
    'a@b',
    'javascript:alert(1)',
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.jsonValue({ maxDepth: 3 }),
);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Every place in a value: the way to it. */
function placesOf(value: unknown, way: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [way];
  const inner = Array.isArray(value) ? value.map((one, i) => [i, one] as const) : Object.entries(value);
  return [way, ...inner.flatMap(([key, one]) => placesOf(one, [...way, key]))];
}

/** The same value with one place changed: left out, added to, or something else. */
function changed(value: unknown, pick: number, how: 'drop' | 'add' | 'put', other: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(value)) as Json;
  const places = placesOf(copy);
  const way = places[pick % places.length] ?? [];
  if (way.length === 0) return how === 'add' && typeof copy === 'object' && copy !== null ? { ...copy, unknown: 1 } : other;
  let parent: unknown = copy;
  for (const key of way.slice(0, -1)) parent = (parent as Record<string | number, unknown>)[key];
  const [last = ''] = way.slice(-1);
  const holder = parent as Record<string | number, unknown>;
  if (how === 'drop') {
    if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else delete holder[last];
  } else if (how === 'put') holder[last] = other;
  else {
    const inner = holder[last];
    if (Array.isArray(inner)) inner.push(other);
    else if (typeof inner === 'object' && inner !== null) (inner as Record<string, unknown>)['unknown'] = other;
    else holder[last] = [inner, other];
  }
  return copy;
}

const nearlyOf = (values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(values, fc.nat(40), fc.constantFrom('drop', 'add', 'put', 'put'), odd)
    .map(([value, pick, how, other]) => (value === undefined ? other : changed(value, pick, how, other)));

/** Bodies that nobody would send by mistake. */
const rubbishBody: fc.Arbitrary<{ raw: string | Uint8Array; type?: string }> = fc.oneof(
  fc.jsonValue().map((value) => ({ raw: JSON.stringify(value) })),
  fc.string({ unit: 'binary' }).map((raw) => ({ raw })),
  fc.uint8Array({ maxLength: 200 }).map((raw) => ({ raw })),
  fc
    .constantFrom('{', '[', '"', 'nul', '{"a":}', '\ufeff{}', '{"a":1}{"b":2}', '[[[[', '', ' ', '{"__proto__":{"x":1}}')
    .map((raw) => ({ raw })),
  fc.integer({ min: 30, max: 60 }).map((depth) => ({ raw: '['.repeat(depth) + ']'.repeat(depth) })),
  fc
    .constantFrom(
      'text/plain',
      'application/xml',
      'multipart/form-data',
      'application/x-www-form-urlencoded',
      'x',
      'application/json; charset=utf-16',
      'text/csv',
    )
    .map((type) => ({ raw: 'name,email\nx,y', type })),
);

// ——— paths, queries, headers

const rubbishPart = fc.oneof(
  fc.constantFrom(
    'me',
    'null',
    '0',
    '-1',
    'undefined',
    '[object Object]',
    '*',
    'ME',
    "' OR 1=1--",
    '\u0000',
    '${7*7}',
    'a'.repeat(299),
    'sfia-9:ITOP',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((one) => one.isWellFormed()),
  fc.uuid(),
);

function pathOf(route: Described, sort: Sort, caller: string, pools: Pools, together: Together): fc.Arbitrary<string> {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const part = (name: string): fc.Arbitrary<string> => {
    const known = pools(name);
    const real = known.length === 0 ? rubbishPart : fc.constantFrom(...known);
    const weight = sort === 'valid' ? 19 : sort === 'nearly' ? 9 : 3;
    return fc.oneof({ arbitrary: real, weight }, { arbitrary: rubbishPart, weight: sort === 'valid' ? 0 : 1 });
  };
  return fc.tuple(fc.tuple(...names.map(part)), fc.nat(1_000), fc.nat(9)).map(([parts, pick, chance]) => {
    const isTogether = chance < (sort === 'valid' ? 8 : sort === 'nearly' ? 7 : 2);
    const given = new Map([
      ...names.map((name, i) => [name, parts[i] ?? ''] as const),
      ...(isTogether ? Object.entries(together(caller, pick)) : []),
    ]);
    // a dot alone would be taken for a step by whoever builds the address
    const encoded = (one: string): string => encodeURIComponent(one).replace(/^\.+$/, '%252e');
    return route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encoded(given.get(name) ?? ''));
  });
}

function queryOf(route: Described, sort: Sort, pools: Pools): fc.Arbitrary<string> {
  const query = route.parameters.filter((one) => one.in === 'query');
  const valid = fc.record(
    Object.fromEntries(query.map((one) => [one.name, ofSchema(one.name, one.schema, pools).map(String)])),
    // limit and the like are called required although they have a default
    {
      requiredKeys: query
        .filter((one) => one.required === true && one.schema.examples?.[0] !== 20 && !('default' in one.schema))
        .map(({ name }) => name),
    },
  ) as fc.Arbitrary<Record<string, string>>;
  const pairs = valid.map((one) => Object.entries(one));
  const written = (all: fc.Arbitrary<[string, string][]>): fc.Arbitrary<string> =>
    all.map((list) => {
      const kept = list.filter(([name, value]) => name.isWellFormed() && value.isWellFormed());
      return kept.length === 0
        ? ''
        : `?${kept.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')}`;
    });
  if (sort === 'valid') return written(pairs);
  const name =
    query.length === 0 ? fc.constant('unknown') : fc.constantFrom(...query.map((one) => one.name), 'unknown', '__proto__', 'limit', 'a[b]');
  const wrong = fc.tuple(
    name,
    fc.oneof(rubbishPart, fc.constantFrom('', '0', '101', '-5', '1e3', '2026-13-01', 'draft', 'x'.repeat(3_000))),
  );
  return fc.oneof(
    { arbitrary: written(pairs), weight: 2 },
    { arbitrary: written(fc.tuple(pairs, wrong).map(([some, one]) => [...some, one])), weight: 1 },
  );
}

function headersOf(route: Described, sort: Sort): fc.Arbitrary<Record<string, string>> {
  const names = new Set(route.parameters.filter((one) => one.in === 'header').map(({ name }) => name.toLowerCase()));
  const visible = fc.string({
    minLength: 1,
    maxLength: 30,
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  });
  const ifMatch = fc.oneof(fc.constantFrom('"v1"', '"v2"', '*', 'W/"v1"', '"v1", "v2"', 'v1', '""'), visible);
  const key =
    sort === 'valid'
      ? fc.nat(20).map((n) => `key-${n}`)
      : fc.oneof(
          fc.nat(5).map((n) => `key-${n}`),
          visible,
          fc.constant('x'.repeat(256)),
          fc.constant('\u00e9'),
        );
  return fc.record(
    {
      ...(names.has('if-match') || sort !== 'valid' ? { 'if-match': ifMatch } : {}),
      ...(names.has('idempotency-key') || sort !== 'valid' ? { 'idempotency-key': key } : {}),
      ...(sort === 'valid' ? {} : { accept: fc.constantFrom('text/csv', 'application/xml', '*/*', 'x', '') }),
    },
    { requiredKeys: [] },
  );
}

/** Bodies that the document cannot describe in full: a file of people, a pack. */
export type Special = Readonly<Record<string, fc.Arbitrary<string>>>;

function bodyOf(route: Described, sort: Sort, pools: Pools, special: Special): fc.Arbitrary<{ raw?: string | Uint8Array; type?: string }> {
  const [[type, schema] = []] = Object.entries(route.bodies);
  if (type === undefined || schema === undefined) {
    if (route.method === 'GET' || sort !== 'rubbish') return fc.constant({});
    return fc.option(rubbishBody, { freq: 2 }).map((body) => body ?? {});
  }
  if (sort === 'rubbish') return rubbishBody;
  const own = special[route.route];
  if (own !== undefined && (sort === 'valid' || type !== 'application/json')) return own.map((raw) => ({ raw, type }));
  const values = ofSchema('', schema, pools);
  const sent = sort === 'valid' ? values : nearlyOf(own === undefined ? values : own.map((raw) => JSON.parse(raw) as unknown));
  return sent.map((value) => ({ raw: JSON.stringify(value) ?? '', type }));
}

/** Requests to one route, from these callers. */
export function requestsTo(
  route: Described,
  callers: readonly string[],
  { pools, together, special }: { pools: Pools; together: Together; special: Special },
): fc.Arbitrary<Made> {
  const sort = fc.constantFrom<Sort>('valid', 'valid', 'nearly', 'nearly', 'rubbish');
  return fc.tuple(sort, fc.constantFrom(...callers)).chain(([of, caller]) =>
    fc
      .record({
        path: pathOf(route, of, caller, pools, together),
        query: queryOf(route, of, pools),
        headers: headersOf(route, of),
        body: bodyOf(route, of, pools, special),
      })
      .map(({ path, query, headers, body: { raw, type } }) => ({
        sort: of,
        caller,
        method: route.method,
        path: `${path}${query}`,
        headers: { ...headers, ...(raw === undefined ? {} : { 'content-type': type ?? 'application/json' }) },
        ...(raw === undefined ? {} : { raw }),
      })),
  );
}
