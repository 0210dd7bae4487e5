import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('totp')
export class TotpEntity {
  @PrimaryColumn({ type: 'uuid', name: 'person_id' })
  personId: string;

  @Column({ type: 'text' })
  state: 'pending' | 'on';

  /** Encrypted under the key of SECRETS_KEY_FILE. */
  @Column({ type: 'bytea', name: 'sealed_secret' })
  sealedSecret: Buffer;

  @Column({ type: 'text', name: 'key_id' })
  keyId: string;

  /** The time step of the last code that was taken. */
  @Column({ type: 'integer', name: 'last_step', default: 0 })
  lastStep: number;

  @Column({ type: 'timestamptz', precision: 3, name: 'begun_at', default: () => 'now()' })
  begunAt: Date;

  @Column({ type: 'timestamptz', precision: 3, name: 'confirmed_at', nullable: true })
  confirmedAt: Date | null;
}

@Entity('recovery_code')
export class RecoveryCodeEntity {
  @PrimaryColumn({ type: 'uuid', name: 'person_id' })
  personId: string;

  @PrimaryColumn({ type: 'bytea', name: 'code_hash' })
  codeHash: Buffer;

  @Column({ type: 'timestamptz', precision: 3, name: 'used_at', nullable: true })
  usedAt: Date | null;
}
