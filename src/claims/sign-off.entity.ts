import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Day } from '../kernel/clock';

/** A level, granted; its frozen content is named by the digest. */
@Entity('sign_off')
export class SignOffEntity {
  @PrimaryColumn('uuid', { name: 'engineer_id' })
  engineerId: string;
  @PrimaryColumn('uuid', { name: 'sign_off_id' })
  signOffId: string;
  @Column('uuid', { name: 'claim_id' })
  claimId: string;
  @Column('integer')
  submission: number;
  @Column('text', { name: 'skill_ref' })
  skill: string;
  @Column('text', { name: 'skill_level_ref' })
  skillLevel: string;
  @Column('smallint')
  level: number;
  @Column({ type: 'timestamptz', precision: 3 })
  at: Date;
  @Column('date', { name: 'signed_off_on' })
  signedOffOn: Day;
  @Column('date', { name: 'valid_until', nullable: true })
  validUntil: Day | null;
  @Column('smallint')
  total: number;
  @Column('smallint')
  accepted: number;
  @Column('bytea')
  digest: Buffer;
}

/** What ended a sign-off: an admin's decision, with its reason behind the digest. */
@Entity('revocation')
export class RevocationEntity {
  @PrimaryColumn('uuid', { name: 'engineer_id' })
  engineerId: string;
  @PrimaryColumn('uuid', { name: 'sign_off_id' })
  signOffId: string;
  @Column('uuid', { name: 'revoked_by' })
  revokedBy: string;
  @Column({ type: 'timestamptz', precision: 3 })
  at: Date;
  @Column('date', { name: 'revoked_on' })
  revokedOn: Day;
  @Column('bytea', { name: 'content_digest' })
  contentDigest: Buffer;
}

/** That a sign-off's time ran out was noted. */
@Entity('sign_off_expiry')
export class SignOffExpiryEntity {
  @PrimaryColumn('uuid', { name: 'engineer_id' })
  engineerId: string;
  @PrimaryColumn('uuid', { name: 'sign_off_id' })
  signOffId: string;
  @Column({ type: 'timestamptz', precision: 3 })
  at: Date;
}
