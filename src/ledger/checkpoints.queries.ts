import { Injectable } from '@nestjs/common';
import { type Page, pageOf, positionOf } from '../kernel/paging';
import { Database } from '../platform/transaction';
import { type Head, type SignedCheckpoint, checkpointFormat, headHash } from './checkpoint';
import { type Range, consistencyRanges, hashOver, inclusionRanges, nodesOf } from './merkle';

export interface CheckpointRow {
  number: number;
  at: Date;
  tree_size: number;
  root: Buffer;
  previous: Buffer | null;
  key_id: string;
  public_key: Buffer;
  signature: Buffer;
}

export const checkpointColumns = `c.number, c.at, c.tree_size, c.root, c.previous, c.key_id, c.public_key, c.signature`;

export const checkpointOf = (row: CheckpointRow): SignedCheckpoint => ({
  format: checkpointFormat,
  number: row.number,
  at: row.at.toISOString(),
  treeSize: row.tree_size,
  root: row.root.toString('hex'),
  previous: row.previous?.toString('hex') ?? null,
  keyId: row.key_id,
  publicKey: { kty: 'OKP', crv: 'Ed25519', x: row.public_key.toString('base64url') },
  signature: row.signature.toString('base64url'),
});

/** That the tree of one checkpoint begins with that of the one before. */
export interface ConsistencyProof {
  /** The tree size of the checkpoint before. */
  readonly from: number;
  /** Hashes in the order of RFC 9162, lower-case hex. */
  readonly path: string[];
}

/** A checkpoint, and the leaf that stands for an entry in its tree. */
export interface Covering {
  readonly leaf: Head & { readonly index: number };
  readonly checkpoint: SignedCheckpoint;
  /** The inclusion proof, lower-case hex. */
  readonly path: string[];
}

/** Checkpoints as they are given out, and proofs about their trees. */
@Injectable()
export class CheckpointsQueries {
  constructor(private readonly db: Database) {}

  /** Checkpoints, newest first, each with the proof that it only adds to the one before. */
  async list(limit: number, cursor: string | undefined): Promise<Page<SignedCheckpoint & { consistency: ConsistencyProof | null }>> {
    const list = ['checkpoints'];
    const [before] = cursor === undefined ? [null] : positionOf(list, cursor, ['number']);
    const rows = await this.db.query<CheckpointRow & { before: number | null }>(
      `SELECT ${checkpointColumns}, (SELECT b.tree_size FROM checkpoint b WHERE b.number = c.number - 1) AS before
         FROM checkpoint c WHERE $1::int IS NULL OR c.number < $1 ORDER BY c.number DESC LIMIT $2`,
      [before, limit + 1],
    );
    const ranges = rows.map(({ before: first, tree_size: second }) => (first === null ? [] : consistencyRanges(first, second)));
    const hashes = await this.hashesOf(ranges.flat());
    const proofs = new Map(
      rows.map(({ number, before: from }, i) => {
        const path = hashes.splice(0, ranges[i]?.length ?? 0);
        return [number, from === null ? null : { from, path }];
      }),
    );
    return pageOf(
      rows,
      limit,
      list,
      ({ number }) => [number],
      (row) => ({ ...checkpointOf(row), consistency: proofs.get(row.number) ?? null }),
    );
  }

  /** The first checkpoint that covers an entry of a record, with the proof; null if none does yet. */
  async covering(engineerId: string, seq: number): Promise<Covering | null> {
    const row = await this.db.one<CheckpointRow & { leaf_index: number; seq: number; hash: string }>(
      `SELECT ${checkpointColumns}, l.leaf_index, l.seq, encode(l.hash, 'hex') AS hash
         FROM (SELECT * FROM checkpoint_leaf WHERE engineer_id = $1 AND seq >= $2 ORDER BY seq LIMIT 1) l,
              LATERAL (SELECT * FROM checkpoint WHERE tree_size > l.leaf_index ORDER BY tree_size LIMIT 1) c`,
      [engineerId, seq],
    );
    if (row === null) return null;
    const path = await this.hashesOf(inclusionRanges(row.leaf_index, row.tree_size));
    return { leaf: { index: row.leaf_index, engineer: engineerId, seq: row.seq, hash: row.hash }, checkpoint: checkpointOf(row), path };
  }

  /** The hashes of subtrees, in lower-case hex: a few rows each, however large the tree is. */
  private async hashesOf(ranges: readonly Range[]): Promise<string[]> {
    const addresses = ranges.map(([start, end]) => nodesOf(start, end));
    const wanted = addresses.flat();
    if (wanted.length === 0) return ranges.map(() => '');
    const columns = [wanted.map(({ level }) => level), wanted.map(({ position }) => position)];
    const nodes = await this.db.query<{ level: number; position: number; hash: Buffer }>(
      `SELECT n.level::int, n.position, n.hash FROM unnest($1::int[], $2::int[]) AS w (level, position) JOIN checkpoint_node n USING (level, position)`,
      columns,
    );
    const leaves = await this.db.query<Head & { position: number }>(
      `SELECT leaf_index AS position, engineer_id AS engineer, seq, encode(hash, 'hex') AS hash FROM checkpoint_leaf WHERE leaf_index = ANY ($1)`,
      [wanted.filter(({ level }) => level === 0).map(({ position }) => position)],
    );
    const found = new Map([
      ...nodes.map(({ level, position, hash }) => [`${level}/${position}`, hash] as const),
      ...leaves.map(({ position, ...head }) => [`0/${position}`, headHash(head)] as const),
    ]);
    return addresses.map((parts) =>
      hashOver(
        parts.map(({ level, position }) => {
          const hash = found.get(`${level}/${position}`);
          if (hash === undefined) throw new Error(`the node ${level}/${position} of the checkpoints' tree is gone`);
          return hash;
        }),
      ).toString('hex'),
    );
  }
}
