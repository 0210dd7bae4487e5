import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Role } from '../kernel/actor';

@Entity('person')
export class PersonEntity {
  @PrimaryColumn({ type: 'uuid', name: 'person_id' })
  personId: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text' })
  email: string;

  /** Argon2id in PHC form; null until an invitation is redeemed. */
  @Column({ type: 'text', name: 'password_hash', nullable: true })
  passwordHash: string | null;

  @Column({ type: 'text', array: true, default: [] })
  roles: Role[];

  @Column({ type: 'uuid', name: 'manager_id', nullable: true })
  managerId: string | null;

  @Column({ type: 'boolean', default: true })
  active: boolean;

  @Column({ type: 'timestamptz', precision: 3, name: 'first_signed_in_at', nullable: true })
  firstSignedInAt: Date | null;

  @Column({ type: 'timestamptz', precision: 3, name: 'approvals_barred_until', nullable: true })
  approvalsBarredUntil: Date | null;

  /** Until when somebody whose admin rights another admin ended still counts among those whose confirmation is needed. */
  @Column({ type: 'timestamptz', precision: 3, name: 'counts_as_admin_until', nullable: true })
  countsAsAdminUntil: Date | null;

  /** When the person was erased: their name is a pseudonym from then on. */
  @Column({ type: 'timestamptz', precision: 3, name: 'erased_at', nullable: true })
  erasedAt: Date | null;

  @Column({ type: 'integer', default: 1 })
  version: number;

  @Column({ type: 'timestamptz', precision: 3, name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
