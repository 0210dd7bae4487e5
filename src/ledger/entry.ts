import { createHash } from 'node:crypto';
import { sha256Json } from '../kernel/canonical-json';

/** What can happen to a record. The same list stands in the database as a CHECK. */
export const entryKinds = [
  'evidence.logged',
  'evidence.revised',
  'evidence.archived',
  'support.proposed',
  'support.withdrawn',
  'support.accepted',
  'support.returned',
  'support.reopened',
  'claim.drafted',
  'claim.edited',
  'claim.submitted',
  'claim.withdrawn',
  'claim.changes-requested',
  'claim.refused',
  'claim.approved',
  'sign-off.granted',
  'sign-off.expired',
  'sign-off.revoked',
  'mentorship.begun',
  'mentorship.ended',
  'target.set',
  'record.exported',
  'record.redacted',
  'record.erased',
] as const;
export type EntryKind = (typeof entryKinds)[number];

/** What an entry's hash covers: digests in lower-case hex, the instant in RFC 3339 UTC with milliseconds. */
export interface EntryFields {
  readonly seq: number;
  readonly at: string;
  /** Who did it; null is the application itself. */
  readonly actor: string | null;
  readonly kind: string;
  /** What it happened to, as a path below the engineer: `evidence/{id}`, `claims/{id}`, … */
  readonly subject: string;
  /** The salted digest of the content. */
  readonly digest: string;
  /** The hash of the entry before. */
  readonly previous: string;
}

export interface Entry extends EntryFields {
  readonly hash: string;
}

/** What the first entry of a record names as `previous`: bound to the engineer, so that one person's chain cannot be passed off as another's. */
export const genesisOf = (engineerId: string): Buffer => createHash('sha256').update(`touchstone record ${engineerId}`, 'utf8').digest();

/** The hash of an entry: SHA-256 over the canonical JSON (RFC 8785) of its seven fields. */
export const hashOf = ({ seq, at, actor, kind, subject, digest, previous }: EntryFields): Buffer =>
  sha256Json({ seq, at, actor, kind, subject, digest, previous });

/** The first entry of a chain that does not fit, and why. */
export interface Misfit {
  readonly seq: number;
  readonly reason: string;
}

/**
 * Checks a chain on its own: numbered from 1 without gaps, each entry linked to the one before, each hash right, time never running backwards.
 * @param head the record's own head, if it is to agree with the chain's end
 * @returns the first entry that does not fit, or null
 */
export function checkChain(engineerId: string, entries: readonly Entry[], head?: { seq: number; hash: string }): Misfit | null {
  let previous = genesisOf(engineerId).toString('hex');
  let at = '';
  for (const [index, entry] of entries.entries()) {
    if (entry.seq !== index + 1) return { seq: index + 1, reason: `entry ${index + 1} is missing: ${entry.seq} stands in its place` };
    if (entry.previous !== previous) return { seq: entry.seq, reason: 'it does not follow the entry before it' };
    if (hashOf(entry).toString('hex') !== entry.hash) return { seq: entry.seq, reason: 'its hash is not that of its fields' };
    if (entry.at < at) return { seq: entry.seq, reason: 'it is older than the entry before it' };
    previous = entry.hash;
    at = entry.at;
  }
  if (head !== undefined && (head.seq !== entries.length || head.hash !== previous)) {
    return { seq: entries.length + 1, reason: `the record's head names entry ${head.seq}, the chain ends with ${entries.length}` };
  }
  return null;
}
