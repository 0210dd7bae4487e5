import type { ClaimCase, StandingApproval } from '../../src/claims/claim-case.query';
import { type ClaimState, dueOn } from '../../src/claims/claim';
import { evaluateGate, type GateFacts, type GateVerdict, restsOn } from '../../src/claims/gate';
import { signOffContent, submissionContent } from '../../src/claims/submission';
import type { SupportFact } from '../../src/evidence/supports.facts';
import type { SkillFact } from '../../src/frameworks/frameworks.facts';
import type { StatementFact } from '../../src/frameworks/statement';
import type { Policy } from '../../src/frameworks/policy';
import { addMonths } from '../../src/kernel/clock';
import type { EngineerRecord, Means } from './engineer-record';
import { hex } from './rows';

/** What of the catalogue the data names. */
export interface Catalogue {
  readonly skill: SkillFact;
  readonly statements: readonly StatementFact[];
  readonly policies: readonly Policy[];
  readonly essences: ReadonlyMap<number, { readonly phrase: string; readonly essence: string }>;
}

/** Somebody as others' records name them. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** Whose claim, to which level, how far it is to come, and by when. */
export interface Stage {
  readonly name: string;
  readonly level: number;
  readonly levelsHeld: readonly number[];
  readonly mentors: readonly Named[];
  readonly stage: ClaimState;
  /** Whether another claim follows: then this one must be over. */
  readonly mustEnd: boolean;
  /** All of it happens in the thirty days before. */
  readonly until: Date;
}

/** A sign-off that was given. */
export interface Granted {
  readonly signOffId: string;
  readonly level: number;
}

const day = 86_400_000;
const said = { meaning: 'I have seen this work and judged it against each statement.', essence: { met: true, note: 'Seen at work.' } };

/** Claims with what hangs on them, as rows: what they rest on and whether they may go on is decided by the application's own gate. */
export class Claims {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly means: Means,
  ) {}

  /** A claim that has come as far as `stage`, or as far as the gate lets it; answers the sign-off, where it came to one. */
  add(record: EngineerRecord, plan: Stage): Granted | null {
    const { random, rows } = this.means;
    const { engineerId, chain } = record;
    const before = (days: number): Date => new Date(plan.until.getTime() - days * day);
    const [draftedAt, submittedAt, decidedAt] = [before(30), before(random.int(2, 20)), before(1)];
    const found = this.caseOf(record, plan, draftedAt, submittedAt);
    const { claim, policy, gateFacts, gate } = found;
    const subject = `claims/${claim.claimId}`;
    const { claimId, skillLevel, summary } = claim;
    chain.append('claim.drafted', subject, engineerId, draftedAt, chain.keep({ claim: claimId, skillLevel, summary }));

    const state = stateReached(plan, gate);
    const isSubmitted = gate.submittable && state !== 'draft';
    const isDecided = state !== 'draft' && state !== 'submitted';
    const submittedOn = gateFacts.measuredOn;
    rows.add('claim', {
      engineer_id: engineerId,
      claim_id: claimId,
      skill_ref: claim.skill,
      skill_level_ref: skillLevel,
      state,
      summary,
      policy_version: isSubmitted ? policy.version : null,
      first_submitted_on: isSubmitted ? submittedOn : null,
      submission: isSubmitted ? 1 : 0,
      due_on: state === 'submitted' ? dueOn(submittedOn, policy.reviewDays, null) : null,
      review_days_left: state === 'changes-requested' ? random.int(0, 8) : null,
      version: 1 + Number(isSubmitted) + Number(isDecided),
      drafted_at: draftedAt.toISOString(),
      changed_at: (isDecided ? decidedAt : isSubmitted ? submittedAt : draftedAt).toISOString(),
    });
    const digest = isSubmitted ? this.submit(found, record, submittedAt) : Buffer.alloc(0);
    const mentor = plan.mentors[0]?.id ?? '';
    const statement = found.statements[0]?.ref ?? '';
    switch (state) {
      case 'approved':
        return { signOffId: this.signOff(found, record, plan, decidedAt, digest), level: plan.level };
      case 'changes-requested': {
        const content = {
          claim: claimId,
          submission: 1,
          feedback: 'Nearly there.',
          statements: [{ statement, feedback: 'Which part was yours?' }],
        };
        chain.append('claim.changes-requested', subject, mentor, decidedAt, chain.keep(content));
        return null;
      }
      case 'refused': {
        const content = { claim: claimId, submission: 1, reason: 'This is the level below.', statements: [] };
        chain.append('claim.refused', subject, mentor, decidedAt, chain.keep(content));
        return null;
      }
      case 'withdrawn':
        chain.append(
          'claim.withdrawn',
          subject,
          engineerId,
          decidedAt,
          chain.keep({ claim: claimId, reason: 'I want to do more of it first.' }),
        );
        return null;
      case 'draft':
      case 'submitted':
        return null;
    }
  }

  /** Ends a sign-off. */
  revoke({ engineerId, chain }: EngineerRecord, { signOffId }: Granted, adminId: string, at: Date): void {
    const on = at.toISOString().slice(0, 10);
    const digest = chain.keep({
      signOff: signOffId,
      on,
      reason: 'It turned out to be the work of somebody else.',
      proof: { method: 'password' },
    });
    this.means.rows.add('revocation', {
      engineer_id: engineerId,
      sign_off_id: signOffId,
      revoked_by: adminId,
      at: at.toISOString(),
      revoked_on: on,
      content_digest: hex(digest),
    });
    chain.append('sign-off.revoked', `sign-offs/${signOffId}`, adminId, at, digest);
  }

  private caseOf(record: EngineerRecord, { level, levelsHeld, mentors }: Stage, draftedAt: Date, submittedAt: Date): ClaimCase {
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
      levelsHeld,
      statements: ofLevel,
      supports: freshOf(supports, measuredOn, policy.maxAgeMonths),
      leftOut: [],
      noOpportunity: [],
      measuredOn,
      eligibleMentors: mentors.map(({ id }) => id),
      approvedBy: [],
    };
    return {
      claim: {
        engineerId: record.engineerId,
        claimId: this.means.random.id(draftedAt),
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
        redacted: false,
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
    this.means.rows.add('claim_submission', { ...key, at: at.toISOString(), submitted_on: gateFacts.measuredOn, digest: hex(digest) });
    for (const { evidenceId, statement, evidence } of pinned)
      this.means.rows.add('claim_pin', { ...key, evidence_id: evidenceId, statement_ref: statement, revision: evidence.revision });
    chain.append('claim.submitted', `claims/${claim.claimId}`, engineerId, at, digest);
    return digest;
  }

  /** As many approvals as the policy asks for, a few minutes apart, and the sign-off; answers its id. */
  private signOff(
    found: ClaimCase,
    { engineerId, chain }: EngineerRecord,
    { name, mentors }: Stage,
    decidedAt: Date,
    submissionDigest: Buffer,
  ): string {
    const { claim, statements, policy } = found;
    const { random, rows } = this.means;
    const approvals = mentors.slice(0, policy.approvals).map((mentor, i, all): StandingApproval => {
      const at = new Date(decidedAt.getTime() - (all.length - 1 - i) * 600_000);
      return { mentorId: mentor.id, name: mentor.name, at, submissionDigest: submissionDigest.toString('hex'), ...said };
    });
    for (const { mentorId, at, submissionDigest: named, name: mentorName } of approvals) {
      const content = chain.keep({
        claim: claim.claimId,
        submission: 1,
        submissionDigest: named,
        mentor: mentorId,
        name: mentorName,
        ...said,
      });
      rows.add('approval', {
        engineer_id: engineerId,
        claim_id: claim.claimId,
        submission: 1,
        mentor_id: mentorId,
        at: at.toISOString(),
        submission_digest: hex(submissionDigest),
        content_digest: hex(content),
      });
      chain.append('claim.approved', `claims/${claim.claimId}`, mentorId, at, content);
    }
    const signOffId = random.id(decidedAt);
    const on = decidedAt.toISOString().slice(0, 10);
    const digest = chain.keep(
      signOffContent(found, {
        signOffId,
        on,
        until: null,
        engineer: { id: engineerId, name },
        essence: this.catalogue.essences.get(claim.level) ?? { phrase: '', essence: '' },
        approvals,
        names: new Map(mentors.map((mentor) => [mentor.id, mentor.name])),
        resting: restingOf(found),
      }),
    );
    rows.add('sign_off', {
      engineer_id: engineerId,
      sign_off_id: signOffId,
      claim_id: claim.claimId,
      submission: 1,
      skill_ref: claim.skill,
      skill_level_ref: claim.skillLevel,
      level: claim.level,
      at: decidedAt.toISOString(),
      signed_off_on: on,
      valid_until: null,
      total: statements.length,
      accepted: statements.length,
      digest: hex(digest),
    });
    chain.append('sign-off.granted', `sign-offs/${signOffId}`, approvals.at(-1)?.mentorId ?? '', decidedAt, digest);
    return signOffId;
  }
}

/** The state that a claim is meant for, or what becomes of it instead where the gate does not let it come so far. */
function stateReached({ stage, mustEnd }: Stage, gate: GateVerdict): ClaimState {
  if (!gate.submittable) return mustEnd ? 'withdrawn' : 'draft';
  if (stage === 'approved' && !gate.approvable) return mustEnd ? 'refused' : 'submitted';
  return stage;
}

/**
 * Supports as the gate looks at them, those that are too old left out, and the others without their day: the gate counts months for each of them several times,
 * which here would take longer than all the rest.
 */
function freshOf(supports: readonly SupportFact[], measuredOn: string, maxAgeMonths: number): GateFacts['supports'] {
  const since = addMonths(measuredOn, -maxAgeMonths);
  return supports
    .filter(({ evidence: { endedOn } }) => endedOn === null || endedOn >= since)
    .map(({ evidenceId, statement, state, evidence }) => ({
      evidenceId,
      statement,
      state,
      kind: evidence.kind,
      archived: evidence.state === 'archived',
      endedOn: null,
    }));
}

/** The supports that a claim rests on. */
function restingOf({ gateFacts, supports }: ClaimCase): ClaimCase['supports'] {
  const resting = new Set(restsOn(gateFacts).map(({ evidenceId, statement }) => `${evidenceId} ${statement}`));
  return supports.filter(({ evidenceId, statement }) => resting.has(`${evidenceId} ${statement}`));
}
