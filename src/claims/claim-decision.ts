import { Injectable } from '@nestjs/common';
import type { Viewpoint } from '../kernel/actor';
import { demand, raise } from '../kernel/refusal';
import { checkVersion } from '../kernel/version-tag';
import { LedgerLog, type LockedRecord } from '../ledger/ledger.log';
import { PeopleFacts } from '../people/people.facts';
import { Transactions, type Tx } from '../platform/transaction';
import type { ClaimAction } from './claim';
import { type ClaimCase, ClaimCases } from './claim-case.query';
import { checkMay, checkOpenFor } from './claim.policy';

/** What somebody wants to do with a claim, and which version of it they saw. */
export interface Attempt {
  readonly caller: Viewpoint;
  readonly engineerId: string;
  readonly claimId: string;
  readonly action: ClaimAction;
  readonly ifMatch: string | undefined;
}

/** A claim under its record's lock, with the caller authorised, the version checked and the state open for the action. */
export interface OpenCase extends ClaimCase {
  readonly record: LockedRecord;
}

/** How every decision on a claim begins (style.md, house rule 6): lock, read again, authorise what is stored, check the version, check the state. */
@Injectable()
export class ClaimDecision {
  constructor(
    private readonly transactions: Transactions,
    private readonly ledger: LedgerLog,
    private readonly people: PeopleFacts,
    private readonly cases: ClaimCases,
  ) {}

  /** Runs `decide` on a claim that is open for the attempted action, in one transaction under the record's lock. */
  async run<T>(attempt: Attempt, decide: (tx: Tx, open: OpenCase) => Promise<T>): Promise<T> {
    const { caller, engineerId, claimId, action, ifMatch } = attempt;
    return this.transactions.run(async (tx) => {
      const record = await this.ledger.lock(tx, engineerId);
      // whoever decides stays who they are until this is done: their deactivation and accreditations wait, or this sees them
      if (caller.personId !== engineerId) await this.people.lockShared(tx, caller.personId);
      const found = (await this.cases.load(engineerId, claimId)) ?? raise('not-found');
      const judge = await this.cases.judge(found.claim, caller.personId);
      demand(checkMay(action, caller, found.claim, judge, found.policy.lineManagerMayApprove));
      demand(checkVersion(ifMatch, found.tag));
      demand(checkOpenFor(action, found.claim, found.gateFacts.approvedBy, caller.personId));
      return decide(tx, { ...found, record });
    });
  }
}
