import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { PageQuery } from '../platform/page.dto';
import { Requires } from '../platform/requires';
import { LeaverPage } from './leavers.dto';
import { LeaversQuery } from './leavers.query';

@ApiTags('Privacy')
@Controller('administration/retention')
export class LeaversController {
  constructor(private readonly leavers: LeaversQuery) {}

  /**
   * Who left so long ago (the setting RETENTION_MONTHS_AFTER_LEAVING) that their record is due to be erased; nobody without that setting. Erasing takes
   * two admins: `POST /administration/requests` with `erase-person`.
   */
  @Requires('admin', 'auditor')
  @Get()
  list(@Query() { limit, cursor }: PageQuery): Promise<LeaverPage> {
    return this.leavers.list(limit, cursor);
  }
}
