/** One entry of a record's chain. Digests and hashes are SHA-256 in lower-case hex. */
export class LedgerEntryItem {
  /**
   * Its number, from 1 without gaps.
   * @example 1
   */
  seq: number;
  /**
   * When it was appended, by the database's clock.
   * @example 2026-11-02T09:30:00.000Z
   */
  at: string;
  /**
   * Who did it; null is the application itself.
   * @example 01931b2e-7c00-7000-8000-000000000001
   */
  actor: string | null;
  /**
   * What happened.
   * @example evidence.logged
   */
  kind: string;
  /**
   * What it happened to, as a path below the engineer.
   * @example evidence/01931b2e-7c00-7000-8000-00000000000a
   */
  subject: string;
  /**
   * The salted digest of the content.
   * @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
   */
  digest: string;
  /**
   * The hash of the entry before; the first names a value derived from the engineer's id.
   * @example 60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752
   */
  previous: string;
  /**
   * SHA-256 over the canonical JSON (RFC 8785) of the seven fields above.
   * @example fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13
   */
  hash: string;
}

/** One page of a record's chain. */
export class LedgerPage {
  items: LedgerEntryItem[];
  /**
   * Where the next page begins; null on the last.
   * @example null
   */
  nextCursor: string | null;
}

/** The first entry that does not fit. */
export class MisfitAnswer {
  /** @example 7 */
  seq: number;
  /** @example "its hash is not that of its fields" */
  reason: string;
}

/** The result of checking one chain. */
export class ChainCheckAnswer {
  /** @example 01931b2e-7c00-7000-8000-000000000001 */
  engineerId: string;
  /**
   * How many entries were checked.
   * @example 42
   */
  entries: number;
  /**
   * The hash that the record's head names.
   * @example fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13
   */
  head: string;
  /** @example true */
  ok: boolean;
  misfit: MisfitAnswer | null;
  /**
   * Entries whose content was redacted or erased, as the chain says and as it may be: hash and digest are checked, the words are gone. Null where something does not fit.
   * @example 2
   */
  heldInPart: number | null;
}
