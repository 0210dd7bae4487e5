import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { keptFor } from './idempotency.interceptor';
import { isDatabaseAway } from './problem.filter';

const everyHour = 3_600_000;

/** Once an hour, drops what has served its time: answers kept for Idempotency-Keys, and sessions that are over. */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Housekeeping');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly dataSource: DataSource) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => (this.running = this.drop()), everyHour);
    this.timer.unref();
    this.running = this.drop();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** Several processes may do this at once: each drops what is still there. */
  async drop(): Promise<void> {
    try {
      await this.dataSource.query(`DELETE FROM idempotent_answer WHERE answered_at < now() - $1::interval`, [keptFor]);
      await this.dataSource.query(`DELETE FROM session WHERE expires_at < now()`);
    } catch (error) {
      // the next hour tries again
      if (!isDatabaseAway(error)) this.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }
}
