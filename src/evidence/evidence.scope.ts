import { isNotTakenOut, takenOutStep } from '../ledger/shown-content';
import type { Sight } from './evidence.policy';
import { concernedUntil, supportAt } from './pins';
import { redactedText } from './redacted';

/** Texts of statements by what they differ in: made once, they are found again at once, where a long text made anew would be read through to find its name. */
export class Texts {
  private readonly made = new Map<string, string>();

  of(what: string, make: () => string): string {
    const known = this.made.get(what);
    if (known !== undefined) return known;
    const text = make();
    this.made.set(what, text);
    return text;
  }
}

/** Text of a statement and its parameters, as they grow together. */
export class Sql {
  /** @param parameters those that the text begins with */
  constructor(readonly parameters: unknown[] = []) {}

  /** Adds a parameter; answers its placeholder. */
  add(value: unknown): string {
    this.parameters.push(value);
    return `$${this.parameters.length}`;
  }
}

/**
 * SQL: what full text search looks through, of a revision's content `body`.
 * @param tags its tags as one text
 */
export const searchOf = (
  body: string,
  tags = `(SELECT string_agg(tag, ' ') FROM jsonb_array_elements_text(${body}->'tags') tag)`,
): string => `to_tsvector('english', concat_ws(' ', ${body}->>'title', ${body}->>'description', ${body}->>'outcome', ${tags}))`;

/**
 * SQL: the content of a revision, or where it was redacted or erased what stands in its place: of the evidence's row `head` what is not words.
 * @param content the row of record_content, from a LEFT JOIN
 */
export const bodyOr = (content: string, head: string): string =>
  `coalesce(${content}.body, jsonb_build_object('title', '${redactedText}', 'description', '${redactedText}', 'outcome', NULL, 'role', NULL,
     'supervisedBy', NULL, 'kind', ${head}.kind, 'startedOn', ${head}.started_on, 'endedOn', ${head}.ended_on, 'links', '[]'::jsonb, 'tags', '[]'::jsonb))`;

// the row of evidence has the days of its current revision: where the words that were pinned are gone, it stands for them only if it is the same one. Their kind is
// known all the same: only work is submitted
const daysOfNow = `m.whole OR (c.body IS NULL AND e.revision = m.pinned_revision)`;

/** What scopeOf() reads: of which record, whether one piece only, and with which sight. */
export interface Scope {
  readonly engineerId: string;
  readonly evidenceId?: string;
  readonly sight: Sight;
}

/** The parameters that a statement with scopeOf() begins with. */
export const scopeParameters = ({ engineerId, evidenceId, sight }: Scope): unknown[] => [
  engineerId,
  ...(evidenceId === undefined ? [] : [evidenceId]),
  ...(sight.all ? [] : [sight.pinned, sight.skills]),
];

/**
 * The common table expressions that every read of evidence begins with: the caller's sight, inside the statement.
 * `seen` holds the supports they see, `shown` the evidence, one row each, with the days, kind and tags of the revision they see; `whole` says that it is
 * seen as it is now, with feedback and history, and not only as it was pinned.
 * `taken_out` is what may not be shown whoever sees it. The engineer is the statement's first parameter: tables that are joined say `engineer_id = $1` themselves, for then it is seen to be of one record
 * (docs/scaling.md, Citus). It begins with scopeParameters().
 */
export function scopeOf({ evidenceId, sight }: Scope): string {
  const engineer = '$1::uuid';
  const isOfOne = evidenceId !== undefined;
  const only = (alias: string): string => (isOfOne ? `AND ${alias}.evidence_id = $2::uuid` : '');
  const [pinned, skills] = isOfOne ? ['$3', '$4'] : ['$2', '$3'];
  if (sight.all) {
    return `WITH ${takenOutStep(engineer)}, seen AS NOT MATERIALIZED (
      SELECT s.evidence_id, s.statement_ref, s.skill_level_ref, s.state, s.revision, s.rationale, s.reviewed_by, s.reviewed_at, s.feedback, true AS whole
        FROM support s WHERE s.engineer_id = ${engineer} AND s.state <> 'withdrawn' ${only('s')}
    ), shown AS NOT MATERIALIZED (
      SELECT e.engineer_id, e.evidence_id, e.state, e.version, e.revision, e.kind, e.started_on, e.ended_on, e.tags, e.search, e.logged_at, e.changed_at, true AS whole
        FROM evidence e WHERE e.engineer_id = ${engineer} ${only('e')}
    )`;
  }
  return `WITH ${takenOutStep(engineer)}, pinned AS (
      SELECT p.evidence_id, p.statement_ref, p.revision, ${concernedUntil} AS until
        FROM claim c
        JOIN claim_pin p ON p.engineer_id = c.engineer_id AND p.claim_id = c.claim_id AND p.submission = c.submission
       WHERE c.engineer_id = ${engineer} AND c.state IN ('submitted', 'approved') AND ${pinned}::boolean ${only('p')}
    ), seen AS (
      SELECT s.evidence_id, s.statement_ref, s.skill_level_ref, v.whole, p.revision AS pinned_revision,
             CASE WHEN v.whole THEN s.revision ELSE p.revision END AS revision,
             x.state, x.rationale, x.reviewed_by, x.reviewed_at, x.feedback
        FROM support s
        JOIN skill_level l ON l.skill_level_ref = s.skill_level_ref
        CROSS JOIN LATERAL (SELECT s.state <> 'withdrawn' AND l.skill_ref = ANY (${skills}::text[]) AS whole) v
        LEFT JOIN LATERAL (SELECT i.revision, i.until FROM pinned i WHERE i.evidence_id = s.evidence_id AND i.statement_ref = s.statement_ref
                            ORDER BY i.revision DESC, i.until DESC LIMIT 1) p ON true
        JOIN LATERAL ${supportAt(engineer, `(CASE WHEN v.whole THEN 'infinity'::timestamptz ELSE p.until END)`)} x ON true
       WHERE s.engineer_id = ${engineer} AND (v.whole OR p.revision IS NOT NULL) ${only('s')}
    ), shown AS (
      SELECT e.engineer_id, e.evidence_id, e.state, e.version, e.logged_at, e.changed_at, m.whole,
             CASE WHEN m.whole THEN e.revision ELSE r.revision END AS revision, CASE WHEN m.whole THEN e.kind ELSE coalesce(c.body->>'kind', 'work') END AS kind,
             CASE WHEN ${daysOfNow} THEN e.started_on ELSE (c.body->>'startedOn')::date END AS started_on,
             CASE WHEN ${daysOfNow} THEN e.ended_on ELSE (c.body->>'endedOn')::date END AS ended_on,
             CASE WHEN m.whole THEN e.tags ELSE ARRAY(SELECT jsonb_array_elements_text(c.body->'tags')) END AS tags,
             CASE WHEN m.whole THEN e.search ELSE ${searchOf('c.body')} END AS search
        FROM (SELECT evidence_id, bool_or(whole) AS whole, max(pinned_revision) AS pinned_revision FROM seen GROUP BY evidence_id) m
        JOIN evidence e ON e.engineer_id = ${engineer} AND e.evidence_id = m.evidence_id
        LEFT JOIN evidence_revision r ON NOT m.whole AND r.engineer_id = e.engineer_id AND r.evidence_id = e.evidence_id AND r.revision = m.pinned_revision
        LEFT JOIN record_content c ON c.engineer_id = r.engineer_id AND c.digest = r.digest AND ${isNotTakenOut('c')}
    )`;
}

/** SQL: whether revision `r` of what `h` shows may be seen: the history is for those who see it whole, the others see what was pinned. */
export const revisionSeen = (sight: Sight): string =>
  sight.all ? 'true' : '(h.whole OR EXISTS (SELECT 1 FROM pinned i WHERE i.evidence_id = r.evidence_id AND i.revision = r.revision))';
