import { Injectable } from '@nestjs/common';
import type { Viewpoint } from '../kernel/actor';
import { demand, raise } from '../kernel/refusal';
import { checkVersion } from '../kernel/version-tag';
import { LedgerLog } from '../ledger/ledger.log';
import { Transactions } from '../platform/transaction';
import { ClaimCases } from './claim-case.query';
import { ClaimRedactions } from './claim-redactions';
import { wordsSubject } from './redacted-words';

/** What was taken out, and the tag that the claim has from then on. */
export interface WordsRedactionMade {
  readonly redacts: string;
  readonly at: string;
  readonly reason: string;
  readonly tag: string;
}

/** What engineers take out of their own words about a claim, as long as it was never submitted. */
@Injectable()
export class ClaimRedactionsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly ledger: LedgerLog,
    private readonly cases: ClaimCases,
    private readonly redactions: ClaimRedactions,
  ) {}

  /** @throws Refused `not-found`, `stale`, `claim-state`, `already-redacted`, `eraser-missing` */
  async redact(
    caller: Viewpoint,
    engineerId: string,
    claimId: string,
    ifMatch: string | undefined,
    reason: string,
  ): Promise<WordsRedactionMade> {
    return this.transactions.run(async (tx) => {
      const record = await this.ledger.lock(tx, engineerId);
      const found = (await this.cases.load(engineerId, claimId)) ?? raise('not-found');
      demand(checkVersion(ifMatch, found.tag));
      if (found.claim.submission > 0) return raise('claim-state', 'The claim was submitted: two admins redact its words, by a request.');
      const what = { claimId: found.claim.claimId };
      await this.redactions.redact(tx, record, what, { actor: caller.personId, reason });
      const now = (await this.cases.load(engineerId, claimId)) ?? raise('not-found');
      // nothing of the claim: its words are there until this is committed, and an answer may be kept
      return { redacts: wordsSubject(what), at: record.at.toISOString(), reason, tag: now.tag };
    });
  }
}
