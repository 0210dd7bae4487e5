import type { Pool } from 'pg';
import { type EvidenceContent, differenceOf } from '../../src/evidence/evidence';
import { bodyOr } from '../../src/evidence/evidence.scope';
import { problemCodes } from '../../src/kernel/problem-codes';
import type { Catalogue, CataloguedStatement } from './catalogue';
import { instantOfJson } from './database';
import { Problem } from './problem';

type Support = readonly [
  statement: string,
  rationale: string,
  state: 'proposed' | 'accepted' | 'returned',
  revision: number,
  verdict: string | null,
  verdictRevision: number | null,
  feedback: string | null,
  reviewerId: string | null,
  reviewerName: string | null,
  reviewedAt: string | null,
  judgedBody: EvidenceContent | null,
  judgedRationale: string | null,
];

/** A piece of evidence as it is stored. */
export interface StoredEvidence {
  readonly id: string;
  readonly state: 'logged' | 'archived';
  readonly version: number;
  readonly revision: number;
  readonly body: EvidenceContent;
  /** Of the current revision, where another is shown. */
  readonly currentBody: EvidenceContent | null;
  /** When and why the content of this revision was taken out, where it was. */
  readonly redacted: { readonly at: string; readonly reason: string | null } | null;
  readonly loggedAt: string;
  readonly changedAt: string;
  readonly lockedLevels: readonly string[] | null;
  readonly history: readonly (readonly [revision: number, at: string])[];
  readonly supports: readonly Support[] | null;
}

const text = `
  SELECT e.evidence_id AS id, e.state, e.version, r.revision, ${bodyOr('c', 'e')} AS body, e.logged_at AS "loggedAt", e.changed_at AS "changedAt",
         CASE WHEN c.digest IS NULL THEN (
           SELECT json_build_object('at', y.at, 'reason', w.body->>'reason')
             FROM ledger_entry y LEFT JOIN record_content w ON w.engineer_id = y.engineer_id AND w.digest = y.digest
            WHERE y.engineer_id = $1 AND (y.kind = 'record.erased' OR (y.kind = 'record.redacted' AND y.subject = 'evidence/' || e.evidence_id || '/revisions/' || r.revision))
            ORDER BY y.seq DESC LIMIT 1) END AS redacted,
         (SELECT ${bodyOr('k', 'e')} FROM evidence_revision o LEFT JOIN record_content k ON k.engineer_id = o.engineer_id AND k.digest = o.digest
           WHERE o.engineer_id = $1 AND o.evidence_id = $2 AND o.revision = e.revision AND e.revision <> r.revision) AS "currentBody",
         (SELECT json_agg(DISTINCT k.skill_level_ref) FROM claim_pin p
            JOIN claim k ON k.engineer_id = p.engineer_id AND k.claim_id = p.claim_id AND k.submission = p.submission
           WHERE p.engineer_id = $1 AND p.evidence_id = $2 AND k.state = 'submitted') AS "lockedLevels",
         (SELECT json_agg(json_build_array(h.revision, h.at) ORDER BY h.revision) FROM evidence_revision h
           WHERE h.engineer_id = $1 AND h.evidence_id = $2) AS history,
         (SELECT json_agg(json_build_array(s.statement_ref, s.rationale, s.state, s.revision, s.verdict, s.verdict_revision, s.feedback,
                                           s.reviewed_by, m.name, s.reviewed_at, j.body, j.rationale))
            FROM support s
            LEFT JOIN person m ON m.person_id = s.reviewed_by
            LEFT JOIN LATERAL (
              SELECT k.body, (SELECT n.body->>'rationale' FROM ledger_entry y LEFT JOIN record_content n ON n.engineer_id = y.engineer_id AND n.digest = y.digest
                               WHERE y.engineer_id = $1 AND y.subject = 'evidence/' || s.evidence_id || '/supports/' || s.statement_ref
                                 AND y.kind IN ('support.accepted', 'support.returned') ORDER BY y.seq DESC LIMIT 1) AS rationale
                FROM evidence_revision q JOIN record_content k ON k.engineer_id = q.engineer_id AND k.digest = q.digest
               WHERE s.state = 'proposed' AND q.engineer_id = $1 AND q.evidence_id = $2 AND q.revision = s.verdict_revision
            ) j ON true
           WHERE s.engineer_id = $1 AND s.evidence_id = $2 AND s.state <> 'withdrawn') AS supports
    FROM evidence e
    JOIN evidence_revision r ON r.engineer_id = e.engineer_id AND r.evidence_id = e.evidence_id AND r.revision = coalesce($3::int, e.revision)
    LEFT JOIN record_content c ON c.engineer_id = r.engineer_id AND c.digest = r.digest
   WHERE e.engineer_id = $1 AND e.evidence_id = $2`;

const allowed = { allowed: true };
const refused = (code: 'evidence-locked' | 'evidence-archived' | 'own-claim') => ({
  allowed: false,
  code,
  detail: problemCodes[code].explanation,
});
const [locked, archived, ownClaim] = [refused('evidence-locked'), refused('evidence-archived'), refused('own-claim')];

/** One piece of evidence, for its engineer. */
export async function readEvidence(
  pool: Pool,
  catalogue: Catalogue,
  engineerId: string,
  evidenceId: string,
  revision: number | null,
): Promise<{ version: number; answer: object }> {
  const { rows } = await pool.query<StoredEvidence>({ name: 'one', text, values: [engineerId, evidenceId, revision] });
  const row = rows[0];
  if (row === undefined) throw new Problem(404, 'not-found');
  return { version: row.version, answer: await catalogue.describe((statementOf) => evidenceAnswer(row, statementOf)) };
}

/** The answer that shows a piece of evidence to its engineer. */
export function evidenceAnswer(row: StoredEvidence, statementOf: (ref: string) => CataloguedStatement): object {
  const { body, state } = row;
  const lockedLevels = row.lockedLevels ?? [];
  const rights = new Set<string>();
  const supports = (row.supports ?? [])
    .map((support) => {
      const statement = statementOf(support[0]);
      rights.add(statement.rights);
      const change = state === 'archived' ? archived : lockedLevels.includes(statement.skillLevel) ? locked : allowed;
      return {
        ...supportAnswer(support, statement, row.currentBody ?? body),
        actions: { review: ownClaim, edit: change, withdraw: change },
      };
    })
    .sort((one, other) => one.position - other.position);
  const change = state === 'archived' ? archived : lockedLevels.length > 0 ? locked : allowed;
  return {
    ...body,
    id: row.id,
    revision: row.revision,
    state,
    supports,
    attachments: [],
    history: row.history.map(([revision, at]) => ({ revision, at: instantOfJson(at) })),
    rights: [...rights],
    redacted: row.redacted === null ? null : { ...row.redacted, at: instantOfJson(row.redacted.at) },
    loggedAt: row.loggedAt,
    changedAt: row.changedAt,
    actions: { edit: change, archive: change, addSupport: state === 'archived' ? archived : allowed },
  };
}

function supportAnswer(support: Support, { ref, text: words, skillLevel, position }: CataloguedStatement, currentBody: EvidenceContent) {
  const [
    ,
    rationale,
    state,
    revision,
    verdict,
    verdictRevision,
    feedback,
    reviewerId,
    reviewerName,
    reviewedAt,
    judgedBody,
    judgedRationale,
  ] = support;
  const reviewedBy = reviewerId === null ? null : { id: reviewerId, name: reviewerName };
  const at = reviewedAt === null ? null : instantOfJson(reviewedAt);
  const judged = state !== 'proposed';
  const said = { feedback: judged ? feedback : null, reviewedBy: judged ? reviewedBy : null, reviewedAt: judged ? at : null };
  const shown = { statement: ref, text: words, skillLevel, rationale, state, revision, ...said, position };
  if (judgedBody === null) return shown;
  const difference: object[] = differenceOf(judgedBody, currentBody);
  if (judgedRationale !== null && judgedRationale !== rationale)
    difference.push({ field: 'rationale', before: judgedRationale, after: rationale });
  return { ...shown, reopened: { verdict, revision: verdictRevision, feedback, reviewedBy, reviewedAt: at, difference } };
}
