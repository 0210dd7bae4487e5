import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('invitation')
export class InvitationEntity {
  @PrimaryColumn({ type: 'uuid', name: 'invitation_id' })
  invitationId: string;

  @Column({ type: 'uuid', name: 'person_id' })
  personId: string;

  /** SHA-256 of the token: the token itself is nowhere. */
  @Column({ type: 'bytea', name: 'token_hash' })
  tokenHash: Buffer;

  /** The admin who invited; null where the command line did. */
  @Column({ type: 'uuid', name: 'invited_by', nullable: true })
  invitedBy: string | null;

  @Column({ type: 'timestamptz', precision: 3, name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', precision: 3, name: 'expires_at' })
  expiresAt: Date;

  @Column({ type: 'timestamptz', precision: 3, name: 'used_at', nullable: true })
  usedAt: Date | null;

  @Column({ type: 'timestamptz', precision: 3, name: 'void_at', nullable: true })
  voidAt: Date | null;
}
