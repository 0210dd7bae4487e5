import type { Pool } from 'pg';
import { Problem } from './problem';

/** A verdict as it is sent, checked against its schema. */
export interface BareReview {
  readonly verdict: 'accepted' | 'returned';
  readonly feedback?: string | null;
}

const text = `
  UPDATE support SET state = $4, verdict = $4, verdict_revision = revision, feedback = $5, reviewed_by = $6, reviewed_at = now(), version = version + 1
   WHERE engineer_id = $1 AND evidence_id = $2 AND statement_ref = $3 AND version = $7 AND state <> 'withdrawn'
  RETURNING version`;

/**
 * What a verdict costs where it is an UPDATE and nothing else: no lock of the record, no look at who is eligible, no progress and no ledger. Not a way to do it,
 * but the least that any way costs.
 */
export async function reviewBarely(
  pool: Pool,
  { engineerId, evidenceId, statement }: { engineerId: string; evidenceId: string; statement: string },
  reviewerId: string,
  { verdict, feedback }: BareReview,
  ifMatch: string | undefined,
): Promise<number> {
  const version = /^"v(\d+)"$/.exec(ifMatch ?? '')?.[1];
  if (version === undefined) throw new Problem(428, 'if-match-required');
  const { rows } = await pool.query<{ version: number }>({
    name: 'bare review',
    text,
    values: [engineerId, evidenceId, statement, verdict, feedback ?? null, reviewerId, version],
  });
  const [row] = rows;
  if (row === undefined) throw new Problem(412, 'stale');
  return row.version;
}
