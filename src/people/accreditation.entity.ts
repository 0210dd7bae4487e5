import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('accreditation')
export class AccreditationEntity {
  @PrimaryColumn({ type: 'uuid', name: 'person_id' })
  personId: string;

  @PrimaryColumn({ type: 'uuid', name: 'accreditation_id' })
  accreditationId: string;

  @Column({ type: 'text', name: 'skill_ref' })
  skillRef: string;

  @Column({ type: 'smallint', name: 'up_to_level' })
  upToLevel: number;

  @Column({ type: 'text' })
  reason: string;

  @Column({ type: 'uuid', name: 'granted_by' })
  grantedBy: string;

  @Column({ type: 'timestamptz', precision: 3, name: 'granted_at', default: () => 'now()' })
  grantedAt: Date;

  @Column({ type: 'uuid', name: 'ended_by', nullable: true })
  endedBy: string | null;

  @Column({ type: 'timestamptz', precision: 3, name: 'ended_at', nullable: true })
  endedAt: Date | null;
}
