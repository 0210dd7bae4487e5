import { Injectable } from '@nestjs/common';
import type { Viewpoint } from '../kernel/actor';
import { demand, raise } from '../kernel/refusal';
import { checkVersion, tagOfVersion } from '../kernel/version-tag';
import { LedgerLog } from '../ledger/ledger.log';
import { Transactions } from '../platform/transaction';
import { EvidenceOneQuery } from './evidence-one.query';
import { EvidenceFacts } from './evidence.facts';
import type { EvidenceWritten } from './evidence.service';
import type { Redacted } from './redacted';
import { Redactions } from './redactions';

/** What engineers take out of their own evidence, as long as nothing was submitted with it. */
@Injectable()
export class RedactionsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly ledger: LedgerLog,
    private readonly facts: EvidenceFacts,
    private readonly query: EvidenceOneQuery,
    private readonly redactions: Redactions,
  ) {}

  /** @throws Refused `not-found`, `stale`, `evidence-pinned`, `already-redacted`, `eraser-missing` */
  async redact(
    viewpoint: Viewpoint,
    engineerId: string,
    what: Redacted,
    ifMatch: string | undefined,
    reason: string,
  ): Promise<EvidenceWritten> {
    return this.transactions.run(async (tx) => {
      const record = await this.ledger.lock(tx, engineerId);
      const evidence = (await this.facts.evidence(engineerId, what.evidenceId)) ?? raise('not-found');
      const standing = (await this.redactions.standing(engineerId, what)) ?? raise('not-found');
      demand(checkVersion(ifMatch, tagOfVersion(evidence.version)));
      if (standing.pinned) raise('evidence-pinned');
      await this.redactions.redact(tx, record, what, { actor: viewpoint.personId, reason });
      return (await this.query.one(viewpoint, engineerId, what.evidenceId)) ?? raise('not-found');
    });
  }
}
