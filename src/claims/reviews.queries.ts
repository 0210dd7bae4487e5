import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { textOr } from '../evidence/redacted';
import type { Day } from '../kernel/clock';
import { instant } from '../kernel/instant-sql';
import { type Page, type Position, pageOf, positionOf } from '../kernel/paging';
import { raise } from '../kernel/refusal';
import { Database } from '../platform/transaction';
import { judges, todayIn } from '../progress/eligible-sql';
import { isRedacted } from '../progress/redacted-sql';
import type { ReviewsAnswer, WaitingClaimItem, WaitingSupportItem } from './reviews.dto';
import { waitingClaims, waitingSupports } from './waiting';

interface ClaimRow {
  engineer_id: string;
  engineer_name: string;
  claim_id: string;
  skill_level_ref: string;
  level: number;
  due_on: Day;
  overdue: boolean;
  submitted_at: string;
  given: number;
  needed: number;
  waiting: number;
}

interface SupportRow {
  engineer_id: string;
  engineer_name: string;
  evidence_id: string;
  title: string;
  statement_ref: string;
  text: string;
  skill_level_ref: string;
  rationale: string;
  proposed_at: string;
  reopened: boolean;
  rights: string;
}

// $3 and $4 the position after which the page begins, $8 how many
const claimsSql = `
  SELECT q.engineer_id, p.name AS engineer_name, q.claim_id, q.skill_level_ref, q.level, q.due_on, q.due_on < ${todayIn('$2')} AS overdue, ${instant('b.at')} AS submitted_at,
         (SELECT count(*)::int FROM approval a WHERE a.engineer_id = b.engineer_id AND a.claim_id = q.claim_id AND a.submission = q.submission) AS given, q.needed,
         (SELECT count(*)::int FROM claim_pin n JOIN support s ON s.engineer_id = n.engineer_id AND s.evidence_id = n.evidence_id AND s.statement_ref = n.statement_ref
           WHERE n.engineer_id = b.engineer_id AND n.claim_id = q.claim_id AND n.submission = q.submission AND s.state = 'proposed' AND NOT ${isRedacted('n')}) AS waiting
    FROM (SELECT c.engineer_id, c.claim_id, c.skill_level_ref, l.level::int AS level, c.due_on, c.submission, y.approvals::int AS needed ${waitingClaims}
             AND ($3::date IS NULL OR (c.due_on, c.claim_id) > ($3::date, $4::uuid))
           ORDER BY c.due_on, c.claim_id LIMIT $8) q
    JOIN person p ON p.person_id = q.engineer_id
    JOIN claim_submission b ON b.engineer_id = q.engineer_id AND b.claim_id = q.claim_id AND b.submission = q.submission
   ORDER BY q.due_on, q.claim_id`;

// $5 to $7 the position after which the page begins, $8 how many
const supportsSql = `
  SELECT q.engineer_id, p.name AS engineer_name, q.evidence_id, ${textOr("k.body->>'title'")} AS title, q.statement_ref, t.text, q.skill_level_ref, q.rationale, ${instant('q.proposed_at')} AS proposed_at,
         q.reopened, f.rights
    FROM (SELECT s.engineer_id, s.evidence_id, s.statement_ref, s.skill_level_ref, s.rationale, s.proposed_at, s.verdict IS NOT NULL AS reopened, e.revision, l.framework_id
            ${waitingSupports}
             AND ($5::timestamptz IS NULL OR (s.proposed_at, s.evidence_id, s.statement_ref) > ($5::timestamptz, $6::uuid, $7::text))
           ORDER BY s.proposed_at, s.evidence_id, s.statement_ref LIMIT $8) q
    JOIN person p ON p.person_id = q.engineer_id
    JOIN statement t ON t.statement_ref = q.statement_ref
    JOIN framework f ON f.framework_id = q.framework_id
    JOIN evidence_revision r ON r.engineer_id = q.engineer_id AND r.evidence_id = q.evidence_id AND r.revision = q.revision
    LEFT JOIN record_content k ON k.engineer_id = r.engineer_id AND k.digest = r.digest
   ORDER BY q.proposed_at, q.evidence_id, q.statement_ref`;

// $1 the mentor, $2 time zone; whom they may judge is asked once for both lists
const reviewsSql = `
  WITH ${judges('m.mentor_id = $1', todayIn('$2'))}, claims AS (${claimsSql}), supports AS (${supportsSql})
  SELECT coalesce((SELECT json_agg(c) FROM claims c), '[]') AS claims, coalesce((SELECT json_agg(s) FROM supports s), '[]') AS supports`;

const claimOf = (row: ClaimRow): WaitingClaimItem => ({
  engineer: { id: row.engineer_id, name: row.engineer_name },
  claimId: row.claim_id,
  skillLevel: row.skill_level_ref,
  level: row.level,
  dueOn: row.due_on,
  overdue: row.overdue,
  submittedAt: row.submitted_at,
  approvalsGiven: row.given,
  approvalsNeeded: row.needed,
  waiting: row.waiting,
});

const supportOf = (row: SupportRow): WaitingSupportItem => ({
  engineer: { id: row.engineer_id, name: row.engineer_name },
  evidenceId: row.evidence_id,
  title: row.title,
  statement: row.statement_ref,
  text: row.text,
  skillLevel: row.skill_level_ref,
  rationale: row.rationale,
  waitingSince: row.proposed_at,
  reopened: row.reopened,
  rights: row.rights,
});

type ListName = 'claims' | 'supports';

/** The position of a cursor in its own list; null for the other list, which begins anew. Its first word says which list it is of. */
function positionIn(list: ListName, mentorId: string, cursor: string | undefined): Position | null {
  if (cursor === undefined) return null;
  const [of, rest = ''] = cursor.split('.', 2);
  if (of !== 'claims' && of !== 'supports') return raise('malformed', 'The cursor is not one of these lists.');
  if (of !== list) return null;
  return positionOf(['reviews', of, mentorId], rest, of === 'claims' ? ['day?', 'id'] : ['instant', 'id', 'text']);
}

const named = <T>(list: ListName, { items, nextCursor }: Page<T>): Page<T> => ({
  items,
  nextCursor: nextCursor === null ? null : `${list}.${nextCursor}`,
});

/** What waits for a mentor. */
@Injectable()
export class ReviewsQueries {
  constructor(
    private readonly db: Database,
    private readonly settings: Settings,
  ) {}

  /** Both lists for one mentor: `limit` is each list's, a cursor continues the one that it came from. */
  async waitingFor(mentorId: string, limit: number, cursor: string | undefined): Promise<ReviewsAnswer> {
    const [afterDue, afterClaim] = positionIn('claims', mentorId, cursor) ?? [null, null];
    const [afterTime, afterEvidence, afterStatement] = positionIn('supports', mentorId, cursor) ?? [null, null, null];
    const { TIME_ZONE } = this.settings;
    const parameters = [mentorId, TIME_ZONE, afterDue, afterClaim, afterTime, afterEvidence, afterStatement, limit + 1];
    const lists = await this.db.one<{ claims: ClaimRow[]; supports: SupportRow[] }>(reviewsSql, parameters);
    const { claims, supports } = lists ?? { claims: [], supports: [] };
    return {
      claims: named(
        'claims',
        pageOf(claims, limit, ['reviews', 'claims', mentorId], ({ due_on: due, claim_id: id }) => [due, id], claimOf),
      ),
      supports: named(
        'supports',
        pageOf(
          supports,
          limit,
          ['reviews', 'supports', mentorId],
          (row) => [row.proposed_at, row.evidence_id, row.statement_ref],
          supportOf,
        ),
      ),
    };
  }
}
