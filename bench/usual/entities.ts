import { Column, Entity, JoinColumn, ManyToOne, OneToMany, PrimaryColumn, type Relation } from 'typeorm';
import type { EvidenceContent, EvidenceKind, EvidenceState } from '../../src/evidence/evidence';

/* The tables as classes with relations, so that a repository loads what an answer shows. */

@Entity('person')
export class Person {
  @PrimaryColumn('uuid', { name: 'person_id' }) id: string;
  @Column('text') name: string;
  @Column('text', { array: true }) roles: string[];
  @Column('boolean') active: boolean;
}

@Entity('session')
export class Session {
  @PrimaryColumn('uuid', { name: 'session_id' }) id: string;
  @Column('bytea', { name: 'token_hash' }) tokenHash: Buffer;
  @Column('timestamptz', { name: 'last_used_at' }) lastUsedAt: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt: Date;
  @ManyToOne(() => Person)
  @JoinColumn({ name: 'person_id' })
  person: Person;
}

@Entity('reporting_line')
export class ReportingLine {
  @PrimaryColumn('uuid', { name: 'ancestor_id' }) ancestorId: string;
  @PrimaryColumn('uuid', { name: 'descendant_id' }) descendantId: string;
}

@Entity('mentorship')
export class Mentorship {
  @PrimaryColumn('uuid', { name: 'engineer_id' }) engineerId: string;
  @PrimaryColumn('uuid', { name: 'mentorship_id' }) id: string;
  @Column('uuid', { name: 'mentor_id' }) mentorId: string;
  @Column('timestamptz', { name: 'from_at' }) from: Date;
  @Column('timestamptz', { name: 'until_at', nullable: true }) until: Date | null;
}

@Entity('framework')
export class Framework {
  @PrimaryColumn('text', { name: 'framework_id' }) id: string;
  @Column('text') rights: string;
}

@Entity('skill_level')
export class SkillLevel {
  @PrimaryColumn('text', { name: 'skill_level_ref' }) ref: string;
  @ManyToOne(() => Framework)
  @JoinColumn({ name: 'framework_id' })
  framework: Framework;
}

@Entity('statement')
export class Statement {
  @PrimaryColumn('text', { name: 'statement_ref' }) ref: string;
  @Column('text', { name: 'skill_level_ref' }) skillLevelRef: string;
  @Column('smallint') ordinal: number;
  @Column('text') text: string;
  @ManyToOne(() => SkillLevel)
  @JoinColumn({ name: 'skill_level_ref' })
  skillLevel: SkillLevel;
}

@Entity('record')
export class EngineerRecord {
  @PrimaryColumn('uuid', { name: 'engineer_id' }) engineerId: string;
  @Column('integer') version: number;
  @Column('integer', { name: 'head_seq' }) headSeq: number;
  @Column('bytea', { name: 'head_hash' }) headHash: Buffer;
  @Column('timestamptz', { name: 'head_at', nullable: true }) headAt: Date | null;
}

@Entity('record_content')
export class Content {
  @PrimaryColumn('uuid', { name: 'engineer_id' }) engineerId: string;
  @PrimaryColumn('bytea') digest: Buffer;
  @Column('bytea') salt: Buffer;
  @Column('jsonb') body: unknown;
}

@Entity('ledger_entry')
export class LedgerEntry {
  @PrimaryColumn('uuid', { name: 'engineer_id' }) engineerId: string;
  @PrimaryColumn('integer') seq: number;
  @Column('timestamptz') at: Date;
  @Column('uuid', { name: 'actor_id', nullable: true }) actorId: string | null;
  @Column('text') kind: string;
  @Column('text') subject: string;
  @Column('bytea') digest: Buffer;
  @Column('bytea') previous: Buffer;
  @Column('bytea') hash: Buffer;
  @ManyToOne(() => Content, { createForeignKeyConstraints: false })
  @JoinColumn([
    { name: 'engineer_id', referencedColumnName: 'engineerId' },
    { name: 'digest', referencedColumnName: 'digest' },
  ])
  content: Content;
}

@Entity('evidence')
export class Evidence {
  @PrimaryColumn('uuid', { name: 'engineer_id' }) engineerId: string;
  @PrimaryColumn('uuid', { name: 'evidence_id' }) id: string;
  @Column('text') state: EvidenceState;
  @Column('integer') revision: number;
  @Column('integer') version: number;
  @Column('text') kind: EvidenceKind;
  @Column('date', { name: 'started_on', nullable: true }) startedOn: string | null;
  @Column('date', { name: 'ended_on', nullable: true }) endedOn: string | null;
  @Column('text', { array: true }) tags: string[];
  @Column('tsvector', { select: false }) search: string;
  @Column('timestamptz', { name: 'logged_at' }) loggedAt: Date;
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @OneToMany(() => Revision, ({ evidence }) => evidence) revisions: Revision[];
  @OneToMany(() => Support, ({ evidence }) => evidence) supports: Support[];
  @ManyToOne(() => Revision, { createForeignKeyConstraints: false })
  @JoinColumn([
    { name: 'engineer_id', referencedColumnName: 'engineerId' },
    { name: 'evidence_id', referencedColumnName: 'evidenceId' },
    { name: 'revision', referencedColumnName: 'revision' },
  ])
  current: Relation<Revision>;
}

@Entity('evidence_revision')
export class Revision {
  @PrimaryColumn('uuid', { name: 'engineer_id' }) engineerId: string;
  @PrimaryColumn('uuid', { name: 'evidence_id' }) evidenceId: string;
  @PrimaryColumn('integer') revision: number;
  @Column('timestamptz') at: Date;
  @Column('bytea') digest: Buffer;
  @ManyToOne(() => Evidence, ({ revisions }) => revisions)
  @JoinColumn([
    { name: 'engineer_id', referencedColumnName: 'engineerId' },
    { name: 'evidence_id', referencedColumnName: 'id' },
  ])
  evidence: Evidence;
  @ManyToOne(() => Content, { createForeignKeyConstraints: false })
  @JoinColumn([
    { name: 'engineer_id', referencedColumnName: 'engineerId' },
    { name: 'digest', referencedColumnName: 'digest' },
  ])
  content: Content & { body: EvidenceContent };
}

@Entity('support')
export class Support {
  @PrimaryColumn('uuid', { name: 'engineer_id' }) engineerId: string;
  @PrimaryColumn('uuid', { name: 'evidence_id' }) evidenceId: string;
  @PrimaryColumn('text', { name: 'statement_ref' }) statementRef: string;
  @Column('text', { name: 'skill_level_ref' }) skillLevelRef: string;
  @Column('text') state: 'proposed' | 'accepted' | 'returned' | 'withdrawn';
  @Column('integer') revision: number;
  @Column('text') rationale: string;
  @Column('timestamptz', { name: 'proposed_at' }) proposedAt: Date;
  @Column('text', { nullable: true }) verdict: string | null;
  @Column('integer', { name: 'verdict_revision', nullable: true }) verdictRevision: number | null;
  @Column('text', { nullable: true }) feedback: string | null;
  @Column('timestamptz', { name: 'reviewed_at', nullable: true }) reviewedAt: Date | null;
  @ManyToOne(() => Evidence, ({ supports }) => supports)
  @JoinColumn([
    { name: 'engineer_id', referencedColumnName: 'engineerId' },
    { name: 'evidence_id', referencedColumnName: 'id' },
  ])
  evidence: Evidence;
  @ManyToOne(() => Statement)
  @JoinColumn({ name: 'statement_ref' })
  statement: Statement;
  @ManyToOne(() => Person)
  @JoinColumn({ name: 'reviewed_by' })
  reviewer: Person | null;
  @ManyToOne(() => Revision, { createForeignKeyConstraints: false })
  @JoinColumn([
    { name: 'engineer_id', referencedColumnName: 'engineerId' },
    { name: 'evidence_id', referencedColumnName: 'evidenceId' },
    { name: 'verdict_revision', referencedColumnName: 'revision' },
  ])
  judged: Revision | null;
}

@Entity('claim')
export class Claim {
  @PrimaryColumn('uuid', { name: 'engineer_id' }) engineerId: string;
  @PrimaryColumn('uuid', { name: 'claim_id' }) id: string;
  @Column('text', { name: 'skill_level_ref' }) skillLevelRef: string;
  @Column('text') state: string;
  @Column('integer') submission: number;
  @OneToMany(() => ClaimPin, ({ claim }) => claim) pins: ClaimPin[];
}

@Entity('claim_pin')
export class ClaimPin {
  @PrimaryColumn('uuid', { name: 'engineer_id' }) engineerId: string;
  @PrimaryColumn('uuid', { name: 'claim_id' }) claimId: string;
  @PrimaryColumn('integer') submission: number;
  @PrimaryColumn('uuid', { name: 'evidence_id' }) evidenceId: string;
  @PrimaryColumn('text', { name: 'statement_ref' }) statementRef: string;
  @ManyToOne(() => Claim, ({ pins }) => pins)
  @JoinColumn([
    { name: 'engineer_id', referencedColumnName: 'engineerId' },
    { name: 'claim_id', referencedColumnName: 'id' },
  ])
  claim: Claim;
}

export const entities = [
  Person,
  Session,
  ReportingLine,
  Mentorship,
  Framework,
  SkillLevel,
  Statement,
  EngineerRecord,
  Content,
  LedgerEntry,
  Evidence,
  Revision,
  Support,
  Claim,
  ClaimPin,
];
