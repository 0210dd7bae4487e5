import type { Viewpoint } from '../kernel/actor';
import type { JudgeFacts } from '../progress/eligibility';
import type { SupportFact } from '../evidence/supports.facts';
import type {
  ClaimAnswer,
  ClaimEvidenceAnswer,
  ClaimHistoryItem,
  ClaimItem,
  ClaimStatementAnswer,
  SignOffReference,
} from './claim-answers.dto';
import type { ClaimCase } from './claim-case.query';
import { isWithEngineer } from './claim';
import { type ClaimSight, actionsOf } from './claim.policy';
import { isFresh, restsOn, shortStatements } from './gate';

/** What a claim's page needs beside its case. */
export interface ClaimContext {
  readonly viewpoint: Viewpoint;
  readonly judge: JudgeFacts;
  readonly sight: Exclude<ClaimSight, 'none'>;
  readonly names: ReadonlyMap<string, string>;
  /** The level's essence. */
  readonly essence: string;
  readonly history: ClaimHistoryItem[];
  readonly signOff: SignOffReference | null;
}

/** A claim as a list shows it. */
export const itemOf = (
  claim: Pick<ClaimCase['claim'], 'claimId' | 'skillLevel' | 'level' | 'state' | 'summary' | 'draftedAt' | 'changedAt' | 'dueOn'>,
): ClaimItem => ({
  id: claim.claimId,
  skillLevel: claim.skillLevel,
  level: claim.level,
  state: claim.state,
  summary: claim.summary,
  draftedAt: claim.draftedAt.toISOString(),
  changedAt: claim.changedAt.toISOString(),
  dueOn: claim.dueOn,
});

/** A claim as its page shows it to one caller. */
export function answerOf(found: ClaimCase, context: ClaimContext): ClaimAnswer {
  const { claim, policy, gate, approvals } = found;
  const { names, viewpoint, judge } = context;
  return {
    ...itemOf(claim),
    engineer: { id: claim.engineerId, name: names.get(claim.engineerId) ?? '' },
    submission: claim.submission,
    firstSubmittedOn: claim.firstSubmittedOn,
    policy,
    leaveOut: claim.leftOut.map(({ evidence, statement }) => ({ evidence, statement })),
    statements: statementsOf(found, context),
    gate: { submittable: gate.submittable, approvable: gate.approvable, unmet: gate.unmet.map((one) => ({ ...one })) },
    approvals: approvals.map(({ mentorId, name, at, meaning, essence, submissionDigest, proof }) => ({
      mentor: { id: mentorId, name },
      at: at.toISOString(),
      meaning,
      essence: { met: essence.met, note: essence.note },
      submissionDigest,
      ...(proof === undefined ? {} : { proof: { method: proof.method } }),
    })),
    eligibleMentors: found.gateFacts.eligibleMentors.map((id) => ({ id, name: names.get(id) ?? '' })),
    essence: context.essence,
    history: context.history,
    signOff: context.signOff,
    actions: actionsOf(viewpoint, {
      outline: claim,
      approvedBy: found.gateFacts.approvedBy,
      gate,
      judge,
      lineManagerMayApprove: policy.lineManagerMayApprove,
    }),
    rights: found.skill.rights,
  };
}

function statementsOf(found: ClaimCase, { names, sight }: ClaimContext): ClaimStatementAnswer[] {
  const { claim, statements, gateFacts } = found;
  const short = new Set(shortStatements(gateFacts, isWithEngineer(claim.state) ? 'submission' : 'approval'));
  const resting = new Set(restsOn(gateFacts).map(({ evidenceId, statement }) => `${evidenceId} ${statement}`));
  return statements.map(({ ref, text }) => ({
    ref,
    text,
    evidence: found.supports
      .filter(({ statement }) => statement === ref)
      .map((support): ClaimEvidenceAnswer => {
        const { evidenceId, evidence, statement, state, rationale, reviewedBy, reviewedAt, feedback } = support;
        const counts = resting.has(`${evidenceId} ${statement}`);
        return {
          evidenceId,
          revision: evidence.revision,
          title: evidence.title,
          endedOn: evidence.endedOn,
          supportState: state,
          rationale,
          counts,
          ...(counts ? {} : { ignored: whyIgnored(found, support) }),
          reviewedBy: reviewedBy === null ? null : { id: reviewedBy, name: names.get(reviewedBy) ?? '' },
          reviewedAt: reviewedAt?.toISOString() ?? null,
          ...(sight === 'full' ? { feedback } : {}),
        };
      }),
    noOpportunity: claim.noOpportunity.find(({ statement }) => statement === ref)?.reason ?? null,
    met: !short.has(ref),
  }));
}

function whyIgnored(
  { gateFacts, claim }: ClaimCase,
  { evidence, state, evidenceId, statement }: SupportFact,
): NonNullable<ClaimEvidenceAnswer['ignored']> {
  if (claim.leftOut.some((left) => left.evidence === evidenceId && left.statement === statement)) return 'left-out';
  if (evidence.state === 'archived') return 'archived';
  if (evidence.redacted) return 'redacted';
  if (evidence.kind !== 'work') return 'not-work';
  if (state === 'returned') return 'returned';
  if (!isFresh(evidence.endedOn, gateFacts.measuredOn, gateFacts.policy.maxAgeMonths)) return 'too-old';
  throw new Error(`support ${evidenceId} ${statement} counts`);
}
