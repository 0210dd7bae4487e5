import type { Json } from '../kernel/canonical-json';
import type { Day } from '../kernel/clock';
import type { Policy } from '../frameworks/policy';
import type { SupportFact } from '../evidence/supports.facts';
import type { ClaimCase, StandingApproval } from './claim-case.query';

const policyContent = (policy: Policy): Json => ({ ...policy });

const frameworkContent = ({ skill }: ClaimCase): Json => ({
  id: skill.frameworkId,
  name: skill.frameworkName,
  version: skill.frameworkVersion,
});

const evidenceContent = ({ evidenceId, rationale, evidence }: SupportFact): { readonly [name: string]: Json } => ({
  evidenceId,
  revision: evidence.revision,
  title: evidence.title,
  startedOn: evidence.startedOn,
  endedOn: evidence.endedOn,
  digest: evidence.digest,
  rationale,
});

/**
 * The exact state of a claim that is submitted: what its digest covers, and what an approval names.
 * @param pinned the supports that the claim rests on
 */
export function submissionContent(
  found: ClaimCase,
  { submission, submittedOn, measuredOn }: { submission: number; submittedOn: Day; measuredOn: Day },
  pinned: readonly SupportFact[],
): Json {
  const { claim, policy, statements } = found;
  return {
    claim: claim.claimId,
    submission,
    skillLevel: claim.skillLevel,
    framework: frameworkContent(found),
    summary: claim.summary,
    submittedOn,
    measuredOn,
    policy: policyContent(policy),
    statements: statements.map(({ ref, text }) => ({
      ref,
      text,
      noOpportunity: claim.noOpportunity.find(({ statement }) => statement === ref)?.reason ?? null,
      evidence: pinned.filter(({ statement }) => statement === ref).map(evidenceContent),
    })),
  };
}

/** What a sign-off is made of beside the claim's case. */
export interface Grant {
  readonly signOffId: string;
  readonly on: Day;
  readonly until: Day | null;
  readonly engineer: { readonly id: string; readonly name: string };
  readonly essence: { readonly phrase: string; readonly essence: string };
  readonly approvals: readonly StandingApproval[];
  /** Names of those who accepted supports. */
  readonly names: ReadonlyMap<string, string>;
  readonly resting: readonly SupportFact[];
}

/** The frozen content of a sign-off (design.md, "A claim's life"): everything that it stands on, in the words of that day. */
export function signOffContent(found: ClaimCase, grant: Grant): Json {
  const { claim, policy, statements, skill } = found;
  return {
    signOff: grant.signOffId,
    notice: 'This is an internal sign-off of this organisation. It is not a certificate of the framework’s owner.',
    engineer: { id: grant.engineer.id, name: grant.engineer.name },
    claim: claim.claimId,
    submission: claim.submission,
    skillLevel: claim.skillLevel,
    skillName: skill.name,
    level: claim.level,
    phrase: grant.essence.phrase,
    essence: grant.essence.essence,
    framework: { id: skill.frameworkId, name: skill.frameworkName, version: skill.frameworkVersion, rights: skill.rights },
    on: grant.on,
    until: grant.until,
    summary: claim.summary,
    policy: policyContent(policy),
    statements: statements.map(({ ref, text }) => ({
      ref,
      text,
      noOpportunity: claim.noOpportunity.find(({ statement }) => statement === ref)?.reason ?? null,
      evidence: grant.resting
        .filter((support) => support.statement === ref && support.state === 'accepted')
        .map((support) => ({
          ...evidenceContent(support),
          acceptedBy: { id: support.reviewedBy ?? '', name: grant.names.get(support.reviewedBy ?? '') ?? '' },
          acceptedAt: support.reviewedAt?.toISOString() ?? '',
        })),
    })),
    approvals: grant.approvals.map(({ mentorId, name, at, meaning, essence, submissionDigest, proof }) => ({
      mentor: { id: mentorId, name },
      at: at.toISOString(),
      meaning,
      essence: { met: essence.met, note: essence.note },
      submissionDigest,
      ...(proof === undefined ? {} : { proof: { method: proof.method } }),
    })),
  };
}
