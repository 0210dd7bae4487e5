import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { PinsStore } from '../evidence/pins.store';
import { FrameworksFacts } from '../frameworks/frameworks.facts';
import { type Json } from '../kernel/canonical-json';
import { dayOf } from '../kernel/clock';
import { newId } from '../kernel/ids';
import { parseSkillLevelRef, skillRef } from '../kernel/reference';
import { demand, raise } from '../kernel/refusal';
import { LedgerLog } from '../ledger/ledger.log';
import { Transactions, type Tx } from '../platform/transaction';
import { ProgressStore } from '../progress/progress.store';
import { dueOn, step } from './claim';
import { type Attempt, ClaimDecision, type OpenCase } from './claim-decision';
import { checkGate } from './claim.policy';
import type { ClaimChangeRequest, ClaimRequest } from './claims.dto';
import { ClaimsStore } from './claims.store';
import { restsOn } from './gate';
import { submissionContent } from './submission';

/** What an engineer does with a claim of their own. */
@Injectable()
export class ClaimsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly ledger: LedgerLog,
    private readonly store: ClaimsStore,
    private readonly decision: ClaimDecision,
    private readonly frameworks: FrameworksFacts,
    private readonly progress: ProgressStore,
    private readonly pins: PinsStore,
    private readonly settings: Settings,
  ) {}

  /**
   * Drafts a claim; answers its id.
   * @throws Refused `level-not-defined`, or `claim-open` while another claim for the skill is open
   */
  async draft(engineerId: string, { skillLevel, summary }: ClaimRequest): Promise<string> {
    return this.transactions.run(async (tx) => {
      const record = await this.ledger.lock(tx, engineerId);
      const name =
        parseSkillLevelRef(skillLevel) ?? raise('level-not-defined', `"${skillLevel}" is not a skill level such as sfia-9:ITOP.3.`);
      const ref = skillRef(name.frameworkId, name.code);
      const skill = (await this.frameworks.skill(ref)) ?? raise('level-not-defined', `There is no skill ${ref}.`);
      if (!skill.definedLevels.includes(name.level))
        return raise('level-not-defined', `${skill.name} is defined at levels ${skill.definedLevels.join(', ')}, not at ${name.level}.`);
      if (await this.store.hasOpen(tx, record, ref)) return raise('claim-open');
      const claimId = newId();
      await this.store.insert(tx, record, { claimId, skill: ref, skillLevel, summary });
      await this.progress.recompute(tx, record, [skillLevel]);
      await this.ledger.append(tx, record, {
        kind: 'claim.drafted',
        subject: `claims/${claimId}`,
        actor: engineerId,
        content: { claim: claimId, skillLevel, summary },
      });
      return claimId;
    });
  }

  /** Changes the summary, what is left out, or where there was no opportunity, while the claim is with its engineer. */
  async edit(attempt: Omit<Attempt, 'action'>, change: ClaimChangeRequest): Promise<void> {
    await this.decision.run({ ...attempt, action: 'edit' }, async (tx, open) => {
      const { claim, record } = open;
      // nothing asked for is nothing done: no entry, no new version
      if (Object.values(change).every((value) => value === undefined)) return;
      checkNames(open, change);
      if (change.leaveOut !== undefined) await this.store.replaceLeftOut(tx, record, claim.claimId, change.leaveOut);
      if (change.noOpportunity !== undefined) await this.store.replaceNoOpportunity(tx, record, claim.claimId, change.noOpportunity);
      await this.store.change(tx, record, claim, change.summary === undefined ? {} : { summary: change.summary });
      await this.note(tx, open, 'claim.edited', attempt.caller.personId, {
        summary: change.summary ?? claim.summary,
        leaveOut: (change.leaveOut ?? claim.leftOut).map(({ evidence, statement }) => ({ evidence, statement })),
        noOpportunity: (change.noOpportunity ?? claim.noOpportunity).map(({ statement, reason }) => ({ statement, reason })),
      });
    });
  }

  /** Submits a claim: pins exactly what it rests on. */
  async submit(attempt: Omit<Attempt, 'action'>): Promise<void> {
    await this.decision.run({ ...attempt, action: 'submit' }, async (tx, open) => {
      const { claim, record, policy, gateFacts } = open;
      demand(checkGate('submit', open.gate));
      const today = dayOf(record.at, this.settings.TIME_ZONE);
      const submission = claim.submission + 1;
      const resting = restsOn(gateFacts);
      const pinned = open.supports.filter((support) =>
        resting.some(({ evidenceId, statement }) => evidenceId === support.evidenceId && statement === support.statement),
      );
      const content = submissionContent(open, { submission, submittedOn: today, measuredOn: claim.firstSubmittedOn ?? today }, pinned);
      const digest = this.ledger.keep(record, content);
      await this.store.insertSubmission(tx, record, claim.claimId, submission, today, digest);
      await this.pins.pin(
        tx,
        record,
        claim.claimId,
        submission,
        pinned.map(({ evidenceId, statement, evidence }) => ({ evidenceId, statement, revision: evidence.revision })),
      );
      await this.store.change(tx, record, claim, {
        state: step(claim.state, 'submit', 'submitted'),
        submission,
        policyVersion: policy.version,
        firstSubmittedOn: claim.firstSubmittedOn ?? today,
        dueOn: dueOn(today, policy.reviewDays, claim.reviewDaysLeft),
        reviewDaysLeft: null,
      });
      await this.progress.recompute(tx, record, [claim.skillLevel]);
      await this.ledger.append(tx, record, {
        kind: 'claim.submitted',
        subject: `claims/${claim.claimId}`,
        actor: attempt.caller.personId,
        digest,
      });
    });
  }

  /** Takes a claim back; that ends it. */
  async withdraw(attempt: Omit<Attempt, 'action'>, reason: string | undefined): Promise<void> {
    await this.decision.run({ ...attempt, action: 'withdraw' }, async (tx, open) => {
      const { claim, record } = open;
      await this.store.change(tx, record, claim, { state: step(claim.state, 'withdraw', 'withdrawn'), dueOn: null });
      await this.note(tx, open, 'claim.withdrawn', attempt.caller.personId, reason === undefined ? {} : { reason });
    });
  }

  private async note(
    tx: Tx,
    { claim, record }: OpenCase,
    kind: 'claim.edited' | 'claim.withdrawn',
    actor: string,
    content: { readonly [name: string]: Json },
  ): Promise<void> {
    await this.progress.recompute(tx, record, [claim.skillLevel]);
    await this.ledger.append(tx, record, {
      kind,
      subject: `claims/${claim.claimId}`,
      actor,
      content: { claim: claim.claimId, ...content },
    });
  }
}

/** What an edit names must be of this claim: its level's statements, and supports that are there. */
function checkNames({ statements, supports }: OpenCase, { leaveOut = [], noOpportunity = [] }: ClaimChangeRequest): void {
  const known = new Set(statements.map(({ ref }) => ref));
  const linked = new Set(supports.map(({ evidenceId, statement }) => `${evidenceId} ${statement}`));
  const pairs = leaveOut.map(({ evidence, statement }) => `${evidence.toLowerCase()} ${statement}`);
  const unknown = [...leaveOut, ...noOpportunity].find(({ statement }) => !known.has(statement));
  if (unknown !== undefined) raise('statement-unknown', `${unknown.statement} is not a statement of the claimed level.`);
  const unlinked = pairs.find((pair) => !linked.has(pair));
  if (unlinked !== undefined)
    raise('evidence-unknown', `The record has no support of ${unlinked.split(' ')[1]} by that piece of evidence.`);
}
