import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Settings } from '../config';
import { keptFor } from './idempotency.interceptor';
import { Recurring, everyHour } from './recurring';

/** Drops what has served its time: answers kept for Idempotency-Keys, sessions that are over, tokens that have been for a month, one-time codes that nobody confirmed, counts, and networks that nobody signed in from for long. Several processes may do it at once. */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly recurring = new Recurring('Housekeeping', everyHour, () => this.drop());

  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: Settings,
  ) {}

  onApplicationBootstrap(): void {
    this.recurring.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.recurring.stop();
  }

  async drop(): Promise<void> {
    await this.dataSource.query(`DELETE FROM idempotent_answer WHERE answered_at < now() - $1::interval`, [keptFor]);
    await this.dataSource.query(`DELETE FROM session WHERE expires_at < now()`);
    await this.dataSource.query(`DELETE FROM personal_token WHERE least(expires_at, revoked_at) < now() - interval '30 days'`);
    await this.dataSource.query(`DELETE FROM totp WHERE state = 'pending' AND begun_at < now() - interval '1 hour'`);
    await this.dataSource.query(`DELETE FROM refused_request WHERE at < now() - make_interval(days => $1::int)`, [
      this.settings.REFUSED_REQUESTS_DAYS,
    ]);
    await this.dataSource.query(`DELETE FROM tally WHERE ends_at < now()`);
    await this.dataSource.query(`DELETE FROM known_network WHERE last_signed_in_at < now() - interval '90 days'`);
  }
}
