import { ValidateBy, type ValidationArguments, type ValidationOptions, buildMessage } from 'class-validator';
import { isDay } from '../kernel/clock';
import { isId } from '../kernel/ids';
import { secretIn } from '../kernel/secret-in-text';

// a letter, a digit, a sign: white space, control and zero-width characters alone say nothing
const visible = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** A text that says something: a string of 1 to `max` characters, one of them at least visible. */
export const IsText = (max: number, options?: ValidationOptions): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isText',
      constraints: [max],
      validator: {
        validate: (value): boolean => typeof value === 'string' && visible.test(value) && [...value].length <= max,
        defaultMessage: buildMessage((each) => `${each}$property must be a text of 1 to ${max} characters`, options),
      },
    },
    options,
  );

const isFreeOfSecrets = (value: unknown): boolean => typeof value !== 'string' || secretIn(value) === null;

/** The hint that is given: which field, and what it looks like. The secret itself is not repeated. */
function secretMessage(at?: ValidationArguments): string {
  const values: unknown[] = Array.isArray(at?.value) ? at.value : [at?.value];
  const name = values.map((value) => (typeof value === 'string' ? secretIn(value) : null)).find((found) => found !== null);
  return `${at?.property ?? 'the text'} looks as if it held ${name ?? 'a secret'}: leave it out, and replace it where it is in use, since it was shown. What is written here stays in the record`;
}

/** No obvious key, token or password: what is written here is kept for good and read by others. */
export const HoldsNoSecret = (options?: ValidationOptions): PropertyDecorator =>
  ValidateBy({ name: 'looksLikeSecret', validator: { validate: isFreeOfSecrets, defaultMessage: secretMessage } }, options);

/** A text in somebody's own words, which is kept: one that says something, and no obvious secret. Names that are looked up are IsText. */
export const IsWords =
  (max: number, options?: ValidationOptions): PropertyDecorator =>
  (target, property) => {
    IsText(max, options)(target, property);
    HoldsNoSecret(options)(target, property);
  };

/** A calendar day, `YYYY-MM-DD`. Whether it lies in the future is for the use case to say: the clock is the database's. */
export const IsCalendarDay = (options?: ValidationOptions): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isDay',
      validator: {
        validate: (value): boolean => typeof value === 'string' && isDay(value),
        defaultMessage: buildMessage((each) => `${each}$property must be a day that the calendar has, as YYYY-MM-DD`, options),
      },
    },
    options,
  );

/** The id of a person, a piece of evidence, … (UUIDv7). */
export const IsIdText = (options?: ValidationOptions): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isId',
      validator: {
        validate: (value): boolean => typeof value === 'string' && isId(value),
        defaultMessage: buildMessage((each) => `${each}$property must be an id (UUIDv7)`, options),
      },
    },
    options,
  );
