import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Day } from '../kernel/clock';
import type { ClaimState } from './claim';

/** A row of `claim`. */
@Entity('claim')
export class ClaimEntity {
  @PrimaryColumn('uuid', { name: 'engineer_id' })
  engineerId: string;
  @PrimaryColumn('uuid', { name: 'claim_id' })
  claimId: string;
  @Column('text', { name: 'skill_ref' })
  skill: string;
  @Column('text', { name: 'skill_level_ref' })
  skillLevel: string;
  @Column('text')
  state: ClaimState;
  @Column('text')
  summary: string;
  @Column('integer', { name: 'policy_version', nullable: true })
  policyVersion: number | null;
  @Column('date', { name: 'first_submitted_on', nullable: true })
  firstSubmittedOn: Day | null;
  @Column('integer')
  submission: number;
  @Column('date', { name: 'due_on', nullable: true })
  dueOn: Day | null;
  @Column('smallint', { name: 'review_days_left', nullable: true })
  reviewDaysLeft: number | null;
  @Column('integer')
  version: number;
  @Column({ type: 'timestamptz', name: 'drafted_at', precision: 3 })
  draftedAt: Date;
  @Column({ type: 'timestamptz', name: 'changed_at', precision: 3 })
  changedAt: Date;
}

/** A support that the engineer leaves out of a claim. */
@Entity('claim_left_out')
export class ClaimLeftOutEntity {
  @PrimaryColumn('uuid', { name: 'engineer_id' })
  engineerId: string;
  @PrimaryColumn('uuid', { name: 'claim_id' })
  claimId: string;
  @PrimaryColumn('uuid', { name: 'evidence_id' })
  evidenceId: string;
  @PrimaryColumn('text', { name: 'statement_ref' })
  statement: string;
}

/** A statement without evidence, and why there was no opportunity. */
@Entity('claim_no_opportunity')
export class ClaimNoOpportunityEntity {
  @PrimaryColumn('uuid', { name: 'engineer_id' })
  engineerId: string;
  @PrimaryColumn('uuid', { name: 'claim_id' })
  claimId: string;
  @PrimaryColumn('text', { name: 'statement_ref' })
  statement: string;
  @Column('text')
  reason: string;
}

/** What was submitted; its content is named by the digest. */
@Entity('claim_submission')
export class ClaimSubmissionEntity {
  @PrimaryColumn('uuid', { name: 'engineer_id' })
  engineerId: string;
  @PrimaryColumn('uuid', { name: 'claim_id' })
  claimId: string;
  @PrimaryColumn('integer')
  submission: number;
  @Column({ type: 'timestamptz', precision: 3 })
  at: Date;
  @Column('date', { name: 'submitted_on' })
  submittedOn: Day;
  @Column('bytea')
  digest: Buffer;
}

/** One mentor's yes to one submission. */
@Entity('approval')
export class ApprovalEntity {
  @PrimaryColumn('uuid', { name: 'engineer_id' })
  engineerId: string;
  @PrimaryColumn('uuid', { name: 'claim_id' })
  claimId: string;
  @PrimaryColumn('integer')
  submission: number;
  @PrimaryColumn('uuid', { name: 'mentor_id' })
  mentorId: string;
  @Column({ type: 'timestamptz', precision: 3 })
  at: Date;
  @Column('bytea', { name: 'submission_digest' })
  submissionDigest: Buffer;
  @Column('bytea', { name: 'content_digest' })
  contentDigest: Buffer;
}
