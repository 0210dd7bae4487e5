import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { RequestAction, RequestState } from './admin-request';

@Entity('admin_request')
export class AdminRequestEntity {
  @PrimaryColumn({ type: 'uuid', name: 'request_id' })
  requestId: string;

  @Column({ type: 'text' })
  action: RequestAction;

  @Column({ type: 'uuid', name: 'person_id' })
  personId: string;

  @Column({ type: 'text', default: '' })
  target: string;

  /** Null once the person is erased. */
  @Column({ type: 'text', nullable: true })
  reason: string | null;

  @Column({ type: 'text', default: 'open' })
  state: RequestState;

  @Column({ type: 'uuid', name: 'requested_by' })
  requestedBy: string;

  @Column({ type: 'timestamptz', precision: 3, name: 'requested_at' })
  requestedAt: Date;

  @Column({ type: 'timestamptz', precision: 3, name: 'expires_at' })
  expiresAt: Date;

  @Column({ type: 'uuid', name: 'decided_by', nullable: true })
  decidedBy: string | null;

  @Column({ type: 'timestamptz', precision: 3, name: 'decided_at', nullable: true })
  decidedAt: Date | null;

  @Column({ type: 'text', name: 'decision_reason', nullable: true })
  decisionReason: string | null;

  @Column({ type: 'integer', default: 1 })
  version: number;
}
