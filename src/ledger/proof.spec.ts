import { chainOf, ledgerKey } from '../../test/factories/ledger';
import { headHash, signCheckpoint } from './checkpoint';
import { hashOf } from './entry';
import type { EntryLine } from './ledger-file';
import { leafHash, nodeHash } from './merkle';
import { type EntryProof, proofProblem } from './proof';

const engineer = '01931b2e-7c00-7000-8000-000000000001';
const lines = chainOf(engineer, [{}, { content: { granted: 3 } }, {}, {}]);
const [, entry, third, fourth] = lines.map(({ line: _, content: __, salt: ___, ...one }) => one) as [
  EntryProof['entry'],
  EntryProof['entry'],
  EntryProof['entry'],
  EntryProof['entry'],
];
const { content, salt } = lines[1] as Required<EntryLine>;
const neighbour = leafHash(Buffer.from('another head'));
const checkpointOver = (head: EntryProof['leaf']): EntryProof['checkpoint'] =>
  signCheckpoint(
    { number: 1, at: '2026-11-03T00:00:00.000Z', treeSize: 2, root: nodeHash(neighbour, headHash(head)).toString('hex'), previous: null },
    ledgerKey,
  );
const leaf = { engineer, seq: 4, hash: fourth.hash, index: 1 };
const proof: EntryProof = {
  engineer,
  entry,
  chain: [third, fourth],
  leaf,
  path: [neighbour.toString('hex')],
  checkpoint: checkpointOver(leaf),
  content,
  salt,
};

describe('the proof of an entry', () => {
  test('holds from its content to the checkpoint’s signature', () => {
    expect(proofProblem(proof)).toBeNull();
  });

  test('holds where the entry is itself the head', () => {
    const own = { engineer, seq: 2, hash: entry.hash, index: 1 };
    expect(proofProblem({ ...proof, chain: [], leaf: own, checkpoint: checkpointOver(own) })).toBeNull();
  });

  test('holds without content, where that was erased', () => {
    const { content: _, salt: __, ...bare } = proof;
    expect(proofProblem(bare)).toBeNull();
    expect(proofProblem({ ...bare, content: 'of which the salt is gone' })).toBeNull();
    expect(proofProblem({ ...bare, salt })).toBeNull();
  });

  test.each<[string, Partial<EntryProof>, string]>([
    ['other content', { content: { granted: 4 } }, 'the content is not that of the entry’s digest'],
    ['another salt', { salt: '00'.repeat(16) }, 'the content is not that of the entry’s digest'],
    ['another actor', { entry: { ...entry, actor: null } }, 'the hash of entry 2 is not that of its fields'],
    [
      'an entry after it that was changed',
      { chain: [third, { ...fourth, kind: 'claim.refused' }] },
      'the hash of entry 4 is not that of its fields',
    ],
    ['an entry left out after it', { chain: [fourth] }, 'entry 4 does not follow the one before it'],
    ['entries after it in another order', { chain: [fourth, third] }, 'entry 4 does not follow the one before it'],
    ['an entry that stands twice', { chain: [third, third, fourth] }, 'entry 3 does not follow the one before it'],
    ['a chain that was cut', { chain: [third] }, 'the chain does not end with the head that the leaf names'],
    ['a leaf of somebody else', { leaf: { ...leaf, engineer: 'another' } }, 'the chain does not end with the head that the leaf names'],
    ['a leaf of another entry', { leaf: { ...leaf, seq: 5 } }, 'the chain does not end with the head that the leaf names'],
    ['a leaf of another hash', { leaf: { ...leaf, hash: third.hash } }, 'the chain does not end with the head that the leaf names'],
    ['another place in the tree', { leaf: { ...leaf, index: 0 } }, 'the leaf is not in the checkpoint’s tree'],
    ['another path', { path: [leafHash(neighbour).toString('hex')] }, 'the leaf is not in the checkpoint’s tree'],
    ['no path', { path: [] }, 'the leaf is not in the checkpoint’s tree'],
    [
      'a checkpoint of another root',
      { checkpoint: { ...proof.checkpoint, root: 'ab'.repeat(32) } },
      'the leaf is not in the checkpoint’s tree',
    ],
    [
      'a checkpoint that says another time',
      { checkpoint: { ...proof.checkpoint, at: '2026-11-04T00:00:00.000Z' } },
      'of the checkpoint, its signature is not that of its key',
    ],
  ])('does not hold with %s', (_, change, problem) => {
    expect(proofProblem({ ...proof, ...change })).toBe(problem);
  });

  test('does not hold where a number is skipped, though each entry names the hash of the one before', () => {
    const { hash: _, ...fields } = { ...third, seq: 4 };
    const skipping = { ...fields, hash: hashOf(fields).toString('hex') };
    expect(proofProblem({ ...proof, chain: [skipping] })).toBe('entry 4 does not follow the one before it');
  });
});
