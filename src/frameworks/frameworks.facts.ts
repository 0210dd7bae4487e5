import { Injectable } from '@nestjs/common';
import { Database } from '../platform/transaction';
import type { StatementFact } from './statement';

/** A skill, as far as other folders need to know it. */
export interface SkillFact {
  readonly ref: string;
  readonly name: string;
  readonly frameworkId: string;
  readonly frameworkName: string;
  readonly frameworkVersion: string;
  readonly rights: string;
  /** The page that its text is quoted from. */
  readonly source: string;
  /** The levels that the skill defines, ascending. */
  readonly definedLevels: readonly number[];
}

const statementColumns = `t.statement_ref AS ref, t.skill_level_ref AS "skillLevel", l.skill_ref AS skill, l.level::int AS level, t.ordinal::int AS ordinal, t.text, f.rights`;
const statementTables = 'statement t JOIN skill_level l USING (skill_level_ref) JOIN framework f USING (framework_id)';

/** What other folders may ask of the catalogue. */
@Injectable()
export class FrameworksFacts {
  // what is loaded never changes and never goes: whatever was read once can be told again
  private readonly known = new Map<string, StatementFact>();

  constructor(private readonly db: Database) {}

  /** Statements by reference, those of these references among them as far as there are such. */
  async statements(refs: Iterable<string>): Promise<ReadonlyMap<string, StatementFact>> {
    const unknown = new Set<string>();
    for (const ref of refs) if (!this.known.has(ref)) unknown.add(ref);
    if (unknown.size > 0) {
      const read = await this.db.query<StatementFact>(
        `SELECT ${statementColumns} FROM ${statementTables} WHERE t.statement_ref = ANY ($1)`,
        [[...unknown]],
      );
      for (const statement of read) this.known.set(statement.ref, statement);
    }
    return this.known;
  }

  async statement(ref: string): Promise<StatementFact | null> {
    return (await this.statements([ref])).get(ref) ?? null;
  }

  /** The statements of a skill level in their order; none where the level is not defined. */
  async statementsOfLevel(skillLevel: string): Promise<StatementFact[]> {
    return this.db.query<StatementFact>(
      `SELECT ${statementColumns} FROM ${statementTables} WHERE t.skill_level_ref = $1 ORDER BY t.ordinal`,
      [skillLevel],
    );
  }

  async skill(ref: string): Promise<SkillFact | null> {
    return this.db.one<SkillFact>(
      `SELECT s.skill_ref AS ref, s.name, f.framework_id AS "frameworkId", f.name AS "frameworkName", f.version AS "frameworkVersion", f.rights, s.source,
              ARRAY(SELECT l.level::int FROM skill_level l WHERE l.skill_ref = s.skill_ref ORDER BY l.level) AS "definedLevels"
         FROM skill s JOIN framework f USING (framework_id) WHERE s.skill_ref = $1`,
      [ref],
    );
  }

  /** How each of the framework's levels is described: what an approval judges. */
  async essence(frameworkId: string, level: number): Promise<{ phrase: string; essence: string } | null> {
    return this.db.one(`SELECT phrase, essence FROM framework_level WHERE framework_id = $1 AND level = $2`, [frameworkId, level]);
  }
}
