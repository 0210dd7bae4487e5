import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Relation } from '../kernel/actor';
import { RelationToSubject } from '../platform/api-request';
import { PageQuery } from '../platform/page.dto';
import { raise } from '../kernel/refusal';
import { Requires, Scoped } from '../platform/requires';
import { ChainCheckAnswer, LedgerPage } from './ledger.dto';
import { LedgerQueries } from './ledger.queries';

@ApiTags('Ledger')
@Controller('engineers/:engineerId/ledger')
export class LedgerController {
  constructor(private readonly ledger: LedgerQueries) {}

  /** The chain of this record, from its first entry on. */
  @Requires('self', 'auditor')
  @Scoped('ledger:read')
  @Get()
  list(@RelationToSubject() { engineerId }: Relation, @Query() { limit, cursor }: PageQuery): Promise<LedgerPage> {
    return this.ledger.list(engineerId, limit, cursor);
  }

  /**
   * Checks this chain: recomputes every hash and every content digest, and names the first entry that does not fit. Content that was redacted or erased may be
   * gone, and is counted; content that is gone without such an entry does not fit.
   */
  @Requires('self', 'auditor')
  @Scoped('ledger:read')
  @Get('verification')
  async verify(@RelationToSubject() { engineerId }: Relation): Promise<ChainCheckAnswer> {
    return (await this.ledger.check(engineerId)) ?? raise('not-found');
  }
}
