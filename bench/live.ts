import type { Client } from 'pg';
import { figureOf } from './results';
import { teamStatements } from './rows-read';

/** What a dashboard shows of one person at one level. */
interface LiveMember {
  readonly id: string;
  readonly level: number;
  readonly accepted: number;
  readonly lastEvidenceOn: string | null;
  readonly claimState: string | null;
}

/**
 * A team's dashboard as it is written where nothing is kept up: everybody below a manager ($1), what they have logged, what it shows of a skill ($2) and what was
 * said of it, joined and counted at each look. Claims and sign-offs are looked up as the application looks them up: what is compared is the counting.
 */
const liveSql = `
  SELECT p.person_id AS id, p.name, l.level::int AS level,
         count(DISTINCT s.statement_ref) FILTER (WHERE s.state = 'accepted' AND e.state = 'logged' AND e.kind = 'work')::int AS accepted,
         count(DISTINCT s.statement_ref) FILTER (WHERE s.state = 'proposed' AND e.state = 'logged' AND e.kind = 'work')::int AS proposed,
         max(e.ended_on) FILTER (WHERE s.state IN ('accepted', 'proposed') AND e.state = 'logged' AND e.kind = 'work') AS "lastEvidenceOn",
         (SELECT c.state FROM claim c WHERE c.engineer_id = p.person_id AND c.skill_level_ref = l.skill_level_ref AND c.state IN ('submitted', 'approved')
           ORDER BY c.drafted_at DESC, c.claim_id DESC LIMIT 1) AS "claimState",
         (SELECT max(o.signed_off_on) FROM sign_off o LEFT JOIN revocation v ON v.engineer_id = o.engineer_id AND v.sign_off_id = o.sign_off_id
           WHERE o.engineer_id = p.person_id AND o.skill_level_ref = l.skill_level_ref AND v.sign_off_id IS NULL) AS "signedOffOn"
    FROM reporting_line r
    JOIN person p ON p.person_id = r.descendant_id AND p.active
    JOIN evidence e ON e.engineer_id = p.person_id
    JOIN support s ON s.engineer_id = e.engineer_id AND s.evidence_id = e.evidence_id
    JOIN statement t ON t.statement_ref = s.statement_ref
    JOIN skill_level l ON l.skill_level_ref = t.skill_level_ref
   WHERE r.ancestor_id = $1 AND l.skill_ref = $2
   GROUP BY p.person_id, p.name, l.level, l.skill_level_ref
   ORDER BY p.name, p.person_id, l.level`;

/** The statement of the dashboard and live aggregation side by side, on one connection; they must count the same. Milliseconds, the median of a few. */
export async function openLive(
  client: Client,
  managerId: string | undefined,
  skill: string,
): Promise<{ timed(which: 'table' | 'live'): Promise<number> }> {
  if (managerId === undefined) return { timed: () => Promise.resolve(Number.NaN) };
  const statements = await teamStatements(client, managerId, skill);
  const run = {
    table: async () => {
      for (const { sql, parameters } of statements) await client.query({ name: `table ${sql.length}`, text: sql, values: [...parameters] });
    },
    live: async () => void (await client.query({ name: 'live', text: liveSql, values: [managerId, skill] })),
  };
  const { rows: aggregated } = await client.query<LiveMember>(liveSql, [managerId, skill]);
  const { rows: kept } = await client.query<LiveMember>(
    `SELECT g.engineer_id AS id, g.level::int AS level, g.accepted::int AS accepted, g.last_evidence_on AS "lastEvidenceOn", g.line_claim_state AS "claimState"
       FROM reporting_line r JOIN progress g ON g.engineer_id = r.descendant_id WHERE r.ancestor_id = $1 AND g.skill_ref = $2`,
    [managerId, skill],
  );
  const textOf = (rows: readonly LiveMember[]): string =>
    rows
      .filter(({ accepted, claimState, lastEvidenceOn }) => accepted > 0 || claimState !== null || lastEvidenceOn !== null)
      .map(({ id, level, accepted, claimState, lastEvidenceOn }) => JSON.stringify([id, level, accepted, claimState, lastEvidenceOn]))
      .sort()
      .join('\n');
  if (textOf(aggregated) !== textOf(kept)) throw new Error('live aggregation counts something else than progress');
  return {
    timed: async (which) => {
      const taken: number[] = [];
      for (let i = 0; i < (which === 'live' ? 3 : 15); i += 1) {
        const began = performance.now();
        await run[which]();
        taken.push(performance.now() - began);
      }
      return figureOf(taken).median;
    },
  };
}
