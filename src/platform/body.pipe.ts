import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { type ClassConstructor, plainToInstance } from 'class-transformer';
import { type ValidationError, validate } from 'class-validator';
import { type RefusalError, raise } from '../kernel/refusal';
import { accepts } from './acceptance';

/** The bytes of a body and what the client calls them. They are read after the guards, so that a stranger is told 401, not what is wrong with their JSON. */
export class RawBody {
  constructor(
    readonly mediaType: string,
    readonly bytes: Buffer,
  ) {}
}

/** A body that is text (CSV, a framework's page, a pack): handlers that take one declare this type. */
export class TextBody {
  constructor(
    readonly mediaType: string,
    readonly text: string,
  ) {}
}

export const maxDepth = 32;
// names that every object has besides: what turns plain objects into instances would pass over them in silence
const forbiddenNames = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);
const maxErrors = 50;

/** Escapes one name of a JSON pointer (RFC 6901). */
const pointerPart = (name: string | number): string => String(name).replaceAll('~', '~0').replaceAll('/', '~1');

/** What is wrong with a JSON value whatever its form should be: too deep, names that could poison objects, text that Postgres cannot hold. */
export function contentErrors(root: unknown): RefusalError[] {
  const errors: RefusalError[] = [];
  const stack: { value: unknown; pointer: string; depth: number }[] = [{ value: root, pointer: '', depth: 0 }];
  for (let place = stack.pop(); place !== undefined && errors.length < maxErrors; place = stack.pop()) {
    const { value, pointer, depth } = place;
    if (typeof value === 'string') {
      if (value.includes('\0')) errors.push({ pointer, code: 'nul', detail: 'Text cannot hold the character U+0000.' });
      else if (!value.isWellFormed())
        errors.push({ pointer, code: 'lone-surrogate', detail: 'Text cannot hold half of a surrogate pair.' });
    } else if (typeof value === 'object' && value !== null) {
      if (depth >= maxDepth) {
        return [{ pointer: pointer.slice(0, 200), code: 'depth', detail: `A body may be nested ${maxDepth} levels deep at most.` }];
      }
      for (const [name, inner] of Object.entries(value)) {
        if (forbiddenNames.has(name) || name.includes('\0') || !name.isWellFormed()) {
          errors.push({
            pointer: `${pointer}/${pointerPart(name.slice(0, 100).toWellFormed())}`,
            code: 'unknown-field',
            detail: 'There is no such field here.',
          });
        } else stack.push({ value: inner, pointer: `${pointer}/${pointerPart(name)}`, depth: depth + 1 });
      }
    }
  }
  return errors;
}

const mediaTypeOf = (raw: RawBody): string => (raw.mediaType.split(';')[0] ?? '').trim().toLowerCase();

/**
 * Parses JSON as a body.
 * @throws Refused `wrong-media-type` or `malformed`
 */
export function parseJson(raw: RawBody): unknown {
  if (raw.bytes.length === 0) return undefined;
  const mediaType = mediaTypeOf(raw);
  if (mediaType !== 'application/json' && !/^application\/[\w.-]+\+json$/.test(mediaType))
    return raise('wrong-media-type', 'Send application/json here.');
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw.bytes));
  } catch {
    return raise('malformed', 'The body is not valid JSON in UTF-8.', [
      { pointer: '', code: 'json', detail: 'This is not valid JSON in UTF-8.' },
    ]);
  }
  const errors = contentErrors(value);
  if (errors.length > 0) return raise('malformed', 'The body has places that cannot be accepted: see errors.', errors);
  return value;
}

function textOf(raw: RawBody): TextBody {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(raw.bytes);
  } catch {
    return raise('malformed', 'The body is not UTF-8 text.');
  }
  if (text.includes('\0')) return raise('malformed', 'Text cannot hold the character U+0000.');
  return new TextBody(mediaTypeOf(raw), text);
}

/** Of several things that are wrong with one field, what to tell first: what it must be at all, before how much of it. */
const first = [
  'whitelistValidation',
  'isArray',
  'isObject',
  'isString',
  'isInt',
  'isBoolean',
  'isText',
  'isDay',
  'isId',
  'isIn',
  'arrayMinSize',
  'arrayMaxSize',
];
const rankOf = (name: string): number => (first.includes(name) ? first.indexOf(name) : first.length);

function errorsOf(errors: readonly ValidationError[], parent: string, separator: string): RefusalError[] {
  return errors.flatMap((error) => {
    const pointer = `${parent}${separator}${separator === '/' ? pointerPart(error.property) : error.property}`;
    const [worst] = Object.entries(error.constraints ?? {}).sort(([one], [other]) => rankOf(one) - rankOf(other));
    const own = worst === undefined ? [] : [errorOf(pointer, error.property, ...worst)];
    return [...own, ...errorsOf(error.children ?? [], pointer, separator)];
  });
}

function errorOf(pointer: string, property: string, name: string, message: string): RefusalError {
  if (name === 'whitelistValidation')
    return { pointer, code: 'unknown-field', detail: `There is no field "${property.slice(0, 100)}" here.` };
  const code = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replace(/^is-/, '');
  return { pointer, code, detail: message.endsWith('.') ? message : `${message}.` };
}

/** Checks a plain value against a request class: unknown fields are refused, never ignored. */
export async function toRequest<T extends object>(type: ClassConstructor<T>, plain: unknown, separator: '/' | '?' = '/'): Promise<T> {
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) {
    return raise('malformed', 'The body must be a JSON object.', [{ pointer: '', code: 'object', detail: 'Send a JSON object.' }]);
  }
  const instance = plainToInstance(type, plain);
  if (accepts(instance)) return instance;
  const found = await validate(instance, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: false,
  });
  const errors = errorsOf(found, '', separator).slice(0, maxErrors);
  if (errors.length > 0) {
    return raise(
      'malformed',
      separator === '/'
        ? 'The body is not of the form that is expected here: see errors.'
        : 'The query is not of the form that is expected here: see errors.',
      errors,
    );
  }
  return instance;
}

/** Request classes whose every field may be left out: nothing has to be checked of a query without fields. */
const mayBeEmpty = new WeakSet<ClassConstructor<object>>();

/** A query without fields, as most are. */
async function emptyQuery(type: ClassConstructor<object>): Promise<object> {
  if (mayBeEmpty.has(type)) return new type();
  const instance = await toRequest(type, {}, '?');
  mayBeEmpty.add(type);
  return instance;
}

const plainTypes: readonly unknown[] = [String, Number, Boolean, Array, Object, undefined];

/** Turns bodies and queries into the request class that the handler declares. */
@Injectable()
export class RequestPipe implements PipeTransform {
  async transform(value: unknown, { type, metatype }: ArgumentMetadata): Promise<unknown> {
    if (type === 'body') {
      const raw = value instanceof RawBody ? value : new RawBody('application/json', Buffer.alloc(0));
      if (metatype === TextBody) return textOf(raw);
      const plain = parseJson(raw);
      return plainTypes.includes(metatype) ? plain : toRequest(metatype as ClassConstructor<object>, plain ?? {});
    }
    if (type === 'query' && !plainTypes.includes(metatype)) {
      const query = { ...(value as Record<string, unknown>) };
      if (Object.keys(query).length === 0) return emptyQuery(metatype as ClassConstructor<object>);
      const repeated = Object.entries(query).filter(([, one]) => typeof one !== 'string');
      if (repeated.length > 0) {
        return raise(
          'malformed',
          'A query parameter is given once at most.',
          repeated.map(([name]) => ({ pointer: `?${name}`, code: 'repeated', detail: 'Give it once.' })),
        );
      }
      const errors = contentErrors(query).map((error) => ({ ...error, pointer: `?${(error.pointer ?? '').slice(1)}` }));
      if (errors.length > 0) return raise('malformed', 'The query has places that cannot be accepted: see errors.', errors);
      return toRequest(metatype as ClassConstructor<object>, query, '?');
    }
    return value;
  }
}
