import { Injectable } from '@nestjs/common';
import type { LockedRecord } from '../ledger/ledger.log';
import { type Tx, rowsOf, write } from '../platform/transaction';
import { isRedacted } from './redacted-sql';
import { standing, standingTargets } from './standing-sql';

// One row for each of these skill levels of one engineer. $1 engineer, $2 skill levels; every step is a seek by their keys.
// A statement counts as accepted when work that is neither archived nor redacted shows it with an accepted support, else as proposed when some support waits.
// Ages are not looked at: what a row says must not depend on the day it is read.
const computed = `
  SELECT $1::uuid AS engineer_id, l.skill_level_ref, l.skill_ref, l.level,
         (SELECT count(*) FROM statement t WHERE t.skill_level_ref = l.skill_level_ref)::smallint AS total,
         counted.accepted, counted.proposed, counted.ended_on, counted.going_on, claimed.claim_id, claimed.state,
         (SELECT c.state FROM claim c WHERE c.engineer_id = $1 AND c.skill_level_ref = l.skill_level_ref AND c.state IN ('submitted', 'approved')
           ORDER BY c.drafted_at DESC, c.claim_id DESC LIMIT 1),
         granted.sign_off_id, granted.signed_off_on, granted.valid_until, granted.accepted
    FROM skill_level l
    CROSS JOIN LATERAL (
      SELECT (count(*) FILTER (WHERE n.accepted))::smallint AS accepted, (count(*) FILTER (WHERE n.proposed AND NOT n.accepted))::smallint AS proposed,
             max(n.ended_on) AS ended_on, coalesce(bool_or(n.going_on), false) AS going_on
        FROM (SELECT bool_or(s.state = 'accepted') AS accepted, bool_or(s.state = 'proposed') AS proposed,
                     max(e.ended_on) AS ended_on, bool_or(e.ended_on IS NULL) AS going_on
                FROM support s JOIN evidence e ON e.engineer_id = s.engineer_id AND e.evidence_id = s.evidence_id
               WHERE s.engineer_id = $1 AND s.skill_level_ref = l.skill_level_ref AND s.state IN ('accepted', 'proposed')
                 AND e.state = 'logged' AND e.kind = 'work' AND NOT ${isRedacted('e', '$1')}
               GROUP BY s.statement_ref) n
    ) counted
    LEFT JOIN LATERAL (
      SELECT c.claim_id, c.state FROM claim c WHERE c.engineer_id = $1 AND c.skill_level_ref = l.skill_level_ref
       ORDER BY (c.state IN ('draft', 'submitted', 'changes-requested')) DESC, c.drafted_at DESC, c.claim_id DESC LIMIT 1
    ) claimed ON true
    LEFT JOIN LATERAL (
      SELECT o.sign_off_id, o.signed_off_on, o.valid_until, o.accepted FROM sign_off o
       WHERE o.engineer_id = $1 AND o.skill_level_ref = l.skill_level_ref
         AND NOT EXISTS (SELECT 1 FROM revocation r WHERE r.engineer_id = o.engineer_id AND r.sign_off_id = o.sign_off_id)
         AND NOT EXISTS (SELECT 1 FROM sign_off_expiry x WHERE x.engineer_id = o.engineer_id AND x.sign_off_id = o.sign_off_id)
       ORDER BY o.valid_until DESC NULLS FIRST, o.at DESC, o.sign_off_id DESC LIMIT 1
    ) granted ON true
   WHERE l.skill_level_ref = ANY ($2::text[])`;

const columns = `engineer_id, skill_level_ref, skill_ref, level, total, accepted, proposed, last_evidence_on, going_on,
  claim_id, claim_state, line_claim_state, sign_off_id, signed_off_on, valid_until, signed_off_accepted`;

const recomputeSql = `
  INSERT INTO progress (${columns}) ${computed}
  ON CONFLICT (engineer_id, skill_level_ref) DO UPDATE SET
    (total, accepted, proposed, last_evidence_on, going_on, claim_id, claim_state, line_claim_state, sign_off_id, signed_off_on, valid_until, signed_off_accepted)
    = ROW (EXCLUDED.total, EXCLUDED.accepted, EXCLUDED.proposed, EXCLUDED.last_evidence_on, EXCLUDED.going_on, EXCLUDED.claim_id, EXCLUDED.claim_state, EXCLUDED.line_claim_state,
           EXCLUDED.sign_off_id, EXCLUDED.signed_off_on, EXCLUDED.valid_until, EXCLUDED.signed_off_accepted)`;

// the skills of these levels, of each all that the engineer has
const standingSql = standing('g.skill_ref IN (SELECT l.skill_ref FROM skill_level l WHERE l.skill_level_ref = ANY ($2::text[]))');

/** Keeps progress, and where somebody stands by it: the one function that every writer of a record calls, and its rebuild. */
@Injectable()
export class ProgressStore {
  /**
   * Recomputes a record's rows for these skill levels, in the transaction of the write that may have changed them.
   * The record is locked (a LockedRecord is in hand), so the next statement sees everything that came before. It is not waited for: nobody needs its answer.
   */
  recompute(tx: Tx, { engineerId }: LockedRecord, skillLevels: Iterable<string>): Promise<void> {
    const levels = [...new Set(skillLevels)];
    if (levels.length > 0) {
      write(tx, recomputeSql, [engineerId, levels], 'kept');
      write(tx, standingSql, [engineerId, levels], 'kept');
    }
    return Promise.resolve();
  }

  /** Keeps a record's targets in where its engineer stands, in the transaction of the write that has changed one. It is not waited for either. */
  keepTargets(tx: Tx, { engineerId }: LockedRecord): void {
    write(tx, standingTargets, [engineerId]);
  }

  /** What is kept of a record, as text by skill or skill level: to hold it against a rebuild. */
  async rows(tx: Tx, { engineerId }: LockedRecord): Promise<Map<string, string>> {
    const rows = await rowsOf<{ key: string; row: string }>(
      tx,
      `SELECT p.skill_level_ref AS key, to_jsonb(p)::text AS row FROM progress p WHERE p.engineer_id = $1
       UNION ALL SELECT s.skill_ref, to_jsonb(s)::text FROM standing s WHERE s.engineer_id = $1`,
      [engineerId],
    );
    return new Map(rows.map(({ key, row }) => [key, row]));
  }

  /** Rebuilds every row of a record from scratch: exactly the levels that a support, a claim or a sign-off ever named, and the skills of these and of targets. */
  async rebuild(tx: Tx, record: LockedRecord): Promise<void> {
    await tx.query(`DELETE FROM progress WHERE engineer_id = $1`, [record.engineerId]);
    await tx.query(`DELETE FROM standing WHERE engineer_id = $1`, [record.engineerId]);
    const levels = await rowsOf<{ ref: string }>(
      tx,
      `SELECT skill_level_ref AS ref FROM support WHERE engineer_id = $1
       UNION SELECT skill_level_ref FROM claim WHERE engineer_id = $1
       UNION SELECT skill_level_ref FROM sign_off WHERE engineer_id = $1`,
      [record.engineerId],
    );
    await this.recompute(
      tx,
      record,
      levels.map(({ ref }) => ref),
    );
    this.keepTargets(tx, record);
  }
}
