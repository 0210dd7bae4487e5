import { Injectable } from '@nestjs/common';
import { type Page, pageOf, positionOf } from '../kernel/paging';
import { Database } from '../platform/transaction';
import { AccreditationAnswer } from './accreditations.dto';

interface AccreditationRow {
  accreditation_id: string;
  skill_ref: string;
  up_to_level: number;
  reason: string;
  granted_by: string;
  granter: string;
  granted_at: Date;
  ended_by: string | null;
  ender: string | null;
  ended_at: Date | null;
}

const selected = `
  SELECT a.accreditation_id, a.skill_ref, a.up_to_level::int AS up_to_level, CASE WHEN p.erased_at IS NULL THEN a.reason ELSE 'Erased.' END AS reason, a.granted_by, g.name AS granter, a.granted_at,
         a.ended_by, e.name AS ender, a.ended_at
    FROM accreditation a JOIN person p ON p.person_id = a.person_id JOIN person g ON g.person_id = a.granted_by LEFT JOIN person e ON e.person_id = a.ended_by`;

const answerOf = (row: AccreditationRow): AccreditationAnswer => ({
  id: row.accreditation_id,
  skill: row.skill_ref,
  upToLevel: row.up_to_level,
  reason: row.reason,
  grantedBy: { id: row.granted_by, name: row.granter },
  grantedAt: row.granted_at.toISOString(),
  ended:
    row.ended_at === null || row.ended_by === null
      ? null
      : { by: { id: row.ended_by, name: row.ender ?? '' }, at: row.ended_at.toISOString() },
});

@Injectable()
export class AccreditationsQueries {
  constructor(private readonly db: Database) {}

  /** One page of a person's accreditations, ended ones too, the newest first. */
  async list(personId: string, limit: number, cursor: string | undefined): Promise<Page<AccreditationAnswer>> {
    const list = ['accreditations', personId];
    const [before] = cursor === undefined ? [null] : positionOf(list, cursor, ['id']);
    const rows = await this.db.query<AccreditationRow>(
      `${selected} WHERE a.person_id = $1 AND ($2::uuid IS NULL OR a.accreditation_id < $2) ORDER BY a.accreditation_id DESC LIMIT $3`,
      [personId, before, limit + 1],
    );
    return pageOf(rows, limit, list, (row) => [row.accreditation_id], answerOf);
  }

  async one(personId: string, accreditationId: string): Promise<AccreditationAnswer | null> {
    const row = await this.db.one<AccreditationRow>(`${selected} WHERE a.person_id = $1 AND a.accreditation_id = $2`, [
      personId,
      accreditationId,
    ]);
    return row === null ? null : answerOf(row);
  }
}
