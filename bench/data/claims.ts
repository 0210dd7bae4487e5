import type { ClaimCase } from '../../src/claims/claim-case.query';
import { dueOn } from '../../src/claims/claim';
import { evaluateGate, type GateFacts, restsOn } from '../../src/claims/gate';
import { signOffContent, submissionContent } from '../../src/claims/submission';
import type { SkillFact, StatementFact } from '../../src/frameworks/frameworks.facts';
import type { Policy } from '../../src/frameworks/policy';
import type { EngineerRecord } from './engineer-record';
import type { Random } from './random';
import { type Rows, hex } from './rows';

/** What of the catalogue the data names. */
export interface Catalogue {
  readonly skill: SkillFact;
  readonly statements: readonly StatementFact[];
  readonly policies: readonly Policy[];
  readonly essences: ReadonlyMap<number, { readonly phrase: string; readonly essence: string }>;
}

/** How far claims come. */
export const stages = ['none', 'draft', 'submitted', 'approved'] as const;

/** Whose claim, to which level, and how far it is to come. */
export interface Stage {
  readonly name: string;
  readonly level: number;
  readonly mentors: readonly string[];
  readonly stage: (typeof stages)[number];
}

/** Claims with what hangs on them, as rows: what they rest on and whether they may go on is decided by the application's own gate. */
export class Claims {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly random: Random,
    private readonly rows: Rows,
    private readonly before: (days: number) => Date,
  ) {}

  /** A claim that has come as far as `stage`, or as far as the gate lets it. */
  add(record: EngineerRecord, { name, level, mentors, stage }: Stage): void {
    if (stage === 'none') return;
    const { engineerId, chain } = record;
    const draftedAt = this.before(30);
    const submittedAt = this.before(this.random.int(2, 20));
    const found = this.caseOf(record, level, mentors, draftedAt, submittedAt);
    const { claim, policy, gateFacts, gate } = found;
    const subject = `claims/${claim.claimId}`;
    const key = { engineer_id: engineerId, claim_id: claim.claimId };
    const { skillLevel, summary } = claim;
    chain.append('claim.drafted', subject, engineerId, draftedAt, chain.keep({ claim: claim.claimId, skillLevel, summary }));

    const isSubmitted = stage !== 'draft' && gate.submittable;
    const isApproved = stage === 'approved' && gate.submittable && gate.approvable && policy.approvals === 1;
    const submittedOn = gateFacts.measuredOn;
    this.rows.add('claim', {
      ...key,
      skill_ref: claim.skill,
      skill_level_ref: skillLevel,
      state: isApproved ? 'approved' : isSubmitted ? 'submitted' : 'draft',
      summary,
      policy_version: isSubmitted ? policy.version : null,
      first_submitted_on: isSubmitted ? submittedOn : null,
      submission: isSubmitted ? 1 : 0,
      due_on: isSubmitted && !isApproved ? dueOn(submittedOn, policy.reviewDays, null) : null,
      review_days_left: null,
      version: isApproved ? 3 : isSubmitted ? 2 : 1,
      drafted_at: draftedAt.toISOString(),
      changed_at: (isApproved ? this.before(1) : isSubmitted ? submittedAt : draftedAt).toISOString(),
    });
    if (!isSubmitted) return;
    const digest = this.submit(found, record, submittedAt);
    if (isApproved) this.signOff(found, record, name, mentors[0] ?? '', digest);
  }

  private caseOf(record: EngineerRecord, level: number, mentors: readonly string[], draftedAt: Date, submittedAt: Date): ClaimCase {
    const { skill, statements, policies } = this.catalogue;
    const skillLevel = `${skill.ref}.${level}`;
    const policy = policies.find((one) => one.skillLevel === skillLevel);
    if (policy === undefined) throw new Error(`no policy for ${skillLevel}`);
    const measuredOn = submittedAt.toISOString().slice(0, 10);
    const supports = record.supportsOf(skillLevel);
    const ofLevel = statements.filter((statement) => statement.level === level);
    const gateFacts: GateFacts = {
      policy,
      level,
      definedLevels: skill.definedLevels,
      levelsHeld: [],
      statements: ofLevel,
      supports: supports.map(({ evidenceId, statement, state, evidence: { kind, endedOn, state: evidenceState } }) => ({
        evidenceId,
        statement,
        state,
        kind,
        archived: evidenceState === 'archived',
        endedOn,
      })),
      leftOut: [],
      noOpportunity: [],
      measuredOn,
      eligibleMentors: mentors,
      approvedBy: [],
    };
    return {
      claim: {
        engineerId: record.engineerId,
        claimId: this.random.id(draftedAt),
        skill: skill.ref,
        skillLevel,
        level,
        state: 'submitted',
        summary: 'I have done this work on my own for more than a year, on call for it too.',
        policyVersion: policy.version,
        firstSubmittedOn: measuredOn,
        submission: 1,
        dueOn: null,
        reviewDaysLeft: null,
        version: 2,
        draftedAt,
        changedAt: submittedAt,
        leftOut: [],
        noOpportunity: [],
        today: measuredOn,
      },
      skill,
      policy,
      statements: ofLevel,
      supports,
      approvals: [],
      mentors: [],
      gateFacts,
      gate: evaluateGate(gateFacts),
      tag: '',
    };
  }

  /** What the claim rests on, pinned; answers the submission's digest. */
  private submit(found: ClaimCase, { engineerId, chain }: EngineerRecord, at: Date): Buffer {
    const { claim, gateFacts } = found;
    const pinned = restingOf(found);
    const digest = chain.keep(
      submissionContent(found, { submission: 1, submittedOn: gateFacts.measuredOn, measuredOn: gateFacts.measuredOn }, pinned),
    );
    const key = { engineer_id: engineerId, claim_id: claim.claimId, submission: 1 };
    this.rows.add('claim_submission', { ...key, at: at.toISOString(), submitted_on: gateFacts.measuredOn, digest: hex(digest) });
    for (const { evidenceId, statement, evidence } of pinned)
      this.rows.add('claim_pin', { ...key, evidence_id: evidenceId, statement_ref: statement, revision: evidence.revision });
    chain.append('claim.submitted', `claims/${claim.claimId}`, engineerId, at, digest);
    return digest;
  }

  private signOff(found: ClaimCase, { engineerId, chain }: EngineerRecord, name: string, mentorId: string, submissionDigest: Buffer): void {
    const { claim, statements } = found;
    const at = this.before(1);
    const said = {
      name: 'A mentor',
      meaning: 'I have seen this work and judged it against each statement.',
      essence: { met: true, note: 'Seen at work.' },
    };
    const named = { claim: claim.claimId, submission: 1, submissionDigest: submissionDigest.toString('hex'), mentor: mentorId };
    const approval = chain.keep({ ...named, ...said });
    this.rows.add('approval', {
      engineer_id: engineerId,
      claim_id: claim.claimId,
      submission: 1,
      mentor_id: mentorId,
      at: at.toISOString(),
      submission_digest: hex(submissionDigest),
      content_digest: hex(approval),
    });
    chain.append('claim.approved', `claims/${claim.claimId}`, mentorId, at, approval);
    const signOffId = this.random.id(at);
    const on = at.toISOString().slice(0, 10);
    const digest = chain.keep(
      signOffContent(found, {
        signOffId,
        on,
        until: null,
        engineer: { id: engineerId, name },
        essence: this.catalogue.essences.get(claim.level) ?? { phrase: '', essence: '' },
        approvals: [{ mentorId, at, submissionDigest: named.submissionDigest, ...said }],
        names: new Map(),
        resting: restingOf(found),
      }),
    );
    this.rows.add('sign_off', {
      engineer_id: engineerId,
      sign_off_id: signOffId,
      claim_id: claim.claimId,
      submission: 1,
      skill_ref: claim.skill,
      skill_level_ref: claim.skillLevel,
      level: claim.level,
      at: at.toISOString(),
      signed_off_on: on,
      valid_until: null,
      total: statements.length,
      accepted: statements.length,
      digest: hex(digest),
    });
    chain.append('sign-off.granted', `sign-offs/${signOffId}`, mentorId, at, digest);
  }
}

/** The supports that a claim rests on. */
function restingOf({ gateFacts, supports }: ClaimCase): ClaimCase['supports'] {
  const resting = new Set(restsOn(gateFacts).map(({ evidenceId, statement }) => `${evidenceId} ${statement}`));
  return supports.filter(({ evidenceId, statement }) => resting.has(`${evidenceId} ${statement}`));
}
