import { Body, Controller, Get, Param, Put, Res, UseGuards } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../kernel/actor';
import { raise } from '../kernel/refusal';
import { tagOfVersion } from '../kernel/version-tag';
import { type ApiReply, Caller, IfMatch } from '../platform/api-request';
import { Problems, Tagged, Versioned } from '../platform/openapi';
import { Requires, Scoped } from '../platform/requires';
import { OwnPolicyGuard } from './own-policy.guard';
import { PolicyAnswer, PolicyRequest } from './policies.dto';
import { PoliciesQueries } from './policies.queries';
import { PoliciesService } from './policies.service';
import { SkillLevelGuard } from './skill-level.guard';

@ApiTags('Frameworks')
@ApiParam({ name: 'skillLevel', description: 'A defined skill level.', example: 'sfia-9:ITOP.4' })
@UseGuards(SkillLevelGuard)
@Controller('policies/:skillLevel')
export class PoliciesController {
  constructor(
    private readonly policies: PoliciesService,
    private readonly queries: PoliciesQueries,
  ) {}

  /** The numbers in the gate of a skill level, and every version there was. */
  @Requires('signed-in')
  @Scoped('catalogue:read')
  @Tagged()
  @Get()
  async get(@Param('skillLevel') skillLevel: string, @Res({ passthrough: true }) reply: ApiReply): Promise<PolicyAnswer> {
    const answer = (await this.queries.policy(skillLevel)) ?? raise('not-found');
    void reply.header('etag', tagOfVersion(answer.version));
    return answer;
  }

  /**
   * Sets all the numbers of a gate, as a new version. The same numbers again change nothing; claims that are submitted keep the version they have.
   * @remarks Not possible for who claims, is mentored or mentors in this skill: another admin does it.
   */
  @Requires('admin')
  @UseGuards(OwnPolicyGuard)
  @Versioned()
  @Problems('own-relation')
  @Put()
  async put(
    @Caller() caller: Actor,
    @Param('skillLevel') skillLevel: string,
    @IfMatch() ifMatch: string | undefined,
    @Body() numbers: PolicyRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<PolicyAnswer> {
    await this.policies.set(caller, skillLevel, { ...numbers, approversUseTotp: numbers.approversUseTotp ?? false }, ifMatch);
    return this.get(skillLevel, reply);
  }
}
