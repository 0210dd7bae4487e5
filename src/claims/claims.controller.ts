import { Body, Controller, Get, HttpCode, Patch, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Viewpoint } from '../kernel/actor';
import { type ApiReply, Caller, IdParam, IfMatch } from '../platform/api-request';
import { EmptyRequest } from '../platform/empty.dto';
import { Problems, Tagged, Versioned } from '../platform/openapi';
import { Requires, Scoped } from '../platform/requires';
import { ClaimAnswer, ClaimPage } from './claim-answers.dto';
import { ClaimGuard, ForClaim } from './claim.guard';
import { ClaimsApproval } from './claims.approval';
import { ClaimsDecisions } from './claims.decisions';
import {
  ApprovalRequest,
  ChangesRequest,
  ClaimChangeRequest,
  ClaimRequest,
  ClaimsQuery,
  RefusalRequest,
  ReviewsRequest,
  WithdrawalRequest,
} from './claims.dto';
import { ClaimsQueries } from './claims.queries';
import { ClaimsService } from './claims.service';

const judgeProblems = [
  'own-claim',
  'person-state',
  'line-manager',
  'not-your-mentee',
  'mentorship-ended',
  'mentor-level-too-low',
  'claim-state',
] as const;
const engineer = { name: 'engineerId', orMe: true } as const;

@ApiTags('Claims')
@Controller('engineers/:engineerId/claims')
export class ClaimsController {
  constructor(
    private readonly claims: ClaimsService,
    private readonly decisions: ClaimsDecisions,
    private readonly approvals: ClaimsApproval,
    private readonly queries: ClaimsQueries,
  ) {}

  /** Drafts a claim to a skill level. One claim per skill is open at a time. */
  @Requires('self')
  @Scoped('claims:write')
  @Problems('level-not-defined', 'claim-open')
  @Tagged()
  @Post()
  async draft(
    @Caller() caller: Viewpoint,
    @IdParam(engineer) engineerId: string,
    @Body() body: ClaimRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<ClaimAnswer> {
    const claimId = await this.claims.draft(engineerId, body);
    void reply.header('location', `/api/v1/engineers/${engineerId}/claims/${claimId}`);
    return this.show(caller, engineerId, claimId, reply);
  }

  /** The claims of an engineer that the caller may see, newest first. */
  @Requires('self', 'mentor', 'line', 'auditor')
  @Scoped('record:read')
  @Get()
  list(@Caller() caller: Viewpoint, @IdParam(engineer) engineerId: string, @Query() query: ClaimsQuery): Promise<ClaimPage> {
    return this.queries.list(caller, engineerId, query);
  }

  /** One claim with its statements, what shows them, the gate with everything that is missing, and what the caller may do. */
  @Requires('self', 'mentor', 'line', 'auditor')
  @Scoped('record:read')
  @UseGuards(ClaimGuard)
  @Tagged()
  @Get(':claimId')
  get(
    @Caller() caller: Viewpoint,
    @IdParam(engineer) engineerId: string,
    @IdParam('claimId') claimId: string,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<ClaimAnswer> {
    return this.show(caller, engineerId, claimId, reply);
  }

  /** Changes the summary, what is left out, or where there was no opportunity, in `draft` and `changes-requested`. */
  @Requires('self', 'mentor', 'line', 'auditor')
  @Scoped('claims:write')
  @UseGuards(ClaimGuard)
  @ForClaim('edit')
  @Versioned()
  @Problems('not-allowed', 'claim-state', 'statement-unknown', 'evidence-unknown')
  @Patch(':claimId')
  async edit(
    @Caller() caller: Viewpoint,
    @IdParam(engineer) engineerId: string,
    @IdParam('claimId') claimId: string,
    @IfMatch() ifMatch: string | undefined,
    @Body() body: ClaimChangeRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<ClaimAnswer> {
    await this.claims.edit({ caller, engineerId, claimId, ifMatch }, body);
    return this.show(caller, engineerId, claimId, reply);
  }

  /** Submits the claim: pins exactly the evidence revisions that it rests on. */
  @Requires('self', 'mentor', 'line', 'auditor')
  @Scoped('claims:write')
  @UseGuards(ClaimGuard)
  @ForClaim('submit')
  @Versioned()
  @Problems('not-allowed', 'claim-state', 'already-redacted', 'gate-not-met')
  @HttpCode(200)
  @Post(':claimId/submission')
  async submit(
    @Caller() caller: Viewpoint,
    @IdParam(engineer) engineerId: string,
    @IdParam('claimId') claimId: string,
    @IfMatch() ifMatch: string | undefined,
    @Body() _: EmptyRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<ClaimAnswer> {
    await this.claims.submit({ caller, engineerId, claimId, ifMatch });
    return this.show(caller, engineerId, claimId, reply);
  }

  /** Takes the claim back; a new one may follow. */
  @Requires('self', 'mentor', 'line', 'auditor')
  @Scoped('claims:write')
  @UseGuards(ClaimGuard)
  @ForClaim('withdraw')
  @Versioned()
  @Problems('not-allowed', 'claim-state')
  @HttpCode(200)
  @Post(':claimId/withdrawal')
  async withdraw(
    @Caller() caller: Viewpoint,
    @IdParam(engineer) engineerId: string,
    @IdParam('claimId') claimId: string,
    @IfMatch() ifMatch: string | undefined,
    @Body() { reason }: WithdrawalRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<ClaimAnswer> {
    await this.claims.withdraw({ caller, engineerId, claimId, ifMatch }, reason ?? undefined);
    return this.show(caller, engineerId, claimId, reply);
  }

  /** Many verdicts on the supports of the submission in one go: all or nothing. */
  @Requires('self', 'mentor', 'line', 'auditor')
  @UseGuards(ClaimGuard)
  @ForClaim('review')
  @Versioned()
  @Problems(...judgeProblems, 'already-redacted', 'statement-unknown', 'evidence-unknown')
  @HttpCode(200)
  @Post(':claimId/reviews')
  async review(
    @Caller() caller: Viewpoint,
    @IdParam(engineer) engineerId: string,
    @IdParam('claimId') claimId: string,
    @IfMatch() ifMatch: string | undefined,
    @Body() { verdicts }: ReviewsRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<ClaimAnswer> {
    await this.decisions.review({ caller, engineerId, claimId, ifMatch }, verdicts);
    return this.show(caller, engineerId, claimId, reply);
  }

  /** Sends the claim back to its engineer, naming the statements concerned. Approvals already given are void. */
  @Requires('self', 'mentor', 'line', 'auditor')
  @UseGuards(ClaimGuard)
  @ForClaim('requestChanges')
  @Versioned()
  @Problems(...judgeProblems, 'statement-unknown')
  @HttpCode(200)
  @Post(':claimId/change-request')
  async requestChanges(
    @Caller() caller: Viewpoint,
    @IdParam(engineer) engineerId: string,
    @IdParam('claimId') claimId: string,
    @IfMatch() ifMatch: string | undefined,
    @Body() body: ChangesRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<ClaimAnswer> {
    await this.decisions.requestChanges({ caller, engineerId, claimId, ifMatch }, body);
    return this.show(caller, engineerId, claimId, reply);
  }

  /** Ends the claim with a reason. A new claim may follow at once, and keeps the supports already accepted. */
  @Requires('self', 'mentor', 'line', 'auditor')
  @UseGuards(ClaimGuard)
  @ForClaim('refuse')
  @Versioned()
  @Problems(...judgeProblems, 'statement-unknown')
  @HttpCode(200)
  @Post(':claimId/refusal')
  async refuse(
    @Caller() caller: Viewpoint,
    @IdParam(engineer) engineerId: string,
    @IdParam('claimId') claimId: string,
    @IfMatch() ifMatch: string | undefined,
    @Body() body: RefusalRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<ClaimAnswer> {
    await this.decisions.refuse({ caller, engineerId, claimId, ifMatch }, body);
    return this.show(caller, engineerId, claimId, reply);
  }

  /** One approval of exactly the state that If-Match names. The last one needed signs the level off in the same transaction. */
  @Requires('self', 'mentor', 'line', 'auditor')
  @UseGuards(ClaimGuard)
  @ForClaim('approve')
  @Versioned()
  @Problems(
    ...judgeProblems,
    'not-allowed',
    'already-approved',
    'already-signed-off',
    'already-redacted',
    're-authentication-failed',
    'totp-proof-required',
    'secrets-key-missing',
    'essence-not-met',
    'gate-not-met',
  )
  @HttpCode(200)
  @Post(':claimId/approval')
  async approve(
    @Caller() caller: Viewpoint,
    @IdParam(engineer) engineerId: string,
    @IdParam('claimId') claimId: string,
    @IfMatch() ifMatch: string | undefined,
    @Body() body: ApprovalRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<ClaimAnswer> {
    await this.approvals.approve({ caller, engineerId, claimId, ifMatch }, body);
    return this.show(caller, engineerId, claimId, reply);
  }

  private async show(caller: Viewpoint, engineerId: string, claimId: string, reply: ApiReply): Promise<ClaimAnswer> {
    const { answer, tag } = await this.queries.get(caller, engineerId, claimId);
    void reply.header('etag', tag);
    return answer;
  }
}
