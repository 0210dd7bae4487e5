import type { Pool } from 'pg';

/** A statement, and what an answer that shows it says with it. */
export interface CataloguedStatement {
  readonly ref: string;
  readonly text: string;
  readonly skillLevel: string;
  readonly rights: string;
  /** Where it stands among all of them: by skill level, then by its number. */
  readonly position: number;
}

/** A level of a skill, and how many statements it has. */
export interface DefinedLevel {
  readonly level: number;
  readonly total: number;
}

/** The catalogue in memory: a framework that is loaded never changes, so only what is not known yet is asked for. */
export class Catalogue {
  private statements = new Map<string, CataloguedStatement>();
  private levels = new Map<string, DefinedLevel[]>();

  constructor(private readonly pool: Pool) {}

  async load(): Promise<void> {
    const { rows } = await this.pool.query<Omit<CataloguedStatement, 'position'>>(
      `SELECT t.statement_ref AS ref, t.text, t.skill_level_ref AS "skillLevel", f.rights
         FROM statement t JOIN skill_level l USING (skill_level_ref) JOIN framework f USING (framework_id) ORDER BY t.skill_level_ref, t.ordinal`,
    );
    this.statements = new Map(rows.map((row, position) => [row.ref, { ...row, position }]));
    const defined = await this.pool.query<DefinedLevel & { skill: string }>(
      `SELECT l.skill_ref AS skill, l.level::int AS level, (SELECT count(*) FROM statement t WHERE t.skill_level_ref = l.skill_level_ref)::int AS total
         FROM skill_level l ORDER BY l.skill_ref, l.level`,
    );
    this.levels = new Map();
    for (const { skill, level, total } of defined.rows) this.levels.set(skill, [...(this.levels.get(skill) ?? []), { level, total }]);
  }

  /** A statement by its reference; undefined where none is known. */
  statement(ref: string): CataloguedStatement | undefined {
    return this.statements.get(ref);
  }

  /** Makes an answer out of rows that point to statements; where one is not known yet, the catalogue has grown and is read again. */
  async describe<Answer>(make: (statementOf: (ref: string) => CataloguedStatement) => Answer): Promise<Answer> {
    const statementOf = (ref: string): CataloguedStatement => {
      const found = this.statements.get(ref);
      if (found === undefined) throw new Unknown(ref);
      return found;
    };
    try {
      return make(statementOf);
    } catch (error) {
      if (!(error instanceof Unknown)) throw error;
      await this.load();
      return make(statementOf);
    }
  }

  levelsOf(skill: string): readonly DefinedLevel[] | undefined {
    return this.levels.get(skill);
  }
}

class Unknown extends Error {}
