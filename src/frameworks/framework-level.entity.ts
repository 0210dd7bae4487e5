import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One of a framework's seven levels of responsibility. */
@Entity('framework_level')
export class FrameworkLevelEntity {
  @PrimaryColumn('text', { name: 'framework_id' })
  frameworkId: string;

  @PrimaryColumn('smallint')
  level: number;

  @Column('text')
  phrase: string;

  @Column('text')
  essence: string;
}
