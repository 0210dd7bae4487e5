import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('mentorship')
export class MentorshipEntity {
  @PrimaryColumn({ type: 'uuid', name: 'engineer_id' })
  engineerId: string;

  @PrimaryColumn({ type: 'uuid', name: 'mentorship_id' })
  mentorshipId: string;

  @Column({ type: 'uuid', name: 'mentor_id' })
  mentorId: string;

  @Column({ type: 'timestamptz', precision: 3, name: 'from_at' })
  fromAt: Date;

  @Column({ type: 'timestamptz', precision: 3, name: 'until_at', nullable: true })
  untilAt: Date | null;

  @Column({ type: 'uuid', name: 'created_by' })
  createdBy: string;

  @Column({ type: 'timestamptz', precision: 3, name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
