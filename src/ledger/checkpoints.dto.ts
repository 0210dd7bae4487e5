/** A public Ed25519 key as a JSON Web Key (RFC 8037). */
export class PublicKeyAnswer {
  /** @example OKP */
  kty: string;
  /** @example Ed25519 */
  crv: string;
  /** @example 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo */
  x: string;
}

/** The proof (RFC 9162, 2.1.4) that a checkpoint's tree begins with that of the checkpoint before: nothing was taken back. */
export class ConsistencyAnswer {
  /**
   * The tree size of the checkpoint before.
   * @example 40
   */
  from: number;
  /**
   * Hashes in lower-case hex.
   * @example ["60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"]
   */
  path: string[];
}

/** A signed head of all records. Keep it elsewhere: `npm run ledger:verify -- FILE --checkpoint THIS` holds an export against it. */
export class CheckpointAnswer {
  /** @example touchstone-checkpoint/1 */
  format: string;
  /**
   * Its number, from 1 without gaps.
   * @example 7
   */
  number: number;
  /**
   * When it was signed, by the database's clock.
   * @example 2026-11-02T09:30:00.000Z
   */
  at: string;
  /**
   * How many heads its Merkle tree (RFC 6962) holds.
   * @example 42
   */
  treeSize: number;
  /**
   * The tree's root, lower-case hex.
   * @example fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13
   */
  root: string;
  /**
   * SHA-256 of what was signed in the checkpoint before; null for the first.
   * @example 60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752
   */
  previous: string | null;
  /**
   * The thumbprint (RFC 7638) of the key.
   * @example kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k
   */
  keyId: string;
  publicKey: PublicKeyAnswer;
  /**
   * Ed25519, base64url, over the canonical JSON (RFC 8785) of `{at, format, keyId, number, previous, root, treeSize}`.
   * @example AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fIA
   */
  signature: string;
}

/** A checkpoint in the list, with what ties it to the one before. */
export class CheckpointItem extends CheckpointAnswer {
  /** null for the first. */
  consistency: ConsistencyAnswer | null;
}

/** One page of checkpoints, newest first. */
export class CheckpointPage {
  items: CheckpointItem[];
  /**
   * Where the next page begins; null on the last.
   * @example null
   */
  nextCursor: string | null;
}

/** How much was verified: the records and the administration ledger, which counts as one of them. */
export class LedgerCountsAnswer {
  /** @example 7 */
  checkpoints: number;
  /** @example 42 */
  leaves: number;
  /** @example 80 */
  records: number;
  /** @example 4711 */
  entries: number;
  /** @example 4711 */
  contents: number;
  /**
   * Rows elsewhere that point to the ledger or say what it says: revisions, submissions, approvals, sign-offs, revocations; policies, accreditations, people's roles.
   * @example 1234
   */
  rows: number;
}

/** Where the chain of the organisation's rules, people and roles ends. */
export class AdministrationHeadAnswer {
  /** @example 57 */
  entries: number;
  /**
   * The hash of its newest entry.
   * @example fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13
   */
  head: string;
}

/** The first thing that does not fit: where, as exactly as can be said, and why. */
export class LedgerMisfitAnswer {
  /**
   * Whose record it is in; `00000000-0000-0000-0000-000000000000` is the administration ledger.
   * @example 01931b2e-7c00-7000-8000-000000000001
   */
  engineer: string | null;
  /** @example 7 */
  seq: number | null;
  /** @example 3 */
  checkpoint: number | null;
  /** @example "its content is not that of its digest" */
  reason: string;
}

/** The result of verifying the whole ledger. */
export class LedgerVerificationAnswer {
  /** @example true */
  ok: boolean;
  /** The first thing that does not fit; null where everything does. */
  misfit: LedgerMisfitAnswer | null;
  /** What was verified; null where something does not fit. */
  counts: LedgerCountsAnswer | null;
  /**
   * The number of the newest checkpoint; null if there is none, or something does not fit.
   * @example 7
   */
  checkpoint: number | null;
  /**
   * Entries that no checkpoint stands for yet; null where something does not fit.
   * @example 3
   */
  uncovered: number | null;
  /**
   * Rows whose content was redacted or erased: they are held against what is left of their entries. Null where something does not fit.
   * @example 2
   */
  heldInPart: number | null;
  /** The administration ledger; null where something does not fit. */
  administration: AdministrationHeadAnswer | null;
}
