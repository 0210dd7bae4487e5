import { hash } from 'node:crypto';

/*
 * Merkle trees as RFC 6962 (section 2.1) hashes them, and proofs as RFC 9162 (section 2.1.3 and 2.1.4) checks them, over SHA-256.
 * A tree only grows at its end. Its complete subtrees (2^level leaves, the first a multiple of that) never change once they are full.
 */

const sha256 = (data: Uint8Array): Buffer => hash('sha256', data, 'buffer');
const leafPrefix = Buffer.from([0]);
const nodePrefix = Buffer.from([1]);

/** The root of a tree without leaves. */
export const emptyRoot: Buffer = sha256(Buffer.alloc(0));

/** The hash of a leaf's bytes. Its prefix keeps a leaf from passing as a node. */
export const leafHash = (leaf: Uint8Array): Buffer => sha256(Buffer.concat([leafPrefix, leaf]));

/** The hash of a node above two others. */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(Buffer.concat([nodePrefix, left, right]));

/** A complete subtree: the `position`-th of those with 2^level leaves. */
export interface NodeAddress {
  readonly level: number;
  readonly position: number;
}

export interface CompleteNode extends NodeAddress {
  readonly hash: Buffer;
}

/** The complete subtrees that the leaves from `start` to before `end` fall into, largest first. `start` is where a subtree of that size may begin. */
export function nodesOf(start: number, end: number): NodeAddress[] {
  const nodes: NodeAddress[] = [];
  for (let at = start; at < end;) {
    const level = Math.floor(Math.log2(end - at));
    nodes.push({ level, position: at / 2 ** level });
    at += 2 ** level;
  }
  return nodes;
}

/** The hash over neighbouring complete subtrees, largest first: what one subtree of all their leaves hashes to. */
export const hashOver = (hashes: readonly Buffer[]): Buffer =>
  hashes.length === 0 ? emptyRoot : hashes.reduceRight((right, left) => nodeHash(left, right));

/** A tree that leaves are appended to; it holds one hash for each complete subtree of its size. */
export class GrowingTree {
  private constructor(
    private leaves: number,
    private readonly peaks: CompleteNode[],
  ) {}

  static empty(): GrowingTree {
    return new GrowingTree(0, []);
  }

  /**
   * A tree as it was left.
   * @param hashes of nodesOf(0, size)
   */
  static resume(size: number, hashes: readonly Buffer[]): GrowingTree {
    const addresses = nodesOf(0, size);
    if (hashes.length !== addresses.length) throw new Error(`a tree of ${size} leaves has ${addresses.length} peaks, not ${hashes.length}`);
    return new GrowingTree(
      size,
      addresses.map((address, i) => ({ ...address, hash: hashes[i] ?? emptyRoot })),
    );
  }

  get size(): number {
    return this.leaves;
  }

  /** Appends the hash of a leaf; answers the nodes above leaves that it completes, lowest first. */
  append(leaf: Buffer): CompleteNode[] {
    const completed: CompleteNode[] = [];
    let node: CompleteNode = { level: 0, position: this.leaves, hash: leaf };
    for (let left = this.peaks.at(-1); left !== undefined && left.level === node.level; left = this.peaks.at(-1)) {
      this.peaks.pop();
      node = { level: node.level + 1, position: left.position / 2, hash: nodeHash(left.hash, node.hash) };
      completed.push(node);
    }
    this.peaks.push(node);
    this.leaves += 1;
    return completed;
  }

  root(): Buffer {
    return hashOver(this.peaks.map((peak) => peak.hash));
  }
}

/** Leaves from the first to before the second. */
export type Range = readonly [start: number, end: number];

/** The largest power of two smaller than n: where RFC 6962 splits a tree. */
const split = (n: number): number => {
  const power = 2 ** Math.floor(Math.log2(n));
  return power === n ? n / 2 : power;
};

/** Whose hashes prove that a leaf is in a tree, in the proof's order. */
export function inclusionRanges(index: number, size: number): Range[] {
  const ranges: Range[] = [];
  let [start, end]: Range = [0, size];
  while (end - start > 1) {
    const middle = start + split(end - start);
    if (index < middle) {
      ranges.push([middle, end]);
      end = middle;
    } else {
      ranges.push([start, middle]);
      start = middle;
    }
  }
  return ranges.reverse();
}

/** Whose hashes prove that a tree of `second` leaves begins with the tree of `first` leaves, in the proof's order. */
export function consistencyRanges(first: number, second: number): Range[] {
  const ranges: Range[] = [];
  let [start, end]: Range = [0, second];
  let isWhole = true;
  while (first !== end) {
    const middle = start + split(end - start);
    if (first <= middle) {
      ranges.push([middle, end]);
      end = middle;
    } else {
      ranges.push([start, middle]);
      start = middle;
      isWhole = false;
    }
  }
  if (!isWhole) ranges.push([start, end]);
  return ranges.reverse();
}

const isOdd = (n: number): boolean => n % 2 === 1;
const half = (n: number): number => Math.floor(n / 2);
const areHashes = (...hashes: readonly Buffer[]): boolean => hashes.every((one) => one.length === 32);

/** Whether a path proves that the leaf with this hash is the `index`-th of the tree with this size and root. */
export function verifyInclusion(index: number, size: number, leaf: Buffer, path: readonly Buffer[], root: Buffer): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size || !areHashes(leaf, ...path)) return false;
  let [fn, sn, hash] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      hash = nodeHash(sibling, hash);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else hash = nodeHash(hash, sibling);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && hash.equals(root);
}

/** Whether a path proves that the tree with the second size and root begins with the one of the first. Of an empty tree nothing can be proven. */
export function verifyConsistency(first: number, second: number, firstRoot: Buffer, secondRoot: Buffer, path: readonly Buffer[]): boolean {
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(second) || first < 1 || first > second || !areHashes(...path)) return false;
  if (first === second) return path.length === 0 && firstRoot.equals(secondRoot);
  const [begin, ...rest] = Number.isInteger(Math.log2(first)) ? [firstRoot, ...path] : path;
  if (begin === undefined || path.length === 0) return false;
  let [fn, sn] = [first - 1, second - 1];
  while (isOdd(fn)) [fn, sn] = [half(fn), half(sn)];
  let [older, newer] = [begin, begin];
  for (const sibling of rest) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      [older, newer] = [nodeHash(sibling, older), nodeHash(sibling, newer)];
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else newer = nodeHash(newer, sibling);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && older.equals(firstRoot) && newer.equals(secondRoot);
}
