import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { ProofRequest } from '../people/proofs.dto';
import { IsIdText, IsText, IsWords } from '../platform/rules';
import { PageQuery } from '../platform/page.dto';

/** What makes entries of a list the same; anything that is no object is the other validators' to refuse. */
const pairOf = (entry: Partial<LeaveOutRequest> | null): string => `${String(entry?.evidence).toLowerCase()} ${String(entry?.statement)}`;
const statementOf = (entry: { statement?: unknown } | null): unknown => entry?.statement ?? entry;

const isGiven = (_: object, value: unknown): boolean => value !== undefined;

/** A claim to a skill level. */
export class ClaimRequest {
  /**
   * The skill level that is claimed.
   * @example sfia-9:ITOP.3
   */
  @IsText(100)
  skillLevel: string;
  /**
   * Why the engineer works at this level, in their own words.
   * @example "I run provisioning, monitoring and backups of the payments platform on my own."
   */
  @IsWords(5000)
  summary: string;
}

/** A support that is left out of the claim. */
export class LeaveOutRequest {
  /** @example 01931b2e-7c00-7000-8000-00000000000a */
  @IsIdText()
  evidence: string;
  /** @example sfia-9:ITOP.3.1 */
  @IsText(100)
  statement: string;
}

/** A statement without evidence, and why there was no opportunity. */
export class NoOpportunityRequest {
  /** @example sfia-9:ITOP.3.4 */
  @IsText(100)
  statement: string;
  /** @example "Backups are run by a supplier in our department." */
  @IsWords(2000)
  reason: string;
}

/** Why words are taken out: what the record says of it from then on. It must not repeat them. */
export class WordsRedactionRequest {
  /** @example "It held a password." */
  @IsWords(500)
  reason: string;
}

/** What an engineer may change of a claim that is with them. */
export class ClaimChangeRequest {
  /** @example "I run provisioning, monitoring and backups of the payments platform on my own." */
  @ValidateIf(isGiven)
  @IsWords(5000)
  summary?: string;
  /** All supports that are left out, in place of those before. */
  @ValidateIf(isGiven)
  @IsArray()
  @ArrayMaxSize(200)
  @ArrayUnique(pairOf, { message: 'leaveOut names a support twice' })
  @ValidateNested({ each: true })
  @IsObject({ each: true })
  @Type(() => LeaveOutRequest)
  leaveOut?: LeaveOutRequest[];
  /** All statements without opportunity, in place of those before. */
  @ValidateIf(isGiven)
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique(statementOf, { message: 'noOpportunity names a statement twice' })
  @ValidateNested({ each: true })
  @IsObject({ each: true })
  @Type(() => NoOpportunityRequest)
  noOpportunity?: NoOpportunityRequest[];
}

/** One verdict on one support. */
export class VerdictRequest {
  /** @example 01931b2e-7c00-7000-8000-00000000000a */
  @IsIdText()
  evidence: string;
  /** @example sfia-9:ITOP.3.1 */
  @IsText(100)
  statement: string;
  /** @example accepted */
  @IsIn(['accepted', 'returned'])
  verdict: 'accepted' | 'returned';
  /**
   * What the engineer should know; demanded where the support is returned.
   * @example "The playbook is in your name, and the run log shows it working."
   */
  @ValidateIf((request: VerdictRequest) => request.verdict === 'returned' || (request.feedback !== undefined && request.feedback !== null))
  @IsWords(5000)
  feedback?: string;
}

/** Many verdicts in one go: all or nothing. */
export class ReviewsRequest {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @ArrayUnique(pairOf, { message: 'verdicts judges a support twice' })
  @ValidateNested({ each: true })
  @IsObject({ each: true })
  @Type(() => VerdictRequest)
  verdicts: VerdictRequest[];
}

/** A claim taken back. */
export class WithdrawalRequest {
  /** @example "I want to add the migration first." */
  @IsOptional()
  @IsWords(2000)
  reason?: string;
}

/** What is to change about one statement. */
export class StatementFeedback {
  /** @example sfia-9:ITOP.3.4 */
  @IsText(100)
  statement: string;
  /** @example "Show one restoration that you did yourself." */
  @IsWords(5000)
  feedback: string;
}

/** Back to the engineer, who may submit again. */
export class ChangesRequest {
  /** @example "Nearly there: one statement needs better evidence." */
  @IsWords(5000)
  feedback: string;
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ArrayUnique(statementOf, { message: 'statements names a statement twice' })
  @ValidateNested({ each: true })
  @IsObject({ each: true })
  @Type(() => StatementFeedback)
  statements: StatementFeedback[];
}

/** The end of a claim. */
export class RefusalRequest {
  /** @example "The work shown is that of level 2." */
  @IsWords(5000)
  reason: string;
  @ValidateIf(isGiven)
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique(statementOf, { message: 'statements names a statement twice' })
  @ValidateNested({ each: true })
  @IsObject({ each: true })
  @Type(() => StatementFeedback)
  statements?: StatementFeedback[];
}

/** A mentor's judgement of the level's essence over the whole claim. */
export class EssenceRequest {
  /** @example true */
  @IsBoolean()
  met: boolean;
  /** @example "Works on her own, and is asked for advice by the other teams." */
  @IsWords(5000)
  note: string;
}

/** One mentor's signed yes to the state of the claim that If-Match names, proven afresh: by the password, a one-time code, or both. */
export class ApprovalRequest extends ProofRequest {
  /** @example "I have seen this work and judged it against each statement." */
  @IsWords(1000)
  meaning: string;
  @IsObject()
  @ValidateNested()
  @Type(() => EssenceRequest)
  essence: EssenceRequest;
}

/** Filters of an engineer's claims. */
export class ClaimsQuery extends PageQuery {
  /**
   * Only claims in this state.
   * @example submitted
   */
  @IsOptional()
  @IsIn(['draft', 'submitted', 'changes-requested', 'approved', 'refused', 'withdrawn'])
  state?: 'draft' | 'submitted' | 'changes-requested' | 'approved' | 'refused' | 'withdrawn';
  /**
   * Only claims to levels of this skill.
   * @example sfia-9:ITOP
   */
  @IsOptional()
  @IsText(100)
  skill?: string;
  /**
   * Only claims to this level.
   * @example sfia-9:ITOP.4
   */
  @IsOptional()
  @IsText(100)
  skillLevel?: string;
}
