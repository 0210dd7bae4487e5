import 'reflect-metadata';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';
import fc from 'fast-check';
import { accepts } from '../src/platform/acceptance';

type RequestClass = new () => object;
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly examples?: readonly unknown[];
}

const root = join(__dirname, '..');
const { schemas } = (JSON.parse(readFileSync(join(root, 'openapi.json'), 'utf8')) as { components: { schemas: Record<string, Schema> } })
  .components;

const storage = getMetadataStorage();
const fieldsOf = (type: RequestClass): string[] =>
  Object.keys(storage.groupByPropertyName(storage.getTargetValidationMetadatas(type, type.name, false, false)));

/** Every class with rules in the application's files of requests. */
const classes = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.dto.ts'))
  .flatMap((file) => Object.values(jest.requireActual<Record<string, unknown>>(join(root, 'src', file))))
  .filter(
    (one): one is RequestClass => typeof one === 'function' && one.prototype !== undefined && fieldsOf(one as RequestClass).length > 0,
  );

/** An example of a request, as its description gives it. */
function exampleOf({ $ref, properties, items, examples, type }: Schema): unknown {
  if ($ref !== undefined) return exampleOf(schemas[$ref.split('/').at(-1) ?? ''] ?? {});
  if (examples !== undefined) return examples[0];
  if (items !== undefined) return [exampleOf(items)];
  if (properties !== undefined) return Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, exampleOf(inner)]));
  return type === 'array' ? [] : 'words';
}

const anything = fc.oneof(
  fc.constantFrom(
    undefined,
    null,
    '',
    ' ',
    'words',
    '2026-02-30',
    '2026-02-28',
    'sfia-9:ITOP.4.2',
    'a@example.org',
    true,
    0,
    3,
    7.5,
    -1,
    [],
    {},
  ),
  fc.constantFrom([null], [[]], ['one', 'one'], [{}], ['2026-01-01', 3], { url: 'https://example.org' }, [
    { statement: 'x', rationale: 'y' },
  ]),
  fc.string({ maxLength: 300 }),
  fc.anything({ maxDepth: 2 }),
);

/** The example with some of its fields left out, changed or added, here and in what is nested. */
const bentOf = (example: Record<string, unknown>): fc.Arbitrary<Record<string, unknown>> =>
  fc
    .record(
      Object.fromEntries(
        Object.entries(example).map(([name, value]) => {
          const nested = Array.isArray(value) && typeof value[0] === 'object' && value[0] !== null;
          const kept = nested ? fc.array(bentOf(value[0] as Record<string, unknown>), { maxLength: 3 }) : fc.constant(value);
          return [name, fc.oneof({ weight: 8, arbitrary: kept }, { weight: 1, arbitrary: anything })];
        }),
      ),
      { requiredKeys: [] },
    )
    .chain((bent) =>
      fc.oneof({ weight: 9, arbitrary: fc.constant(bent) }, { weight: 1, arbitrary: anything.map((value) => ({ ...bent, other: value })) }),
    );

describe('the quick look at a request', () => {
  it('knows all the classes', () => {
    expect(classes.length).toBeGreaterThan(40);
  });

  it.each(classes.map((type) => [type.name, type] as const))(
    '%s: accepts what class-validator has nothing against, and nothing else',
    (name, type) => {
      const schema = schemas[name];
      const example = (
        schema === undefined ? Object.fromEntries(fieldsOf(type).map((field) => [field, 'words'])) : exampleOf(schema)
      ) as Record<string, unknown>;
      fc.assert(
        fc.property(bentOf(example), (plain) => {
          const instance = plainToInstance(type, plain);
          const errors = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: false });
          expect(accepts(instance)).toBe(errors.length === 0);
        }),
        { numRuns: 200 },
      );
    },
  );

  it('accepts the examples of the description without asking further', () => {
    const asked = classes.filter(({ name }) => schemas[name] !== undefined);
    const refused = asked.filter((type) => !accepts(plainToInstance(type, exampleOf(schemas[type.name] ?? {}))));
    expect(asked.length).toBeGreaterThan(25);
    expect(refused.map(({ name }) => name)).toEqual([]);
  });
});
