import { Injectable } from '@nestjs/common';
import { Database } from '../platform/transaction';
import type { DefinedLevel } from './team-members';
import type { StatementPlace } from './team-scope';

/** What dashboards ask of the catalogue. What is loaded never changes and never goes: whatever was read once can be told again. */
@Injectable()
export class CatalogueQuery {
  private readonly levels = new Map<string, readonly DefinedLevel[]>();
  private readonly places = new Map<string, StatementPlace>();

  constructor(private readonly db: Database) {}

  /** The levels that a skill defines, ascending, and how many statements define each; none where there is no such skill. */
  async levelsOf(skill: string): Promise<readonly DefinedLevel[]> {
    const known = this.levels.get(skill);
    if (known !== undefined) return known;
    const read = await this.db.query<DefinedLevel>(
      `SELECT l.level::int AS level, count(t.statement_ref)::int AS total FROM skill_level l LEFT JOIN statement t USING (skill_level_ref)
        WHERE l.skill_ref = $1 GROUP BY l.level ORDER BY l.level`,
      [skill],
    );
    if (read.length > 0) this.levels.set(skill, read);
    return read;
  }

  /** Whether there is a skill; null is none in particular. */
  async knows(skill: string | null): Promise<boolean> {
    return skill === null || (await this.levelsOf(skill)).length > 0;
  }

  /** Where statements stand: those of these references that there are. */
  async statements(refs: readonly string[]): Promise<StatementPlace[]> {
    const unknown = refs.filter((ref) => !this.places.has(ref));
    if (unknown.length > 0) {
      const read = await this.db.query<StatementPlace>(
        `SELECT t.statement_ref AS ref, t.skill_level_ref AS "skillLevel", l.skill_ref AS skill FROM statement t JOIN skill_level l USING (skill_level_ref)
          WHERE t.statement_ref = ANY ($1::text[])`,
        [unknown],
      );
      for (const place of read) this.places.set(place.ref, place);
    }
    return refs.flatMap((ref) => this.places.get(ref) ?? []);
  }
}
