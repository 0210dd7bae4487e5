import { Injectable } from '@nestjs/common';
import { waitingClaims } from '../claims/waiting';
import { Settings } from '../config';
import { Replica } from '../platform/replica';
import { judges, todayIn } from '../progress/eligible-sql';
import type { MentorQueueAnswer, TeamQueueTotals, TeamReviewsAnswer } from './team-figures.dto';
import { seenPeople } from './team-scope';

interface ReviewsRow {
  manager_name: string;
  as_of: Date;
  totals: TeamQueueTotals;
  mentors: MentorQueueAnswer[];
}

const today = todayIn('$4');
/** SQL: how many days from Monday to Friday there are up to a day, counted from a Monday long ago; as workdaysBetween in kernel/clock.ts counts them. */
const workdaysUpTo = (day: string): string => `(((${day}) - date '1900-01-01') / 7 * 5 + least(((${day}) - date '1900-01-01') % 7, 4) + 1)`;

// $4 time zone
const reviewsSql = `
  WITH ${seenPeople}, open AS MATERIALIZED (
    SELECT c.engineer_id, c.claim_id, c.due_on FROM seen
     CROSS JOIN LATERAL (SELECT * FROM claim o WHERE o.engineer_id = seen.engineer_id AND o.state = 'submitted' OFFSET 0) c
  ), judges AS MATERIALIZED (
    ${judges('m.engineer_id IN (SELECT engineer_id FROM open)', today)}
  ), waiting AS MATERIALIZED (
    SELECT j.mentor_id, j.mentor_name, c.claim_id, c.due_on, ${workdaysUpTo('c.due_on')} - ${workdaysUpTo(today)} AS days_left ${waitingClaims}
  ), queue AS (
    SELECT w.mentor_id, w.mentor_name, count(*)::int AS waiting, count(*) FILTER (WHERE w.due_on < ${today})::int AS overdue,
           count(*) FILTER (WHERE w.due_on >= ${today} AND w.days_left <= 2)::int AS due_soon, min(w.due_on) AS next_due_on, greatest(0, -min(w.days_left)) AS longest
      FROM waiting w GROUP BY w.mentor_id, w.mentor_name
  )
  SELECT m.name AS manager_name, now() AS as_of,
         (SELECT json_build_object('submitted', count(*), 'overdue', count(*) FILTER (WHERE o.due_on < ${today}),
                                   'nobodyCanDecide', count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM waiting w WHERE w.claim_id = o.claim_id))) FROM open o) AS totals,
         coalesce((SELECT json_agg(json_build_object('mentor', json_build_object('id', q.mentor_id, 'name', q.mentor_name), 'waiting', q.waiting, 'overdue', q.overdue,
                                                     'dueSoon', q.due_soon, 'inTime', q.waiting - q.overdue - q.due_soon, 'nextDueOn', q.next_due_on,
                                                     'longestOverdueDays', q.longest)
                                   ORDER BY q.overdue DESC, q.next_due_on, q.mentor_name, q.mentor_id) FROM queue q), '[]') AS mentors
    FROM person m WHERE m.person_id = $1`;

/** On whom a team's submitted claims wait. */
@Injectable()
export class TeamReviewsQuery {
  constructor(
    private readonly db: Replica,
    private readonly settings: Settings,
  ) {}

  /** The queue of each mentor, of the people whom the caller may see; all skills. */
  async of(callerId: string, managerId: string, depth: 'direct' | 'all'): Promise<TeamReviewsAnswer> {
    const row = await this.db.one<ReviewsRow>(reviewsSql, [managerId, callerId, depth === 'all', this.settings.TIME_ZONE]);
    if (row === null) throw new Error(`person ${managerId} is in the path but not there`);
    return { manager: { id: managerId, name: row.manager_name }, mentors: row.mentors, totals: row.totals, asOf: row.as_of.toISOString() };
  }
}
