import { Readable } from 'node:stream';
import { Controller, Get, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Viewpoint } from '../kernel/actor';
import { type ApiReply, type ApiRequest, Caller, IdParam } from '../platform/api-request';
import { Problems } from '../platform/openapi';
import { Requires } from '../platform/requires';
import { ExportRequest } from './exports.dto';
import { ExportsService } from './exports.service';

@ApiTags('Privacy')
@Controller('engineers/:engineerId/export')
export class ExportsController {
  constructor(private readonly exports: ExportsService) {}

  /**
   * Everything that is kept of an engineer, as JSON and CSV in a zip: for themselves, or by an admin who says why. Each export is noted in the engineer's
   * ledger, an admin's in the administration ledger too, and the engineer is told of it (`notices` of `GET /me`).
   */
  @Requires('self', 'admin')
  @Problems('not-allowed')
  @ApiProduces('application/zip')
  @ApiOkResponse({ content: { 'application/zip': { schema: { type: 'string', format: 'binary' } } } })
  @Get()
  async export(
    @Caller() caller: Viewpoint,
    @IdParam({ name: 'engineerId', orMe: true }) engineerId: string,
    @Query() { reason }: ExportRequest,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<StreamableFile> {
    void reply.header('content-disposition', `attachment; filename="touchstone-${engineerId}.zip"`);
    // a HEAD asks what would come: nothing leaves the house by it, and nothing is noted
    if (request.method === 'HEAD') return new StreamableFile(Readable.from([]), { type: 'application/zip' });
    const chunks = await this.exports.make(caller, engineerId, reason ?? null);
    const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    return new StreamableFile(Readable.from(chunks), { type: 'application/zip', length });
  }
}
