import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PolicyNumbers } from './policy';

/** One version of the numbers in a skill level's gate. */
@Entity('policy')
export class PolicyEntity {
  @PrimaryColumn('text', { name: 'skill_level_ref' })
  skillLevelRef: string;

  @PrimaryColumn('integer')
  version: number;

  @Column('smallint', { name: 'accepted_per_statement' })
  acceptedPerStatement: number;

  @Column('smallint', { name: 'may_miss' })
  mayMiss: number;

  @Column('smallint', { name: 'distinct_evidence' })
  distinctEvidence: number;

  @Column('smallint', { name: 'max_age_months' })
  maxAgeMonths: number;

  @Column('smallint')
  approvals: number;

  @Column('text')
  stepping: PolicyNumbers['stepping'];

  @Column('boolean', { name: 'line_manager_may_approve' })
  lineManagerMayApprove: boolean;

  @Column('boolean', { name: 'approvers_use_totp', default: false })
  approversUseTotp: boolean;

  @Column('smallint', { name: 'valid_months', nullable: true })
  validMonths: number | null;

  @Column('smallint', { name: 'review_days' })
  reviewDays: number;

  /** Who set it; null is the default that the level was loaded with. */
  @Column('uuid', { name: 'set_by', nullable: true })
  setBy: string | null;

  @Column('timestamp with time zone', { name: 'set_at', precision: 3, default: () => 'now()' })
  setAt: Date;
}
