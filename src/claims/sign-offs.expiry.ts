import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { isDatabaseAway } from '../platform/problem.filter';
import { SignOffsService } from './sign-offs.service';

const everyHour = 3_600_000;

/** Once an hour, notes the sign-offs whose time has run out. What is shown never waits for it: every reader looks at the last day itself. */
@Injectable()
export class SignOffsExpiry implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Expiry');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly signOffs: SignOffsService) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => (this.running = this.note()), everyHour);
    this.timer.unref();
    this.running = this.note();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async note(): Promise<void> {
    try {
      await this.signOffs.noteExpiries();
    } catch (error) {
      // the next hour tries again
      if (!isDatabaseAway(error)) this.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }
}
