import { Injectable } from '@nestjs/common';
import { skillRef } from '../kernel/reference';
import { Database } from '../platform/transaction';
import type { FrameworkPack } from './framework-pack';
import { changesBetween } from './pack-changes';

/** A pack held against what is loaded. */
export interface Comparison {
  readonly pack: FrameworkPack;
  readonly frameworkLoaded: boolean;
  readonly skillLoaded: boolean;
  /** JSON pointers into the pack to what is loaded with other words. */
  readonly changes: readonly string[];
}

type LoadedFramework = Pick<FrameworkPack, 'framework' | 'levels'>;
type LoadedSkill = Pick<FrameworkPack, 'skill'>;

/** What is loaded, in the form of packs. */
@Injectable()
export class LoadedPacks {
  constructor(private readonly db: Database) {}

  /** Holds packs against what is loaded, in two statements however many they are. */
  async compare(packs: readonly FrameworkPack[]): Promise<Comparison[]> {
    const frameworks = await this.frameworks(packs.map(({ framework }) => framework.id));
    const skills = await this.skills(packs.map(refOf));
    return packs.map((pack) => {
      const framework = frameworks.get(pack.framework.id);
      const skill = skills.get(refOf(pack));
      const { skill: givenSkill, ...givenFramework } = pack;
      return {
        pack,
        frameworkLoaded: framework !== undefined,
        skillLoaded: skill !== undefined,
        changes: [
          ...(framework === undefined ? [] : changesBetween(framework, givenFramework)),
          ...(skill === undefined ? [] : changesBetween(skill, { skill: givenSkill })),
        ],
      };
    });
  }

  private async frameworks(ids: readonly string[]): Promise<Map<string, LoadedFramework>> {
    const rows = await this.db.query<LoadedFramework>(
      `SELECT jsonb_build_object('id', f.framework_id, 'name', f.name, 'version', f.version, 'rights', f.rights, 'source', f.source) AS framework,
              (SELECT jsonb_agg(jsonb_build_object('level', l.level, 'phrase', l.phrase, 'essence', l.essence) ORDER BY l.level)
                 FROM framework_level l WHERE l.framework_id = f.framework_id) AS levels
         FROM framework f WHERE f.framework_id = ANY ($1)`,
      [ids],
    );
    return new Map(rows.map((row) => [row.framework.id, row]));
  }

  private async skills(refs: readonly string[]): Promise<Map<string, LoadedSkill>> {
    const rows = await this.db.query<LoadedSkill & { ref: string }>(
      `SELECT s.skill_ref AS ref,
              jsonb_build_object(
                'code', s.code, 'name', s.name, 'description', s.description, 'source', s.source, 'revisionNotes', s.revision_notes,
                'guidance', jsonb_build_object('text', s.guidance_text, 'activities', s.activities),
                'notDefined', jsonb_build_object('lower', s.not_defined_lower, 'higher', s.not_defined_higher),
                'related', s.related,
                'levels', (SELECT jsonb_agg(jsonb_build_object('level', l.level, 'statements',
                                   (SELECT jsonb_agg(jsonb_build_object('ordinal', t.ordinal, 'paragraph', t.paragraph, 'text', t.text) ORDER BY t.ordinal)
                                      FROM statement t WHERE t.skill_level_ref = l.skill_level_ref)) ORDER BY l.level)
                             FROM skill_level l WHERE l.skill_ref = s.skill_ref)) AS skill
         FROM skill s WHERE s.skill_ref = ANY ($1)`,
      [refs],
    );
    return new Map(rows.map(({ ref, skill }) => [ref, { skill }]));
  }
}

const refOf = ({ framework, skill }: FrameworkPack): string => skillRef(framework.id, skill.code);
