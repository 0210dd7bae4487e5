import { Injectable } from '@nestjs/common';
import type { Viewpoint } from '../kernel/actor';
import { skillRefOfLevel } from '../kernel/reference';
import { Database } from '../platform/transaction';
import type { JudgeFacts } from '../progress/eligibility';
import { isRedacted } from '../progress/redacted-sql';
import { EligibilityFacts } from '../progress/eligibility.facts';
import { type EvidenceContent, type EvidenceState, type FieldDifference, differenceOf } from './evidence';
import { type ActionVerdict, type EvidenceAction, evidenceActionsOf, ownJudge, sightOf, supportActionsOf } from './evidence.policy';
import { Sql, bodyOr, revisionSeen, scopeOf } from './evidence.scope';
import type { SupportState, Verdict } from './support';

interface PersonNamed {
  readonly id: string;
  readonly name: string;
}

/** A verdict that was given on an earlier revision or rationale, and what has changed since. */
export interface ReopenedVerdict {
  readonly verdict: Verdict;
  readonly revision: number;
  readonly feedback: string | null;
  readonly reviewedBy: PersonNamed;
  readonly reviewedAt: string;
  readonly difference: FieldDifference[];
}

/** A support as one caller sees it. */
export interface SupportShown {
  readonly statement: string;
  readonly text: string;
  readonly skillLevel: string;
  readonly rationale: string;
  readonly state: SupportState;
  readonly revision: number;
  readonly feedback?: string | null;
  readonly reviewedBy: PersonNamed | null;
  readonly reviewedAt: string | null;
  readonly reopened?: ReopenedVerdict;
  readonly actions: Record<'review' | 'edit' | 'withdraw', ActionVerdict>;
}

/** A piece of evidence as one caller sees it. */
export interface EvidenceShown extends EvidenceContent {
  readonly id: string;
  readonly revision: number;
  readonly state: EvidenceState;
  readonly supports: SupportShown[];
  readonly attachments: never[];
  readonly history: { readonly revision: number; readonly at: string }[];
  readonly rights: string[];
  readonly redacted: { readonly at: string; readonly reason: string | null } | null;
  readonly loggedAt: string;
  readonly changedAt: string;
  readonly actions: Record<EvidenceAction, ActionVerdict>;
}

interface SupportRow {
  readonly statement: string;
  readonly text: string;
  readonly skillLevel: string;
  readonly level: number;
  readonly rights: string;
  readonly rationale: string;
  readonly state: SupportState;
  readonly revision: number;
  readonly whole: boolean;
  readonly verdict: Verdict | null;
  readonly verdictRevision: number;
  readonly feedback: string | null;
  readonly reviewedBy: PersonNamed;
  readonly reviewedAt: string;
  readonly judgedBody: EvidenceContent | null;
  readonly judgedRationale: string | null;
  readonly approvalGiven: boolean;
  readonly lineManagerMayApprove: boolean;
}

interface OneRow {
  readonly id: string;
  readonly state: EvidenceState;
  readonly version: number;
  readonly revision: number;
  readonly body: EvidenceContent;
  readonly currentBody: EvidenceContent;
  readonly redacted: { readonly at: string; readonly reason: string | null } | null;
  /** The current revision, whichever is asked for. */
  readonly isRedacted: boolean;
  readonly loggedAt: Date;
  readonly changedAt: Date;
  readonly lockedLevels: string[];
  readonly history: { revision: number; at: string }[];
  readonly supports: SupportRow[];
}

const instant = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

// what a re-opened support was judged by: the content of that revision, and the rationale of that day from the ledger
const supportsJson = `
  SELECT jsonb_agg(jsonb_build_object(
           'statement', v.statement_ref, 'text', t.text, 'skillLevel', v.skill_level_ref, 'level', l.level, 'rights', f.rights,
           'rationale', v.rationale, 'state', v.state, 'revision', v.revision, 'whole', v.whole,
           'verdict', s.verdict, 'verdictRevision', s.verdict_revision, 'feedback', v.feedback,
           'reviewedBy', jsonb_build_object('id', m.person_id, 'name', m.name), 'reviewedAt', ${instant('v.reviewed_at')},
           'judgedBody', j.body, 'judgedRationale', j.rationale,
           'approvalGiven', EXISTS (
             SELECT 1 FROM claim c
               JOIN claim_pin p ON p.engineer_id = c.engineer_id AND p.claim_id = c.claim_id AND p.submission = c.submission
               JOIN approval a ON a.engineer_id = c.engineer_id AND a.claim_id = c.claim_id AND a.submission = c.submission
              WHERE c.engineer_id = h.engineer_id AND c.state = 'submitted' AND p.evidence_id = h.evidence_id AND p.statement_ref = v.statement_ref),
           'lineManagerMayApprove', coalesce((SELECT y.line_manager_may_approve FROM policy y WHERE y.skill_level_ref = v.skill_level_ref ORDER BY y.version DESC LIMIT 1), false)
         ) ORDER BY v.skill_level_ref, t.ordinal)
    FROM seen v
    JOIN support s ON s.engineer_id = h.engineer_id AND s.evidence_id = v.evidence_id AND s.statement_ref = v.statement_ref
    JOIN statement t ON t.statement_ref = v.statement_ref
    JOIN skill_level l ON l.skill_level_ref = v.skill_level_ref
    JOIN framework f ON f.framework_id = l.framework_id
    LEFT JOIN person m ON m.person_id = v.reviewed_by
    LEFT JOIN LATERAL (
      SELECT k.body, (SELECT n.body->>'rationale' FROM ledger_entry y LEFT JOIN record_content n ON n.engineer_id = y.engineer_id AND n.digest = y.digest
                       WHERE y.engineer_id = s.engineer_id AND y.subject = 'evidence/' || s.evidence_id || '/supports/' || s.statement_ref
                         AND y.kind IN ('support.accepted', 'support.returned') ORDER BY y.seq DESC LIMIT 1) AS rationale
        FROM evidence_revision q JOIN record_content k ON k.engineer_id = q.engineer_id AND k.digest = q.digest
       WHERE v.whole AND s.state = 'proposed' AND q.engineer_id = s.engineer_id AND q.evidence_id = s.evidence_id AND q.revision = s.verdict_revision
    ) j ON true
   WHERE v.evidence_id = h.evidence_id`;

// why the content of revision `r` is gone: its own redaction, or the erasure of the whole record
const takenOut = `CASE WHEN c.digest IS NULL THEN (
  SELECT jsonb_build_object('at', ${instant('y.at')}, 'reason', w.body->>'reason')
    FROM ledger_entry y LEFT JOIN record_content w ON w.engineer_id = y.engineer_id AND w.digest = y.digest
   WHERE y.engineer_id = h.engineer_id AND (y.kind = 'record.erased' OR (y.kind = 'record.redacted' AND y.subject = 'evidence/' || h.evidence_id || '/revisions/' || r.revision))
   ORDER BY y.seq DESC LIMIT 1) END`;

/** Shows one piece of evidence. */
@Injectable()
export class EvidenceOneQuery {
  constructor(
    private readonly db: Database,
    private readonly eligibility: EligibilityFacts,
  ) {}

  /**
   * A piece of evidence as far as the caller sees it, with what they may do; null where there is nothing that they may know of.
   * @param revision an older revision, for those who may see it
   */
  async one(
    viewpoint: Viewpoint,
    engineerId: string,
    evidenceId: string,
    revision: number | null = null,
  ): Promise<{ evidence: EvidenceShown; version: number } | null> {
    const sight = sightOf(viewpoint);
    const sql = new Sql();
    const scope = scopeOf(sql, engineerId, sight, evidenceId);
    const wanted = revision === null ? 'h.revision' : `${sql.add(revision)}::int`;
    const row = await this.db.one<OneRow>(
      `${scope}
       SELECT h.evidence_id AS id, h.state, h.version, r.revision, ${bodyOr('c', 'h')} AS body, ${bodyOr('n', 'h')} AS "currentBody", ${takenOut} AS redacted, ${isRedacted('h')} AS "isRedacted", h.logged_at AS "loggedAt", h.changed_at AS "changedAt",
              ARRAY(SELECT DISTINCT k.skill_level_ref FROM claim k
                      JOIN claim_pin p ON p.engineer_id = k.engineer_id AND p.claim_id = k.claim_id AND p.submission = k.submission
                     WHERE k.engineer_id = h.engineer_id AND k.state = 'submitted' AND p.evidence_id = h.evidence_id) AS "lockedLevels",
              (SELECT jsonb_agg(jsonb_build_object('revision', r.revision, 'at', ${instant('r.at')}) ORDER BY r.revision)
                 FROM evidence_revision r WHERE r.engineer_id = h.engineer_id AND r.evidence_id = h.evidence_id AND ${revisionSeen(sight)}) AS history,
              coalesce((${supportsJson}), '[]') AS supports
         FROM shown h
         JOIN evidence_revision r ON r.engineer_id = h.engineer_id AND r.evidence_id = h.evidence_id AND r.revision = ${wanted} AND ${revisionSeen(sight)}
         LEFT JOIN record_content c ON c.engineer_id = r.engineer_id AND c.digest = r.digest
         JOIN evidence_revision o ON o.engineer_id = h.engineer_id AND o.evidence_id = h.evidence_id AND o.revision = h.revision
         LEFT JOIN record_content n ON n.engineer_id = o.engineer_id AND n.digest = o.digest`,
      sql.parameters,
    );
    if (row === null) return null;
    const judges = await this.judgesOf(viewpoint, engineerId, row.supports);
    return { evidence: shown(row, viewpoint, judges), version: row.version };
  }

  /** What is known of the caller as a judge, per skill. */
  private async judgesOf(
    viewpoint: Viewpoint,
    engineerId: string,
    supports: readonly SupportRow[],
  ): Promise<ReadonlyMap<string, JudgeFacts>> {
    const judges = new Map<string, JudgeFacts>();
    for (const skill of new Set(supports.map(({ skillLevel }) => skillRefOfLevel(skillLevel)))) {
      const facts =
        viewpoint.relation?.self === true
          ? ownJudge(viewpoint.personId)
          : await this.eligibility.judge(engineerId, skill, viewpoint.personId);
      if (facts !== null) judges.set(skill, facts);
    }
    return judges;
  }
}

function shown(row: OneRow, viewpoint: Viewpoint, judges: ReadonlyMap<string, JudgeFacts>): EvidenceShown {
  return {
    id: row.id,
    revision: row.revision,
    state: row.state,
    ...contentShown(row.body),
    supports: row.supports.map((support) => supportShown(support, row, viewpoint, judges)),
    attachments: [],
    history: row.history,
    rights: [...new Set(row.supports.map(({ rights }) => rights))],
    redacted: row.redacted,
    loggedAt: row.loggedAt.toISOString(),
    changedAt: row.changedAt.toISOString(),
    actions: evidenceActionsOf(viewpoint, row),
  };
}

/** The fields in the order of the form: jsonb keeps another. */
const contentShown = ({
  title,
  description,
  outcome,
  role,
  supervisedBy,
  kind,
  startedOn,
  endedOn,
  links,
  tags,
}: EvidenceContent): EvidenceContent => ({
  title,
  description,
  outcome,
  role,
  supervisedBy,
  kind,
  startedOn,
  endedOn,
  links: links.map(({ url, label }) => ({ url, label })),
  tags,
});

function supportShown(
  support: SupportRow,
  { state, lockedLevels, isRedacted: redactedNow, currentBody }: OneRow,
  viewpoint: Viewpoint,
  judges: ReadonlyMap<string, JudgeFacts>,
): SupportShown {
  const { statement, text, skillLevel, rationale, revision, whole } = support;
  const judged = support.state === 'accepted' || support.state === 'returned';
  const judge = judges.get(skillRefOfLevel(skillLevel)) ?? { ...ownJudge(viewpoint.personId), self: false, active: false };
  return {
    statement,
    text,
    skillLevel,
    rationale,
    state: support.state,
    revision,
    ...(whole ? { feedback: judged ? support.feedback : null } : {}),
    reviewedBy: judged ? support.reviewedBy : null,
    reviewedAt: judged ? support.reviewedAt : null,
    ...(support.judgedBody === null || support.verdict === null
      ? {}
      : { reopened: reopenedOf(support, support.verdict, support.judgedBody, currentBody) }),
    actions: supportActionsOf(viewpoint, { ...support, state, lockedLevels, isRedacted: redactedNow }, judge),
  };
}

function reopenedOf(support: SupportRow, verdict: Verdict, judgedBody: EvidenceContent, currentBody: EvidenceContent): ReopenedVerdict {
  const { verdictRevision, feedback, reviewedBy, reviewedAt, judgedRationale, rationale } = support;
  const reworded: FieldDifference[] =
    judgedRationale === null || judgedRationale === rationale ? [] : [{ field: 'rationale', before: judgedRationale, after: rationale }];
  return {
    verdict,
    revision: verdictRevision,
    feedback,
    reviewedBy,
    reviewedAt,
    difference: [...differenceOf(judgedBody, currentBody), ...reworded],
  };
}
