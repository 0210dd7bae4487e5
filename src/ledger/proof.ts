import { type Json, saltedDigest } from '../kernel/canonical-json';
import { type Head, type SignedCheckpoint, checkpointProblem, headHash } from './checkpoint';
import { type Entry, hashOf } from './entry';
import { verifyInclusion } from './merkle';

/** That an entry was in the ledger when a checkpoint was signed: checked without database and application. */
export interface EntryProof {
  readonly engineer: string;
  readonly entry: Entry;
  /** The entries after it, up to the head that the checkpoint stands for; none where it is that head. */
  readonly chain: readonly Entry[];
  /** That head, and its place in the tree. */
  readonly leaf: Head & { readonly index: number };
  /** The inclusion proof of RFC 9162, lower-case hex, the leaf's neighbour first. */
  readonly path: readonly string[];
  readonly checkpoint: SignedCheckpoint;
  /** What the entry's digest stands for, with its salt in lower-case hex; absent where it was erased. */
  readonly content?: Json;
  readonly salt?: string;
}

/**
 * Checks a proof from the content to the checkpoint's signature.
 * @returns what is wrong, in words; null: nothing. Whose key it is, is for the reader to know
 */
export function proofProblem({ engineer, entry, chain, leaf, path, checkpoint, content, salt }: EntryProof): string | null {
  if (content !== undefined && salt !== undefined && saltedDigest(content, Buffer.from(salt, 'hex')).toString('hex') !== entry.digest) {
    return 'the content is not that of the entry’s digest';
  }
  let last = entry;
  for (const [i, one] of [entry, ...chain].entries()) {
    if (hashOf(one).toString('hex') !== one.hash) return `the hash of entry ${one.seq} is not that of its fields`;
    if (i > 0 && (one.previous !== last.hash || one.seq !== last.seq + 1)) return `entry ${one.seq} does not follow the one before it`;
    last = one;
  }
  if (leaf.engineer !== engineer || leaf.seq !== last.seq || leaf.hash !== last.hash)
    return 'the chain does not end with the head that the leaf names';
  const hashes = path.map((one) => Buffer.from(one, 'hex'));
  if (!verifyInclusion(leaf.index, checkpoint.treeSize, headHash(leaf), hashes, Buffer.from(checkpoint.root, 'hex'))) {
    return 'the leaf is not in the checkpoint’s tree';
  }
  const problem = checkpointProblem(checkpoint);
  return problem === null ? null : `of the checkpoint, ${problem}`;
}
