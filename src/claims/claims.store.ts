import { Injectable } from '@nestjs/common';
import type { LockedRecord } from '../ledger/ledger.log';
import { type Tx, rowsOf } from '../platform/transaction';
import { type Day } from '../kernel/clock';
import type { ClaimState } from './claim';
import { ApprovalEntity, ClaimEntity, ClaimLeftOutEntity, ClaimNoOpportunityEntity, ClaimSubmissionEntity } from './claim.entity';
import { RevocationEntity, SignOffEntity, SignOffExpiryEntity } from './sign-off.entity';

export type NewClaim = Pick<ClaimEntity, 'claimId' | 'skill' | 'skillLevel' | 'summary'>;
export type ClaimChange = Partial<
  Pick<ClaimEntity, 'state' | 'summary' | 'policyVersion' | 'firstSubmittedOn' | 'submission' | 'dueOn' | 'reviewDaysLeft'>
>;

/** Writes claims and what comes of them. */
@Injectable()
export class ClaimsStore {
  /** Whether an open claim for the skill is there already. */
  async hasOpen(tx: Tx, record: LockedRecord, skill: string): Promise<boolean> {
    const rows = await rowsOf(
      tx,
      `SELECT 1 FROM claim WHERE engineer_id = $1 AND skill_ref = $2 AND state IN ('draft', 'submitted', 'changes-requested')`,
      [record.engineerId, skill],
    );
    return rows.length > 0;
  }

  async insert(tx: Tx, record: LockedRecord, claim: NewClaim): Promise<void> {
    const state: ClaimState = 'draft';
    await tx.insert(ClaimEntity, {
      ...claim,
      engineerId: record.engineerId,
      state,
      submission: 0,
      version: 1,
      draftedAt: record.at,
      changedAt: record.at,
    });
  }

  /** Changes a claim and moves its version on. */
  async change(tx: Tx, record: LockedRecord, claim: { claimId: string; version: number }, change: ClaimChange): Promise<void> {
    await tx.update(
      ClaimEntity,
      { engineerId: record.engineerId, claimId: claim.claimId },
      { ...change, version: claim.version + 1, changedAt: record.at },
    );
  }

  async replaceLeftOut(
    tx: Tx,
    record: LockedRecord,
    claimId: string,
    leftOut: readonly { evidence: string; statement: string }[],
  ): Promise<void> {
    const { engineerId } = record;
    await tx.delete(ClaimLeftOutEntity, { engineerId, claimId });
    for (const { evidence, statement } of leftOut)
      await tx.insert(ClaimLeftOutEntity, { engineerId, claimId, evidenceId: evidence, statement });
  }

  async replaceNoOpportunity(
    tx: Tx,
    record: LockedRecord,
    claimId: string,
    noOpportunity: readonly { statement: string; reason: string }[],
  ): Promise<void> {
    const { engineerId } = record;
    await tx.delete(ClaimNoOpportunityEntity, { engineerId, claimId });
    for (const { statement, reason } of noOpportunity)
      await tx.insert(ClaimNoOpportunityEntity, { engineerId, claimId, statement, reason });
  }

  async insertSubmission(
    tx: Tx,
    record: LockedRecord,
    claimId: string,
    submission: number,
    submittedOn: Day,
    digest: Buffer,
  ): Promise<void> {
    await tx.insert(ClaimSubmissionEntity, { engineerId: record.engineerId, claimId, submission, at: record.at, submittedOn, digest });
  }

  /** The digest of a submission: what an approval names. */
  async submissionDigest(tx: Tx, record: LockedRecord, claimId: string, submission: number): Promise<Buffer> {
    const row = await tx.findOneByOrFail(ClaimSubmissionEntity, { engineerId: record.engineerId, claimId, submission });
    return row.digest;
  }

  async insertApproval(tx: Tx, record: LockedRecord, approval: Omit<ApprovalEntity, 'engineerId' | 'at'>): Promise<void> {
    await tx.insert(ApprovalEntity, { ...approval, engineerId: record.engineerId, at: record.at });
  }

  async insertSignOff(tx: Tx, record: LockedRecord, signOff: Omit<SignOffEntity, 'engineerId' | 'at'>): Promise<void> {
    await tx.insert(SignOffEntity, { ...signOff, engineerId: record.engineerId, at: record.at });
  }

  async insertRevocation(tx: Tx, record: LockedRecord, revocation: Omit<RevocationEntity, 'engineerId' | 'at'>): Promise<void> {
    await tx.insert(RevocationEntity, { ...revocation, engineerId: record.engineerId, at: record.at });
  }

  /** Notes that a sign-off's time ran out; false where that is noted already. */
  async insertExpiry(tx: Tx, record: LockedRecord, signOffId: string): Promise<boolean> {
    const key = { engineerId: record.engineerId, signOffId };
    if ((await tx.findOneBy(SignOffExpiryEntity, key)) !== null) return false;
    await tx.insert(SignOffExpiryEntity, { ...key, at: record.at });
    return true;
  }
}
