import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Settings } from '../config';
import { keptFor } from './idempotency.interceptor';
import { Recurring, everyHour } from './recurring';
import { Database } from './transaction';

/** Drops what has served its time. Several processes may do it at once. */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly recurring = new Recurring('Housekeeping', everyHour, () => this.drop());

  constructor(
    private readonly db: Database,
    private readonly settings: Settings,
  ) {}

  onApplicationBootstrap(): void {
    this.recurring.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.recurring.stop();
  }

  /** What is kept for how long stands in docs/operations.md, Retention. */
  async drop(): Promise<void> {
    const { SESSION_IDLE_MINUTES, ENDED_TOKENS_DAYS, INVITATIONS_DAYS, REFUSED_REQUESTS_DAYS, KNOWN_NETWORKS_DAYS } = this.settings;
    const longAgo = `now() - make_interval(days => $1::int)`;
    await this.db.query(`DELETE FROM idempotent_answer WHERE answered_at < now() - $1::interval`, [keptFor]);
    await this.db.query(`DELETE FROM session WHERE expires_at < now() OR last_used_at < now() - make_interval(mins => $1::int)`, [
      SESSION_IDLE_MINUTES,
    ]);
    await this.db.query(`DELETE FROM personal_token WHERE least(expires_at, revoked_at) < ${longAgo}`, [ENDED_TOKENS_DAYS]);
    await this.db.query(`DELETE FROM invitation WHERE least(expires_at, used_at, void_at) < ${longAgo}`, [INVITATIONS_DAYS]);
    await this.db.query(`DELETE FROM totp WHERE state = 'pending' AND begun_at < now() - interval '1 hour'`);
    await this.db.query(`DELETE FROM refused_request WHERE at < ${longAgo}`, [REFUSED_REQUESTS_DAYS]);
    await this.db.query(`DELETE FROM tally WHERE ends_at < now()`);
    await this.db.query(`DELETE FROM known_network WHERE last_signed_in_at < ${longAgo}`, [KNOWN_NETWORKS_DAYS]);
  }
}
