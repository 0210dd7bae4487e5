import { Injectable } from '@nestjs/common';
import { Database } from '../platform/transaction';

/** What relations between people need to know of the catalogue. */
@Injectable()
export class CatalogueQuery {
  constructor(private readonly db: Database) {}

  /** The levels that each of these skills defines, by skill (`sfia-9:ITOP`); unknown skills are left out. */
  async definedLevels(skills: readonly string[]): Promise<Map<string, number[]>> {
    const rows = await this.db.query<{ skill: string; levels: number[] }>(
      `SELECT s.skill_ref AS skill, ARRAY(SELECT l.level::int FROM skill_level l WHERE l.skill_ref = s.skill_ref ORDER BY l.level) AS levels
         FROM skill s WHERE s.skill_ref = ANY ($1::text[])`,
      [skills],
    );
    return new Map(rows.map(({ skill, levels }) => [skill, levels]));
  }

  /** Every skill of every framework. */
  async allSkills(): Promise<string[]> {
    const rows = await this.db.query<{ skill: string }>(`SELECT skill_ref AS skill FROM skill ORDER BY skill_ref`);
    return rows.map(({ skill }) => skill);
  }
}
