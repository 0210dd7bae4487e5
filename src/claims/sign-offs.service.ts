import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import type { Viewpoint } from '../kernel/actor';
import { dayOf } from '../kernel/clock';
import { demand, raise } from '../kernel/refusal';
import { checkVersionIfGiven, tagOfVersion } from '../kernel/version-tag';
import { LedgerLog } from '../ledger/ledger.log';
import { PeopleFacts } from '../people/people.facts';
import { Proofs, demandProof } from '../people/proofs';
import { Database, Transactions, rowsOf } from '../platform/transaction';
import { ProgressStore } from '../progress/progress.store';
import { ClaimsStore } from './claims.store';
import type { RevocationRequest } from './sign-offs.dto';
import { type RevocationFacts, checkMayRevoke } from './sign-off.policy';

interface RevocableRow {
  skill_level_ref: string;
  approvers: string[];
  revoked: boolean;
}

const revocableSql = `
  SELECT o.skill_level_ref,
         ARRAY(SELECT a.mentor_id FROM approval a WHERE a.engineer_id = o.engineer_id AND a.claim_id = o.claim_id AND a.submission = o.submission) AS approvers,
         EXISTS (SELECT 1 FROM revocation r WHERE r.engineer_id = o.engineer_id AND r.sign_off_id = o.sign_off_id) AS revoked
    FROM sign_off o WHERE o.engineer_id = $1 AND o.sign_off_id = $2`;

/** Ending sign-offs. */
@Injectable()
export class SignOffsService {
  constructor(
    private readonly db: Database,
    private readonly transactions: Transactions,
    private readonly ledger: LedgerLog,
    private readonly store: ClaimsStore,
    private readonly progress: ProgressStore,
    private readonly people: PeopleFacts,
    private readonly proofs: Proofs,
    private readonly settings: Settings,
  ) {}

  /** What decides who may revoke a sign-off, or null where there is none. */
  async revocationFacts(engineerId: string, signOffId: string): Promise<RevocationFacts | null> {
    const row = await this.db.one<RevocableRow>(revocableSql, [engineerId, signOffId]);
    return row === null ? null : { engineerId, approvers: row.approvers };
  }

  /** Revokes a sign-off: a new record with a reason. The sign-off itself stays as it is, readable. */
  async revoke(
    caller: Viewpoint,
    engineerId: string,
    signOffId: string,
    ifMatch: string | undefined,
    { password, totp, reason }: RevocationRequest,
  ): Promise<void> {
    const verified = await this.proofs.verify(caller.personId, { password, totp });
    await this.transactions.run(async (tx) => {
      await this.people.demandAdmin(tx, caller);
      const record = await this.ledger.lock(tx, engineerId);
      // who holds this level judges others by it: their approvals wait for this, or this for them
      await tx.query(`SELECT 1 FROM person WHERE person_id = $1 FOR UPDATE`, [engineerId]);
      const [row] = await rowsOf<RevocableRow>(tx, revocableSql, [engineerId, signOffId]);
      if (row === undefined) return raise('not-found');
      demand(checkMayRevoke(caller, { engineerId, approvers: row.approvers }));
      demand(checkVersionIfGiven(ifMatch, tagOfVersion(row.revoked ? 2 : 1)));
      if (row.revoked) return raise('already-revoked');
      const proof = demandProof(verified);
      const revokedOn = dayOf(record.at, this.settings.TIME_ZONE);
      const contentDigest = this.ledger.keep(record, {
        signOff: signOffId,
        on: revokedOn,
        reason,
        proof: { method: proof.method },
      });
      await this.store.insertRevocation(tx, record, {
        signOffId,
        revokedBy: caller.personId,
        revokedOn,
        contentDigest,
      });
      await this.progress.recompute(tx, record, [row.skill_level_ref]);
      await this.ledger.append(tx, record, {
        kind: 'sign-off.revoked',
        subject: `sign-offs/${signOffId}`,
        actor: caller.personId,
        digest: contentDigest,
      });
    });
  }

  /** Notes in the ledger every sign-off whose time has run out, one record at a time; answers how many. */
  async noteExpiries(): Promise<number> {
    const due = await this.db.query<{ engineer_id: string; sign_off_id: string; skill_level_ref: string }>(
      `SELECT o.engineer_id, o.sign_off_id, o.skill_level_ref FROM sign_off o
        WHERE o.valid_until < (now() AT TIME ZONE $1)::date
          AND NOT EXISTS (SELECT 1 FROM sign_off_expiry x WHERE x.engineer_id = o.engineer_id AND x.sign_off_id = o.sign_off_id)
          AND NOT EXISTS (SELECT 1 FROM revocation r WHERE r.engineer_id = o.engineer_id AND r.sign_off_id = o.sign_off_id)
        ORDER BY o.engineer_id, o.sign_off_id LIMIT 1000`,
      [this.settings.TIME_ZONE],
    );
    let noted = 0;
    for (const { engineer_id: engineerId, sign_off_id: signOffId, skill_level_ref: skillLevel } of due) {
      await this.transactions.run(async (tx) => {
        const record = await this.ledger.lock(tx, engineerId);
        if (!(await this.store.insertExpiry(tx, record, signOffId))) return;
        await this.progress.recompute(tx, record, [skillLevel]);
        await this.ledger.append(tx, record, {
          kind: 'sign-off.expired',
          subject: `sign-offs/${signOffId}`,
          actor: null,
          content: { signOff: signOffId },
        });
        noted += 1;
      });
    }
    return noted;
  }
}
