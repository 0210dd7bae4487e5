import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Client } from 'pg';
import { Settings } from '../config';
import { raise } from '../kernel/refusal';
import { Recurring } from '../platform/recurring';

const everyTenMinutes = 600_000;

/**
 * The third account: takes away the content that entries of the ledgers say may be missing, and can do nothing else.
 * What is to go is decided and entered first, in one transaction; this only does what is entered, as often as it is asked, so nothing stays half done:
 * what a crash left over goes at the next start.
 */
@Injectable()
export class Eraser implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Eraser');
  private readonly recurring = new Recurring('Eraser', everyTenMinutes, () => this.erase());
  private turn: Promise<unknown> = Promise.resolve();
  private next: Promise<void> | undefined;

  constructor(private readonly settings: Settings) {}

  onApplicationBootstrap(): void {
    if (this.settings.DATABASE_ERASER_URL !== undefined) this.recurring.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.recurring.stop();
    await this.turn;
  }

  /**
   * Makes sure that what is about to be entered can be done too.
   * @throws Refused `eraser-missing`, `database-away`
   */
  async demandReady(): Promise<void> {
    if (this.settings.DATABASE_ERASER_URL === undefined) raise('eraser-missing');
    try {
      await this.as(async (client) => void (await client.query('SELECT 1')));
    } catch (error) {
      this.logger.error(error instanceof Error ? error.message : String(error));
      raise('database-away', 'The database cannot be reached as the eraser just now: nothing was done.');
    }
  }

  /** Takes away what was entered; a failure is logged, and made up for soon. To be called once the entry is committed. */
  async eraseNow(): Promise<void> {
    try {
      await this.erase();
    } catch (error) {
      this.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }

  /** One run after the other. Whoever comes while one is under way shares the next: it has not begun, so it finds what all of them entered. */
  private erase(): Promise<void> {
    this.next ??= this.afterThis();
    return this.next;
  }

  private afterThis(): Promise<void> {
    const run = this.turn.then(() => {
      this.next = undefined;
      return this.as(async (client) => {
        const { rows } = await client.query<{ gone: number }>('SELECT erase_what_ledgers_allow() AS gone');
        if ((rows[0]?.gone ?? 0) > 0) await client.query('SELECT forget_statistics()');
      });
    });
    this.turn = run.catch(() => undefined);
    return run;
  }

  /** A connection for the moment: nobody holds this account's rights longer than it takes. */
  private async as(work: (client: Client) => Promise<void>): Promise<void> {
    const client = new Client({
      connectionString: this.settings.DATABASE_ERASER_URL ?? '',
      application_name: 'touchstone eraser',
      connectionTimeoutMillis: 3_000,
      statement_timeout: 120_000,
      lock_timeout: 5_000,
    });
    // a connection that breaks is told by the query under way
    client.on('error', () => undefined);
    await client.connect();
    try {
      await work(client);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
