import { Injectable } from '@nestjs/common';
import type { LockedRecord } from '../ledger/ledger.log';
import { type Tx, rowsOf } from '../platform/transaction';
import { isRedacted } from './redacted-sql';

// One row for a skill level of one engineer. $1 engineer, $2 skill level.
// A statement counts as accepted when work that is neither archived nor redacted shows it with an accepted support, else as proposed when some support waits.
// Ages are not looked at: what a row says must not depend on the day it is read.
const computed = `
  WITH counted AS (
    SELECT s.statement_ref, bool_or(s.state = 'accepted') AS accepted, bool_or(s.state = 'proposed') AS proposed,
           max(e.ended_on) AS ended_on, bool_or(e.ended_on IS NULL) AS going_on
      FROM support s JOIN evidence e ON e.engineer_id = s.engineer_id AND e.evidence_id = s.evidence_id
     WHERE s.engineer_id = $1 AND s.skill_level_ref = $2 AND s.state IN ('accepted', 'proposed') AND e.state = 'logged' AND e.kind = 'work' AND NOT ${isRedacted('e')}
     GROUP BY s.statement_ref
  ), claimed AS (
    SELECT c.claim_id, c.state FROM claim c WHERE c.engineer_id = $1 AND c.skill_level_ref = $2
     ORDER BY (c.state IN ('draft', 'submitted', 'changes-requested')) DESC, c.drafted_at DESC, c.claim_id DESC LIMIT 1
  ), granted AS (
    SELECT o.sign_off_id, o.signed_off_on, o.valid_until, o.accepted FROM sign_off o
     WHERE o.engineer_id = $1 AND o.skill_level_ref = $2
       AND NOT EXISTS (SELECT 1 FROM revocation r WHERE r.engineer_id = o.engineer_id AND r.sign_off_id = o.sign_off_id)
       AND NOT EXISTS (SELECT 1 FROM sign_off_expiry x WHERE x.engineer_id = o.engineer_id AND x.sign_off_id = o.sign_off_id)
     ORDER BY o.valid_until DESC NULLS FIRST, o.at DESC, o.sign_off_id DESC LIMIT 1
  )
  SELECT $1::uuid AS engineer_id, l.skill_level_ref, l.skill_ref, l.level,
         (SELECT count(*) FROM statement t WHERE t.skill_level_ref = l.skill_level_ref)::smallint AS total,
         (SELECT count(*) FROM counted WHERE accepted)::smallint AS accepted,
         (SELECT count(*) FROM counted WHERE proposed AND NOT accepted)::smallint AS proposed,
         (SELECT max(ended_on) FROM counted) AS last_evidence_on,
         coalesce((SELECT bool_or(going_on) FROM counted), false) AS going_on,
         claimed.claim_id, claimed.state AS claim_state,
         (SELECT c.state FROM claim c WHERE c.engineer_id = $1 AND c.skill_level_ref = $2 AND c.state IN ('submitted', 'approved')
           ORDER BY c.drafted_at DESC, c.claim_id DESC LIMIT 1) AS line_claim_state,
         granted.sign_off_id, granted.signed_off_on, granted.valid_until, granted.accepted AS signed_off_accepted
    FROM skill_level l LEFT JOIN claimed ON true LEFT JOIN granted ON true
   WHERE l.skill_level_ref = $2`;

const columns = `engineer_id, skill_level_ref, skill_ref, level, total, accepted, proposed, last_evidence_on, going_on,
  claim_id, claim_state, line_claim_state, sign_off_id, signed_off_on, valid_until, signed_off_accepted`;

/** Keeps progress: the one function that every writer of a record calls, and its rebuild. */
@Injectable()
export class ProgressStore {
  /**
   * Recomputes a record's rows for these skill levels, in the transaction of the write that may have changed them.
   * The record is locked (a LockedRecord is in hand), so the next statement sees everything that came before.
   */
  async recompute(tx: Tx, record: LockedRecord, skillLevels: Iterable<string>): Promise<void> {
    for (const skillLevel of [...new Set(skillLevels)].sort()) await this.recomputeOne(tx, record.engineerId, skillLevel);
  }

  /** Rebuilds every row of a record from scratch: exactly the levels that a support, a claim or a sign-off ever named. */
  async rebuild(tx: Tx, record: LockedRecord): Promise<void> {
    await tx.query(`DELETE FROM progress WHERE engineer_id = $1`, [record.engineerId]);
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
  }

  private async recomputeOne(tx: Tx, engineerId: string, skillLevel: string): Promise<void> {
    await tx.query(
      `INSERT INTO progress (${columns}) ${computed}
       ON CONFLICT (engineer_id, skill_level_ref) DO UPDATE SET
         (total, accepted, proposed, last_evidence_on, going_on, claim_id, claim_state, line_claim_state, sign_off_id, signed_off_on, valid_until, signed_off_accepted)
         = ROW (EXCLUDED.total, EXCLUDED.accepted, EXCLUDED.proposed, EXCLUDED.last_evidence_on, EXCLUDED.going_on, EXCLUDED.claim_id, EXCLUDED.claim_state, EXCLUDED.line_claim_state,
                EXCLUDED.sign_off_id, EXCLUDED.signed_off_on, EXCLUDED.valid_until, EXCLUDED.signed_off_accepted)`,
      [engineerId, skillLevel],
    );
  }
}
