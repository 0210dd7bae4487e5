import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RefusedRequestPage, RefusedRequestsQuery as Filters } from './refused-requests.dto';
import { RefusedRequestsQuery } from './refused-requests.query';
import { Requires } from './requires';

@ApiTags('Administration')
@Controller('administration/refused-requests')
export class RefusedRequestsController {
  constructor(private readonly requests: RefusedRequestsQuery) {}

  /**
   * Requests that were refused for who asked (401, 403, 404, 429), the newest first: who tries doors. Nothing of what they sent is kept but the route and
   * whose record it was about. In a flood not every one is noted; each is in the log.
   */
  @Requires('admin', 'auditor')
  @Get()
  list(@Query() query: Filters): Promise<RefusedRequestPage> {
    return this.requests.list(query);
  }
}
