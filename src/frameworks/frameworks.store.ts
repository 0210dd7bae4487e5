import { Injectable } from '@nestjs/common';
import { skillLevelRef, skillRef, statementRef } from '../kernel/reference';
import type { Tx } from '../platform/transaction';
import { FrameworkEntity } from './framework.entity';
import { FrameworkLevelEntity } from './framework-level.entity';
import type { FrameworkPack } from './framework-pack';
import { type Policy, defaultPolicy } from './policy';
import { PolicyEntity } from './policy.entity';
import { SkillEntity } from './skill.entity';
import { SkillLevelEntity } from './skill-level.entity';
import { StatementEntity } from './statement.entity';

/** Writes the catalogue. It is only ever added to: the application has no right to change or delete what is loaded. */
@Injectable()
export class FrameworksStore {
  /** One process adds to the catalogue at a time: several start together, each with the same packs. */
  async lock(tx: Tx): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('touchstone catalogue', 7))`);
  }

  /** Adds a framework with its levels. */
  async addFramework(tx: Tx, { framework: { id, ...framework }, levels }: FrameworkPack): Promise<void> {
    await tx.insert(FrameworkEntity, { frameworkId: id, ...framework });
    await tx.insert(
      FrameworkLevelEntity,
      levels.map(({ level, phrase, essence }) => ({ frameworkId: id, level, phrase, essence })),
    );
  }

  /** Adds a skill of a framework that is there: its defined levels, their statements, and the policies that they begin with, which it answers. */
  async addSkill(tx: Tx, { framework: { id: frameworkId }, skill }: FrameworkPack, at: Date): Promise<Policy[]> {
    const { code, name, description, source, revisionNotes, guidance, notDefined, related } = skill;
    const ref = skillRef(frameworkId, code);
    const levels = skill.levels.map((one) => ({ ...one, ref: skillLevelRef(frameworkId, code, one.level) }));
    await tx.insert(SkillEntity, {
      skillRef: ref,
      frameworkId,
      code,
      name,
      description,
      source,
      guidanceText: guidance.text,
      activities: guidance.activities,
      revisionNotes,
      notDefinedLower: notDefined.lower,
      notDefinedHigher: notDefined.higher,
      related,
    });
    await tx.insert(
      SkillLevelEntity,
      levels.map(({ ref: level, level: number }) => ({ skillLevelRef: level, skillRef: ref, frameworkId, level: number })),
    );
    await tx.insert(
      StatementEntity,
      levels.flatMap(({ ref: level, level: number, statements }) =>
        statements.map(({ ordinal, paragraph, text }) => ({
          statementRef: statementRef(frameworkId, code, number, ordinal),
          skillLevelRef: level,
          ordinal,
          paragraph,
          text,
        })),
      ),
    );
    const policies = levels.map(({ ref: level, level: number, statements }) => ({
      skillLevel: level,
      version: 1,
      ...defaultPolicy(number, statements.length),
    }));
    await tx.insert(
      PolicyEntity,
      policies.map(({ skillLevel, ...policy }) => ({ skillLevelRef: skillLevel, ...policy, setBy: null, setAt: at })),
    );
    return policies;
  }
}
