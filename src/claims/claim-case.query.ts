import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { type PinFact, PinsFacts } from '../evidence/pins.facts';
import { redactedText } from '../evidence/redacted';
import { type SupportFact, SupportsFacts } from '../evidence/supports.facts';
import { FrameworksFacts, type SkillFact } from '../frameworks/frameworks.facts';
import type { StatementFact } from '../frameworks/statement';
import { PoliciesFacts } from '../frameworks/policies.facts';
import type { Policy } from '../frameworks/policy';
import type { Day } from '../kernel/clock';
import { tagOfVersions } from '../kernel/version-tag';
import { mayBeShown } from '../ledger/shown-content';
import { Database } from '../platform/transaction';
import { type JudgeFacts, eligibleAmong } from '../progress/eligibility';
import { EligibilityFacts } from '../progress/eligibility.facts';
import { ProgressFacts } from '../progress/progress.facts';
import { type ClaimState, isWithEngineer, openStates } from './claim';
import { type GateFacts, type GateSupport, type GateVerdict, evaluateGate } from './gate';
import { isSubmissionRedacted } from './redacted-words';

/** A claim's own row, with what hangs on it. */
export interface StoredClaim {
  readonly engineerId: string;
  readonly claimId: string;
  readonly skill: string;
  readonly skillLevel: string;
  readonly level: number;
  readonly state: ClaimState;
  readonly summary: string;
  readonly policyVersion: number | null;
  readonly firstSubmittedOn: Day | null;
  readonly submission: number;
  readonly dueOn: Day | null;
  readonly reviewDaysLeft: number | null;
  readonly version: number;
  readonly draftedAt: Date;
  readonly changedAt: Date;
  readonly leftOut: readonly { readonly evidence: string; readonly statement: string }[];
  readonly noOpportunity: readonly { readonly statement: string; readonly reason: string }[];
  /** Whether words are gone that the next step needs: the summary while the claim is with its engineer; while it is submitted, what was submitted. */
  readonly redacted: boolean;
  /** The organisation's day now. */
  readonly today: Day;
}

/** An approval of the submission that stands. */
export interface StandingApproval {
  readonly mentorId: string;
  readonly at: Date;
  readonly submissionDigest: string;
  readonly name: string;
  readonly meaning: string;
  readonly essence: { readonly met: boolean; readonly note: string };
  /** What proved it; approvals from before one-time codes do not say. */
  readonly proof?: { readonly method: 'password' | 'totp' };
}

/** Everything that the rules look at when a claim is decided or shown. */
export interface ClaimCase {
  readonly claim: StoredClaim;
  readonly skill: SkillFact;
  readonly policy: Policy;
  readonly statements: readonly StatementFact[];
  /** The supports to the level: those that were submitted, or, while the claim is with its engineer, those there are now. */
  readonly supports: readonly SupportFact[];
  readonly approvals: readonly StandingApproval[];
  /** Everyone who is or was a mentor of the engineer for the skill. */
  readonly mentors: readonly JudgeFacts[];
  readonly gateFacts: GateFacts;
  readonly gate: GateVerdict;
  /** The claim's ETag: made of the versions of the claim and of all that it rests on. */
  readonly tag: string;
}

/** A support as the gate looks at it. */
export const gateSupportOf = ({ evidenceId, statement, state, evidence }: SupportFact): GateSupport => ({
  evidenceId,
  statement,
  state,
  kind: evidence.kind,
  archived: evidence.state === 'archived' || evidence.redacted,
  endedOn: evidence.endedOn,
});

const closedGate: GateVerdict = { submittable: false, approvable: false, unmet: [] };

const claimSql = `
  SELECT c.engineer_id AS "engineerId", c.claim_id AS "claimId", c.skill_ref AS skill, c.skill_level_ref AS "skillLevel", l.level::int AS level, c.state, c.summary,
         c.policy_version AS "policyVersion", c.first_submitted_on AS "firstSubmittedOn", c.submission, c.due_on AS "dueOn", c.review_days_left::int AS "reviewDaysLeft",
         c.version, c.drafted_at AS "draftedAt", c.changed_at AS "changedAt", (clock_timestamp() AT TIME ZONE $3)::date AS today,
         CASE WHEN c.state = 'submitted' THEN ${isSubmissionRedacted('c', '$1')} ELSE c.state IN ('draft', 'changes-requested') AND c.summary = '${redactedText}' END AS redacted,
         coalesce((SELECT jsonb_agg(jsonb_build_object('evidence', o.evidence_id, 'statement', o.statement_ref) ORDER BY o.statement_ref, o.evidence_id)
                     FROM claim_left_out o WHERE o.engineer_id = $1 AND o.claim_id = c.claim_id), '[]') AS "leftOut",
         coalesce((SELECT jsonb_agg(jsonb_build_object('statement', n.statement_ref, 'reason', n.reason) ORDER BY n.statement_ref)
                     FROM claim_no_opportunity n WHERE n.engineer_id = $1 AND n.claim_id = c.claim_id), '[]') AS "noOpportunity"
    FROM claim c JOIN skill_level l ON l.skill_level_ref = c.skill_level_ref
   WHERE c.engineer_id = $1 AND c.claim_id = $2`;

/** Gathers a claim with everything that its rules depend on. */
@Injectable()
export class ClaimCases {
  constructor(
    private readonly db: Database,
    private readonly settings: Settings,
    private readonly frameworks: FrameworksFacts,
    private readonly policies: PoliciesFacts,
    private readonly supports: SupportsFacts,
    private readonly pins: PinsFacts,
    private readonly eligibility: EligibilityFacts,
    private readonly progress: ProgressFacts,
  ) {}

  /** The claim's own row, or null. */
  async claim(engineerId: string, claimId: string): Promise<StoredClaim | null> {
    return this.db.one<StoredClaim>(claimSql, [engineerId, claimId, this.settings.TIME_ZONE]);
  }

  /** The whole case, or null where there is no such claim. */
  async load(engineerId: string, claimId: string): Promise<ClaimCase | null> {
    const claim = await this.claim(engineerId, claimId);
    if (claim === null) return null;
    const skill = await this.frameworks.skill(claim.skill);
    const policy = await this.policies.policy(claim.skillLevel, claim.policyVersion);
    if (skill === null || policy === null) throw new Error(`claim ${claimId} names a level without a catalogue`);
    const statements = await this.frameworks.statementsOfLevel(claim.skillLevel);
    const supports = await this.supportsOf(claim);
    const approvals = await this.approvals(claim);
    const mentors = await this.eligibility.mentors(engineerId, claim.skill);
    const gateFacts: GateFacts = {
      policy,
      level: claim.level,
      definedLevels: skill.definedLevels,
      levelsHeld: await this.progress.levelsHeld(engineerId, claim.skill),
      statements,
      supports: supports.map(gateSupportOf),
      leftOut: claim.leftOut,
      // a reason that was redacted is to be said anew
      noOpportunity: claim.noOpportunity
        .filter(({ reason }) => !isWithEngineer(claim.state) || reason !== redactedText)
        .map(({ statement }) => statement),
      measuredOn: claim.firstSubmittedOn ?? claim.today,
      eligibleMentors: eligibleAmong(mentors, claim.level, policy.lineManagerMayApprove),
      approvedBy: approvals.map(({ mentorId }) => mentorId),
    };
    const isOpen = openStates.includes(claim.state);
    return {
      claim,
      skill,
      policy,
      statements,
      supports,
      approvals,
      mentors,
      gateFacts,
      gate: isOpen ? evaluateGate(gateFacts) : closedGate,
      tag: tagOfVersions([
        claim.claimId,
        claim.version,
        isOpen ? supports.map((support) => [support.evidenceId, support.evidence.revision, support.statement, support.version]) : [],
      ]),
    };
  }

  /** What is known of one person as a judge of this claim; facts of nobody where they are no mentor. */
  async judge(claim: StoredClaim, personId: string): Promise<JudgeFacts> {
    const facts = await this.eligibility.judge(claim.engineerId, claim.skill, personId);
    if (facts === null) throw new Error(`person ${personId} is signed in but not there`);
    return facts;
  }

  private async supportsOf(claim: StoredClaim): Promise<SupportFact[]> {
    if (isWithEngineer(claim.state) || claim.submission === 0) return this.supports.supportsOfLevel(claim.engineerId, claim.skillLevel);
    const pins: PinFact[] = await this.pins.pinsOf(claim.engineerId, claim.claimId, claim.submission);
    return pins;
  }

  private async approvals(claim: StoredClaim): Promise<StandingApproval[]> {
    if (claim.state !== 'submitted' && claim.state !== 'approved') return [];
    const rows = await this.db.query<{
      mentorId: string;
      at: Date;
      submissionDigest: string;
      mentorName: string;
      body: Omit<StandingApproval, 'mentorId' | 'at' | 'submissionDigest'> | null;
    }>(
      `SELECT a.mentor_id AS "mentorId", a.at, encode(a.submission_digest, 'hex') AS "submissionDigest", m.name AS "mentorName", k.body
         FROM approval a JOIN person m ON m.person_id = a.mentor_id
         LEFT JOIN record_content k ON k.engineer_id = a.engineer_id AND k.digest = a.content_digest AND ${mayBeShown('k', '$1')}
        WHERE a.engineer_id = $1 AND a.claim_id = $2 AND a.submission = $3 ORDER BY a.at, a.mentor_id`,
      [claim.engineerId, claim.claimId, claim.submission],
    );
    // whose words are gone has approved all the same
    const gone = { meaning: redactedText, essence: { met: true, note: redactedText } };
    return rows.map(({ body, mentorId, at, submissionDigest, mentorName: name }) => ({
      mentorId,
      at,
      submissionDigest,
      ...(body ?? { name, ...gone }),
    }));
  }
}
