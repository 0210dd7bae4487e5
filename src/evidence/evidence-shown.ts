import { type StatementFact, inOrder } from '../frameworks/statement';
import type { Viewpoint } from '../kernel/actor';
import type { JudgeFacts } from '../progress/eligibility';
import { type EvidenceContent, type EvidenceState, type FieldDifference, differenceOf } from './evidence';
import { type ActionVerdict, type EvidenceAction, evidenceActionsOf, ownJudge, supportActionsOf } from './evidence.policy';
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

/** A support as it is stored, as far as the caller sees it. */
export interface SupportRow {
  readonly statement: string;
  readonly skillLevel: string;
  readonly rationale: string;
  readonly state: SupportState;
  readonly revision: number;
  readonly whole: boolean;
  readonly verdict: Verdict | null;
  readonly verdictRevision: number | null;
  readonly feedback: string | null;
  readonly reviewedBy: PersonNamed | null;
  readonly reviewedAt: string | null;
  readonly judgedBody: EvidenceContent | null;
  readonly judgedRationale: string | null;
  readonly approvalGiven: boolean;
  readonly lineManagerMayApprove: boolean;
}

/** A piece of evidence as it is stored, as far as the caller sees it. */
export interface EvidenceRow {
  readonly id: string;
  readonly state: EvidenceState;
  readonly version: number;
  readonly revision: number;
  readonly body: EvidenceContent;
  /** Of the current revision, where another is shown. */
  readonly currentBody: EvidenceContent | null;
  readonly redacted: { readonly at: string; readonly reason: string | null } | null;
  /** The current revision, whichever is asked for; false for the engineer, who judges nothing of it. */
  readonly isRedacted: boolean;
  readonly loggedAt: string;
  readonly changedAt: string;
  readonly lockedLevels: readonly string[];
  readonly history: readonly { readonly revision: number; readonly at: string }[];
  readonly supports: readonly SupportRow[];
}

/**
 * Shows a piece of evidence to a caller.
 * @param statementOf the catalogue, for the statements that are supported
 * @param judges what is known of the caller as a judge, by skill; of the engineer nothing need be
 */
export function shown(
  row: EvidenceRow,
  statementOf: ReadonlyMap<string, StatementFact>,
  viewpoint: Viewpoint,
  judges: ReadonlyMap<string, JudgeFacts>,
): EvidenceShown {
  const own = viewpoint.relation?.self === true ? ownJudge(viewpoint.personId) : null;
  const judgeIn = (skill: string): JudgeFacts =>
    own ?? judges.get(skill) ?? { ...ownJudge(viewpoint.personId), self: false, active: false };
  const supports = row.supports
    .map((support) => ({ support, statement: statementOf.get(support.statement) ?? missing(support.statement) }))
    .sort((one, other) => inOrder(one.statement, other.statement));
  return {
    id: row.id,
    revision: row.revision,
    state: row.state,
    ...contentShown(row.body),
    supports: supports.map(({ support, statement }) => supportShown(support, statement, row, viewpoint, judgeIn(statement.skill))),
    attachments: [],
    history: [...row.history],
    rights: [...new Set(supports.map(({ statement }) => statement.rights))],
    redacted: row.redacted,
    loggedAt: row.loggedAt,
    changedAt: row.changedAt,
    actions: evidenceActionsOf(viewpoint, row),
  };
}

const missing = (statement: string): never => {
  throw new Error(`the catalogue has lost ${statement}`);
};

/** A piece of evidence that has just been logged, as a read would find it. */
export const justLogged = (
  { id, at, content }: { id: string; at: string; content: EvidenceContent },
  supports: readonly { readonly statement: string; readonly skillLevel: string; readonly rationale: string }[],
): EvidenceRow => ({
  id,
  state: 'logged',
  version: 1,
  revision: 1,
  body: content,
  currentBody: null,
  redacted: null,
  isRedacted: false,
  loggedAt: at,
  changedAt: at,
  lockedLevels: [],
  history: [{ revision: 1, at }],
  supports: supports.map(({ statement, skillLevel, rationale }) => ({
    statement,
    skillLevel,
    rationale,
    state: 'proposed',
    revision: 1,
    whole: true,
    verdict: null,
    verdictRevision: null,
    feedback: null,
    reviewedBy: null,
    reviewedAt: null,
    judgedBody: null,
    judgedRationale: null,
    approvalGiven: false,
    lineManagerMayApprove: false,
  })),
});

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
  { text, level }: StatementFact,
  { state, lockedLevels, isRedacted, body, currentBody }: EvidenceRow,
  viewpoint: Viewpoint,
  judge: JudgeFacts,
): SupportShown {
  const { statement, skillLevel, rationale, revision, whole, approvalGiven, lineManagerMayApprove } = support;
  const judged = support.state === 'accepted' || support.state === 'returned';
  const standing = { state, lockedLevels, isRedacted, skillLevel, level, approvalGiven, lineManagerMayApprove };
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
    ...(isReopened(support) ? { reopened: reopenedOf(support, currentBody ?? body) } : {}),
    actions: supportActionsOf(viewpoint, standing, judge),
  };
}

type ReopenedRow = SupportRow & {
  [Part in 'verdict' | 'verdictRevision' | 'reviewedBy' | 'reviewedAt' | 'judgedBody']: NonNullable<SupportRow[Part]>;
};

const isReopened = (support: SupportRow): support is ReopenedRow => support.judgedBody !== null && support.verdict !== null;

function reopenedOf(support: ReopenedRow, currentBody: EvidenceContent): ReopenedVerdict {
  const { verdict, verdictRevision, feedback, reviewedBy, reviewedAt, judgedBody, judgedRationale, rationale } = support;
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
