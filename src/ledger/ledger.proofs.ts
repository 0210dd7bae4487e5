import { Injectable } from '@nestjs/common';
import { raise } from '../kernel/refusal';
import { type Covering, CheckpointsQueries } from './checkpoints.queries';
import { CheckpointRefused, CheckpointsService } from './checkpoints.service';
import { LedgerQueries } from './ledger.queries';
import { type EntryProof, proofProblem } from './proof';

/** Proofs that an entry is in the ledger. */
@Injectable()
export class LedgerProofs {
  constructor(
    private readonly ledger: LedgerQueries,
    private readonly queries: CheckpointsQueries,
    private readonly checkpoints: CheckpointsService,
  ) {}

  /**
   * The proof of the first entry of a kind about a subject; where no checkpoint covers it yet, one is made.
   * @throws Refused `not-found`; `not-covered` where none can be made
   */
  async prove(engineerId: string, kind: string, subject: string): Promise<EntryProof> {
    const found = (await this.ledger.first(engineerId, kind, subject)) ?? raise('not-found');
    const { entry } = found;
    const covering = (await this.queries.covering(engineerId, entry.seq)) ?? (await this.cover(engineerId, entry.seq));
    const chain = await this.ledger.between(engineerId, entry.seq + 1, covering.leaf.seq);
    const kept = found.salt === null ? {} : { content: found.body, salt: found.salt };
    const proof: EntryProof = { engineer: engineerId, entry, chain, ...covering, ...kept };
    // what the database was bent to is not passed on as a proof
    const problem = proofProblem(proof);
    if (problem !== null) throw new Error(`the ledger does not prove entry ${entry.seq} of ${engineerId}: ${problem}`);
    return proof;
  }

  private async cover(engineerId: string, seq: number): Promise<Covering> {
    try {
      await this.checkpoints.make();
    } catch (error) {
      if (error instanceof CheckpointRefused) return raise('not-covered', error.message);
      throw error;
    }
    return (await this.queries.covering(engineerId, seq)) ?? raise('not-covered');
  }
}
