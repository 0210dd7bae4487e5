import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { raise } from '../kernel/refusal';
import { isDatabaseAway } from './problem.filter';
import { Public } from './requires';
import { Health } from './health.dto';
import { Database } from './transaction';

/** Whether the process lives, and whether it can do its work. */
@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(private readonly db: Database) {}

  /** The process answers. */
  @Public()
  @Get('live')
  live(): Health {
    return { status: 'ok' };
  }

  /** The database answers too. */
  @Public()
  @Get('ready')
  async ready(): Promise<Health> {
    try {
      await this.db.one('SELECT 1 AS ok');
    } catch (error) {
      if (isDatabaseAway(error)) return raise('database-away');
      throw error;
    }
    return { status: 'ok' };
  }
}
