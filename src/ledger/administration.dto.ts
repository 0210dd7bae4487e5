import { ApiProperty } from '@nestjs/swagger';
import { LedgerEntryItem } from './ledger.dto';

/** One administrative act: an entry of the administration ledger, and what was done. */
export class ActItem extends LedgerEntryItem {
  /**
   * Who did it; null is the application itself, or whoever holds the database (the first admin).
   * @example 01931b2e-7c00-7000-8000-000000000001
   */
  override actor: string | null;
  /**
   * What was done.
   * @example policy.set
   */
  override kind: string;
  /**
   * What it was done to.
   * @example "policies/sfia-9:ITOP.4"
   */
  override subject: string;
  /** What the digest stands for: ids, roles, numbers, reasons and which fields changed; never a name or an address. Null where it was erased. */
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: { roles: ['auditor'], before: [] },
  })
  content: object | null;
}

/** One page of the administration ledger. */
export class ActPage {
  items: ActItem[];
  /**
   * Where the next page begins; null on the last.
   * @example null
   */
  nextCursor: string | null;
}
