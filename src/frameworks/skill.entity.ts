import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PackRelatedSkill } from './framework-pack';

@Entity('skill')
export class SkillEntity {
  /** `sfia-9:ITOP` */
  @PrimaryColumn('text', { name: 'skill_ref' })
  skillRef: string;

  @Column('text', { name: 'framework_id' })
  frameworkId: string;

  @Column('text')
  code: string;

  @Column('text')
  name: string;

  @Column('text')
  description: string;

  @Column('text')
  source: string;

  @Column('text', { name: 'guidance_text' })
  guidanceText: string;

  @Column('text', { array: true })
  activities: string[];

  @Column('text', { name: 'revision_notes', array: true })
  revisionNotes: string[];

  @Column('text', { name: 'not_defined_lower' })
  notDefinedLower: string;

  @Column('text', { name: 'not_defined_higher' })
  notDefinedHigher: string;

  @Column('jsonb')
  related: PackRelatedSkill[];
}
