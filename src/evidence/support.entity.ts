import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { SupportState, Verdict } from './support';

/** This evidence shows this statement. The last verdict is kept when the support is re-opened. */
@Entity('support')
export class SupportEntity {
  @PrimaryColumn('uuid', { name: 'engineer_id' })
  engineerId: string;

  @PrimaryColumn('uuid', { name: 'evidence_id' })
  evidenceId: string;

  @PrimaryColumn('text', { name: 'statement_ref' })
  statementRef: string;

  @Column('text', { name: 'skill_level_ref' })
  skillLevelRef: string;

  @Column('text')
  state: SupportState;

  @Column('integer')
  revision: number;

  @Column('text')
  rationale: string;

  @Column('timestamp with time zone', { name: 'proposed_at', precision: 3 })
  proposedAt: Date;

  @Column('text', { nullable: true })
  verdict: Verdict | null;

  @Column('integer', { name: 'verdict_revision', nullable: true })
  verdictRevision: number | null;

  @Column('text', { nullable: true })
  feedback: string | null;

  @Column('uuid', { name: 'reviewed_by', nullable: true })
  reviewedBy: string | null;

  @Column('timestamp with time zone', { name: 'reviewed_at', precision: 3, nullable: true })
  reviewedAt: Date | null;

  @Column('integer')
  version: number;
}
