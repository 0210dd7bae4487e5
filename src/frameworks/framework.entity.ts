import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One version of a framework. */
@Entity('framework')
export class FrameworkEntity {
  /** `sfia-9` */
  @PrimaryColumn('text', { name: 'framework_id' })
  frameworkId: string;

  @Column('text')
  name: string;

  @Column('text')
  version: string;

  @Column('text')
  rights: string;

  @Column('text')
  source: string;

  @Column('timestamp with time zone', { name: 'loaded_at', precision: 3, default: () => 'now()' })
  loadedAt: Date;
}
