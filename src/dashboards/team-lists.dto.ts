import { IntersectionType } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../platform/page.dto';
import { PersonName } from '../platform/person-name.dto';
import { IsCalendarDay, IsIdText } from '../platform/rules';
import { TeamLevelRequest } from './team-scope.dto';

/** Which submitted claims of a team. */
export class TeamClaimsRequest extends IntersectionType(TeamLevelRequest, PageQuery) {
  /**
   * Only claims that wait for this mentor.
   * @example 01931b2e-7c00-7000-8000-000000000002
   */
  @IsOptional()
  @IsIdText()
  mentor?: string;
  /**
   * Only claims past their day, due today or within the next two working days, later than that, or with nobody who can decide them.
   * @example overdue
   */
  @IsOptional()
  @IsIn(['overdue', 'due-soon', 'in-time', 'nobody-can-decide'])
  state?: 'overdue' | 'due-soon' | 'in-time' | 'nobody-can-decide';
}

/** Where a claim is found. */
export class TeamClaimLinks {
  /** @example /api/v1/engineers/01931b2e-7c00-7000-8000-000000000001/claims/01931b2e-7c00-7000-8000-00000000000c */
  claim: string;
}

/** A submitted claim of somebody in a team. */
export class TeamClaimItem {
  engineer: PersonName;
  /** @example 01931b2e-7c00-7000-8000-00000000000c */
  id: string;
  /** @example sfia-9:ITOP.4 */
  skillLevel: string;
  /** @example 2026-11-16 */
  dueOn: string;
  /**
   * Past its day; due today or within the next two working days; or in time.
   * @example in-time
   */
  state: 'overdue' | 'due-soon' | 'in-time';
  /** Eligible mentors who have not approved it yet, by name; where there are none, nobody can decide it. */
  waitsOn: PersonName[];
  links: TeamClaimLinks;
}

/** One page of a team's submitted claims, the first to fall due first. */
export class TeamClaimPage {
  items: TeamClaimItem[];
  /**
   * Where the next page begins; null on the last.
   * @example null
   */
  nextCursor: string | null;
}

/** Which evidence of a team. */
export class TeamEvidenceRequest extends IntersectionType(TeamLevelRequest, PageQuery) {
  /**
   * Logged on this day or later; for callers who are no auditor the first of a month.
   * @example 2026-11-01
   */
  @IsOptional()
  @IsCalendarDay()
  from?: string;
  /**
   * Logged on this day or earlier; for callers who are no auditor the last of a month.
   * @example 2026-11-30
   */
  @IsOptional()
  @IsCalendarDay()
  to?: string;
}

/** Where a piece of evidence is found. */
export class TeamEvidenceLinks {
  /** Null where the caller may not see it. */
  evidence: string | null;
}

/** That somebody in a team logged a piece of evidence. */
export class TeamEvidenceItem {
  /** Whose it is; null where the caller may not see it: what no submitted or approved claim rests on is between engineers, their mentors and auditors. */
  engineer: PersonName | null;
  /**
   * The month in which it was logged.
   * @example 2026-11
   */
  month: string;
  /**
   * The day; null where the caller may not see the evidence.
   * @example 2026-11-04
   */
  loggedOn: string | null;
  links: TeamEvidenceLinks;
}

/** One page of a team's evidence, the oldest month first, in each month what the caller may see before what they may not. */
export class TeamEvidencePage {
  items: TeamEvidenceItem[];
  /**
   * Where the next page begins; null on the last.
   * @example null
   */
  nextCursor: string | null;
}

/** Which sign-offs of a team. */
export class TeamSignOffsRequest extends IntersectionType(TeamLevelRequest, PageQuery) {
  /**
   * Signed off on this day or later.
   * @example 2026-11-01
   */
  @IsOptional()
  @IsCalendarDay()
  from?: string;
  /**
   * Signed off on this day or earlier.
   * @example 2026-11-30
   */
  @IsOptional()
  @IsCalendarDay()
  to?: string;
  /**
   * Revoked on this day or later.
   * @example 2026-11-01
   */
  @IsOptional()
  @IsCalendarDay()
  revokedFrom?: string;
  /**
   * Revoked on this day or earlier.
   * @example 2026-11-30
   */
  @IsOptional()
  @IsCalendarDay()
  revokedTo?: string;
  /** @example in-force */
  @IsOptional()
  @IsIn(['in-force', 'expired', 'revoked'])
  state?: 'in-force' | 'expired' | 'revoked';
}

/** Where a sign-off is found. */
export class TeamSignOffLinks {
  /** @example /api/v1/engineers/01931b2e-7c00-7000-8000-000000000001/sign-offs/01931b2e-7c00-7000-8000-00000000000d */
  signOff: string;
}

/** A level of somebody in a team that was signed off. */
export class TeamSignOffItem {
  engineer: PersonName;
  /** @example 01931b2e-7c00-7000-8000-00000000000d */
  id: string;
  /** @example sfia-9:ITOP.4 */
  skillLevel: string;
  /** @example 2026-11-04 */
  on: string;
  /**
   * The last day it is good for; null is for good.
   * @example null
   */
  until: string | null;
  /** @example in-force */
  state: 'in-force' | 'expired' | 'revoked';
  /**
   * When it was revoked; null where it was not.
   * @example null
   */
  revokedOn: string | null;
  links: TeamSignOffLinks;
}

/** One page of a team's sign-offs, the newest first. */
export class TeamSignOffPage {
  items: TeamSignOffItem[];
  /**
   * Where the next page begins; null on the last.
   * @example null
   */
  nextCursor: string | null;
}
