import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { nothingToJudge } from '../evidence/evidence.policy';
import { VerdictsStore } from '../evidence/verdicts.store';
import { dayOf } from '../kernel/clock';
import { raise } from '../kernel/refusal';
import { LedgerLog } from '../ledger/ledger.log';
import { ProgressStore } from '../progress/progress.store';
import { reviewDaysLeft, step } from './claim';
import { type Attempt, ClaimDecision, type OpenCase } from './claim-decision';
import type { ChangesRequest, RefusalRequest, VerdictRequest } from './claims.dto';
import { ClaimsStore } from './claims.store';

/** What an eligible mentor decides short of approving. */
@Injectable()
export class ClaimsDecisions {
  constructor(
    private readonly ledger: LedgerLog,
    private readonly store: ClaimsStore,
    private readonly decision: ClaimDecision,
    private readonly progress: ProgressStore,
    private readonly verdicts: VerdictsStore,
    private readonly settings: Settings,
  ) {}

  /** Many verdicts on the supports of one submission: all or nothing. */
  async review(attempt: Omit<Attempt, 'action'>, verdicts: readonly VerdictRequest[]): Promise<void> {
    await this.decision.run({ ...attempt, action: 'review' }, async (tx, open) => {
      checkVerdicts(open, verdicts);
      await this.verdicts.applyVerdicts(
        tx,
        open.record,
        attempt.caller.personId,
        verdicts.map(({ evidence, statement, verdict, feedback }) => ({
          evidenceId: evidence.toLowerCase(),
          statement,
          verdict,
          ...(feedback === undefined || feedback === null ? {} : { feedback }),
        })),
      );
    });
  }

  /** Sends a claim back to its engineer. Approvals already given are void: they belong to the submission that was. */
  async requestChanges(attempt: Omit<Attempt, 'action'>, { feedback, statements }: ChangesRequest): Promise<void> {
    await this.decision.run({ ...attempt, action: 'requestChanges' }, async (tx, open) => {
      const { claim, record } = open;
      checkStatements(open, statements);
      const today = dayOf(record.at, this.settings.TIME_ZONE);
      await this.store.change(tx, record, claim, {
        state: step(claim.state, 'requestChanges', 'changes-requested'),
        dueOn: null,
        reviewDaysLeft: claim.dueOn === null ? 0 : reviewDaysLeft(today, claim.dueOn),
      });
      await this.progress.recompute(tx, record, [claim.skillLevel]);
      await this.ledger.append(tx, record, {
        kind: 'claim.changes-requested',
        subject: `claims/${claim.claimId}`,
        actor: attempt.caller.personId,
        content: {
          claim: claim.claimId,
          submission: claim.submission,
          feedback,
          statements: statements.map(({ statement, feedback: words }) => ({ statement, feedback: words })),
        },
      });
    });
  }

  /** Ends a claim with a reason; the supports that were accepted stay accepted. */
  async refuse(attempt: Omit<Attempt, 'action'>, { reason, statements = [] }: RefusalRequest): Promise<void> {
    await this.decision.run({ ...attempt, action: 'refuse' }, async (tx, open) => {
      const { claim, record } = open;
      checkStatements(open, statements);
      await this.store.change(tx, record, claim, { state: step(claim.state, 'refuse', 'refused'), dueOn: null });
      await this.progress.recompute(tx, record, [claim.skillLevel]);
      await this.ledger.append(tx, record, {
        kind: 'claim.refused',
        subject: `claims/${claim.claimId}`,
        actor: attempt.caller.personId,
        content: {
          claim: claim.claimId,
          submission: claim.submission,
          reason,
          statements: statements.map(({ statement, feedback }) => ({ statement, feedback })),
        },
      });
    });
  }
}

function checkStatements({ statements }: OpenCase, named: readonly { statement: string }[]): void {
  const known = new Set(statements.map(({ ref }) => ref));
  const unknown = named.find(({ statement }) => !known.has(statement));
  if (unknown !== undefined) raise('statement-unknown', `${unknown.statement} is not a statement of the claimed level.`);
}

function checkVerdicts({ statements, supports }: OpenCase, verdicts: readonly VerdictRequest[]): void {
  const pairs = verdicts.map(({ evidence, statement }) => `${evidence.toLowerCase()} ${statement}`);
  const gone = new Set(
    supports.filter(({ evidence }) => evidence.redacted).map(({ evidenceId, statement }) => `${evidenceId} ${statement}`),
  );
  if (pairs.some((pair) => gone.has(pair))) raise('already-redacted', nothingToJudge);
  const known = new Set(statements.map(({ ref }) => ref));
  const unknown = verdicts.find(({ statement }) => !known.has(statement));
  if (unknown !== undefined) raise('statement-unknown', `${unknown.statement} is not a statement of the claimed level.`);
  const submitted = new Set(supports.map(({ evidenceId, statement }) => `${evidenceId} ${statement}`));
  const stranger = verdicts.find((_, index) => !submitted.has(pairs[index] ?? ''));
  if (stranger !== undefined) raise('evidence-unknown', `The submission does not rest on ${stranger.evidence} for ${stranger.statement}.`);
}
