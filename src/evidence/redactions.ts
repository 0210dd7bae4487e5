import { Injectable } from '@nestjs/common';
import { raise } from '../kernel/refusal';
import { Eraser } from '../ledger/eraser';
import { type Happening, LedgerLog, type LockedRecord } from '../ledger/ledger.log';
import { mayBeShown } from '../ledger/shown-content';
import { forgetAnswersAbout } from '../platform/kept-answers';
import { Database, Transactions, type Tx, rowsOf } from '../platform/transaction';
import { ProgressStore } from '../progress/progress.store';
import { reopened } from './evidence.service';
import { EvidenceStore } from './evidence.store';
import { type Redacted, redactedSubject, redactedText } from './redacted';

/** Who takes it out and why, and at whose request where it takes two admins. */
export interface RedactedBy {
  readonly actor: string;
  readonly reason: string;
  readonly request?: string;
}

interface Standing {
  /** Digests of the content that holds it, lower-case hex, that no entry takes out yet. */
  readonly digests: string[];
  /** Whether a submission ever rested on it. */
  readonly pinned: boolean;
}

const present = `JOIN record_content k ON k.engineer_id = e.engineer_id AND k.digest = e.digest AND ${mayBeShown('k', '$1')}`;

/** Takes out what should never have been written: content and salt go, digest and reason stay. */
@Injectable()
export class Redactions {
  constructor(
    private readonly db: Database,
    private readonly transactions: Transactions,
    private readonly ledger: LedgerLog,
    private readonly eraser: Eraser,
    private readonly store: EvidenceStore,
    private readonly progress: ProgressStore,
  ) {}

  /** How something stands that is to be taken out; null where it is not there. */
  async standing(engineerId: string, what: Redacted): Promise<Standing | null> {
    const pinned = (condition: string): string =>
      `EXISTS (SELECT 1 FROM claim_pin p WHERE p.engineer_id = $1 AND p.evidence_id = $2 AND ${condition}) AS pinned`;
    if ('revision' in what) {
      return this.db.one<Standing>(
        `SELECT ARRAY(SELECT encode(k.digest, 'hex') FROM record_content k WHERE k.engineer_id = $1 AND k.digest = e.digest AND ${mayBeShown('k', '$1')}) AS digests,
                ${pinned('p.revision = $3')}
           FROM evidence_revision e WHERE e.engineer_id = $1 AND e.evidence_id = $2 AND e.revision = $3`,
        [engineerId, what.evidenceId, what.revision],
      );
    }
    return this.db.one<Standing>(
      `SELECT ARRAY(SELECT DISTINCT encode(e.digest, 'hex') FROM ledger_entry e ${present}
                     WHERE e.engineer_id = $1 AND e.subject = 'evidence/' || s.evidence_id || '/supports/' || s.statement_ref
                       AND (k.body ? 'rationale' OR k.body ? 'feedback') ORDER BY 1) AS digests,
              ${pinned('p.statement_ref = s.statement_ref')}
         FROM support s WHERE s.engineer_id = $1 AND s.evidence_id = $2 AND s.statement_ref = $3`,
      [engineerId, what.evidenceId, what.statement],
    );
  }

  /**
   * Takes it out. What submissions and sign-offs froze of it (a title, a rationale) stays, unless `frozen` says that their content goes too, whole.
   * The record is locked; the content itself goes when this is committed.
   * @throws Refused `not-found`, `already-redacted`, `eraser-missing`, `database-away`
   */
  async redact(tx: Tx, record: LockedRecord, what: Redacted, { actor, reason, request }: RedactedBy, frozen = false): Promise<void> {
    const { engineerId } = record;
    const standing = (await this.standing(engineerId, what)) ?? raise('not-found');
    const digests = [...standing.digests, ...(frozen ? await this.frozenOf(tx, engineerId, what) : [])];
    if (digests.length === 0) raise('already-redacted');
    await this.eraser.demandReady();
    await this.clear(tx, record, what);
    await forgetAnswersAbout(tx, engineerId);
    const content = { what: redactedSubject(what), frozen, reason, digests, ...(request === undefined ? {} : { request }) };
    const happening: Happening = { kind: 'record.redacted', subject: redactedSubject(what), actor, content };
    await this.ledger.append(tx, record, happening, ...(await this.reopenSupports(tx, record, what, actor)));
    // by the entry just made, what was redacted no longer counts
    await this.progress.recompute(tx, record, await this.store.levelsOf(tx, record, what.evidenceId));
    this.transactions.afterCommit(tx, () => this.eraser.eraseNow());
  }

  /** A verdict belongs to what was seen: where that is gone, the supports are proposed again. Answers what the ledger is told of it. */
  private async reopenSupports(tx: Tx, record: LockedRecord, what: Redacted, actor: string): Promise<Happening[]> {
    if (!('revision' in what)) return [];
    const { evidenceId, revision } = what;
    const [evidence] = await rowsOf<{ revision: number }>(tx, `SELECT revision FROM evidence WHERE engineer_id = $1 AND evidence_id = $2`, [
      record.engineerId,
      evidenceId,
    ]);
    if (evidence?.revision !== revision) return [];
    const judged = await this.store.reopen(tx, record, evidenceId);
    await this.store.follow(tx, record, evidenceId, revision);
    return judged.map((one) => reopened(one, { evidenceId, revision, actor }));
  }

  /** What stands outside of content: tags and what search looks through, or the words of the support. */
  private async clear(tx: Tx, { engineerId, at }: LockedRecord, what: Redacted): Promise<void> {
    if ('revision' in what) {
      await tx.query(`UPDATE evidence SET tags = '{}', search = '' WHERE engineer_id = $1 AND evidence_id = $2 AND revision = $3`, [
        engineerId,
        what.evidenceId,
        what.revision,
      ]);
    } else {
      await tx.query(
        `UPDATE support SET rationale = $4, feedback = CASE WHEN feedback IS NOT NULL THEN $4 END, version = version + 1
          WHERE engineer_id = $1 AND evidence_id = $2 AND statement_ref = $3`,
        [engineerId, what.evidenceId, what.statement, redactedText],
      );
    }
    await tx.query(`UPDATE evidence SET version = version + 1, changed_at = $3 WHERE engineer_id = $1 AND evidence_id = $2`, [
      engineerId,
      what.evidenceId,
      at,
    ]);
  }

  /** The content of the submissions that rest on it, and of the sign-offs made of them. */
  private async frozenOf(tx: Tx, engineerId: string, what: Redacted): Promise<string[]> {
    const rows = await rowsOf<{ digest: string }>(
      tx,
      `WITH pinned AS (
         SELECT DISTINCT p.claim_id, p.submission FROM claim_pin p
          WHERE p.engineer_id = $1 AND p.evidence_id = $2 AND ($3::int IS NULL OR p.revision = $3) AND ($4::text IS NULL OR p.statement_ref = $4)
       ), held AS (
         SELECT s.digest FROM claim_submission s JOIN pinned USING (claim_id, submission) WHERE s.engineer_id = $1
         UNION SELECT o.digest FROM sign_off o JOIN pinned USING (claim_id, submission) WHERE o.engineer_id = $1
       )
       SELECT encode(k.digest, 'hex') AS digest FROM held JOIN record_content k ON k.engineer_id = $1 AND k.digest = held.digest AND ${mayBeShown('k', '$1')} ORDER BY 1`,
      [engineerId, what.evidenceId, 'revision' in what ? what.revision : null, 'statement' in what ? what.statement : null],
    );
    return rows.map(({ digest }) => digest);
  }
}
