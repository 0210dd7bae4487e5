import { InvitationAnswer } from './invitations.dto';

/** What became of one row of the file. */
export class ImportedPerson {
  /**
   * The row of the file, from 1, without the header.
   * @example 1
   */
  row: number;

  /** @example 01931b2e-7c00-7000-8000-000000000001 */
  id: string;

  /** @example "Engineer One" */
  name: string;

  /** @example engineer1@demo.test */
  email: string;

  /** @example created */
  outcome: 'created' | 'updated' | 'unchanged';

  /** The invitation of somebody who was created; shown this once. */
  invitation: InvitationAnswer | null;
}

/** What an import did. */
export class ImportReport {
  /** @example 12 */
  created: number;

  /** @example 3 */
  updated: number;

  /** @example 5 */
  unchanged: number;

  /**
   * How many mentorships began.
   * @example 7
   */
  mentorships: number;

  people: ImportedPerson[];
}
