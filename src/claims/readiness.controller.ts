import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Viewpoint } from '../kernel/actor';
import { parseSkillLevelRef, skillRef } from '../kernel/reference';
import { raise } from '../kernel/refusal';
import { Caller, IdParam } from '../platform/api-request';
import { Problems } from '../platform/openapi';
import { Requires, Scoped } from '../platform/requires';
import { ProgressQueries } from '../progress/progress.queries';
import { ProgressAnswer, ProgressQuery, ReadinessAnswer, ReadinessQuery } from './readiness.dto';
import { Readiness } from './readiness.service';

const engineer = { name: 'engineerId', orMe: true } as const;

/** Whether somebody may ask about a skill of this record: mentors only in the skills that they mentor. */
function maySee({ relation }: Viewpoint, skillLevel: string): boolean {
  const name = parseSkillLevelRef(skillLevel);
  if (relation?.self === true || name === null) return true;
  return relation?.mentorSkills.includes(skillRef(name.frameworkId, name.code)) === true;
}

@ApiTags('Progress')
@Controller('engineers/:engineerId')
export class ReadinessController {
  constructor(
    private readonly progress: ProgressQueries,
    private readonly readiness: Readiness,
  ) {}

  /** How far an engineer is at each of the seven levels of a skill, which level is held, and what is still missing for the next, statement by statement. */
  @Requires('self', 'mentor', 'line', 'auditor')
  @Scoped('record:read')
  @Get('progress')
  async ofSkill(
    @Caller() caller: Viewpoint,
    @IdParam(engineer) engineerId: string,
    @Query() { skill }: ProgressQuery,
  ): Promise<ProgressAnswer> {
    const found = (await this.progress.ofSkill(caller, engineerId, skill ?? null)) ?? raise('not-found', 'There is no such skill here.');
    return {
      engineer: found.engineer,
      skill: found.skill,
      currentLevel: found.currentLevel,
      target: found.target,
      levels: [...found.levels],
      next: await this.readiness.next(found),
      rights: found.rights,
    };
  }

  /** The gate of a level, today or on another day, without a claim: what is missing, and what will have lapsed by then. */
  @Requires('self', 'mentor')
  @Scoped('record:read')
  @Problems('level-not-defined')
  @Get('readiness')
  onDay(
    @Caller() caller: Viewpoint,
    @IdParam(engineer) engineerId: string,
    @Query() { skillLevel, on }: ReadinessQuery,
  ): Promise<ReadinessAnswer> {
    return maySee(caller, skillLevel) ? this.readiness.onDay(engineerId, skillLevel, on) : raise('not-found');
  }
}
