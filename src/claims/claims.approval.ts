import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { FrameworksFacts } from '../frameworks/frameworks.facts';
import { addMonths, dayOf } from '../kernel/clock';
import { newId } from '../kernel/ids';
import { demand, raise } from '../kernel/refusal';
import { LedgerLog } from '../ledger/ledger.log';
import { PeopleFacts } from '../people/people.facts';
import { Proofs, demandProof } from '../people/proofs';
import type { Tx } from '../platform/transaction';
import { ProgressStore } from '../progress/progress.store';
import { stateAfterApproval } from './claim';
import type { StandingApproval } from './claim-case.query';
import { type Attempt, ClaimDecision, type OpenCase } from './claim-decision';
import { checkGate } from './claim.policy';
import type { ApprovalRequest } from './claims.dto';
import { ClaimsStore } from './claims.store';
import { restsOn, shortStatements } from './gate';
import { signOffContent } from './submission';

/** Approving: one mentor's signed yes, and, with the last one needed, the sign-off. */
@Injectable()
export class ClaimsApproval {
  constructor(
    private readonly ledger: LedgerLog,
    private readonly store: ClaimsStore,
    private readonly decision: ClaimDecision,
    private readonly progress: ProgressStore,
    private readonly frameworks: FrameworksFacts,
    private readonly people: PeopleFacts,
    private readonly proofs: Proofs,
    private readonly settings: Settings,
  ) {}

  /**
   * Approves the state of a claim that the mentor saw. Eligibility and gate are those of this moment, read under the lock.
   * @throws Refused in the order of api.md: 403, 412, 409, `re-authentication-failed`, `totp-proof-required`, `essence-not-met`, `gate-not-met`
   */
  async approve(attempt: Omit<Attempt, 'action'>, { password, totp, meaning, essence }: ApprovalRequest): Promise<void> {
    const { caller } = attempt;
    // checking takes a while: it is done before the record is locked, and its answer given when its turn comes
    const verified = await this.proofs.verify(caller.personId, { password, totp });
    await this.decision.run({ ...attempt, action: 'approve' }, async (tx, open) => {
      const proof = demandProof(verified);
      if (open.policy.approversUseTotp && proof.method !== 'totp') return raise('totp-proof-required');
      if (!essence.met) return raise('essence-not-met');
      demand(checkGate('approve', open.gate));
      const { claim, record, policy, approvals } = open;
      const submissionDigest = await this.store.submissionDigest(tx, record, claim.claimId, claim.submission);
      const said = { name: caller.name, meaning, essence: { met: essence.met, note: essence.note }, proof: { method: proof.method } };
      const contentDigest = this.ledger.keep(record, {
        claim: claim.claimId,
        submission: claim.submission,
        submissionDigest: submissionDigest.toString('hex'),
        mentor: caller.personId,
        ...said,
      });
      await this.store.insertApproval(tx, record, {
        claimId: claim.claimId,
        submission: claim.submission,
        mentorId: caller.personId,
        submissionDigest,
        contentDigest,
      });
      await this.ledger.append(tx, record, {
        kind: 'claim.approved',
        subject: `claims/${claim.claimId}`,
        actor: caller.personId,
        digest: contentDigest,
      });
      const given: StandingApproval[] = [
        ...approvals,
        { mentorId: caller.personId, at: record.at, submissionDigest: submissionDigest.toString('hex'), ...said },
      ];
      const state = stateAfterApproval(given.length, policy.approvals);
      await this.store.change(tx, record, claim, state === 'approved' ? { state, dueOn: null } : { state });
      if (state === 'approved') await this.signOff(tx, open, given);
      await this.progress.recompute(tx, record, [claim.skillLevel]);
    });
  }

  private async signOff(tx: Tx, open: OpenCase, approvals: readonly StandingApproval[]): Promise<void> {
    const { claim, record, policy, statements, gateFacts } = open;
    const signOffId = newId();
    const on = dayOf(record.at, this.settings.TIME_ZONE);
    const until = policy.validMonths === null ? null : addMonths(on, policy.validMonths);
    const counted = new Set(restsOn(gateFacts).map(({ evidenceId, statement }) => `${evidenceId} ${statement}`));
    const resting = open.supports.filter(({ evidenceId, statement }) => counted.has(`${evidenceId} ${statement}`));
    const essence = await this.frameworks.essence(open.skill.frameworkId, claim.level);
    if (essence === null) throw new Error(`no essence for ${claim.skillLevel}`);
    const names = await this.people.names([
      record.engineerId,
      ...resting.flatMap(({ reviewedBy }) => (reviewedBy === null ? [] : [reviewedBy])),
    ]);
    const engineer = { id: record.engineerId, name: names.get(record.engineerId) ?? '' };
    const digest = this.ledger.keep(record, signOffContent(open, { signOffId, on, until, engineer, essence, approvals, names, resting }));
    const accepted = statements.length - shortStatements({ ...gateFacts, noOpportunity: [] }, 'approval').length;
    await this.store.insertSignOff(tx, record, {
      signOffId,
      claimId: claim.claimId,
      submission: claim.submission,
      skill: claim.skill,
      skillLevel: claim.skillLevel,
      level: claim.level,
      signedOffOn: on,
      validUntil: until,
      total: statements.length,
      accepted,
      digest,
    });
    await this.ledger.append(tx, record, {
      kind: 'sign-off.granted',
      subject: `sign-offs/${signOffId}`,
      actor: approvals.at(-1)?.mentorId ?? null,
      digest,
    });
  }
}
