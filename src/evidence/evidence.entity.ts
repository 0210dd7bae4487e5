import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EvidenceKind, EvidenceState } from './evidence';

/** The head of a piece of evidence: which revision is current, and what lists filter and sort by. */
@Entity('evidence')
export class EvidenceEntity {
  @PrimaryColumn('uuid', { name: 'engineer_id' })
  engineerId: string;

  @PrimaryColumn('uuid', { name: 'evidence_id' })
  evidenceId: string;

  @Column('text')
  state: EvidenceState;

  @Column('integer')
  revision: number;

  @Column('integer')
  version: number;

  @Column('text')
  kind: EvidenceKind;

  @Column('date', { name: 'started_on', nullable: true })
  startedOn: string | null;

  @Column('date', { name: 'ended_on', nullable: true })
  endedOn: string | null;

  @Column('text', { array: true })
  tags: string[];

  @Column('tsvector', { select: false })
  search: string;

  @Column('timestamp with time zone', { name: 'logged_at', precision: 3 })
  loggedAt: Date;

  @Column('timestamp with time zone', { name: 'changed_at', precision: 3 })
  changedAt: Date;
}

/** One revision: its content is named by its digest. */
@Entity('evidence_revision')
export class EvidenceRevisionEntity {
  @PrimaryColumn('uuid', { name: 'engineer_id' })
  engineerId: string;

  @PrimaryColumn('uuid', { name: 'evidence_id' })
  evidenceId: string;

  @PrimaryColumn('integer')
  revision: number;

  @Column('timestamp with time zone', { precision: 3 })
  at: Date;

  @Column('bytea')
  digest: Buffer;
}
