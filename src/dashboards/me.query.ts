import { Injectable } from '@nestjs/common';
import { waitingClaims, waitingSupports } from '../claims/waiting';
import { Settings } from '../config';
import type { Actor } from '../kernel/actor';
import type { Day } from '../kernel/clock';
import { Database } from '../platform/transaction';
import { judges, todayIn } from '../progress/eligible-sql';
import type { InvitedAfreshAnswer, MeAnswer } from './me.dto';

interface MentorshipRow {
  id: string;
  name: string;
  skills: string[];
  until: string | null;
}

interface NoticeRow {
  at: string;
  id: string;
  name: string;
  reason: string | null;
}

interface MeRow {
  mentor_of: MentorshipRow[];
  mentors: MentorshipRow[];
  manager_of: number;
  barred_until: Date | null;
  invited_afresh: { at: string; by: string | null; name: string | null; used_at: string | null } | null;
  claims: number;
  next_due_on: Day | null;
  supports: number;
  changes_requested: number;
  notices: NoticeRow[];
}

// the mentorships in force of the caller ($1) on one side, with the person on the other
const mentorships = (own: string, other: string): string => `
  coalesce((SELECT json_agg(json_build_object('id', o.person_id, 'name', o.name, 'until', m.until_at,
                     'skills', ARRAY(SELECT k.skill_ref FROM mentorship_skill k
                                      WHERE k.engineer_id = m.engineer_id AND k.mentorship_id = m.mentorship_id ORDER BY k.skill_ref))
                   ORDER BY o.name, o.person_id, m.mentorship_id)
              FROM mentorship m JOIN person o ON o.person_id = m.${other}
             WHERE m.${own} = $1 AND o.active AND m.from_at <= now() AND (m.until_at IS NULL OR m.until_at > now())), '[]')`;

// what others did with the record of the caller ($1) as a whole
const notices = `
  coalesce((SELECT json_agg(json_build_object('at', e.at, 'id', o.person_id, 'name', o.name, 'reason', k.body->>'reason') ORDER BY e.seq DESC)
              FROM (SELECT * FROM ledger_entry x WHERE x.engineer_id = $1 AND x.subject = 'record' AND x.kind = 'record.exported' AND x.actor_id <> $1
                       AND x.at > now() - interval '90 days' ORDER BY x.seq DESC LIMIT 20) e
              JOIN person o ON o.person_id = e.actor_id
              LEFT JOIN record_content k ON k.engineer_id = e.engineer_id AND k.digest = e.digest), '[]')`;

// told for a while from its making and its use on, and not only until it is seen: whoever sees it first may be the one who made it
const invitedAfresh = `(
  SELECT json_build_object('at', i.created_at, 'by', i.invited_by, 'name', b.name, 'used_at', i.used_at)
    FROM invitation i LEFT JOIN person b ON b.person_id = i.invited_by
   WHERE i.person_id = p.person_id AND i.created_at > p.first_signed_in_at
     AND greatest(i.created_at, i.used_at) > now() - interval '30 days'
   ORDER BY i.created_at DESC LIMIT 1)`;

const meSql = `
  WITH ${judges('m.mentor_id = $1', todayIn('$2'))},
       waiting AS (SELECT count(*)::int AS claims, min(c.due_on) AS next_due_on ${waitingClaims})
  SELECT ${mentorships('mentor_id', 'engineer_id')} AS mentor_of, ${mentorships('engineer_id', 'mentor_id')} AS mentors,
         (SELECT count(*)::int FROM person r WHERE r.manager_id = $1 AND r.active) AS manager_of,
         CASE WHEN p.approvals_barred_until > now() THEN p.approvals_barred_until END AS barred_until, ${invitedAfresh} AS invited_afresh,
         waiting.claims, waiting.next_due_on, (SELECT count(*)::int ${waitingSupports}) AS supports,
         (SELECT count(*)::int FROM claim c WHERE c.engineer_id = $1 AND c.state = 'changes-requested') AS changes_requested,
         ${notices} AS notices
    FROM person p CROSS JOIN waiting WHERE p.person_id = $1`;

const relationOf = ({ skills, until }: MentorshipRow): { skills: string[]; until: string | null } => ({
  skills,
  until: until === null ? null : new Date(until).toISOString(),
});

const freshOf = ({ at, by, name, used_at: usedAt }: NonNullable<MeRow['invited_afresh']>): InvitedAfreshAnswer => ({
  at: new Date(at).toISOString(),
  by: by === null ? null : { id: by, name: name ?? '' },
  usedAt: usedAt === null ? null : new Date(usedAt).toISOString(),
});

/** Who somebody is to others, and what waits for them: one statement. */
@Injectable()
export class MeQuery {
  constructor(
    private readonly db: Database,
    private readonly settings: Settings,
  ) {}

  async of({ personId, name, email, roles }: Actor): Promise<MeAnswer> {
    const row = await this.db.one<MeRow>(meSql, [personId, this.settings.TIME_ZONE]);
    if (row === null) throw new Error(`person ${personId} is signed in but not there`);
    return {
      id: personId,
      name,
      email,
      roles: [...roles],
      mentorOf: row.mentor_of.map((one) => ({ engineer: { id: one.id, name: one.name }, ...relationOf(one) })),
      managerOf: row.manager_of,
      mentors: row.mentors.map((one) => ({ mentor: { id: one.id, name: one.name }, ...relationOf(one) })),
      approvalsBarredUntil: row.barred_until?.toISOString() ?? null,
      invitedAfresh: row.invited_afresh === null ? null : freshOf(row.invited_afresh),
      waiting: { claims: row.claims, supports: row.supports, nextDueOn: row.next_due_on, changesRequested: row.changes_requested },
      notices: row.notices.map(({ at, id, name: by, reason }) => ({
        kind: 'record-opened',
        at: new Date(at).toISOString(),
        by: { id, name: by },
        reason,
      })),
    };
  }
}
