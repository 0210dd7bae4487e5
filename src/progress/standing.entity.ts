import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Day } from '../kernel/clock';
import type { LevelStanding } from './standing';

/** Where somebody stands in a skill: what their rows of progress add up to, with their target; only ProgressStore writes it. */
@Entity('standing')
export class StandingEntity {
  @PrimaryColumn('uuid', { name: 'engineer_id' })
  engineerId: string;

  @PrimaryColumn('text', { name: 'skill_ref' })
  skill: string;

  @Column('json')
  levels: LevelStanding[];

  /** The highest level with a sign-off, whether its time is over or not. */
  @Column('smallint', { name: 'current_level', nullable: true })
  currentLevel: number | null;

  /** A bit for each level whose statements are all shown. */
  @Column('integer', { name: 'levels_all' })
  levelsAll: number;

  /** A bit for each level of which some statements are shown, and not all. */
  @Column('integer', { name: 'levels_some' })
  levelsSome: number;

  /** A bit for each level whose newest submitted or approved claim is approved. */
  @Column('integer', { name: 'levels_approved' })
  levelsApproved: number;

  /** The last day on which the columns before say how things stand: the earliest on which a sign-off ends. */
  @Column('date', { name: 'lapses_on', nullable: true })
  lapsesOn: Day | null;

  @Column('smallint', { name: 'target_level', nullable: true })
  targetLevel: number | null;

  @Column('date', { name: 'target_by', nullable: true })
  targetBy: Day | null;
}
