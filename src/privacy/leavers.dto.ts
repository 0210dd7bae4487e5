/** Somebody who left so long ago that their record is due to be erased. */
export class LeaverItem {
  /** @example 01931b2e-7c00-7000-8000-000000000001 */
  id: string;
  /** @example "Engineer One" */
  name: string;
  /**
   * When they were deactivated last.
   * @example 2024-11-02T09:30:00.000Z
   */
  leftAt: string;
  /**
   * When their record was due to be erased.
   * @example 2026-11-02
   */
  dueOn: string;
  /**
   * The request to erase them that is open; null where nobody has asked.
   * @example null
   */
  request: string | null;
}

/** One page of people whose records are due to be erased; who left first comes first. */
export class LeaverPage {
  items: LeaverItem[];
  /**
   * Where the next page begins; null on the last.
   * @example null
   */
  nextCursor: string | null;
}
