import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { ProofRequest } from '../people/proofs.dto';
import { PageQuery } from '../platform/page.dto';
import { PersonName } from '../platform/person-name.dto';
import { IsCalendarDay, IsText, IsWords } from '../platform/rules';
import { ApprovalAnswer, ClaimPolicyAnswer, RedactedWordsAnswer } from './claim-answers.dto';

/** Why a sign-off is revoked, proven afresh: by the admin's own password, a one-time code, or both. */
export class RevocationRequest extends ProofRequest {
  /** @example "The evidence turned out to be somebody else's work." */
  @IsWords(5000)
  reason: string;
}

const toNumber = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' && /^(0|[1-9]\d{0,2})$/.test(value) ? Number(value) : value;

/** Filters of the register. */
export class RegisterQuery extends PageQuery {
  /** @example sfia-9:ITOP */
  @IsOptional()
  @IsText(100)
  skill?: string;
  /** @example 3 */
  @IsOptional()
  @Transform(toNumber)
  @IsInt({ message: 'level must be a whole number from 1 to 7' })
  @Min(1)
  @Max(7)
  level?: number;
  /**
   * Signed off on this day or later.
   * @example 2026-01-01
   */
  @IsOptional()
  @IsCalendarDay()
  from?: string;
  /**
   * Signed off on this day or earlier.
   * @example 2026-12-31
   */
  @IsOptional()
  @IsCalendarDay()
  to?: string;
  /** @example in-force */
  @IsOptional()
  @IsIn(['in-force', 'expired', 'revoked'])
  state?: 'in-force' | 'expired' | 'revoked';
}

/** The end of a sign-off, by an admin. */
export class RevocationAnswer {
  by: PersonName;
  /** @example 2026-11-20T08:00:00.000Z */
  at: string;
  /**
   * Left out for those who see the register only.
   * @example "The evidence turned out to be somebody else's work."
   */
  reason?: string;
  /** Where the reason was taken out: it is gone for good, its digest stays. Left out for those who see the register only. */
  redacted?: RedactedWordsAnswer | null;
}

/** A sign-off as the register has it: who, level, day, approvers, state; never evidence. */
export class SignOffItem {
  /** @example 01931b2e-7c00-7000-8000-00000000000d */
  id: string;
  engineer: PersonName;
  /** @example sfia-9:ITOP.4 */
  skillLevel: string;
  /** @example 4 */
  level: number;
  /** @example 2026-11-04 */
  on: string;
  /**
   * The last day on which it is in force; null is for good.
   * @example null
   */
  until: string | null;
  /** @example in-force */
  state: 'in-force' | 'expired' | 'revoked';
  approvers: PersonName[];
  revocation: RevocationAnswer | null;
}

/** One page of sign-offs, newest first. */
export class SignOffPage {
  items: SignOffItem[];
  /** @example null */
  nextCursor: string | null;
}

/** A piece of evidence in the frozen content. */
export class SignedEvidenceAnswer {
  /** @example 01931b2e-7c00-7000-8000-00000000000a */
  evidenceId: string;
  /** @example 2 */
  revision: number;
  /** @example "Automated patching via IaC" */
  title: string;
  /** @example 2026-03-01 */
  startedOn: string | null;
  /** @example 2026-09-30 */
  endedOn: string | null;
  /**
   * The salted digest of that revision's content.
   * @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
   */
  digest: string;
  /** @example "The Ansible playbooks and the Terraform module that drives them are mine." */
  rationale: string;
  acceptedBy: PersonName;
  /** @example 2026-11-03T10:00:00.000Z */
  acceptedAt: string;
}

/** A statement in the frozen content, in the words of that day. */
export class SignedStatementAnswer {
  /** @example sfia-9:ITOP.4.2 */
  ref: string;
  /** @example "Configures tools and/or creates scripts to automate infrastructure tasks." */
  text: string;
  /** @example null */
  noOpportunity: string | null;
  evidence: SignedEvidenceAnswer[];
}

/** The framework that a level was granted under. */
export class SignedFrameworkAnswer {
  /** @example sfia-9 */
  id: string;
  /** @example SFIA */
  name: string;
  /** @example 9 */
  version: string;
  /** @example "© The SFIA Foundation" */
  rights: string;
}

/** Where a sign-off stands in its record's ledger. */
export class LedgerPositionAnswer {
  /** @example 41 */
  seq: number;
  /** @example fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13 */
  hash: string;
  /** @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 */
  digest: string;
}

/** The frozen content of a sign-off: everything that it stands on. */
export class SignOffContent {
  /** @example 01931b2e-7c00-7000-8000-00000000000d */
  signOff: string;
  /** @example "This is an internal sign-off of this organisation." */
  notice: string;
  engineer: PersonName;
  /** @example 01931b2e-7c00-7000-8000-00000000000c */
  claim: string;
  /** @example 1 */
  submission: number;
  /** @example sfia-9:ITOP.4 */
  skillLevel: string;
  /** @example "Infrastructure operations" */
  skillName: string;
  /** @example 4 */
  level: number;
  /** @example Enable */
  phrase: string;
  /** @example "Performs diverse complex activities, supports and guides others." */
  essence: string;
  framework: SignedFrameworkAnswer;
  /** @example 2026-11-04 */
  on: string;
  /** @example null */
  until: string | null;
  /** @example "I run provisioning, monitoring and backups of the payments platform on my own." */
  summary: string;
  policy: ClaimPolicyAnswer;
  statements: SignedStatementAnswer[];
  approvals: ApprovalAnswer[];
}

/** A sign-off, with its frozen content where the caller may see it. */
export class SignOffAnswer extends SignOffItem {
  /** Left out for those who see the register only, and once it is redacted or erased. */
  content?: SignOffContent;
  /** Where the content was taken out: it is gone for good, its digest stays. Left out for those who see the register only. */
  redacted?: RedactedWordsAnswer | null;
  ledger: LedgerPositionAnswer;
}
