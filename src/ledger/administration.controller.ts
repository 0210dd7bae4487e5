import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { PageQuery } from '../platform/page.dto';
import { Requires } from '../platform/requires';
import { ActPage } from './administration.dto';
import { AdministrationQueries } from './administration.queries';

@ApiTags('Ledger')
@Controller('administration/ledger')
export class AdministrationController {
  constructor(private readonly administration: AdministrationQueries) {}

  /** Every administrative act, from the first on: what was done to policies, frameworks, accreditations, people and their roles, by whom and when. */
  @Requires('admin', 'auditor')
  @Get()
  list(@Query() { limit, cursor }: PageQuery): Promise<ActPage> {
    return this.administration.list(limit, cursor);
  }
}
