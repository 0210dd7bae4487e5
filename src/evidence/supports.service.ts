import { Injectable } from '@nestjs/common';
import { FrameworksFacts } from '../frameworks/frameworks.facts';
import type { Viewpoint } from '../kernel/actor';
import { demand, raise } from '../kernel/refusal';
import { checkVersion, checkVersionIfGiven, tagOfVersion } from '../kernel/version-tag';
import { LedgerLog } from '../ledger/ledger.log';
import { Transactions, write } from '../platform/transaction';
import { EligibilityFacts } from '../progress/eligibility.facts';
import { ProgressStore } from '../progress/progress.store';
import { EvidenceOneQuery } from './evidence-one.query';
import { EvidenceFacts, type SupportInQuestion } from './evidence.facts';
import { checkEvidenceAction, checkReviewable, checkReviewer, checkSupportChange } from './evidence.policy';
import { type EvidenceWritten, type Proposal, proposed, supportSubjectOf } from './evidence.service';
import { EvidenceStore } from './evidence.store';
import { type SupportState, type VerdictGiven, nextState } from './support';
import { VerdictsStore } from './verdicts.store';

/** What engineers do with the supports of their evidence, and mentors with them. */
@Injectable()
export class SupportsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly ledger: LedgerLog,
    private readonly progress: ProgressStore,
    private readonly frameworks: FrameworksFacts,
    private readonly eligibility: EligibilityFacts,
    private readonly facts: EvidenceFacts,
    private readonly store: EvidenceStore,
    private readonly verdicts: VerdictsStore,
    private readonly query: EvidenceOneQuery,
  ) {}

  /** Says that a piece of evidence shows a statement too; a support that was withdrawn may be proposed again. */
  async propose(
    viewpoint: Viewpoint,
    engineerId: string,
    evidenceId: string,
    proposal: Proposal,
    ifMatch: string | undefined,
  ): Promise<EvidenceWritten> {
    return this.transactions.run(async (tx) => {
      const record = await this.ledger.lock(tx, engineerId);
      const evidence = (await this.facts.evidence(engineerId, evidenceId)) ?? raise('not-found');
      demand(checkVersion(ifMatch, tagOfVersion(evidence.version)));
      demand(checkEvidenceAction('addSupport', viewpoint, evidence));
      const before = await this.facts.support(engineerId, evidenceId, proposal.statement);
      demandNext(before?.supportState ?? null, 'propose');
      const statement = await this.frameworks.statement(proposal.statement);
      if (statement === null) return raise('statement-unknown', `There is no statement ${proposal.statement}.`);
      await this.store.propose(tx, record, { ...proposal, evidenceId, revision: evidence.revision, skillLevel: statement.skillLevel });
      await this.store.touch(tx, record, evidenceId);
      await this.progress.recompute(tx, record, [statement.skillLevel]);
      await this.ledger.append(tx, record, proposed(proposal, { evidenceId, revision: evidence.revision, actor: viewpoint.personId }));
      return this.written(viewpoint, engineerId, evidenceId);
    });
  }

  /** Gives a support another rationale: it is proposed again. The same words change nothing. */
  async reword(
    viewpoint: Viewpoint,
    engineerId: string,
    evidenceId: string,
    proposal: Proposal,
    ifMatch: string | undefined,
  ): Promise<EvidenceWritten> {
    return this.transactions.run(async (tx) => {
      const record = await this.ledger.lock(tx, engineerId);
      const support = await this.standing(engineerId, evidenceId, proposal.statement);
      demand(checkVersion(ifMatch, tagOfVersion(support.version)));
      demand(checkSupportChange(viewpoint, support));
      demandNext(support.supportState, 'reword');
      if (proposal.rationale !== support.rationale) {
        const { revision, skillLevel } = support;
        await this.store.propose(tx, record, { ...proposal, evidenceId, revision, skillLevel });
        await this.store.touch(tx, record, evidenceId);
        await this.progress.recompute(tx, record, [skillLevel]);
        await this.ledger.append(tx, record, proposed(proposal, { evidenceId, revision, actor: viewpoint.personId }));
      }
      return this.written(viewpoint, engineerId, evidenceId);
    });
  }

  /** Takes a support back; its row stays. */
  async withdraw(
    viewpoint: Viewpoint,
    engineerId: string,
    evidenceId: string,
    statement: string,
    ifMatch: string | undefined,
  ): Promise<void> {
    await this.transactions.run(async (tx) => {
      const record = await this.ledger.lock(tx, engineerId);
      const support = await this.standing(engineerId, evidenceId, statement);
      demand(checkVersionIfGiven(ifMatch, tagOfVersion(support.version)));
      demand(checkSupportChange(viewpoint, support));
      demandNext(support.supportState, 'withdraw');
      await this.store.withdraw(tx, record, evidenceId, statement);
      await this.store.touch(tx, record, evidenceId);
      await this.progress.recompute(tx, record, [support.skillLevel]);
      await this.ledger.append(tx, record, {
        kind: 'support.withdrawn',
        subject: supportSubjectOf(evidenceId, statement),
        actor: viewpoint.personId,
        content: { revision: support.revision },
      });
    });
  }

  /** Accepts or returns a support, for the revision that the mentor has seen. */
  async review(viewpoint: Viewpoint, engineerId: string, verdict: VerdictGiven, ifMatch: string | undefined): Promise<EvidenceWritten> {
    const { evidenceId, statement } = verdict;
    return this.transactions.run(async (tx) => {
      const record = await this.ledger.lock(tx, engineerId);
      // whoever takes the mentor's eligibility away waits for this verdict, or this verdict for them
      write(tx, `SELECT 1 FROM person WHERE person_id = $1 FOR SHARE`, [viewpoint.personId]);
      const { skill } = (await this.frameworks.statement(statement)) ?? raise('not-found');
      // both are sent before the first is answered
      const [support, known] = await Promise.all([
        this.standing(engineerId, evidenceId, statement),
        this.eligibility.judge(engineerId, skill, viewpoint.personId),
      ]);
      const judge = known ?? raise('not-allowed');
      demand(checkReviewer(judge, support));
      demand(checkVersion(ifMatch, tagOfVersion(support.version)));
      demand(checkReviewable(support));
      await this.verdicts.applyVerdicts(tx, record, viewpoint.personId, [verdict], [support]);
      // under the record's lock and the mentor's own nothing changes what they may judge in this skill
      return (await this.query.one(viewpoint, engineerId, evidenceId, null, new Map([[skill, judge]]))) ?? raise('not-found');
    });
  }

  private async standing(engineerId: string, evidenceId: string, statement: string): Promise<SupportInQuestion> {
    const support = await this.facts.support(engineerId, evidenceId, statement);
    return support === null || support.supportState === 'withdrawn' ? raise('not-found') : support;
  }

  private async written(viewpoint: Viewpoint, engineerId: string, evidenceId: string): Promise<EvidenceWritten> {
    return (await this.query.one(viewpoint, engineerId, evidenceId)) ?? raise('not-found');
  }
}

function demandNext(state: SupportState | null, action: 'propose' | 'reword' | 'withdraw'): void {
  const next = nextState(state, action);
  if (typeof next === 'object') demand(next);
}
