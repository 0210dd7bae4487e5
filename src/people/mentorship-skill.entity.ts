import { Entity, PrimaryColumn } from 'typeorm';

@Entity('mentorship_skill')
export class MentorshipSkillEntity {
  @PrimaryColumn({ type: 'uuid', name: 'engineer_id' })
  engineerId: string;

  @PrimaryColumn({ type: 'uuid', name: 'mentorship_id' })
  mentorshipId: string;

  @PrimaryColumn({ type: 'text', name: 'skill_ref' })
  skillRef: string;
}
