import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Settings } from '../config';
import { isDatabaseAway } from '../platform/problem.filter';
import { CheckpointsService } from './checkpoints.service';

const aMinute = 60_000;

/** Makes a checkpoint every CHECKPOINT_MINUTES, the first a minute after the start. Several processes on one database make one between them. */
@Injectable()
export class CheckpointsSchedule implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Checkpoints');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly settings: Settings,
    private readonly checkpoints: CheckpointsService,
  ) {}

  onApplicationBootstrap(): void {
    if (this.settings.CHECKPOINT_MINUTES === 0) return;
    if (this.checkpoints.canSign) this.next(aMinute);
    else if (this.settings.LOG_LEVEL !== 'silent') this.logger.warn('no checkpoints of the ledger are made: LEDGER_KEY_FILE names no key');
  }

  async onModuleDestroy(): Promise<void> {
    clearTimeout(this.timer);
    await this.running;
    clearTimeout(this.timer);
  }

  private next(wait: number): void {
    this.timer = setTimeout(() => {
      this.running = this.make();
    }, wait);
    this.timer.unref();
  }

  private async make(): Promise<void> {
    const { CHECKPOINT_MINUTES } = this.settings;
    try {
      await this.checkpoints.make(CHECKPOINT_MINUTES / 2);
    } catch (error) {
      // the next one covers what this one would have
      if (!isDatabaseAway(error)) this.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    this.next(CHECKPOINT_MINUTES * aMinute);
  }
}
