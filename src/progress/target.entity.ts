import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Day } from '../kernel/clock';

/** One revision of the target in a skill; without a level it takes the target back. */
@Entity('target')
export class TargetEntity {
  @PrimaryColumn('uuid', { name: 'engineer_id' })
  engineerId: string;
  @PrimaryColumn('text', { name: 'skill_ref' })
  skill: string;
  @PrimaryColumn('integer')
  revision: number;
  @Column({ type: 'timestamptz', precision: 3 })
  at: Date;
  @Column('text', { name: 'skill_level_ref', nullable: true })
  skillLevel: string | null;
  @Column('smallint', { nullable: true })
  level: number | null;
  @Column('date', { name: 'reach_by', nullable: true })
  reachBy: Day | null;
  @Column('uuid', { name: 'set_by' })
  setBy: string;
  @Column('bytea')
  digest: Buffer;
}
