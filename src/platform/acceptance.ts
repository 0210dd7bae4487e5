import { getMetadataStorage } from 'class-validator';

/** One decorator's rule, as class-validator keeps it. */
interface Rule {
  /** Whether it is for each item of a list. */
  readonly each: boolean;
  readonly constraints: readonly unknown[];
  readonly validate: (value: unknown, at: object) => unknown;
}

/** What the decorators of a class say of one field. */
interface Field {
  /** Where one of them says no, nothing more is asked of the field. */
  readonly conditions: readonly ((object: object, value: unknown) => boolean)[];
  readonly rules: Rule[];
  readonly isNested: boolean;
}

type Fields = ReadonlyMap<string, Field>;
type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

/** By class; null where a class has rules that are not for here. */
const known = new WeakMap<object, Fields | null>();
const understood = new Set(['customValidation', 'conditionalValidation', 'nestedValidation']);

/**
 * Whether an instance of a request class keeps all its rules and has no field besides. It asks the very rules that class-validator would ask, gathered once
 * for each class, where class-validator gathers them and prepares an error for each field at every request. It says no more than that: of what is
 * not accepted, class-validator tells what is wrong, or finds that nothing is. `acceptance.spec.ts` holds the two together.
 */
export function accepts(object: object): boolean {
  const fields = fieldsOf(object.constructor);
  if (fields === null || !Object.keys(object).every((name) => fields.has(name))) return false;
  for (const [name, field] of fields) if (!keeps(object, name, field)) return false;
  return true;
}

function keeps(object: object, name: string, { conditions, rules, isNested }: Field): boolean {
  const value = (object as Record<string, unknown>)[name];
  if (!conditions.every((applies) => applies(object, value))) return true;
  for (const { each, constraints, validate } of rules) {
    const at = { targetName: object.constructor.name, property: name, object, value, constraints };
    const isKept = each && Array.isArray(value) ? value.every((one) => validate(one, at) === true) : validate(value, at) === true;
    if (!isKept) return false;
  }
  return !isNested || value === undefined || (Array.isArray(value) ? value : [value]).every(isAccepted);
}

const isAccepted = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value) && accepts(value);

function fieldsOf(type: object): Fields | null {
  let fields = known.get(type);
  if (fields === undefined) known.set(type, (fields = gather(type as new () => object)));
  return fields;
}

function gather(type: new () => object): Fields | null {
  const storage = getMetadataStorage();
  const metadatas = storage.getTargetValidationMetadatas(type, type.name, false, false);
  if (!metadatas.every(isUnderstood)) return null;
  const fields = new Map<string, Field>();
  for (const [name, ofField] of Object.entries(storage.groupByPropertyName(metadatas))) {
    const ofType = (kind: string): Metadata[] => ofField.filter((one) => one.type === kind);
    const conditions = ofType('conditionalValidation').map(({ constraints }) => constraints[0] as Field['conditions'][number]);
    const rules = ofType('customValidation').flatMap(({ each, constraints, constraintCls }) =>
      storage.getTargetValidatorConstraints(constraintCls).map(({ instance }): Rule => ({
        each,
        constraints: constraints ?? [],
        validate: (value, at) => instance.validate(value, at as Parameters<typeof instance.validate>[1]),
      })),
    );
    fields.set(name, { conditions, rules, isNested: ofType('nestedValidation').length > 0 });
  }
  return fields;
}

const isUnderstood = ({ type, groups, validateIf }: Metadata): boolean =>
  understood.has(type) && (groups ?? []).length === 0 && validateIf === undefined;
