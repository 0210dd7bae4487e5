import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { FrameworksFacts } from '../frameworks/frameworks.facts';
import type { StatementFact } from '../frameworks/statement';
import type { Viewpoint } from '../kernel/actor';
import { dayOf } from '../kernel/clock';
import { newId } from '../kernel/ids';
import { demand, raise } from '../kernel/refusal';
import { checkVersion, tagOfVersion } from '../kernel/version-tag';
import { type Happening, LedgerLog, type LockedRecord } from '../ledger/ledger.log';
import { Transactions, type Tx } from '../platform/transaction';
import { ProgressStore } from '../progress/progress.store';
import { EvidenceOneQuery } from './evidence-one.query';
import { type EvidenceShown, justLogged, shown } from './evidence-shown';
import { EvidenceFacts } from './evidence.facts';
import { checkEvidenceAction } from './evidence.policy';
import { EvidenceStore, type Reopened } from './evidence.store';
import { type EvidenceChange, type EvidenceContent, changed, checkDays, differenceOf, reopens } from './evidence';

/** A support to be proposed. */
export interface Proposal {
  readonly statement: string;
  readonly rationale: string;
}

/** What a write answers with. */
export interface EvidenceWritten {
  readonly evidence: EvidenceShown;
  readonly version: number;
}

export const subjectOf = (evidenceId: string): string => `evidence/${evidenceId}`;
export const supportSubjectOf = (evidenceId: string, statement: string): string => `${subjectOf(evidenceId)}/supports/${statement}`;

/** The ledger's word for a support that is proposed, anew or with another rationale. */
export const proposed = (
  { statement, rationale }: Proposal,
  { evidenceId, revision, actor }: { evidenceId: string; revision: number; actor: string },
): Happening => ({
  kind: 'support.proposed',
  subject: supportSubjectOf(evidenceId, statement),
  actor,
  content: { revision, rationale },
});

/** The ledger's word for a support that is proposed again, since what was judged is no longer what the evidence says. */
export const reopened = (
  { statement, verdict, judgedRevision, rationale }: Reopened,
  { evidenceId, revision, actor }: { evidenceId: string; revision: number; actor: string },
): Happening => ({
  kind: 'support.reopened',
  subject: supportSubjectOf(evidenceId, statement),
  actor,
  content: { revision, verdict, judgedRevision, rationale },
});

/** What engineers do with their evidence. */
@Injectable()
export class EvidenceService {
  constructor(
    private readonly transactions: Transactions,
    private readonly settings: Settings,
    private readonly ledger: LedgerLog,
    private readonly progress: ProgressStore,
    private readonly frameworks: FrameworksFacts,
    private readonly facts: EvidenceFacts,
    private readonly store: EvidenceStore,
    private readonly query: EvidenceOneQuery,
  ) {}

  /** Logs a piece of work with what it supports, all or nothing. */
  async log(viewpoint: Viewpoint, engineerId: string, content: EvidenceContent, proposals: readonly Proposal[]): Promise<EvidenceWritten> {
    return this.transactions.run(async (tx) => {
      const record = await this.ledger.lock(tx, engineerId);
      demand(checkDays(content, dayOf(record.at, this.settings.TIME_ZONE), content));
      const statements = await this.statementsOf(proposals);
      const supports = proposals.map(({ statement, rationale }) => {
        const { skillLevel } = statements.get(statement) ?? raise('statement-unknown');
        return { statement, skillLevel, rationale };
      });
      const evidenceId = newId();
      const actor = viewpoint.personId;
      const digest = this.ledger.keep(record, content);
      this.store.log(tx, record, evidenceId, content, digest, supports);
      await this.finish(
        tx,
        record,
        supports.map(({ skillLevel }) => skillLevel),
        [
          { kind: 'evidence.logged', subject: subjectOf(evidenceId), actor, digest },
          ...proposals.map((proposal) => proposed(proposal, { evidenceId, revision: 1, actor })),
        ],
      );
      const row = justLogged({ id: evidenceId, at: record.at.toISOString(), content }, supports);
      return { evidence: shown(row, statements, viewpoint, new Map()), version: row.version };
    });
  }

  /** Changes what a piece of evidence says: a new revision, whose supports are proposed again unless only tags or link labels changed. */
  async edit(
    viewpoint: Viewpoint,
    engineerId: string,
    evidenceId: string,
    change: EvidenceChange,
    ifMatch: string | undefined,
  ): Promise<EvidenceWritten> {
    return this.transactions.run(async (tx) => {
      const record = await this.ledger.lock(tx, engineerId);
      const evidence = (await this.facts.evidence(engineerId, evidenceId)) ?? raise('not-found');
      const content = changed(evidence.content, change);
      demand(checkDays(content, dayOf(record.at, this.settings.TIME_ZONE), change));
      demand(checkVersion(ifMatch, tagOfVersion(evidence.version)));
      demand(checkEvidenceAction('edit', viewpoint, evidence));
      if (differenceOf(evidence.content, content).length > 0) {
        const revision = evidence.revision + 1;
        const digest = this.ledger.keep(record, content);
        await this.store.revise(tx, record, evidenceId, revision, content, digest);
        const judged = reopens(evidence.content, content) ? await this.store.reopen(tx, record, evidenceId) : [];
        await this.store.follow(tx, record, evidenceId, revision);
        const actor = viewpoint.personId;
        await this.finish(tx, record, await this.store.levelsOf(tx, record, evidenceId), [
          { kind: 'evidence.revised', subject: subjectOf(evidenceId), actor, digest },
          ...judged.map((one) => reopened(one, { evidenceId, revision, actor })),
        ]);
      }
      return this.written(viewpoint, engineerId, evidenceId);
    });
  }

  /** Takes a piece of evidence out of the lists, for good; nothing is deleted. */
  async archive(viewpoint: Viewpoint, engineerId: string, evidenceId: string, ifMatch: string | undefined): Promise<EvidenceWritten> {
    return this.transactions.run(async (tx) => {
      const record = await this.ledger.lock(tx, engineerId);
      const evidence = (await this.facts.evidence(engineerId, evidenceId)) ?? raise('not-found');
      demand(checkVersion(ifMatch, tagOfVersion(evidence.version)));
      demand(checkEvidenceAction('archive', viewpoint, evidence));
      await this.store.archive(tx, record, evidenceId);
      await this.finish(tx, record, await this.store.levelsOf(tx, record, evidenceId), [
        {
          kind: 'evidence.archived',
          subject: subjectOf(evidenceId),
          actor: viewpoint.personId,
          content: { revision: evidence.revision },
        },
      ]);
      return this.written(viewpoint, engineerId, evidenceId);
    });
  }

  private async finish(tx: Tx, record: LockedRecord, levels: readonly string[], happenings: readonly Happening[]): Promise<void> {
    await this.progress.recompute(tx, record, levels);
    await this.ledger.append(tx, record, ...happenings);
  }

  private async written(viewpoint: Viewpoint, engineerId: string, evidenceId: string): Promise<EvidenceWritten> {
    return (await this.query.one(viewpoint, engineerId, evidenceId)) ?? raise('not-found');
  }

  /** The statements that are to be supported, by reference: each named once, all of them known. */
  private async statementsOf(proposals: readonly Proposal[]): Promise<ReadonlyMap<string, StatementFact>> {
    const refs = proposals.map(({ statement }) => statement);
    const twice = refs.find((ref, index) => refs.indexOf(ref) !== index);
    if (twice !== undefined)
      return raise('support-exists', `Statement ${twice} is named twice: one piece of evidence shows a statement once.`);
    const known = await this.frameworks.statements(refs);
    const unknown = refs.filter((ref) => !known.has(ref));
    if (unknown.length > 0) {
      return raise(
        'statement-unknown',
        'Nothing was logged: some statements are in no framework here.',
        unknown.map((ref) => ({ code: 'statement-unknown', detail: `There is no statement ${ref}.`, statement: ref })),
      );
    }
    return known;
  }
}
