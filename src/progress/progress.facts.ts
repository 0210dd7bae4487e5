import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { Database } from '../platform/transaction';

/** Which levels are held. */
@Injectable()
export class ProgressFacts {
  constructor(
    private readonly db: Database,
    private readonly settings: Settings,
  ) {}

  /** Levels of a skill (`sfia-9:ITOP`) for which the engineer has a sign-off in force today, ascending. */
  async levelsHeld(engineerId: string, skillRef: string): Promise<number[]> {
    const rows = await this.db.query<{ level: number }>(
      `SELECT level::int AS level FROM progress WHERE engineer_id = $1 AND skill_ref = $2 AND sign_off_id IS NOT NULL
          AND (valid_until IS NULL OR valid_until >= (now() AT TIME ZONE $3)::date) ORDER BY level`,
      [engineerId, skillRef, this.settings.TIME_ZONE],
    );
    return rows.map(({ level }) => level);
  }
}
