import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import type { Day } from '../kernel/clock';
import { Database } from '../platform/transaction';
import { inForce, todayIn } from './eligible-sql';

/** Which levels are held. */
@Injectable()
export class ProgressFacts {
  constructor(
    private readonly db: Database,
    private readonly settings: Settings,
  ) {}

  /** Levels of a skill (`sfia-9:ITOP`) for which the engineer has a sign-off in force today, or on another day, ascending. */
  async levelsHeld(engineerId: string, skillRef: string, on: Day | null = null): Promise<number[]> {
    const rows = await this.db.query<{ level: number }>(
      `SELECT g.level::int AS level FROM progress g WHERE g.engineer_id = $1 AND g.skill_ref = $2
          AND ${inForce('g', `coalesce($4::date, ${todayIn('$3')})`)} ORDER BY g.level`,
      [engineerId, skillRef, this.settings.TIME_ZONE, on],
    );
    return rows.map(({ level }) => level);
  }
}
