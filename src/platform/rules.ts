import { ValidateBy, type ValidationOptions, buildMessage } from 'class-validator';
import { isDay } from '../kernel/clock';
import { isId } from '../kernel/ids';

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
