import { hash } from 'node:crypto';
import type { Pool } from 'pg';
import { textOr } from '../../src/evidence/redacted';
import type { Catalogue } from './catalogue';
import { Problem } from './problem';

export interface ListQuery {
  readonly limit?: string;
  readonly cursor?: string;
  readonly q?: string;
  readonly tag?: string;
  readonly statement?: string;
  readonly state?: 'logged' | 'archived';
  readonly from?: string;
  readonly to?: string;
}

interface Row {
  readonly id: string;
  readonly endedOn: string | null;
  readonly supports: readonly [statement: string, state: string][] | null;
}

/** For each filter its condition; the value's place is filled in. */
const filters = {
  q: (place: string) => `e.search @@ websearch_to_tsquery('english', ${place})`,
  tag: (place: string) => `${place} = ANY (e.tags)`,
  statement: (place: string) =>
    `EXISTS (SELECT 1 FROM support s WHERE s.engineer_id = e.engineer_id AND s.evidence_id = e.evidence_id AND s.state <> 'withdrawn'
               AND (s.statement_ref = ${place} OR s.skill_level_ref = ${place} OR s.skill_level_ref LIKE ${place} || '.%'))`,
  from: (place: string) => `coalesce(e.ended_on, 'infinity'::date) >= ${place}::date`,
  to: (place: string) => `coalesce(e.started_on, e.ended_on, (e.logged_at AT TIME ZONE 'UTC')::date) <= ${place}::date`,
} as const;
const names = Object.keys(filters) as (keyof typeof filters)[];
const texts = new Map<string, string>();

/** The statement for a combination of filters: as many names as there are combinations. */
function textFor(given: readonly (keyof typeof filters)[], fromCursor: boolean): { name: string; text: string } {
  const name = `list ${fromCursor ? 'cursor ' : ''}${given.join(' ')}`;
  const known = texts.get(name);
  if (known !== undefined) return { name, text: known };
  const first = fromCursor ? 6 : 4;
  const conditions = [
    ...(fromCursor ? [`(coalesce(e.ended_on, 'infinity'::date), e.evidence_id) < (coalesce($4::date, 'infinity'::date), $5::uuid)`] : []),
    ...given.map((filter, i) => filters[filter](`$${first + i}`)),
  ];
  const text = `
    SELECT e.evidence_id AS id, e.state, e.revision, ${textOr("c.body->>'title'")} AS title, e.kind, c.body->>'role' AS role, e.started_on AS "startedOn",
           e.ended_on AS "endedOn", to_json(e.tags) AS tags, e.logged_at AS "loggedAt", e.changed_at AS "changedAt",
           (SELECT json_agg(json_build_array(s.statement_ref, s.state)) FROM support s
             WHERE s.engineer_id = e.engineer_id AND s.evidence_id = e.evidence_id AND s.state <> 'withdrawn') AS supports
      FROM (SELECT * FROM evidence e WHERE e.engineer_id = $1 AND e.state = $2 ${conditions.map((one) => `AND ${one}`).join(' ')}
             ORDER BY coalesce(e.ended_on, 'infinity'::date) DESC, e.evidence_id DESC LIMIT $3) e
      JOIN evidence_revision r ON r.engineer_id = e.engineer_id AND r.evidence_id = e.evidence_id AND r.revision = e.revision
      LEFT JOIN record_content c ON c.engineer_id = r.engineer_id AND c.digest = r.digest
     ORDER BY coalesce(e.ended_on, 'infinity'::date) DESC, e.evidence_id DESC`;
  texts.set(name, text);
  return { name, text };
}

const fingerprintOf = (engineerId: string, query: ListQuery): string =>
  hash('sha256', JSON.stringify([engineerId, query.state, query.q, query.tag, query.statement, query.from, query.to]), 'base64url').slice(
    0,
    16,
  );

function positionOf(cursor: string, fingerprint: string): [endedOn: string | null, id: string] {
  try {
    const [given, endedOn, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    if (given === fingerprint && typeof id === 'string' && (endedOn === null || typeof endedOn === 'string')) return [endedOn, id];
  } catch {
    // told below
  }
  throw new Problem(400, 'malformed', 'The cursor is not one of this list with these filters.');
}

/** One page of an engineer's evidence, for themselves. */
export async function listEvidence(pool: Pool, catalogue: Catalogue, engineerId: string, query: ListQuery): Promise<object> {
  const limit = query.limit === undefined ? 20 : Number(query.limit);
  const fingerprint = fingerprintOf(engineerId, query);
  const position = query.cursor === undefined ? [] : positionOf(query.cursor, fingerprint);
  const given = names.filter((name) => query[name] !== undefined);
  const { rows } = await pool.query<Row>({
    ...textFor(given, position.length > 0),
    values: [engineerId, query.state ?? 'logged', limit + 1, ...position, ...given.map((name) => query[name])],
  });
  const items = await catalogue.describe((statementOf) =>
    (rows.length > limit ? rows.slice(0, limit) : rows).map((row) => ({
      ...row,
      supports: (row.supports ?? [])
        .map(([statement, state]) => ({ statement, state, position: statementOf(statement).position }))
        .sort((one, other) => one.position - other.position),
    })),
  );
  const last = items.at(-1);
  const nextCursor =
    rows.length > limit && last !== undefined
      ? Buffer.from(JSON.stringify([fingerprint, last.endedOn, last.id])).toString('base64url')
      : null;
  return { items, nextCursor };
}
