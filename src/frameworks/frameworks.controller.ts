import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../kernel/actor';
import { FRAMEWORK_ID_PATTERN, parseSkillRef, skillRef } from '../kernel/reference';
import { demand, raise } from '../kernel/refusal';
import { type ApiReply, Caller } from '../platform/api-request';
import { TextBody } from '../platform/body.pipe';
import { Problems } from '../platform/openapi';
import { Requires, Scoped } from '../platform/requires';
import { importMediaTypes, readImport } from './framework-import';
import { type FrameworkPack, PACK_SCHEMA } from './framework-pack';
import { FrameworkImportAnswer, FrameworkItem, FrameworkLevelItem, FrameworkSkillItem, SkillAnswer } from './frameworks.dto';
import { FrameworksQueries } from './frameworks.queries';
import { FrameworksService } from './frameworks.service';

const frameworkIdParam = { name: 'frameworkId', example: 'sfia-9' } as const;
const isFrameworkId = new RegExp(`^${FRAMEWORK_ID_PATTERN}$`);

@ApiTags('Frameworks')
@Controller('frameworks')
export class FrameworksController {
  constructor(
    private readonly frameworks: FrameworksService,
    private readonly queries: FrameworksQueries,
  ) {}

  /** The frameworks that are loaded. */
  @Requires('signed-in')
  @Scoped('catalogue:read')
  @Get()
  list(): Promise<FrameworkItem[]> {
    return this.queries.frameworks();
  }

  /** The seven levels of responsibility of a framework. */
  @Requires('signed-in')
  @Scoped('catalogue:read')
  @ApiParam(frameworkIdParam)
  @Get(':frameworkId/levels')
  async levels(@Param('frameworkId') frameworkId: string): Promise<FrameworkLevelItem[]> {
    return some(isFrameworkId.test(frameworkId) ? await this.queries.levels(frameworkId) : []);
  }

  /** The skills of a framework that are loaded. */
  @Requires('signed-in')
  @Scoped('catalogue:read')
  @ApiParam(frameworkIdParam)
  @Get(':frameworkId/skills')
  async skills(@Param('frameworkId') frameworkId: string): Promise<FrameworkSkillItem[]> {
    return some(isFrameworkId.test(frameworkId) ? await this.queries.skills(frameworkId) : []);
  }

  /** A skill at all seven levels: its statements where it is defined, and what to do instead where it is not. */
  @Requires('signed-in')
  @Scoped('catalogue:read')
  @ApiParam(frameworkIdParam)
  @ApiParam({ name: 'code', example: 'ITOP' })
  @Get(':frameworkId/skills/:code')
  async skill(@Param('frameworkId') frameworkId: string, @Param('code') code: string): Promise<SkillAnswer> {
    const ref = skillRef(frameworkId, code);
    return (parseSkillRef(ref) === null ? null : await this.queries.skill(ref)) ?? raise('not-found');
  }

  /**
   * Loads a skill of a framework: a pack as JSON (frameworks/README.md describes it), or the page of an SFIA skill as text.
   * @remarks What is loaded never changes: other words for it are refused, the same again changes nothing.
   */
  @Requires('admin')
  @Problems('import-refused', 'framework-in-use')
  @ApiConsumes(...importMediaTypes)
  @ApiBody({
    required: true,
    description: 'A pack, or a page as text.',
    schema: {
      oneOf: [
        PACK_SCHEMA as unknown as Record<string, unknown>,
        { type: 'string', description: 'A page, in the form that the importer reads.' },
      ],
    },
  })
  @ApiCreatedResponse({ description: 'It is loaded now.', type: FrameworkImportAnswer })
  @ApiOkResponse({ description: 'It was loaded already, word for word.', type: FrameworkImportAnswer })
  @Post('imports')
  async import(
    @Caller() caller: Actor,
    @Body() { mediaType, text }: TextBody,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<FrameworkImportAnswer> {
    const pack = readImport(mediaType, text);
    const [loading] = await this.frameworks.load([pack], caller.personId);
    demand(loading?.refusal ?? null);
    const added = loading?.result === 'added';
    void reply.status(added ? 201 : 200).header('location', `/api/v1/frameworks/${pack.framework.id}/skills/${pack.skill.code}`);
    return importAnswer(pack, added);
  }
}

const some = <Item>(items: Item[]): Item[] => (items.length === 0 ? raise('not-found') : items);

const importAnswer = ({ framework: { id, name, version, rights }, skill }: FrameworkPack, added: boolean): FrameworkImportAnswer => ({
  framework: { id, name, version, rights },
  skill: { ref: skillRef(id, skill.code), code: skill.code, name: skill.name },
  levels: skill.levels.map(({ level }) => level),
  statements: skill.levels.reduce((sum, { statements }) => sum + statements.length, 0),
  related: skill.related.length,
  added,
});
