import { ApiProperty } from '@nestjs/swagger';
import { ActionVerdictAnswer, PersonName } from '../platform/person-name.dto';

/** A link of a piece of evidence. */
export class EvidenceLinkAnswer {
  /** @example https://git.example/infrastructure/patching */
  url: string;
  /**
   * What the link is called.
   * @example "The playbooks"
   */
  label: string | null;
}

const fieldValues = [
  { type: 'string' },
  { type: 'null' },
  { type: 'array', items: { anyOf: [{ type: 'string' }, { $ref: '#/components/schemas/EvidenceLinkAnswer' }] } },
];

/** A field that has changed since a verdict was given. */
export class FieldDifferenceAnswer {
  /** @example outcome */
  field: 'title' | 'description' | 'outcome' | 'role' | 'supervisedBy' | 'kind' | 'startedOn' | 'endedOn' | 'links' | 'tags' | 'rationale';
  @ApiProperty({
    description: 'What it said: a text, a list (links, tags) or null.',
    anyOf: fieldValues,
    example: 'Patching takes a day a month.',
  })
  before: unknown;
  @ApiProperty({ description: 'What it says now.', anyOf: fieldValues, example: 'Patching takes two hours a month.' })
  after: unknown;
}

/** A verdict that was given before the evidence or the rationale changed. */
export class ReopenedVerdictAnswer {
  /** @example accepted */
  verdict: 'accepted' | 'returned';
  /**
   * The revision that was judged.
   * @example 1
   */
  revision: number;
  /** @example "Good: the run log shows it." */
  feedback: string | null;
  reviewedBy: PersonName;
  /** @example 2026-11-03T10:00:00.000Z */
  reviewedAt: string;
  /** What has changed since. */
  difference: FieldDifferenceAnswer[];
}

/** What each action on a support would be answered with now, for this caller. */
export class SupportActionsAnswer {
  review: ActionVerdictAnswer;
  edit: ActionVerdictAnswer;
  withdraw: ActionVerdictAnswer;
}

/** A statement that a piece of evidence shows, and why. */
export class SupportAnswer {
  /** @example sfia-9:ITOP.4.2 */
  statement: string;
  /**
   * The statement's text.
   * @example "Configures tools and/or creates scripts to automate infrastructure tasks."
   */
  text: string;
  /** @example sfia-9:ITOP.4 */
  skillLevel: string;
  /**
   * Why the evidence shows it.
   * @example "The playbooks and the module that drives them are mine."
   */
  rationale: string;
  /** @example accepted */
  state: 'proposed' | 'accepted' | 'returned';
  /**
   * The revision of the evidence that the proposal or the verdict stands for.
   * @example 2
   */
  revision: number;
  /**
   * What the mentor said with the verdict that stands; left out for those who do not see feedback.
   * @example "Good: the run log shows it."
   */
  feedback?: string | null;
  /** Who gave the verdict that stands. */
  reviewedBy: PersonName | null;
  /** @example 2026-11-03T10:00:00.000Z */
  reviewedAt: string | null;
  /** An earlier verdict, where a change has re-opened it. */
  reopened?: ReopenedVerdictAnswer;
  actions: SupportActionsAnswer;
}

/** When a revision was made. */
export class RevisionItem {
  /** @example 2 */
  revision: number;
  /** @example 2026-11-02T09:30:00.000Z */
  at: string;
}

/** What each action on a piece of evidence would be answered with now, for this caller. */
export class EvidenceActionsAnswer {
  edit: ActionVerdictAnswer;
  archive: ActionVerdictAnswer;
  addSupport: ActionVerdictAnswer;
}

/** A file that belongs to a piece of evidence; there are none yet. */
export class AttachmentAnswer {}

/** That a revision was redacted, or erased with its record. */
export class RedactedAnswer {
  /** @example 2026-11-03T10:00:00.000Z */
  at: string;
  /**
   * Why; null where the whole record is erased.
   * @example "It held a password."
   */
  reason: string | null;
}

/** What was taken out. The evidence itself is not repeated: it is read anew, when it is gone. */
export class RedactionAnswer {
  /**
   * What of the record.
   * @example "evidence/01931b2e-7c00-7000-8000-00000000000a/revisions/1"
   */
  redacts: string;
  /** @example 2026-11-03T10:00:00.000Z */
  at: string;
  /** @example "It held a password." */
  reason: string;
}

/** A piece of evidence, whole. */
export class EvidenceAnswer {
  /** @example 01931b2e-7c00-7000-8000-00000000000a */
  id: string;
  /**
   * The revision that is shown.
   * @example 2
   */
  revision: number;
  /** @example logged */
  state: 'logged' | 'archived';
  /** @example "Automated patching via IaC" */
  title: string;
  /**
   * What was done.
   * @example "Wrote Ansible playbooks that patch our Linux servers in rings, and a Terraform module that schedules them."
   */
  description: string;
  /**
   * What came of it.
   * @example "Patching takes two hours of attention a month instead of four days."
   */
  outcome: string | null;
  /**
   * The engineer's own part in it.
   * @example alone
   */
  role: 'alone' | 'led' | 'took-part' | 'supervised' | null;
  /**
   * Under whose supervision.
   * @example null
   */
  supervisedBy: string | null;
  /** @example work */
  kind: 'work' | 'training' | 'lab';
  /** @example 2026-03-02 */
  startedOn: string | null;
  /**
   * Null while the work is going on.
   * @example 2026-09-30
   */
  endedOn: string | null;
  links: EvidenceLinkAnswer[];
  /** @example ["ansible", "patching"] */
  tags: string[];
  /** What it shows, as far as the caller sees it. */
  supports: SupportAnswer[];
  /** Files; there are none yet. */
  attachments: AttachmentAnswer[];
  /** The revisions that the caller may ask for with `?revision=`. */
  history: RevisionItem[];
  /**
   * The rights notices of the frameworks whose statements are shown.
   * @example ["© The SFIA Foundation. An organisation needs its own licence."]
   */
  rights: string[];
  /** Where what this revision said was taken out: its words are gone for good, their digest stays. */
  redacted: RedactedAnswer | null;
  /** @example 2026-11-02T09:30:00.000Z */
  loggedAt: string;
  /** @example 2026-11-03T10:00:00.000Z */
  changedAt: string;
  actions: EvidenceActionsAnswer;
}

/** A support in a list. */
export class SupportItem {
  /** @example sfia-9:ITOP.4.2 */
  statement: string;
  /** @example accepted */
  state: 'proposed' | 'accepted' | 'returned';
}

/** A piece of evidence in a list. */
export class EvidenceItem {
  /** @example 01931b2e-7c00-7000-8000-00000000000a */
  id: string;
  /** @example logged */
  state: 'logged' | 'archived';
  /** @example 2 */
  revision: number;
  /** @example "Automated patching via IaC" */
  title: string;
  /** @example work */
  kind: 'work' | 'training' | 'lab';
  /** @example alone */
  role: 'alone' | 'led' | 'took-part' | 'supervised' | null;
  /** @example 2026-03-02 */
  startedOn: string | null;
  /**
   * Null while the work is going on.
   * @example 2026-09-30
   */
  endedOn: string | null;
  /** @example ["ansible", "patching"] */
  tags: string[];
  supports: SupportItem[];
  /** @example 2026-11-02T09:30:00.000Z */
  loggedAt: string;
  /** @example 2026-11-03T10:00:00.000Z */
  changedAt: string;
}

/** One page of an engineer's evidence: what is going on first, then the newest end. */
export class EvidencePage {
  items: EvidenceItem[];
  /**
   * Where the next page begins; null on the last.
   * @example null
   */
  nextCursor: string | null;
}
