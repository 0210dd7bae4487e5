import { Body, Controller, HttpCode, Param, Post, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Relation, Viewpoint } from '../kernel/actor';
import { type ApiReply, Caller, IdParam, IfMatch, RelationToSubject } from '../platform/api-request';
import { Problems, Versioned } from '../platform/openapi';
import { Requires } from '../platform/requires';
import { RedactionAnswer } from './evidence-answers.dto';
import { tagOfVersion } from '../kernel/version-tag';
import { RedactionRequest } from './evidence.dto';
import { ActsOn, EvidenceGuard } from './evidence.guard';
import { type RedactionMade, RedactionsService } from './redactions.service';

@ApiTags('Evidence')
@Controller('engineers/:engineerId/evidence/:evidenceId')
@UseGuards(EvidenceGuard)
export class RedactionsController {
  constructor(private readonly redactions: RedactionsService) {}

  /**
   * Takes out what one revision says, for good: a password that was pasted, a name that should not stand there. Its digest and the reason stay.
   *
   * As long as no submission rests on it; afterwards two admins do it (`POST /administration/requests`).
   */
  @Requires('self')
  @ActsOn('revision')
  @Versioned()
  @Problems('evidence-pinned', 'already-redacted', 'eraser-missing')
  @HttpCode(200)
  @Post('revisions/:revision/redaction')
  async redactRevision(
    @Caller() viewpoint: Viewpoint,
    @RelationToSubject() { engineerId }: Relation,
    @IdParam('evidenceId') evidenceId: string,
    @Param('revision') revision: string,
    @Body() { reason }: RedactionRequest,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<RedactionAnswer> {
    const what = { evidenceId, revision: Number(revision) };
    return this.answer(await this.redactions.redact(viewpoint, engineerId, what, ifMatch, reason), reply);
  }

  /** Takes out every word about one support, withdrawn or not, for good: its rationales and the feedback to them. As long as no submission rests on it. */
  @Requires('self')
  @ActsOn('words')
  @Versioned()
  @Problems('evidence-pinned', 'already-redacted', 'eraser-missing')
  @HttpCode(200)
  @Post('supports/:statement/redaction')
  async redactSupport(
    @Caller() viewpoint: Viewpoint,
    @RelationToSubject() { engineerId }: Relation,
    @IdParam('evidenceId') evidenceId: string,
    @Param('statement') statement: string,
    @Body() { reason }: RedactionRequest,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<RedactionAnswer> {
    return this.answer(await this.redactions.redact(viewpoint, engineerId, { evidenceId, statement }, ifMatch, reason), reply);
  }

  private answer({ version, ...answer }: RedactionMade, reply: ApiReply): RedactionAnswer {
    void reply.header('etag', tagOfVersion(version));
    return answer;
  }
}
