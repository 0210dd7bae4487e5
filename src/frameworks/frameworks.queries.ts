import { Injectable } from '@nestjs/common';
import { Database } from '../platform/transaction';
import {
  FrameworkItem,
  FrameworkLevelItem,
  FrameworkSkillItem,
  RelatedSkill,
  SkillAnswer,
  SkillLevelItem,
  SkillStatement,
} from './frameworks.dto';

interface SkillRow {
  ref: string;
  code: string;
  name: string;
  description: string;
  guidance_text: string;
  activities: string[];
  revision_notes: string[];
  not_defined_lower: string;
  not_defined_higher: string;
  source: string;
  rights: string;
  related: RelatedSkill[];
  levels: { level: number; phrase: string; essence: string; statements: SkillStatement[] | null }[];
}

/** The catalogue as it is shown. */
@Injectable()
export class FrameworksQueries {
  constructor(private readonly db: Database) {}

  async frameworks(): Promise<FrameworkItem[]> {
    return this.db.query<FrameworkItem>(
      `SELECT f.framework_id AS id, f.name, f.version, f.rights, (SELECT count(*)::int FROM skill s WHERE s.framework_id = f.framework_id) AS skills
         FROM framework f ORDER BY f.framework_id`,
    );
  }

  /** The seven levels; none where there is no such framework. */
  async levels(frameworkId: string): Promise<FrameworkLevelItem[]> {
    return this.db.query<FrameworkLevelItem>(
      `SELECT level::int AS level, phrase, essence FROM framework_level WHERE framework_id = $1 ORDER BY level`,
      [frameworkId],
    );
  }

  /** The skills by code; none where there is no such framework, as each comes with a skill. */
  async skills(frameworkId: string): Promise<FrameworkSkillItem[]> {
    return this.db.query<FrameworkSkillItem>(
      `SELECT s.skill_ref AS ref, s.code, s.name, ARRAY(SELECT l.level::int FROM skill_level l WHERE l.skill_ref = s.skill_ref ORDER BY l.level) AS levels
         FROM skill s WHERE s.framework_id = $1 ORDER BY s.code COLLATE "C"`,
      [frameworkId],
    );
  }

  /** One skill (`sfia-9:ITOP`), or null. */
  async skill(ref: string): Promise<SkillAnswer | null> {
    const row = await this.db.one<SkillRow>(
      `SELECT s.skill_ref AS ref, s.code, s.name, s.description, s.guidance_text, s.activities, s.revision_notes, s.not_defined_lower,
              s.not_defined_higher, s.source, f.rights, s.related,
              (SELECT json_agg(json_build_object('level', v.level, 'phrase', v.phrase, 'essence', v.essence, 'statements',
                        (SELECT json_agg(json_build_object('ref', t.statement_ref, 'ordinal', t.ordinal, 'paragraph', t.paragraph, 'text', t.text)
                                         ORDER BY t.ordinal)
                           FROM skill_level l JOIN statement t USING (skill_level_ref) WHERE l.skill_ref = s.skill_ref AND l.level = v.level)) ORDER BY v.level)
                 FROM framework_level v WHERE v.framework_id = s.framework_id) AS levels
         FROM skill s JOIN framework f USING (framework_id) WHERE s.skill_ref = $1`,
      [ref],
    );
    return row === null ? null : skillOf(row);
  }
}

const skillOf = (row: SkillRow): SkillAnswer => ({
  ref: row.ref,
  code: row.code,
  name: row.name,
  description: row.description,
  guidance: { text: row.guidance_text, activities: row.activities },
  revisionNotes: row.revision_notes,
  source: row.source,
  rights: row.rights,
  related: row.related.map(({ code, name, url }) => ({ code, name, url })),
  levels: levelsOf(row),
});

/** A level that is not defined carries the framework's own advice: for levels below the defined ones, for those above, both in a gap between them. */
function levelsOf({ ref, levels, not_defined_lower: lower, not_defined_higher: higher }: SkillRow): SkillLevelItem[] {
  const defined = levels.flatMap(({ level, statements }) => (statements === null ? [] : [level]));
  const [lowest, highest] = [Math.min(...defined), Math.max(...defined)];
  return levels.map(({ level, phrase, essence, statements }) => {
    const item = { ref: `${ref}.${level}`, level, phrase, essence, defined: statements !== null, statements: statements ?? [] };
    const guidance = [level < highest ? lower : '', level > lowest ? higher : ''].filter((text) => text !== '').join('\n\n');
    return item.defined || guidance === '' ? item : { ...item, guidance };
  });
}
