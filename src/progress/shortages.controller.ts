import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { PageQuery } from '../platform/page.dto';
import { Requires } from '../platform/requires';
import { ShortagePage } from './shortages.dto';
import { ShortagesQueries } from './shortages.queries';

@ApiTags('People')
@Controller('mentors/shortages')
export class ShortagesController {
  constructor(private readonly shortages: ShortagesQueries) {}

  /**
   * Who works towards a level with too few eligible mentors to sign it off, by name.
   *
   * Somebody works towards the level of their open claim, or else towards the lowest level above the one they hold that some of their work shows.
   */
  @Requires('admin')
  @Get()
  list(@Query() { limit, cursor }: PageQuery): Promise<ShortagePage> {
    return this.shortages.list(limit, cursor);
  }
}
