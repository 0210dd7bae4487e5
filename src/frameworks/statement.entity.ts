import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One sentence of a skill level. */
@Entity('statement')
export class StatementEntity {
  /** `sfia-9:ITOP.4.2` */
  @PrimaryColumn('text', { name: 'statement_ref' })
  statementRef: string;

  @Column('text', { name: 'skill_level_ref' })
  skillLevelRef: string;

  @Column('smallint')
  ordinal: number;

  @Column('smallint')
  paragraph: number;

  @Column('text')
  text: string;
}
