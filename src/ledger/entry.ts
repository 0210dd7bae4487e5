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

/** Checks a chain on its own, entry by entry: numbered from 1 without gaps, each linked to the one before, each hash right, time never running backwards. */
export class ChainWalk {
  private previous: string;
  private at = '';
  private count = 0;
  private misfit: Misfit | null = null;

  constructor(engineerId: string) {
    this.previous = genesisOf(engineerId).toString('hex');
  }

  /** Takes the next entry; entries come in their order. After the first that does not fit, the others say nothing. */
  take(entry: Entry): void {
    this.count += 1;
    const reason = this.misfit === null ? this.problemOf(entry) : null;
    // up to the first that does not fit, entries are where their numbers say
    if (reason !== null) this.misfit = { seq: this.count, reason };
    this.previous = entry.hash;
    this.at = entry.at;
  }

  /**
   * The first entry that does not fit, or null; to be asked when all have come.
   * @param head the record's own head, if it is to agree with the chain's end
   */
  finish(head?: { readonly seq: number; readonly hash: string }): Misfit | null {
    const { misfit, count, previous } = this;
    if (misfit !== null || head === undefined || (head.seq === count && head.hash === previous)) return misfit;
    return { seq: count + 1, reason: `the record's head names entry ${head.seq}, the chain ends with ${count}` };
  }

  private problemOf(entry: Entry): string | null {
    const { count } = this;
    if (entry.seq !== count) return `entry ${count} is missing: ${entry.seq} stands in its place`;
    if (entry.previous !== this.previous) return 'it does not follow the entry before it';
    if (hashOf(entry).toString('hex') !== entry.hash) return 'its hash is not that of its fields';
    return entry.at < this.at ? 'it is older than the entry before it' : null;
  }
}

/**
 * Checks a chain that is at hand whole.
 * @param head the record's own head, if it is to agree with the chain's end
 * @returns the first entry that does not fit, or null
 */
export function checkChain(engineerId: string, entries: readonly Entry[], head?: { seq: number; hash: string }): Misfit | null {
  const walk = new ChainWalk(engineerId);
  for (const entry of entries) walk.take(entry);
  return walk.finish(head);
}
