import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Viewpoint, isAuditor } from '../kernel/actor';
import { apiLink } from '../kernel/link';
import { parseSkillLevelRef, skillRef } from '../kernel/reference';
import { raise } from '../kernel/refusal';
import { Caller } from '../platform/api-request';
import { Requires, Scoped } from '../platform/requires';
import { LevelStatementsAnswer, LevelStatementsRequest } from './level-statements.dto';
import { LevelStatementsQuery } from './level-statements.query';

@ApiTags('Progress')
@Controller('engineers/:engineerId/progress')
export class LevelStatementsController {
  constructor(private readonly levels: LevelStatementsQuery) {}

  /** The statements of a level, each with where it stands: the rows behind the figures of progress and of dashboards. Mentors see the skills that they mentor. */
  @Requires('self', 'mentor', 'line', 'auditor')
  @Scoped('record:read')
  @Get(':skillLevel')
  async level(
    @Caller() caller: Viewpoint,
    @Param('skillLevel') skillLevel: string,
    @Query() { state }: LevelStatementsRequest,
  ): Promise<LevelStatementsAnswer> {
    const { relation = raise('not-found') } = caller;
    const name = parseSkillLevelRef(skillLevel) ?? raise('not-found', noLevel);
    const mentored = relation.mentorSkills.includes(skillRef(name.frameworkId, name.code));
    if (!(relation.self || relation.above || mentored || isAuditor(caller))) return raise('not-found', noLevel);
    const found = (await this.levels.of(relation.engineerId, skillLevel)) ?? raise('not-found', noLevel);
    const all = found.statements;
    // who is above sees what submitted and approved claims rest on, and not what else a statement is shown by
    const seesEvidence = relation.self || mentored || isAuditor(caller);
    const evidence = (statement: string): string => apiLink(`/engineers/${relation.engineerId}/evidence`, { statement });
    return {
      engineer: { id: relation.engineerId, name: found.engineer },
      skillLevel,
      level: found.level,
      figures: {
        total: all.length,
        accepted: all.filter((one) => one.state === 'accepted').length,
        proposed: all.filter((one) => one.state === 'proposed').length,
      },
      signOff: found.signOff,
      statements: all
        .filter((one) => state === undefined || one.state === state)
        .map((one) => ({ ...one, links: { evidence: seesEvidence ? evidence(one.statement) : null } })),
      rights: found.rights,
    };
  }
}

const noLevel = 'There is no such skill level here.';
