import { Injectable } from '@nestjs/common';
import { type Tx, Transactions } from '../platform/transaction';
import { type SignedCheckpoint, checkpointProblem, digestOfCheckpoint, headHash, signCheckpoint } from './checkpoint';
import { CheckpointsStore } from './checkpoints.store';
import { type KeyRing, LedgerKeys } from './ledger-keys';
import { type CompleteNode, GrowingTree } from './merkle';

/** What came of asking for a checkpoint: the newest there is (null: no record has an entry yet), and whether it was made now. */
export interface CheckpointMade {
  readonly checkpoint: SignedCheckpoint | null;
  readonly isNew: boolean;
}

/** Nothing is signed on top of what does not fit: the verification says what is wrong. */
export class CheckpointRefused extends Error {
  override readonly name = 'CheckpointRefused';
}

/** Of a checkpoint as old as the clock, the clock was set back since: it must not keep others from being made until the time has come again. */
function isYoung(newest: SignedCheckpoint, at: Date, minutes: number): boolean {
  const age = at.getTime() - Date.parse(newest.at);
  return age > 0 && age < minutes * 60_000;
}

/** Makes checkpoints. */
@Injectable()
export class CheckpointsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: CheckpointsStore,
    private readonly keys: LedgerKeys,
  ) {}

  /** Whether there is a key to sign with. */
  get canSign(): boolean {
    return this.keys.read().signing !== null;
  }

  /**
   * Signs the heads as they are now; where nothing changed since the newest checkpoint, that one stands.
   * @param unlessYoungerThan minutes: of several processes on one schedule, one makes it
   * @throws CheckpointRefused if there is no key, or the newest checkpoint is not right
   */
  make(unlessYoungerThan = 0): Promise<CheckpointMade> {
    const ring = this.keys.read();
    return this.transactions.run(async (tx) => {
      await this.store.takeTurn(tx);
      const newest = await this.store.newest(tx);
      const at = await this.store.clock(tx, newest);
      if (newest !== null && isYoung(newest, at, unlessYoungerThan)) return { checkpoint: newest, isNew: false };
      return this.sign(tx, ring, newest, at);
    });
  }

  private async sign(tx: Tx, { signing, trusted }: KeyRing, newest: SignedCheckpoint | null, at: Date): Promise<CheckpointMade> {
    if (signing === null) throw new CheckpointRefused('There is no key to sign with: LEDGER_KEY_FILE names one.');
    const tree = newest === null ? GrowingTree.empty() : await this.treeOf(tx, newest, trusted);
    const heads = await this.store.appendHeads(tx, tree.size);
    if (heads.length === 0) return { checkpoint: newest, isNew: false };
    const nodes: CompleteNode[] = [];
    for (const head of heads) nodes.push(...tree.append(headHash(head)));
    await this.store.insertNodes(tx, nodes);
    const checkpoint = signCheckpoint(
      {
        number: (newest?.number ?? 0) + 1,
        at: at.toISOString(),
        treeSize: tree.size,
        root: tree.root().toString('hex'),
        previous: newest === null ? null : digestOfCheckpoint(newest),
      },
      signing,
    );
    await this.store.insert(tx, checkpoint);
    return { checkpoint, isNew: true };
  }

  /** The tree to go on from: rows that anybody with the database could bend, so their root must be the one that a key of ours signed. */
  private async treeOf(tx: Tx, newest: SignedCheckpoint, trusted: ReadonlySet<string>): Promise<GrowingTree> {
    const problem = trusted.has(newest.keyId)
      ? checkpointProblem(newest)
      : `it is signed by key ${newest.keyId}, which is neither in use nor in LEDGER_PUBLIC_KEYS_DIR`;
    if (problem !== null) throw new CheckpointRefused(`No checkpoint can follow checkpoint ${newest.number}: ${problem}.`);
    const tree = await this.store.treeOf(tx, newest);
    if (tree.root().toString('hex') !== newest.root) {
      throw new CheckpointRefused(`No checkpoint can follow checkpoint ${newest.number}: its tree no longer has the root that was signed.`);
    }
    return tree;
  }
}
