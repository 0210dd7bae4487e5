import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { PageQuery } from '../platform/page.dto';
import { Requires, Scoped } from '../platform/requires';
import { CheckpointPage, LedgerVerificationAnswer } from './checkpoints.dto';
import { CheckpointsQueries } from './checkpoints.queries';
import { LedgerVerification } from './ledger.verification';

@ApiTags('Ledger')
@Controller('ledger')
export class CheckpointsController {
  constructor(
    private readonly checkpoints: CheckpointsQueries,
    private readonly verification: LedgerVerification,
  ) {}

  /** Signed heads of all records, newest first: to be kept elsewhere, so that the ledger can be held against them. */
  @Requires('auditor')
  @Scoped('ledger:read')
  @Get('checkpoints')
  list(@Query() { limit, cursor }: PageQuery): Promise<CheckpointPage> {
    return this.checkpoints.list(limit, cursor);
  }

  /** Verifies every chain (the administration ledger's too), every content digest, every row that points to them and every checkpoint, and names the first thing that does not fit. */
  @Requires('auditor')
  @Scoped('ledger:read')
  @Get('verification')
  async verify(): Promise<LedgerVerificationAnswer> {
    const verdict = await this.verification.verify();
    if (verdict.ok) {
      const { counts, newest, uncovered, heldInPart, administration } = verdict.summary;
      return { ok: true, misfit: null, counts, checkpoint: newest, uncovered, heldInPart, administration };
    }
    const { engineer = null, seq = null, checkpoint = null, reason } = verdict.misfit;
    const nothing = { counts: null, checkpoint: null, uncovered: null, heldInPart: null, administration: null };
    return { ok: false, misfit: { engineer, seq, checkpoint, reason }, ...nothing };
  }
}
