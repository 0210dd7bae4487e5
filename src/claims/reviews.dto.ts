import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../platform/page.dto';
import { PersonName } from '../platform/person-name.dto';

/** Which reviews. A cursor continues the list that it came from; the other list begins anew. */
export class ReviewsQuery extends PageQuery {
  /**
   * Only what waits can be asked for.
   * @example waiting
   */
  @IsOptional()
  @IsIn(['waiting'])
  state?: 'waiting';
}

/** A submitted claim that waits for the caller's verdict. */
export class WaitingClaimItem {
  engineer: PersonName;
  /** @example 01931b2e-7c00-7000-8000-00000000000c */
  claimId: string;
  /** @example sfia-9:ITOP.4 */
  skillLevel: string;
  /** @example 4 */
  level: number;
  /**
   * By when a decision is due.
   * @example 2026-11-16
   */
  dueOn: string;
  /** @example false */
  overdue: boolean;
  /** @example 2026-11-02T09:30:00.000Z */
  submittedAt: string;
  /** @example 0 */
  approvalsGiven: number;
  /** @example 1 */
  approvalsNeeded: number;
  /**
   * How many of the supports that were submitted have no verdict yet.
   * @example 3
   */
  waiting: number;
}

/** Claims that wait, by the day they are due. */
export class WaitingClaimsPage {
  items: WaitingClaimItem[];
  /** @example null */
  nextCursor: string | null;
}

/** A proposed support outside of any submitted claim. */
export class WaitingSupportItem {
  engineer: PersonName;
  /** @example 01931b2e-7c00-7000-8000-00000000000a */
  evidenceId: string;
  /** @example "Automated patching via IaC" */
  title: string;
  /** @example sfia-9:ITOP.4.2 */
  statement: string;
  /** @example "Configures tools and/or creates scripts to automate infrastructure tasks." */
  text: string;
  /** @example sfia-9:ITOP.4 */
  skillLevel: string;
  /** @example "The Ansible playbooks and the Terraform module that drives them are mine." */
  rationale: string;
  /** @example 2026-11-02T09:30:00.000Z */
  waitingSince: string;
  /**
   * Whether it had a verdict before, and what it was given for has changed since.
   * @example false
   */
  reopened: boolean;
  /**
   * The framework's rights notice.
   * @example "© The SFIA Foundation"
   */
  rights: string;
}

/** Loose supports, the oldest first. */
export class WaitingSupportsPage {
  items: WaitingSupportItem[];
  /** @example null */
  nextCursor: string | null;
}

/** Everything that waits for the caller as a mentor. */
export class ReviewsAnswer {
  claims: WaitingClaimsPage;
  supports: WaitingSupportsPage;
}
