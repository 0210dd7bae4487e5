import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  GrowingTree,
  consistencyRanges,
  emptyRoot,
  hashOver,
  inclusionRanges,
  leafHash,
  nodeHash,
  nodesOf,
  type Range,
  verifyConsistency,
  verifyInclusion,
} from './merkle';

interface Vector {
  readonly desc: string;
  readonly wantErr: boolean;
  readonly proof: readonly string[] | null;
}
interface InclusionVector extends Vector {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
}
interface ConsistencyVector extends Vector {
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
}

const folder = join(__dirname, '../../../shared/data/merkle');
const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
const pathOf = ({ proof }: Vector): Buffer[] => (proof ?? []).map(bytes);

function vectorsIn<V extends Vector>(kind: string): [string, V][] {
  return readdirSync(join(folder, kind), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => [`${kind}/${name}`, JSON.parse(readFileSync(join(folder, kind, name), 'utf8')) as V]);
}

if (existsSync(folder)) {
  describe('the vectors of transparency-dev/merkle', () => {
    const inclusion = vectorsIn<InclusionVector>('inclusion');
    const consistency = vectorsIn<ConsistencyVector>('consistency');

    test('are there, good ones and bad ones', () => {
      for (const vectors of [inclusion, consistency]) {
        expect(vectors.filter(([, { wantErr }]) => wantErr).length).toBeGreaterThan(20);
        expect(vectors.filter(([, { wantErr }]) => !wantErr).length).toBeGreaterThan(3);
      }
    });

    test.each(inclusion)('%s', (_, vector) => {
      const { leafIdx, treeSize, root, leafHash: leaf, wantErr } = vector;
      expect(verifyInclusion(leafIdx, treeSize, bytes(leaf), pathOf(vector), bytes(root))).toBe(!wantErr);
    });

    test.each(consistency)('%s', (_, vector) => {
      const { size1, size2, root1, root2, wantErr } = vector;
      expect(verifyConsistency(size1, size2, bytes(root1), bytes(root2), pathOf(vector))).toBe(!wantErr);
    });
  });
} else {
  process.stderr.write(`NOT TESTED: the Merkle vectors are not there (${folder}).\n`);
  test.skip('the vectors of transparency-dev/merkle are not there', () => undefined);
}

/** The root as RFC 6962 defines it, word for word. */
function rootOf(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (only === undefined) return emptyRoot;
  if (leaves.length === 1) return only;
  let middle = 1;
  while (middle * 2 < leaves.length) middle *= 2;
  return nodeHash(rootOf(leaves.slice(0, middle)), rootOf(leaves.slice(middle)));
}

const leavesOf = (size: number): Buffer[] => Array.from({ length: size }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)));
const pathOver = (leaves: readonly Buffer[], ranges: readonly Range[]): Buffer[] =>
  ranges.map(([start, end]) => rootOf(leaves.slice(start, end)));
function grown(leaves: readonly Buffer[]): GrowingTree {
  const tree = GrowingTree.empty();
  for (const leaf of leaves) tree.append(leaf);
  return tree;
}
const sizes = fc.integer({ min: 1, max: 130 });
const pair = fc.tuple(sizes, sizes).map(([a, b]): [number, number] => (a < b ? [a, b] : [b, a]));

describe('a tree that grows', () => {
  test('has the root of the definition at every size', () => {
    const leaves = leavesOf(130);
    const tree = GrowingTree.empty();
    expect(tree.root()).toEqual(emptyRoot);
    for (const [i, leaf] of leaves.entries()) {
      tree.append(leaf);
      expect([tree.size, tree.root()]).toEqual([i + 1, rootOf(leaves.slice(0, i + 1))]);
    }
  });

  test('completes each subtree once, with its hash, and goes on from the complete ones', () => {
    fc.assert(
      fc.property(pair, ([first, second]) => {
        const leaves = leavesOf(second);
        const nodes = new Map(leaves.map((leaf, i) => [`0/${i}`, leaf]));
        const tree = GrowingTree.empty();
        for (const leaf of leaves.slice(0, first)) {
          for (const { level, position, hash } of tree.append(leaf)) {
            expect(nodes.has(`${level}/${position}`)).toBe(false);
            nodes.set(`${level}/${position}`, hash);
          }
        }
        const peaks = nodesOf(0, first).map(({ level, position }) => nodes.get(`${level}/${position}`) ?? emptyRoot);
        const resumed = GrowingTree.resume(first, peaks);
        expect(resumed.root()).toEqual(rootOf(leaves.slice(0, first)));
        for (const leaf of leaves.slice(first)) resumed.append(leaf);
        expect(resumed.root()).toEqual(rootOf(leaves));
      }),
    );
    expect(() => GrowingTree.resume(3, [])).toThrow('2 peaks');
  });

  test('hashes a range by its complete subtrees', () => {
    fc.assert(
      fc.property(pair, ([first, second]) => {
        const leaves = leavesOf(second);
        for (const [start, end] of [...inclusionRanges(first - 1, second), ...consistencyRanges(first, second)]) {
          const hashes = nodesOf(start, end).map(({ level, position }) =>
            rootOf(leaves.slice(position * 2 ** level, (position + 1) * 2 ** level)),
          );
          expect(hashOver(hashes)).toEqual(rootOf(leaves.slice(start, end)));
        }
      }),
    );
  });
});

describe('proofs', () => {
  test('of inclusion hold for every leaf of every tree, and for no other leaf, place, size or root', () => {
    fc.assert(
      fc.property(pair, fc.nat(1000), ([place, size], other) => {
        const leaves = leavesOf(size);
        const index = place - 1;
        const root = grown(leaves).root();
        const leaf = leaves[index] ?? emptyRoot;
        const path = pathOver(leaves, inclusionRanges(index, size));
        expect(verifyInclusion(index, size, leaf, path, root)).toBe(true);
        expect(verifyInclusion(index, size, leafHash(Buffer.from('another')), path, root)).toBe(false);
        expect(verifyInclusion(index, size, leaf, path, emptyRoot)).toBe(false);
        expect(verifyInclusion(index, size, leaf, [...path, emptyRoot], root)).toBe(false);
        expect(verifyInclusion(size, size, leaf, path, root)).toBe(false);
        if (other !== index) expect(verifyInclusion(other, size, leaf, path, root)).toBe(false);
        if (path.length > 0) expect(verifyInclusion(index, size, leaf, path.slice(1), root)).toBe(false);
      }),
    );
  });

  test('of consistency hold for every older tree, and for none that was changed', () => {
    fc.assert(
      fc.property(pair, fc.nat(), ([first, second], pick) => {
        const leaves = leavesOf(second);
        const older = grown(leaves.slice(0, first)).root();
        const newer = grown(leaves).root();
        const path = pathOver(leaves, consistencyRanges(first, second));
        expect(verifyConsistency(first, second, older, newer, path)).toBe(true);
        const changed = leaves.with(pick % first, leafHash(Buffer.from('changed')));
        const changedRoot = grown(changed).root();
        expect(verifyConsistency(first, second, older, changedRoot, pathOver(changed, consistencyRanges(first, second)))).toBe(false);
        expect(verifyConsistency(first, second, changedRoot, newer, path)).toBe(false);
        expect(verifyConsistency(first, second, older, newer, [...path, emptyRoot])).toBe(false);
        expect(verifyConsistency(0, second, emptyRoot, newer, path)).toBe(false);
      }),
    );
  });
});
