import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A level that a skill defines; the others have no row. */
@Entity('skill_level')
export class SkillLevelEntity {
  /** `sfia-9:ITOP.4` */
  @PrimaryColumn('text', { name: 'skill_level_ref' })
  skillLevelRef: string;

  @Column('text', { name: 'skill_ref' })
  skillRef: string;

  @Column('text', { name: 'framework_id' })
  frameworkId: string;

  @Column('smallint')
  level: number;
}
