import { Injectable } from '@nestjs/common';
import { type Tx, rowsOf } from '../platform/transaction';
import { administrationId } from './administration';
import { type Head, type SignedCheckpoint, headHash } from './checkpoint';
import { type CheckpointRow, checkpointColumns, checkpointOf } from './checkpoints.queries';
import { type CompleteNode, GrowingTree, nodesOf } from './merkle';

/** Writes of checkpoints. */
@Injectable()
export class CheckpointsStore {
  /** One process at a time makes a checkpoint: the others wait until this transaction ends. */
  async takeTurn(tx: Tx): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('touchstone checkpoint', 7))`);
  }

  async newest(tx: Tx): Promise<SignedCheckpoint | null> {
    const [row] = await rowsOf<CheckpointRow>(tx, `SELECT ${checkpointColumns} FROM checkpoint c ORDER BY c.number DESC LIMIT 1`);
    return row === undefined ? null : checkpointOf(row);
  }

  /** The tree as the checkpoint left it. Its root must be held against the signed one: these rows alone prove nothing. */
  async treeOf(tx: Tx, { treeSize }: Pick<SignedCheckpoint, 'treeSize'>): Promise<GrowingTree> {
    const peaks = nodesOf(0, treeSize);
    const rows = await rowsOf<{ place: number; hash: Buffer | null; leaf: Head | null }>(
      tx,
      `SELECT p.place::int, n.hash,
              CASE WHEN p.level = 0 THEN (SELECT json_build_object('engineer', l.engineer_id, 'seq', l.seq, 'hash', encode(l.hash, 'hex'))
                                            FROM checkpoint_leaf l WHERE l.leaf_index = p.position) END AS leaf
         FROM unnest($1::int[], $2::int[]) WITH ORDINALITY AS p (level, position, place)
         LEFT JOIN checkpoint_node n ON n.level = p.level AND n.position = p.position ORDER BY p.place`,
      [peaks.map(({ level }) => level), peaks.map(({ position }) => position)],
    );
    const hashes = rows.flatMap(({ hash, leaf }) => (leaf !== null ? [headHash(leaf)] : hash !== null ? [hash] : []));
    return GrowingTree.resume(treeSize, hashes);
  }

  /** Appends a leaf for every head that has moved since its last leaf, by engineer, the administration ledger's first. One statement, so that all are read at one moment. */
  async appendHeads(tx: Tx, treeSize: number): Promise<Head[]> {
    const rows = await rowsOf<Head & { place: number }>(
      tx,
      `INSERT INTO checkpoint_leaf (leaf_index, engineer_id, seq, hash)
       SELECT $1::int + row_number() OVER (ORDER BY r.engineer_id) - 1, r.engineer_id, r.head_seq, r.head_hash
         FROM (SELECT engineer_id, head_seq, head_hash FROM record UNION ALL SELECT $2::uuid, head_seq, head_hash FROM administration_record) r
        WHERE r.head_seq > 0 AND NOT EXISTS (SELECT 1 FROM checkpoint_leaf l WHERE l.engineer_id = r.engineer_id AND l.seq >= r.head_seq)
       RETURNING leaf_index AS place, engineer_id AS engineer, seq, encode(hash, 'hex') AS hash`,
      [treeSize, administrationId],
    );
    return rows.sort((a, b) => a.place - b.place);
  }

  async insertNodes(tx: Tx, nodes: readonly CompleteNode[]): Promise<void> {
    if (nodes.length === 0) return;
    await tx.query(`INSERT INTO checkpoint_node (level, position, hash) SELECT * FROM unnest($1::smallint[], $2::int[], $3::bytea[])`, [
      nodes.map(({ level }) => level),
      nodes.map(({ position }) => position),
      nodes.map(({ hash }) => hash),
    ]);
  }

  /** The database's clock, never before the checkpoint before. */
  async clock(tx: Tx, after: SignedCheckpoint | null): Promise<Date> {
    const [row] = await rowsOf<{ at: Date }>(tx, `SELECT greatest(date_trunc('milliseconds', clock_timestamp()), $1::timestamptz) AS at`, [
      after?.at ?? null,
    ]);
    if (row === undefined) throw new Error('the database has no clock');
    return row.at;
  }

  async insert(tx: Tx, { number, at, treeSize, root, previous, keyId, publicKey, signature }: SignedCheckpoint): Promise<void> {
    await tx.query(
      `INSERT INTO checkpoint (number, at, tree_size, root, previous, key_id, public_key, signature) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        number,
        at,
        treeSize,
        Buffer.from(root, 'hex'),
        previous === null ? null : Buffer.from(previous, 'hex'),
        keyId,
        Buffer.from(publicKey.x, 'base64url'),
        Buffer.from(signature, 'base64url'),
      ],
    );
  }
}
