import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { databaseTrouble } from './problem.filter';
import { Unlimited } from './rate-limit.guard';
import { Replica } from './replica';
import { Public } from './requires';
import { Health } from './health.dto';
import { Database } from './transaction';

/** Whether the process lives, and whether it can do its work. */
@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly db: Database,
    private readonly replica: Replica,
  ) {}

  /** The process answers. */
  @Public()
  @Unlimited()
  @Get('live')
  live(): Health {
    return { status: 'ok' };
  }

  /** The database answers too. Having much to do is not the same as not being ready. */
  @Public()
  @Unlimited()
  @Get('ready')
  async ready(): Promise<Health> {
    try {
      await this.db.one('SELECT 1 AS ok');
    } catch (error) {
      if (databaseTrouble(error)?.code !== 'too-busy') throw error;
    }
    const { state } = this.replica;
    return { status: 'ok', ...(state === null ? {} : { replica: state }) };
  }
}
