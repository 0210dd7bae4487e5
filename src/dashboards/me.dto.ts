import { PersonName } from '../platform/person-name.dto';

/** An engineer whom the caller mentors now. */
export class MenteeAnswer {
  engineer: PersonName;
  /** @example ["sfia-9:ITOP"] */
  skills: string[];
  /**
   * When the mentorship ends; null where no end is set.
   * @example null
   */
  until: string | null;
}

/** Somebody who mentors the caller now. */
export class MentorAnswer {
  mentor: PersonName;
  /** @example ["sfia-9:ITOP"] */
  skills: string[];
  /**
   * When the mentorship ends; null where no end is set.
   * @example null
   */
  until: string | null;
}

/** What waits for the caller. */
export class WaitingAnswer {
  /**
   * Submitted claims that wait for the caller's verdict as a mentor.
   * @example 2
   */
  claims: number;
  /**
   * Proposed supports that wait, outside of submitted claims.
   * @example 5
   */
  supports: number;
  /**
   * When the first of these claims is due; null where none waits.
   * @example 2026-11-16
   */
  nextDueOn: string | null;
  /**
   * Claims of the caller's own that mentors have sent back.
   * @example 0
   */
  changesRequested: number;
}

/** Something that was done about the caller's record which they should know of. */
export class NoticeAnswer {
  /** @example record-opened */
  kind: 'record-opened';
  /** @example 2026-11-02T09:30:00.000Z */
  at: string;
  by: PersonName;
  /**
   * Why, in the words of whoever did it.
   * @example "Request for their data of 2 November, reference 114."
   */
  reason: string | null;
}

/** That an admin has invited the caller afresh: whoever used that invitation acts as them. */
export class InvitedAfreshAnswer {
  /** @example 2026-11-02T09:30:00.000Z */
  at: string;
  /** Who made the invitation; null is whoever holds the database. */
  by: PersonName | null;
  /**
   * When it was used; null where it was not.
   * @example 2026-11-02T10:00:00.000Z
   */
  usedAt: string | null;
}

/** Who the caller is, and what waits for them. */
export class MeAnswer {
  /** @example 01931b2e-7c00-7000-8000-000000000002 */
  id: string;
  /** @example "Mentor One" */
  name: string;
  /** @example mentor1@demo.test */
  email: string;
  /** @example ["auditor"] */
  roles: ('admin' | 'auditor')[];
  mentorOf: MenteeAnswer[];
  /**
   * How many active people report to the caller directly.
   * @example 0
   */
  managerOf: number;
  mentors: MentorAnswer[];
  /**
   * After a fresh invitation: until when the caller cannot approve; null where they can.
   * @example null
   */
  approvalsBarredUntil: string | null;
  /** The newest fresh invitation of somebody who had signed in before, told for 30 days: if it was not asked for, another admin should know. */
  invitedAfresh: InvitedAfreshAnswer | null;
  waiting: WaitingAnswer;
  /** Who else exported the caller's record in the last 90 days, the newest first; the ledger has them all. */
  notices: NoticeAnswer[];
}
