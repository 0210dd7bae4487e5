import { CheckpointAnswer } from '../ledger/checkpoints.dto';
import { LedgerEntryItem } from '../ledger/ledger.dto';
import { SignOffContent } from './sign-offs.dto';

/** A leaf of a checkpoint's tree: the head of a record's chain. Its hash is SHA-256 over a zero byte and the canonical JSON of `{engineer, hash, seq}`. */
export class ProofLeafAnswer {
  /**
   * Its place in the tree, from 0.
   * @example 41
   */
  index: number;
  /** @example 01931b2e-7c00-7000-8000-000000000001 */
  engineer: string;
  /** @example 42 */
  seq: number;
  /** @example fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13 */
  hash: string;
}

/** The proof that a sign-off was in the ledger when a checkpoint was signed; it is checked without this server. */
export class SignOffProofAnswer {
  /** @example 01931b2e-7c00-7000-8000-00000000000c */
  signOffId: string;
  /** @example 01931b2e-7c00-7000-8000-000000000001 */
  engineer: string;
  /** The entry that granted it. */
  entry: LedgerEntryItem;
  /** The entries after it, up to the head that the checkpoint stands for; none where it is that head. */
  chain: LedgerEntryItem[];
  leaf: ProofLeafAnswer;
  /**
   * The inclusion proof (RFC 9162, 2.1.3) in lower-case hex, the leaf's neighbour first.
   * @example ["60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"]
   */
  path: string[];
  checkpoint: CheckpointAnswer;
  /** The frozen content, which the entry's digest stands for: SHA-256 over the canonical JSON of `{content, salt}`. Absent where it was erased. */
  content?: SignOffContent;
  /**
   * Its salt, lower-case hex.
   * @example 00112233445566778899aabbccddeeff
   */
  salt?: string;
}
