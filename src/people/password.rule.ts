import { ValidateBy, buildMessage } from 'class-validator';
import { passwordLength } from './passwords';

const { min, max } = passwordLength;

/** A password that somebody chooses: long enough, counted in characters, whatever they are. */
export const IsPassword = (): PropertyDecorator =>
  ValidateBy({
    name: 'isPassword',
    validator: {
      validate: (value): boolean => typeof value === 'string' && [...value].length >= min && [...value].length <= max,
      defaultMessage: buildMessage(() => `$property must be a text of ${min} to ${max} characters`),
    },
  });
