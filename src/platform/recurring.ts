import { Logger } from '@nestjs/common';
import { isDatabaseAway } from './problem.filter';

export const everyHour = 3_600_000;

/** Work that is done at start and then again and again. A run that fails is logged and tried at the next turn; a database that is away is not worth a line. */
export class Recurring {
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  /**
   * @param name what the log calls it
   * @param everyMs from the start of one run to that of the next, in milliseconds
   */
  constructor(
    name: string,
    private readonly everyMs: number,
    private readonly work: () => Promise<unknown>,
  ) {
    this.logger = new Logger(name);
  }

  start(): void {
    const turn = (): void => {
      this.running = this.run();
    };
    this.timer = setInterval(turn, this.everyMs);
    this.timer.unref();
    turn();
  }

  /** Ends the turns and waits for the one under way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    try {
      await this.work();
    } catch (error) {
      if (!isDatabaseAway(error)) this.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }
}
