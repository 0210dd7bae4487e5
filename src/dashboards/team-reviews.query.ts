import { Injectable } from '@nestjs/common';
import { waitingClaims } from '../claims/waiting';
import { Settings } from '../config';
import { Replica } from '../platform/replica';
import { judges } from '../progress/eligible-sql';
import { daysOverdue, openClaims, stateOfClaim, today, waitingDays } from './team-claims';
import type { MentorQueueAnswer, TeamQueueTotals, TeamReviewsAnswer } from './team-figures.dto';
import { type Order, sortedBy } from './team-order';
import { type TeamScope, seenPeople, planOf, teamLink } from './team-scope';

/** Which claims of a team, and in which order the mentors whom they wait for. */
export interface ReviewsAsked extends TeamScope {
  readonly skill: string | null;
  readonly level: number | null;
  readonly sort: 'overdue' | 'waiting' | 'nextDueOn' | 'name';
  readonly order: Order;
}

interface ReviewsRow {
  manager_name: string;
  as_of: Date;
  totals: Omit<TeamQueueTotals, 'links'>;
  mentors: Omit<MentorQueueAnswer, 'links'>[];
}

// $4 time zone, $5 skill or null, $6 level or null
const reviewsSql = `
  WITH ${seenPeople}, ${openClaims('$5', '$6')}, ${judges('m.engineer_id IN (SELECT engineer_id FROM open)', today)}, waiting AS MATERIALIZED (
    SELECT w.*, ${stateOfClaim('w')} AS state
      FROM (SELECT j.mentor_id, j.mentor_name, c.claim_id, c.due_on, ${waitingDays('c')} AS days_left ${waitingClaims} AND c.claim_id IN (SELECT claim_id FROM open)) w
  ), queue AS (
    SELECT w.mentor_id, w.mentor_name, count(*)::int AS waiting, count(*) FILTER (WHERE w.state = 'overdue')::int AS overdue,
           count(*) FILTER (WHERE w.state = 'due-soon')::int AS due_soon, min(w.due_on) AS next_due_on, max(${daysOverdue('w.due_on', today)}) AS longest
      FROM waiting w GROUP BY w.mentor_id, w.mentor_name
  )
  SELECT m.name AS manager_name, now() AS as_of,
         (SELECT json_build_object('submitted', count(*), 'overdue', count(*) FILTER (WHERE o.due_on < ${today}),
                                   'nobodyCanDecide', count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM waiting w WHERE w.claim_id = o.claim_id))) FROM open o) AS totals,
         coalesce((SELECT json_agg(json_build_object('mentor', json_build_object('id', q.mentor_id, 'name', q.mentor_name), 'waiting', q.waiting, 'overdue', q.overdue,
                                                     'dueSoon', q.due_soon, 'inTime', q.waiting - q.overdue - q.due_soon, 'nextDueOn', q.next_due_on,
                                                     'longestOverdueDays', q.longest)
                                   ORDER BY q.mentor_name, q.mentor_id) FROM queue q), '[]') AS mentors
    FROM person m WHERE m.person_id = $1 AND ($5::text IS NULL OR EXISTS (SELECT 1 FROM skill k WHERE k.skill_ref = $5))`;

type Queue = ReviewsRow['mentors'][number];

/** Mentors in order; they came by name. Equals come by when their first claim is due. */
function inOrder(byName: readonly Queue[], { sort, order }: Pick<ReviewsAsked, 'sort' | 'order'>): Queue[] {
  if (sort === 'name') return order === 'asc' ? [...byName] : byName.toReversed();
  return sortedBy(byName, [(one) => one[sort], order], [({ nextDueOn }) => nextDueOn, 'asc']);
}

/** On whom a team's submitted claims wait. */
@Injectable()
export class TeamReviewsQuery {
  constructor(
    private readonly db: Replica,
    private readonly settings: Settings,
  ) {}

  /** The queue of each mentor, of the people whom the caller may see; null where there is no such skill. */
  async of(callerId: string, asked: ReviewsAsked): Promise<TeamReviewsAnswer | null> {
    const { managerId, depth, skill, level } = asked;
    const row = await this.db.one<ReviewsRow>(
      reviewsSql,
      [managerId, callerId, depth === 'all', this.settings.TIME_ZONE, skill, level],
      planOf(depth),
    );
    if (row === null) return null;
    const claims = (query: Readonly<Record<string, string>>): string => teamLink(asked, 'claims', { skill, level, ...query });
    return {
      manager: { id: managerId, name: row.manager_name },
      mentors: inOrder(row.mentors, asked).map((one) => ({
        ...one,
        links: {
          waiting: claims({ mentor: one.mentor.id }),
          overdue: claims({ mentor: one.mentor.id, state: 'overdue' }),
          dueSoon: claims({ mentor: one.mentor.id, state: 'due-soon' }),
          inTime: claims({ mentor: one.mentor.id, state: 'in-time' }),
        },
      })),
      totals: {
        ...row.totals,
        links: { submitted: claims({}), overdue: claims({ state: 'overdue' }), nobodyCanDecide: claims({ state: 'nobody-can-decide' }) },
      },
      asOf: row.as_of.toISOString(),
    };
  }
}
