import { Injectable } from '@nestjs/common';
import { redactedText } from '../evidence/redacted';
import type { RedactedBy } from '../evidence/redactions';
import { raise } from '../kernel/refusal';
import { Eraser } from '../ledger/eraser';
import { LedgerLog, type LockedRecord } from '../ledger/ledger.log';
import { mayBeShown } from '../ledger/shown-content';
import { forgetAnswersAbout } from '../platform/kept-answers';
import { Database, Transactions, type Tx, rowsOf } from '../platform/transaction';
import { ProgressStore } from '../progress/progress.store';
import { type RedactedWords, areOwnWords, wordsSubject } from './redacted-words';

interface Standing {
  readonly claimId: string;
  readonly skillLevel: string;
  /** How often the claim was submitted. */
  readonly submission: number;
  /** Digests of the content that holds the words, lower-case hex, that no entry takes out yet. */
  readonly digests: string[];
}

const claimOf = `c.claim_id AS "claimId", c.skill_level_ref AS "skillLevel", c.submission`;
/** SQL: the digests of these entries whose content no entry takes out yet, and says something that a person wrote. */
const digestsOf = (entries: string): string =>
  `ARRAY(SELECT DISTINCT encode(k.digest, 'hex') FROM ledger_entry e JOIN record_content k ON k.engineer_id = e.engineer_id AND k.digest = e.digest AND ${mayBeShown('k', '$1')}
          WHERE e.engineer_id = $1 AND ${entries} ORDER BY 1) AS digests`;

const ownWordsSql = `
  SELECT ${claimOf},
         ${digestsOf(`e.subject = 'claims/' || c.claim_id AND e.kind IN ('claim.drafted', 'claim.edited', 'claim.withdrawn') AND jsonb_exists_any(k.body, ARRAY['summary', 'reason'])`)}
    FROM claim c WHERE c.engineer_id = $1 AND c.claim_id = $2`;
const decisionSql = `
  SELECT ${claimOf}, ${digestsOf(`e.seq = $3`)}
    FROM ledger_entry d JOIN claim c ON c.engineer_id = d.engineer_id AND c.claim_id = $2
   WHERE d.engineer_id = $1 AND d.seq = $3 AND d.subject = 'claims/' || c.claim_id
     AND d.kind IN ('claim.changes-requested', 'claim.refused', 'claim.withdrawn', 'claim.approved')`;
const revocationSql = `
  SELECT ${claimOf}, ${digestsOf(`e.subject = 'sign-offs/' || r.sign_off_id AND e.kind = 'sign-off.revoked'`)}
    FROM revocation r
    JOIN sign_off o ON o.engineer_id = r.engineer_id AND o.sign_off_id = r.sign_off_id
    JOIN claim c ON c.engineer_id = o.engineer_id AND c.claim_id = o.claim_id
   WHERE r.engineer_id = $1 AND r.sign_off_id = $2`;

/** What was frozen of the engineer's words: every submission of the claim, and its sign-off; of an approval's, the sign-off. */
const frozenSql = `
  WITH held AS (
    SELECT s.digest FROM claim_submission s WHERE s.engineer_id = $1 AND s.claim_id = $2 AND $3
    UNION SELECT o.digest FROM sign_off o WHERE o.engineer_id = $1 AND o.claim_id = $2
       AND ($3 OR EXISTS (SELECT 1 FROM ledger_entry e WHERE e.engineer_id = $1 AND e.seq = $4 AND e.kind = 'claim.approved'))
  )
  SELECT encode(k.digest, 'hex') AS digest FROM held JOIN record_content k ON k.engineer_id = $1 AND k.digest = held.digest AND ${mayBeShown('k', '$1')} ORDER BY 1`;

/** Takes out words on claims that should never have been written: content and salt go, digest and reason stay (docs/decisions/0016). */
@Injectable()
export class ClaimRedactions {
  constructor(
    private readonly db: Database,
    private readonly transactions: Transactions,
    private readonly ledger: LedgerLog,
    private readonly eraser: Eraser,
    private readonly progress: ProgressStore,
  ) {}

  /** How words stand that are to be taken out; null where there are none. */
  async standing(engineerId: string, what: RedactedWords): Promise<Standing | null> {
    if ('signOffId' in what) return this.db.one<Standing>(revocationSql, [engineerId, what.signOffId]);
    return 'entry' in what
      ? this.db.one<Standing>(decisionSql, [engineerId, what.claimId, what.entry])
      : this.db.one<Standing>(ownWordsSql, [engineerId, what.claimId]);
  }

  /**
   * Takes them out. What submissions and sign-offs froze of them stays, unless `frozen` says that their content goes too, whole. The state of the claim
   * stays what it is; a submission that is not any more what was submitted is not approved (`isSubmissionRedacted`).
   * The record is locked; the content itself goes when this is committed.
   * @throws Refused `not-found`, `already-redacted`, `eraser-missing`, `database-away`
   */
  async redact(tx: Tx, record: LockedRecord, what: RedactedWords, { actor, reason, request }: RedactedBy, frozen = false): Promise<void> {
    const { engineerId } = record;
    const standing = (await this.standing(engineerId, what)) ?? raise('not-found');
    const digests = [...standing.digests, ...(frozen ? await this.frozenOf(tx, engineerId, standing.claimId, what) : [])];
    if (digests.length === 0) raise('already-redacted');
    await this.eraser.demandReady();
    const { claimId, skillLevel } = standing;
    if (areOwnWords(what)) {
      await tx.query(`UPDATE claim SET summary = $3 WHERE engineer_id = $1 AND claim_id = $2`, [engineerId, claimId, redactedText]);
      await tx.query(`UPDATE claim_no_opportunity SET reason = $3 WHERE engineer_id = $1 AND claim_id = $2`, [
        engineerId,
        claimId,
        redactedText,
      ]);
    }
    await tx.query(`UPDATE claim SET version = version + 1, changed_at = $3 WHERE engineer_id = $1 AND claim_id = $2`, [
      engineerId,
      claimId,
      record.at,
    ]);
    await forgetAnswersAbout(tx, engineerId);
    const subject = wordsSubject(what);
    const content = { what: subject, frozen, reason, digests, ...(request === undefined ? {} : { request }) };
    await this.ledger.append(tx, record, { kind: 'record.redacted', subject, actor, content });
    await this.progress.recompute(tx, record, [skillLevel]);
    this.transactions.afterCommit(tx, () => this.eraser.eraseNow());
  }

  private async frozenOf(tx: Tx, engineerId: string, claimId: string, what: RedactedWords): Promise<string[]> {
    if ('signOffId' in what) return [];
    const entry = 'entry' in what ? what.entry : null;
    const rows = await rowsOf<{ digest: string }>(tx, frozenSql, [engineerId, claimId, areOwnWords(what), entry]);
    return rows.map(({ digest }) => digest);
  }
}
