import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A support and the revision of its evidence that a submission rests on. */
@Entity('claim_pin')
export class ClaimPinEntity {
  @PrimaryColumn('uuid', { name: 'engineer_id' })
  engineerId: string;

  @PrimaryColumn('uuid', { name: 'claim_id' })
  claimId: string;

  @PrimaryColumn('integer')
  submission: number;

  @PrimaryColumn('uuid', { name: 'evidence_id' })
  evidenceId: string;

  @PrimaryColumn('text', { name: 'statement_ref' })
  statementRef: string;

  @Column('integer')
  revision: number;
}
