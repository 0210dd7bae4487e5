import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import { type Refusal, refuse } from '../kernel/refusal';

/**
 * What is looked at: the rest of a long password only makes it better. Looking takes time by the square of the length and more, in which this process
 * does nothing else.
 */
const looked = 32;
/** zxcvbn's scale goes from 0 to 4; 3 is 100 million guesses and more. */
const enough = 3;

let judge: ZxcvbnFactory | undefined;

/**
 * Whether a password is too easy to guess (NIST SP 800-63B, 3.1.1.2): common ones, repetitions, rows of keys, and words of the situation, such as
 * the person's own name. What it is made of does not matter.
 * @param words name, address, the organisation's name
 * @param pointer where the password stands in the body
 */
export function checkStrength(password: string, words: readonly string[], pointer: string): Refusal | null {
  judge ??= new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
  const parts = words.flatMap((word) => [word.slice(0, looked), ...word.split(/[\s@.,_-]+/)]).filter((word) => word.length > 2);
  const { score } = judge.check(password.slice(0, looked), ['touchstone', ...parts]);
  if (score >= enough) return null;
  const detail =
    'This password is among the first that somebody would try: it is common, repeats itself, follows the keyboard, or is made of your name or address. Several words that have nothing to do with each other do well.';
  return refuse('malformed', detail, [{ pointer, code: 'password-too-common', detail }]);
}
