import { hash, randomBytes } from 'node:crypto';

/** A fresh secret of 32 random bytes as base64url text: a session's or an invitation's. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** What is kept of a token: its SHA-256, 32 bytes. A token is random through and through, so a plain hash cannot be guessed back. */
export const hashOfToken = (token: string): Buffer => hash('sha256', token, 'buffer');

/** Whether the text has the form of a token that was made here: nothing else is looked up. */
export const isToken = (text: string): boolean => /^[\w-]{43}$/.test(text);

/** What personal access tokens begin with, so that one that leaked is known for what it is. */
const personalPrefix = 'tsp_';

export const newPersonalToken = (): string => `${personalPrefix}${newToken()}`;

/** Whether the text has the form of a personal access token. */
export const isPersonalToken = (text: string): boolean => text.startsWith(personalPrefix) && isToken(text.slice(personalPrefix.length));
