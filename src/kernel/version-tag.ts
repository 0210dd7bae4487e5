import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from './canonical-json';
import { type Refusal, refuse } from './refusal';

/** The strong ETag of a resource with one version number. */
export const tagOfVersion = (version: number): string => `"v${version}"`;

/** The strong ETag of a resource whose state is several versions together (a claim and the supports that it rests on). */
export const tagOfVersions = (versions: Json): string =>
  `"${createHash('sha256').update(canonicalJson(versions)).digest('base64url').slice(0, 22)}"`;

/**
 * Compares what a caller says they saw (`If-Match`) with what is there.
 * `*` says nothing of what was seen, and weak tags say it loosely: neither matches.
 * @returns `if-match-required` where nothing was said, `stale` where something else was seen, else null
 */
export function checkVersion(ifMatch: string | undefined, current: string): Refusal | null {
  if (ifMatch === undefined || ifMatch.trim() === '') return refuse('if-match-required');
  const seen = ifMatch.split(',').map((tag) => tag.trim());
  return seen.includes(current) ? null : refuse('stale');
}

/** As checkVersion, where saying what one saw is welcome but not demanded. */
export const checkVersionIfGiven = (ifMatch: string | undefined, current: string): Refusal | null =>
  ifMatch === undefined ? null : checkVersion(ifMatch, current);
