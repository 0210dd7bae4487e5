import { Injectable } from '@nestjs/common';
import type { Viewpoint } from '../kernel/actor';
import { demand, raise } from '../kernel/refusal';
import { checkVersion, tagOfVersion } from '../kernel/version-tag';
import { LedgerLog } from '../ledger/ledger.log';
import { Transactions } from '../platform/transaction';
import { EvidenceFacts } from './evidence.facts';
import { type Redacted, redactedSubject } from './redacted';
import { Redactions } from './redactions';

/** What was taken out, and the version that the evidence has from then on. */
export interface RedactionMade {
  readonly redacts: string;
  readonly at: string;
  readonly reason: string;
  readonly version: number;
}

/** What engineers take out of their own evidence, as long as nothing was submitted with it. */
@Injectable()
export class RedactionsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly ledger: LedgerLog,
    private readonly facts: EvidenceFacts,
    private readonly redactions: Redactions,
  ) {}

  /** @throws Refused `not-found`, `stale`, `evidence-pinned`, `already-redacted`, `eraser-missing` */
  async redact(
    viewpoint: Viewpoint,
    engineerId: string,
    what: Redacted,
    ifMatch: string | undefined,
    reason: string,
  ): Promise<RedactionMade> {
    return this.transactions.run(async (tx) => {
      const record = await this.ledger.lock(tx, engineerId);
      const evidence = (await this.facts.evidence(engineerId, what.evidenceId)) ?? raise('not-found');
      const standing = (await this.redactions.standing(engineerId, what)) ?? raise('not-found');
      demand(checkVersion(ifMatch, tagOfVersion(evidence.version)));
      if (standing.pinned) raise('evidence-pinned');
      await this.redactions.redact(tx, record, what, { actor: viewpoint.personId, reason });
      // nothing of the evidence: its words are there until this is committed, and an answer may be kept
      return { redacts: redactedSubject(what), at: record.at.toISOString(), reason, version: evidence.version + 1 };
    });
  }
}
