import { Body, Controller, Get, HttpCode, Patch, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Relation, Viewpoint } from '../kernel/actor';
import { raise } from '../kernel/refusal';
import { tagOfVersion } from '../kernel/version-tag';
import { type ApiReply, Caller, IdParam, IfMatch, RelationToSubject } from '../platform/api-request';
import { EmptyRequest } from '../platform/empty.dto';
import { Problems, Tagged, Versioned } from '../platform/openapi';
import { Requires, Scoped } from '../platform/requires';
import { EvidenceAnswer, EvidencePage } from './evidence-answers.dto';
import { EvidenceListQuery } from './evidence-list.query';
import { EvidenceOneQuery } from './evidence-one.query';
import { EvidenceChangeRequest, EvidenceListRequest, EvidenceRequest, RevisionRequest, changeOf, contentOf } from './evidence.dto';
import { ActsOn, EvidenceGuard } from './evidence.guard';
import { sightOf } from './evidence.policy';
import { EvidenceService, type EvidenceWritten } from './evidence.service';
import { tagOf } from './evidence';

/** Where a piece of evidence is found. */
export const locationOf = (engineerId: string, evidenceId: string): string => `/api/v1/engineers/${engineerId}/evidence/${evidenceId}`;

@ApiTags('Evidence')
@Controller('engineers/:engineerId/evidence')
@UseGuards(EvidenceGuard)
export class EvidenceController {
  constructor(
    private readonly service: EvidenceService,
    private readonly evidence: EvidenceListQuery,
    private readonly piece: EvidenceOneQuery,
  ) {}

  /** Logs a piece of work, and says what it shows. */
  @Requires('self')
  @Scoped('evidence:write')
  @Tagged()
  @Problems('statement-unknown', 'support-exists')
  @Post()
  async log(
    @Caller() viewpoint: Viewpoint,
    @RelationToSubject() { engineerId }: Relation,
    @Body() request: EvidenceRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<EvidenceAnswer> {
    const written = await this.service.log(viewpoint, engineerId, contentOf(request), request.supports ?? []);
    void reply.header('location', locationOf(engineerId, written.evidence.id));
    return answered(written, reply);
  }

  /**
   * Lists evidence: what is going on first, then the newest end.
   * A mentor sees what has a support in the skills they mentor; somebody above in the line sees what submitted and approved claims rest on, as it was pinned.
   */
  @Requires('self', 'mentor', 'line', 'auditor')
  @Scoped('record:read')
  @Get()
  async list(
    @Caller() viewpoint: Viewpoint,
    @RelationToSubject() { engineerId }: Relation,
    @Query() { q, tag, statement, counts, state, from, to, limit, cursor }: EvidenceListRequest,
  ): Promise<EvidencePage> {
    if (from !== undefined && to !== undefined && to < from) {
      return raise('malformed', 'The period ends before it begins.', [
        { pointer: '?to', code: 'reversed', detail: `${to} is before ${from}.` },
      ]);
    }
    const filter = {
      q: q ?? null,
      tag: tag === undefined ? null : tagOf(tag),
      statement: statement ?? null,
      counts: counts === 'true',
      state,
      from: from ?? null,
      to: to ?? null,
    };
    return (await this.evidence.list(engineerId, sightOf(viewpoint), filter, limit, cursor)) as EvidencePage;
  }

  /** Shows a piece of evidence with its supports, as far as the caller may see it. */
  @Requires('self', 'mentor', 'line', 'auditor')
  @Scoped('record:read')
  @Tagged()
  @Get(':evidenceId')
  async one(
    @Caller() viewpoint: Viewpoint,
    @RelationToSubject() { engineerId }: Relation,
    @IdParam('evidenceId') evidenceId: string,
    @Query() { revision }: RevisionRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<EvidenceAnswer> {
    return answered((await this.piece.one(viewpoint, engineerId, evidenceId, revision ?? null)) ?? raise('not-found'), reply);
  }

  /** Changes a piece of evidence: a new revision. Its supports are proposed again, unless only tags or link labels changed. */
  @Requires('self')
  @Scoped('evidence:write')
  @ActsOn('evidence')
  @Versioned()
  @Problems('evidence-locked', 'evidence-archived')
  @Patch(':evidenceId')
  async edit(
    @Caller() viewpoint: Viewpoint,
    @RelationToSubject() { engineerId }: Relation,
    @IdParam('evidenceId') evidenceId: string,
    @Body() request: EvidenceChangeRequest,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<EvidenceAnswer> {
    return answered(await this.service.edit(viewpoint, engineerId, evidenceId, changeOf(request), ifMatch), reply);
  }

  /** Takes a piece of evidence out of the lists, for good. Nothing is deleted, and no level that is held is lost. */
  @Requires('self')
  @Scoped('evidence:write')
  @ActsOn('evidence')
  @Versioned()
  @Problems('evidence-locked', 'evidence-archived')
  @HttpCode(200)
  @Post(':evidenceId/archival')
  async archive(
    @Caller() viewpoint: Viewpoint,
    @RelationToSubject() { engineerId }: Relation,
    @IdParam('evidenceId') evidenceId: string,
    @Body() _: EmptyRequest,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<EvidenceAnswer> {
    return answered(await this.service.archive(viewpoint, engineerId, evidenceId, ifMatch), reply);
  }
}

/** Puts the version into the ETag; the answer's classes only describe what the query has made. */
export function answered({ evidence, version }: EvidenceWritten, reply: ApiReply): EvidenceAnswer {
  void reply.header('etag', tagOfVersion(version));
  return evidence as unknown as EvidenceAnswer;
}
