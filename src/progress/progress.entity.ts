import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Day } from '../kernel/clock';

/** What a record adds up to at one skill level; only ProgressStore writes it. */
@Entity('progress')
export class ProgressEntity {
  @PrimaryColumn('uuid', { name: 'engineer_id' })
  engineerId: string;

  @PrimaryColumn('text', { name: 'skill_level_ref' })
  skillLevel: string;

  @Column('text', { name: 'skill_ref' })
  skill: string;

  @Column('smallint')
  level: number;

  /** The statements of the level. */
  @Column('smallint')
  total: number;

  /** Statements that work shows with an accepted support. */
  @Column('smallint')
  accepted: number;

  /** Statements that only proposed supports show. */
  @Column('smallint')
  proposed: number;

  @Column('date', { name: 'last_evidence_on', nullable: true })
  lastEvidenceOn: Day | null;

  @Column('boolean', { name: 'going_on' })
  goingOn: boolean;

  /** The open claim, else the latest. */
  @Column('uuid', { name: 'claim_id', nullable: true })
  claimId: string | null;

  @Column('text', { name: 'claim_state', nullable: true })
  claimState: string | null;

  /** Of the newest claim that is submitted or approved. */
  @Column('text', { name: 'line_claim_state', nullable: true })
  lineClaimState: string | null;

  /** The sign-off that lasts longest of those that are neither revoked nor noted as expired. */
  @Column('uuid', { name: 'sign_off_id', nullable: true })
  signOffId: string | null;

  @Column('date', { name: 'signed_off_on', nullable: true })
  signedOffOn: Day | null;

  @Column('date', { name: 'valid_until', nullable: true })
  validUntil: Day | null;

  @Column('smallint', { name: 'signed_off_accepted', nullable: true })
  signedOffAccepted: number | null;
}
