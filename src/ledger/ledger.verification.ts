import { setImmediate as breathe } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { SignedCheckpoint } from './checkpoint';
import { type LedgerMisfit, MisfitFound } from './ledger-file';
import { LedgerKeys } from './ledger-keys';
import { ledgerLines } from './ledger.lines';
import { type LedgerSummary, LedgerVerifier } from './ledger-verifier';

/** What came of verifying the whole ledger. */
export type LedgerVerdict =
  { readonly ok: true; readonly summary: LedgerSummary } | { readonly ok: false; readonly misfit: LedgerMisfit; readonly lines: number };

/** A request's share of the time between two pauses. */
const linesBetweenPauses = 200;

/** Verifies the ledger where it lies, by the same code that verifies an export of it. */
@Injectable()
export class LedgerVerification {
  private running: Promise<LedgerVerdict> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly keys: LedgerKeys,
  ) {}

  /** Verifies everything. Who asks while that goes on is given the same result: it costs one connection at most. */
  verify(): Promise<LedgerVerdict> {
    this.running ??= this.run().finally(() => (this.running = undefined));
    return this.running;
  }

  private async run(): Promise<LedgerVerdict> {
    const { trusted } = this.keys.read();
    return verifyLedger(this.dataSource, trusted.size === 0 ? {} : { trusted });
  }
}

/** Reads and verifies the ledger of a database, other requests having their turns in between. */
export async function verifyLedger(
  dataSource: DataSource,
  options: { readonly trusted?: ReadonlySet<string>; readonly held?: readonly SignedCheckpoint[] },
): Promise<LedgerVerdict> {
  let lines = 0;
  try {
    const verifier = new LedgerVerifier(options);
    for await (const line of ledgerLines(dataSource)) {
      verifier.take(line);
      lines += 1;
      if (lines % linesBetweenPauses === 0) await breathe();
    }
    return { ok: true, summary: verifier.finish() };
  } catch (error) {
    if (error instanceof MisfitFound) return { ok: false, misfit: error.misfit, lines };
    throw error;
  }
}
