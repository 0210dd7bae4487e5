import { PolicyNumbersAnswer } from '../frameworks/policies.dto';
import { ActionVerdictAnswer, PersonName } from '../platform/person-name.dto';

/** A piece of evidence under a statement of a claim. */
export class ClaimEvidenceAnswer {
  /** @example 01931b2e-7c00-7000-8000-00000000000a */
  evidenceId: string;
  /**
   * The revision that was submitted; while the claim is with its engineer, the current one.
   * @example 2
   */
  revision: number;
  /** @example "Automated patching via IaC" */
  title: string;
  /**
   * When the work ended; null while it goes on.
   * @example 2026-09-30
   */
  endedOn: string | null;
  /** @example accepted */
  supportState: 'proposed' | 'accepted' | 'returned';
  /** @example "The Ansible playbooks and the Terraform module that drives them are mine." */
  rationale: string;
  /**
   * Whether the claim rests on it.
   * @example true
   */
  counts: boolean;
  /**
   * Why it does not count.
   * @example too-old
   */
  ignored?: 'returned' | 'left-out' | 'too-old' | 'not-work' | 'archived' | 'redacted';
  reviewedBy: PersonName | null;
  /** @example 2026-11-03T10:00:00.000Z */
  reviewedAt: string | null;
  /**
   * What the mentor said of it; left out for those who do not see feedback.
   * @example "Good: the run log shows it."
   */
  feedback?: string | null;
}

/** A statement of the claimed level, and what shows it. */
export class ClaimStatementAnswer {
  /** @example sfia-9:ITOP.4.2 */
  ref: string;
  /** @example "Configures tools and/or creates scripts to automate infrastructure tasks." */
  text: string;
  evidence: ClaimEvidenceAnswer[];
  /**
   * Why there was no opportunity, where the engineer says so.
   * @example null
   */
  noOpportunity: string | null;
  /**
   * Whether it has what the next step asks: supports before submission, accepted supports from then on.
   * @example true
   */
  met: boolean;
}

/** One thing that is missing. */
export class UnmetAnswer {
  /** @example statement-without-evidence */
  code:
    'statement-without-evidence' | 'statement-not-accepted' | 'evidence-too-old' | 'too-few-items' | 'level-skipped' | 'no-eligible-mentor';
  /** @example "Statement ITOP.4.2 needs 1 support by evidence of work and has 0." */
  detail: string;
  /** @example sfia-9:ITOP.4.2 */
  statement?: string;
  /** @example submission */
  blocks: 'submission' | 'approval';
}

/** What must hold before the claim may be submitted, and before it may be approved. */
export class GateAnswer {
  /** @example false */
  submittable: boolean;
  /** @example false */
  approvable: boolean;
  /**
   * Everything that is missing, at once.
   * @example []
   */
  unmet: UnmetAnswer[];
}

/** The numbers of the gate that a claim goes by. */
export class ClaimPolicyAnswer extends PolicyNumbersAnswer {
  /** @example sfia-9:ITOP.4 */
  skillLevel: string;
}

/** A judgement of the level's essence over the whole claim. */
export class EssenceAnswer {
  /** @example true */
  met: boolean;
  /** @example "Works on her own, and is asked for advice by the other teams." */
  note: string;
}

/** What proved that an approval was the mentor's own. */
export class ProofAnswer {
  /**
   * A one-time code, where both were given.
   * @example password
   */
  method: 'password' | 'totp';
}

/** One mentor's yes to the submission that stands. */
export class ApprovalAnswer {
  mentor: PersonName;
  /** @example 2026-11-04T10:00:00.000Z */
  at: string;
  /** @example "I have seen this work and judged it against each statement." */
  meaning: string;
  essence: EssenceAnswer;
  /**
   * The digest of the submission that was approved.
   * @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
   */
  submissionDigest: string;
  /** Approvals from before there were one-time codes do not say. */
  proof?: ProofAnswer;
}

/** What is to change about one statement. */
export class StatementFeedbackAnswer {
  /** @example sfia-9:ITOP.3.4 */
  statement: string;
  /** @example "Show one restoration that you did yourself." */
  feedback: string;
}

/** That words were taken out for good: by whom and why. */
export class RedactedWordsAnswer {
  /** @example 2026-11-03T10:00:00.000Z */
  at: string;
  /** The engineer, or the admin who confirmed it. */
  by: PersonName | null;
  /**
   * Why; null once that is erased with the record.
   * @example "It held a password."
   */
  reason: string | null;
}

/** What was taken out. The claim itself is not repeated: it is read anew, when the words are gone. */
export class WordsRedactionAnswer {
  /**
   * What of the record.
   * @example "claims/01931b2e-7c00-7000-8000-00000000000c/words"
   */
  redacts: string;
  /** @example 2026-11-03T10:00:00.000Z */
  at: string;
  /** @example "It held a password." */
  reason: string;
}

/** One thing that happened to a claim. */
export class ClaimHistoryItem {
  /** @example 2026-11-02T09:30:00.000Z */
  at: string;
  /** Who did it; null is the application itself. */
  actor: PersonName | null;
  /** @example claim.approved */
  kind: string;
  /**
   * The number of its entry in the record's ledger: what a redaction names it by.
   * @example 17
   */
  entry: number;
  /** Where what was said with it was taken out: the words are gone for good, their digest stays. */
  redacted: RedactedWordsAnswer | null;
  /** @example "Nearly there: one statement needs better evidence." */
  feedback?: string;
  /** @example "The work shown is that of level 2." */
  reason?: string;
  statements?: StatementFeedbackAnswer[];
}

/** A support that the engineer leaves out of the claim. */
export class LeftOutAnswer {
  /** @example 01931b2e-7c00-7000-8000-00000000000b */
  evidence: string;
  /** @example sfia-9:ITOP.4.3 */
  statement: string;
}

/** What each action would be answered with now, for this caller. */
export class ClaimActionsAnswer {
  edit: ActionVerdictAnswer;
  submit: ActionVerdictAnswer;
  withdraw: ActionVerdictAnswer;
  review: ActionVerdictAnswer;
  approve: ActionVerdictAnswer;
  requestChanges: ActionVerdictAnswer;
  refuse: ActionVerdictAnswer;
}

/** A claim in a list. */
export class ClaimItem {
  /** @example 01931b2e-7c00-7000-8000-00000000000c */
  id: string;
  /** @example sfia-9:ITOP.4 */
  skillLevel: string;
  /** @example 4 */
  level: number;
  /** @example approved */
  state: 'draft' | 'submitted' | 'changes-requested' | 'approved' | 'refused' | 'withdrawn';
  /** @example "I run provisioning, monitoring and backups of the payments platform on my own." */
  summary: string;
  /** @example 2026-11-02T09:30:00.000Z */
  draftedAt: string;
  /** @example 2026-11-02T09:30:00.000Z */
  changedAt: string;
  /**
   * By when a decision is due; null unless it is submitted.
   */
  dueOn: string | null;
}

/** One page of an engineer's claims, newest first. */
export class ClaimPage {
  items: ClaimItem[];
  /** @example null */
  nextCursor: string | null;
}

/** Which sign-off an approved claim led to. */
export class SignOffReference {
  /** @example 01931b2e-7c00-7000-8000-00000000000d */
  id: string;
  /** @example 2026-11-04 */
  on: string;
  /** @example null */
  until: string | null;
}

/** A claim, whole. */
export class ClaimAnswer extends ClaimItem {
  engineer: PersonName;
  /**
   * How often it was submitted.
   * @example 1
   */
  submission: number;
  /**
   * The day of its first submission: what the ages of evidence are measured on.
   * @example 2026-11-02
   */
  firstSubmittedOn: string | null;
  policy: ClaimPolicyAnswer;
  /** Supports that the engineer leaves out: a change of `leaveOut` replaces them all. */
  leaveOut: LeftOutAnswer[];
  statements: ClaimStatementAnswer[];
  gate: GateAnswer;
  approvals: ApprovalAnswer[];
  /** Who may approve at this level now, by name. */
  eligibleMentors: PersonName[];
  /**
   * The essence of the level: what an approval judges over the whole claim.
   * @example "Performs diverse complex activities, supports and guides others, works autonomously under general direction."
   */
  essence: string;
  history: ClaimHistoryItem[];
  /** The sign-off that it led to, once it is approved. */
  signOff: SignOffReference | null;
  actions: ClaimActionsAnswer;
  /**
   * The framework's rights notice.
   * @example "© The SFIA Foundation"
   */
  rights: string;
}
