import { Body, Controller, Delete, HttpCode, Param, Patch, Post, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Relation, Viewpoint } from '../kernel/actor';
import { type ApiReply, Caller, IdParam, IfMatch, RelationToSubject } from '../platform/api-request';
import { Problems, Versioned } from '../platform/openapi';
import { Requires, Scoped } from '../platform/requires';
import { EvidenceAnswer } from './evidence-answers.dto';
import { answered, locationOf } from './evidence.controller';
import { RationaleRequest, ReviewRequest, SupportRequest } from './evidence.dto';
import { ActsOn, EvidenceGuard } from './evidence.guard';
import { SupportsService } from './supports.service';

@ApiTags('Evidence')
@Controller('engineers/:engineerId/evidence/:evidenceId/supports')
@UseGuards(EvidenceGuard)
export class SupportsController {
  constructor(private readonly service: SupportsService) {}

  /** Says that a piece of evidence shows a statement too. On locked evidence it waits for the next submission. */
  @Requires('self')
  @Scoped('evidence:write')
  @ActsOn('evidence')
  @Versioned()
  @Problems('support-exists', 'statement-unknown', 'evidence-archived')
  @Post()
  async propose(
    @Caller() viewpoint: Viewpoint,
    @RelationToSubject() { engineerId }: Relation,
    @IdParam('evidenceId') evidenceId: string,
    @Body() { statement, rationale }: SupportRequest,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<EvidenceAnswer> {
    const written = await this.service.propose(viewpoint, engineerId, evidenceId, { statement, rationale }, ifMatch);
    void reply.header('location', `${locationOf(engineerId, evidenceId)}/supports/${statement}`);
    return answered(written, reply);
  }

  /** Gives a support another rationale: it is proposed again. */
  @Requires('self')
  @Scoped('evidence:write')
  @ActsOn('support')
  @Versioned()
  @Problems('evidence-locked', 'evidence-archived')
  @Patch(':statement')
  async reword(
    @Caller() viewpoint: Viewpoint,
    @RelationToSubject() { engineerId }: Relation,
    @IdParam('evidenceId') evidenceId: string,
    @Param('statement') statement: string,
    @Body() { rationale }: RationaleRequest,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<EvidenceAnswer> {
    return answered(await this.service.reword(viewpoint, engineerId, evidenceId, { statement, rationale }, ifMatch), reply);
  }

  /** Takes a support back. It may be proposed again. */
  @Requires('self')
  @Scoped('evidence:write')
  @ActsOn('support')
  @Versioned('honoured')
  @Problems('evidence-locked', 'evidence-archived')
  @HttpCode(204)
  @Delete(':statement')
  async withdraw(
    @Caller() viewpoint: Viewpoint,
    @RelationToSubject() { engineerId }: Relation,
    @IdParam('evidenceId') evidenceId: string,
    @Param('statement') statement: string,
    @IfMatch() ifMatch: string | undefined,
  ): Promise<void> {
    await this.service.withdraw(viewpoint, engineerId, evidenceId, statement, ifMatch);
  }

  /** Accepts or returns a support, for the revision that the mentor has seen. For mentors eligible at the statement's level. */
  @Requires('self', 'mentor', 'line', 'auditor')
  @ActsOn('review')
  @Versioned()
  @Problems(
    'own-claim',
    'person-state',
    'line-manager',
    'not-your-mentee',
    'mentorship-ended',
    'mentor-level-too-low',
    'evidence-archived',
    'already-redacted',
    'claim-state',
  )
  @HttpCode(200)
  @Post(':statement/review')
  async review(
    @Caller() viewpoint: Viewpoint,
    @RelationToSubject() { engineerId }: Relation,
    @IdParam('evidenceId') evidenceId: string,
    @Param('statement') statement: string,
    @Body() { verdict, feedback }: ReviewRequest,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<EvidenceAnswer> {
    const given = { evidenceId, statement, verdict, feedback: feedback ?? undefined };
    return answered(await this.service.review(viewpoint, engineerId, given, ifMatch), reply);
  }
}
