import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The closure of person.manager_id: one row for everybody above somebody. */
@Entity('reporting_line')
export class ReportingLineEntity {
  @PrimaryColumn({ type: 'uuid', name: 'ancestor_id' })
  ancestorId: string;

  @PrimaryColumn({ type: 'uuid', name: 'descendant_id' })
  descendantId: string;

  @Column({ type: 'integer' })
  depth: number;
}
