import { Injectable } from '@nestjs/common';
import { newId } from '../kernel/ids';
import { LedgerLog, type LockedRecord } from '../ledger/ledger.log';
import { type Tx, rowsOf } from '../platform/transaction';
import { type Term } from './mentorship';
import { MentorshipEntity } from './mentorship.entity';
import { MentorshipSkillEntity } from './mentorship-skill.entity';

/** A mentorship of the record in hand. */
export interface StoredMentorship extends Term {
  readonly id: string;
  readonly mentorId: string;
  readonly skills: readonly string[];
}

const contentOf = ({ mentorId, skills, from, until }: Omit<StoredMentorship, 'id'>) => ({
  mentor: mentorId,
  skills,
  from: from.toISOString(),
  until: until?.toISOString() ?? null,
});

/** Writes mentorships, each change with its entry in the engineer's ledger. */
@Injectable()
export class MentorshipsStore {
  constructor(private readonly ledger: LedgerLog) {}

  /** Which of these skills the pair has a mentorship for that shares some time with the term. */
  async overlapping(tx: Tx, record: LockedRecord, { mentorId, skills, from, until }: Omit<StoredMentorship, 'id'>): Promise<string[]> {
    const rows = await rowsOf<{ skill: string }>(
      tx,
      `SELECT DISTINCT k.skill_ref AS skill FROM mentorship m JOIN mentorship_skill k USING (engineer_id, mentorship_id)
        WHERE m.engineer_id = $1 AND m.mentor_id = $2 AND k.skill_ref = ANY ($3::text[])
          AND m.from_at < coalesce($5::timestamptz, 'infinity') AND coalesce(m.until_at, 'infinity') > $4::timestamptz
          AND m.until_at IS DISTINCT FROM m.from_at
        ORDER BY skill`,
      [record.engineerId, mentorId, skills, from, until],
    );
    return rows.map(({ skill }) => skill);
  }

  /** Begins a mentorship; answers its id. */
  async begin(tx: Tx, record: LockedRecord, by: string, mentorship: Omit<StoredMentorship, 'id'>): Promise<string> {
    const { engineerId } = record;
    const mentorshipId = newId();
    const { mentorId, skills, from, until } = mentorship;
    await tx.insert(MentorshipEntity, { engineerId, mentorshipId, mentorId, fromAt: from, untilAt: until, createdBy: by });
    await tx.insert(
      MentorshipSkillEntity,
      skills.map((skillRef) => ({ engineerId, mentorshipId, skillRef })),
    );
    await this.ledger.append(tx, record, {
      kind: 'mentorship.begun',
      subject: `mentors/${mentorshipId}`,
      actor: by,
      content: contentOf(mentorship),
    });
    return mentorshipId;
  }

  async find(tx: Tx, record: LockedRecord, mentorshipId: string): Promise<StoredMentorship | null> {
    const [row] = await rowsOf<StoredMentorship>(
      tx,
      `SELECT m.mentorship_id AS id, m.mentor_id AS "mentorId", m.from_at AS "from", m.until_at AS "until",
              ARRAY(SELECT k.skill_ref FROM mentorship_skill k
                     WHERE k.engineer_id = m.engineer_id AND k.mentorship_id = m.mentorship_id ORDER BY k.skill_ref) AS skills
         FROM mentorship m WHERE m.engineer_id = $1 AND m.mentorship_id = $2`,
      [record.engineerId, mentorshipId],
    );
    return row ?? null;
  }

  async end(tx: Tx, record: LockedRecord, by: string, mentorship: StoredMentorship, until: Date): Promise<void> {
    await tx.update(MentorshipEntity, { engineerId: record.engineerId, mentorshipId: mentorship.id }, { untilAt: until });
    await this.ledger.append(tx, record, {
      kind: 'mentorship.ended',
      subject: `mentors/${mentorship.id}`,
      actor: by,
      content: contentOf({ ...mentorship, until }),
    });
  }
}
