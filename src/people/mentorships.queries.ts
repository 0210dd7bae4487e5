import { Injectable } from '@nestjs/common';
import { type Page, pageOf, positionOf } from '../kernel/paging';
import { Database } from '../platform/transaction';
import { MentorshipAnswer } from './mentorships.dto';

interface MentorshipRow {
  mentorship_id: string;
  mentor_id: string;
  mentor_name: string;
  skills: string[];
  from_at: Date;
  until_at: Date | null;
  in_force: boolean;
}

const selected = `
  SELECT m.mentorship_id, m.mentor_id, p.name AS mentor_name, m.from_at, m.until_at,
         p.active AND m.from_at <= now() AND (m.until_at IS NULL OR m.until_at > now()) AS in_force,
         ARRAY(SELECT k.skill_ref FROM mentorship_skill k
                WHERE k.engineer_id = m.engineer_id AND k.mentorship_id = m.mentorship_id ORDER BY k.skill_ref) AS skills
    FROM mentorship m JOIN person p ON p.person_id = m.mentor_id`;

const answerOf = (row: MentorshipRow): MentorshipAnswer => ({
  id: row.mentorship_id,
  mentor: { id: row.mentor_id, name: row.mentor_name },
  skills: row.skills,
  from: row.from_at.toISOString(),
  until: row.until_at?.toISOString() ?? null,
  inForce: row.in_force,
});

@Injectable()
export class MentorshipsQueries {
  constructor(private readonly db: Database) {}

  /** One page of an engineer's mentorships, past ones too, the newest first. */
  async list(engineerId: string, limit: number, cursor: string | undefined): Promise<Page<MentorshipAnswer>> {
    const list = ['mentors', engineerId];
    const [before] = cursor === undefined ? [null] : positionOf(list, cursor, ['id']);
    const rows = await this.db.query<MentorshipRow>(
      `${selected} WHERE m.engineer_id = $1 AND ($2::uuid IS NULL OR m.mentorship_id < $2) ORDER BY m.mentorship_id DESC LIMIT $3`,
      [engineerId, before, limit + 1],
    );
    return pageOf(rows, limit, list, (row) => [row.mentorship_id], answerOf);
  }

  async one(engineerId: string, mentorshipId: string): Promise<MentorshipAnswer | null> {
    const row = await this.db.one<MentorshipRow>(`${selected} WHERE m.engineer_id = $1 AND m.mentorship_id = $2`, [
      engineerId,
      mentorshipId,
    ]);
    return row === null ? null : answerOf(row);
  }
}
