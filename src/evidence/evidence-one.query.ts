import { Injectable } from '@nestjs/common';
import { FrameworksFacts } from '../frameworks/frameworks.facts';
import type { Viewpoint } from '../kernel/actor';
import { instant } from '../kernel/instant-sql';
import { skillRefOfLevel } from '../kernel/reference';
import { isNotTakenOut } from '../ledger/shown-content';
import { Database } from '../platform/transaction';
import type { JudgeFacts } from '../progress/eligibility';
import { EligibilityFacts } from '../progress/eligibility.facts';
import { isRedacted } from '../progress/redacted-sql';
import { type EvidenceRow, type EvidenceShown, type SupportRow, shown } from './evidence-shown';
import { sightOf } from './evidence.policy';
import { type Scope, Sql, Texts, bodyOr, revisionSeen, scopeOf, scopeParameters } from './evidence.scope';

// for everybody but the engineer, who judges nothing of their own
const judging = `
           'approvalGiven', EXISTS (
             SELECT 1 FROM claim c
               JOIN claim_pin p ON p.engineer_id = c.engineer_id AND p.claim_id = c.claim_id AND p.submission = c.submission
               JOIN approval a ON a.engineer_id = c.engineer_id AND a.claim_id = c.claim_id AND a.submission = c.submission
              WHERE c.engineer_id = $1 AND c.state = 'submitted' AND p.evidence_id = h.evidence_id AND p.statement_ref = v.statement_ref),
           'lineManagerMayApprove', coalesce((SELECT y.line_manager_may_approve FROM policy y WHERE y.skill_level_ref = v.skill_level_ref ORDER BY y.version DESC LIMIT 1), false)`;
const judgingNothing = `'approvalGiven', false, 'lineManagerMayApprove', false`;

// what a re-opened support was judged by: the content of that revision, and the rationale of that day from the ledger
const supportsJson = (isOwn: boolean): string => `
  SELECT json_agg(json_build_object(
           'statement', v.statement_ref, 'skillLevel', v.skill_level_ref, 'rationale', v.rationale, 'state', v.state, 'revision', v.revision, 'whole', v.whole,
           'verdict', s.verdict, 'verdictRevision', s.verdict_revision, 'feedback', v.feedback,
           'reviewedBy', json_build_object('id', m.person_id, 'name', m.name), 'reviewedAt', ${instant('v.reviewed_at')},
           'judgedBody', j.body, 'judgedRationale', j.rationale,
           ${isOwn ? judgingNothing : judging}))
    FROM seen v
    JOIN support s ON s.engineer_id = $1 AND s.evidence_id = v.evidence_id AND s.statement_ref = v.statement_ref
    LEFT JOIN person m ON m.person_id = v.reviewed_by
    LEFT JOIN LATERAL (
      SELECT k.body, (SELECT n.body->>'rationale' FROM ledger_entry y LEFT JOIN record_content n ON n.engineer_id = y.engineer_id AND n.digest = y.digest AND ${isNotTakenOut('n')}
                       WHERE y.engineer_id = $1 AND y.subject = 'evidence/' || s.evidence_id || '/supports/' || s.statement_ref
                         AND y.kind IN ('support.accepted', 'support.returned') ORDER BY y.seq DESC LIMIT 1) AS rationale
        FROM evidence_revision q JOIN record_content k ON k.engineer_id = q.engineer_id AND k.digest = q.digest AND ${isNotTakenOut('k')}
       WHERE v.whole AND s.state = 'proposed' AND q.engineer_id = $1 AND q.evidence_id = s.evidence_id AND q.revision = s.verdict_revision
    ) j ON true
   WHERE v.evidence_id = h.evidence_id`;

// why the content of revision `r` is gone: its own redaction, or the erasure of the whole record
const takenOut = `CASE WHEN c.digest IS NULL THEN (
  SELECT json_build_object('at', ${instant('y.at')}, 'reason', w.body->>'reason')
    FROM ledger_entry y LEFT JOIN record_content w ON w.engineer_id = y.engineer_id AND w.digest = y.digest
   WHERE y.engineer_id = $1 AND (y.kind = 'record.erased' OR (y.kind = 'record.redacted' AND y.subject = 'evidence/' || h.evidence_id || '/revisions/' || r.revision))
   ORDER BY y.seq DESC LIMIT 1) END`;

const currentBody = `(
  SELECT ${bodyOr('n', 'h')} FROM evidence_revision o LEFT JOIN record_content n ON n.engineer_id = o.engineer_id AND n.digest = o.digest AND ${isNotTakenOut('n')}
   WHERE o.engineer_id = $1 AND o.evidence_id = h.evidence_id AND o.revision = h.revision)`;

// @param wanted the placeholder of an older revision; null for the one that stands
const oneSql = (scope: Scope, isOwn: boolean, wanted: string | null): string => `${scopeOf(scope)}
       SELECT h.evidence_id AS id, h.state, h.version, r.revision, ${bodyOr('c', 'h')} AS body, ${wanted === null ? 'NULL' : currentBody} AS "currentBody",
              ${takenOut} AS redacted, ${isOwn ? 'false' : isRedacted('h', '$1')} AS "isRedacted", ${instant('h.logged_at')} AS "loggedAt", ${instant('h.changed_at')} AS "changedAt",
              ARRAY(SELECT DISTINCT k.skill_level_ref FROM claim k
                      JOIN claim_pin p ON p.engineer_id = k.engineer_id AND p.claim_id = k.claim_id AND p.submission = k.submission
                     WHERE k.engineer_id = $1 AND k.state = 'submitted' AND p.evidence_id = h.evidence_id) AS "lockedLevels",
              (SELECT json_agg(json_build_object('revision', r.revision, 'at', ${instant('r.at')}) ORDER BY r.revision)
                 FROM evidence_revision r WHERE r.engineer_id = $1 AND r.evidence_id = h.evidence_id AND ${revisionSeen(scope.sight)}) AS history,
              coalesce((${supportsJson(isOwn)}), '[]') AS supports
         FROM shown h
         JOIN evidence_revision r ON r.engineer_id = $1 AND r.evidence_id = h.evidence_id AND r.revision = ${wanted === null ? 'h.revision' : `${wanted}::int`}
                                 AND ${revisionSeen(scope.sight)}
         LEFT JOIN record_content c ON c.engineer_id = r.engineer_id AND c.digest = r.digest AND ${isNotTakenOut('c')}`;

/** Shows one piece of evidence. */
@Injectable()
export class EvidenceOneQuery {
  private readonly texts = new Texts();

  constructor(
    private readonly db: Database,
    private readonly eligibility: EligibilityFacts,
    private readonly frameworks: FrameworksFacts,
  ) {}

  /**
   * A piece of evidence as far as the caller sees it, with what they may do; null where there is nothing that they may know of.
   * @param revision an older revision, for those who may see it
   * @param judges what is known of the caller as a judge already, by skill
   */
  async one(
    viewpoint: Viewpoint,
    engineerId: string,
    evidenceId: string,
    revision: number | null = null,
    judges: ReadonlyMap<string, JudgeFacts> = new Map(),
  ): Promise<{ evidence: EvidenceShown; version: number } | null> {
    const isOwn = viewpoint.relation?.self === true;
    const scope = { engineerId, evidenceId, sight: sightOf(viewpoint) };
    const sql = new Sql(scopeParameters(scope));
    const wanted = revision === null ? null : sql.add(revision);
    const text = this.texts.of(`${scope.sight.all} ${isOwn} ${wanted}`, () => oneSql(scope, isOwn, wanted));
    const row = await this.db.one<EvidenceRow>(text, sql.parameters, 'kept');
    if (row === null) return null;
    const statements = await this.frameworks.statements(row.supports.map(({ statement }) => statement));
    const known = await this.judgesOf(viewpoint, engineerId, row.supports, judges);
    return { evidence: shown(row, statements, viewpoint, known), version: row.version };
  }

  /** What is known of the caller as a judge, per skill. */
  private async judgesOf(
    viewpoint: Viewpoint,
    engineerId: string,
    supports: readonly SupportRow[],
    known: ReadonlyMap<string, JudgeFacts>,
  ): Promise<ReadonlyMap<string, JudgeFacts>> {
    const judges = new Map(known);
    if (viewpoint.relation?.self === true) return judges;
    for (const skill of new Set(supports.map(({ skillLevel }) => skillRefOfLevel(skillLevel)))) {
      if (judges.has(skill)) continue;
      const facts = await this.eligibility.judge(engineerId, skill, viewpoint.personId);
      if (facts !== null) judges.set(skill, facts);
    }
    return judges;
  }
}
