import { Injectable } from '@nestjs/common';
import { ClaimsErasure } from '../claims/claims.erasure';
import { EvidenceErasure } from '../evidence/evidence.erasure';
import type { LockedAdministration } from '../ledger/administration.log';
import { Eraser } from '../ledger/eraser';
import { LedgerLog, type LockedRecord } from '../ledger/ledger.log';
import type { ActBy } from '../people/confirmed-acts';
import { PeopleErasure } from '../people/people.erasure';
import { Transactions, type Tx } from '../platform/transaction';
import { ProgressStore } from '../progress/progress.store';
import { TargetsErasure } from '../progress/targets.erasure';

/**
 * Erases a person and the content of their record. Who, which level and which day of each sign-off stay as facts of a pseudonym, and so do the chain,
 * its digests and who judged what: docs/decisions/0012 says what else stays, and why.
 */
@Injectable()
export class Erasure {
  constructor(
    private readonly transactions: Transactions,
    private readonly people: PeopleErasure,
    private readonly evidence: EvidenceErasure,
    private readonly claims: ClaimsErasure,
    private readonly progress: ProgressStore,
    private readonly targets: TargetsErasure,
    private readonly ledger: LedgerLog,
    private readonly eraser: Eraser,
  ) {}

  /** @throws Refused `person-unknown`, `person-state` */
  check(personId: string): Promise<void> {
    return this.people.check(personId);
  }

  /** Record, person and administration ledger are locked. The content itself goes when this is committed: by the eraser, who alone can. */
  async erase(tx: Tx, record: LockedRecord, acts: LockedAdministration, by: ActBy): Promise<void> {
    await this.evidence.erase(tx, record);
    const happened = [...(await this.claims.erase(tx, record, by.actor)), ...(await this.targets.erase(tx, record, by.actor))];
    await this.progress.rebuild(tx, record);
    const content = { request: by.request };
    await this.ledger.append(tx, record, ...happened, { kind: 'record.erased', subject: 'record', actor: by.actor, content });
    await this.people.erase(tx, acts, by, record.engineerId);
    this.transactions.afterCommit(tx, () => this.eraser.eraseNow());
  }
}
