import { Body, Controller, HttpCode, Post, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Viewpoint } from '../kernel/actor';
import { type ApiReply, Caller, IdParam, IfMatch } from '../platform/api-request';
import { Problems, Versioned } from '../platform/openapi';
import { Requires } from '../platform/requires';
import { WordsRedactionAnswer } from './claim-answers.dto';
import { ClaimRedactionsService } from './claim-redactions.service';
import { ClaimGuard } from './claim.guard';
import { WordsRedactionRequest } from './claims.dto';

@ApiTags('Claims')
@Controller('engineers/:engineerId/claims/:claimId')
@UseGuards(ClaimGuard)
export class ClaimRedactionsController {
  constructor(private readonly redactions: ClaimRedactionsService) {}

  /**
   * Takes out every word that the engineer wrote about a claim, for good: its summary, why there was no opportunity, why it was withdrawn. Their digests and the reason stay.
   *
   * As long as it was never submitted; afterwards two admins do it, as they do with what others said of it (`POST /administration/requests`).
   */
  @Requires('self')
  @Versioned()
  @Problems('claim-state', 'already-redacted', 'eraser-missing')
  @HttpCode(200)
  @Post('redaction')
  async redact(
    @Caller() caller: Viewpoint,
    @IdParam({ name: 'engineerId', orMe: true }) engineerId: string,
    @IdParam('claimId') claimId: string,
    @Body() { reason }: WordsRedactionRequest,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<WordsRedactionAnswer> {
    const { tag, ...answer } = await this.redactions.redact(caller, engineerId, claimId, ifMatch, reason);
    void reply.header('etag', tag);
    return answer;
  }
}
