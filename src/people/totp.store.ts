import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Database, type Tx } from '../platform/transaction';
import type { Sealed } from '../platform/secrets';
import { RecoveryCodeEntity, TotpEntity } from './totp.entity';

/** For how long a set-up waits to be confirmed. */
export const pendingFor = '1 hour';

/** A person's one-time codes, as they are kept. */
export interface StoredTotp extends Sealed {
  readonly state: 'pending' | 'on';
  readonly lastStep: number;
  /** The database's clock. */
  readonly now: Date;
}

/** How one-time codes of a person stand. */
export interface TotpStanding {
  readonly state: 'off' | 'pending' | 'on';
  readonly since: Date | null;
  readonly recoveryCodesLeft: number;
}

const alive = `(t.state = 'on' OR t.begun_at > now() - interval '${pendingFor}')`;

/** Keeps one-time codes. Using one up stands outside every transaction: a code that was shown is used up, whatever comes of the request. */
@Injectable()
export class TotpStore {
  constructor(
    private readonly db: Database,
    private readonly dataSource: DataSource,
  ) {}

  async standing(personId: string): Promise<TotpStanding> {
    const row = await this.db.one<TotpStanding>(
      `SELECT t.state, coalesce(t.confirmed_at, t.begun_at) AS since,
              (SELECT count(*)::int FROM recovery_code r WHERE r.person_id = t.person_id AND r.used_at IS NULL) AS "recoveryCodesLeft"
         FROM totp t WHERE t.person_id = $1 AND ${alive}`,
      [personId],
    );
    return row ?? { state: 'off', since: null, recoveryCodesLeft: 0 };
  }

  /** What a code is checked against, or null where nothing is set up in that state. */
  async stored(personId: string, state: 'pending' | 'on'): Promise<StoredTotp | null> {
    return this.db.one<StoredTotp>(
      `SELECT t.state, t.sealed_secret AS bytes, t.key_id AS "keyId", t.last_step AS "lastStep", clock_timestamp() AS now
         FROM totp t WHERE t.person_id = $1 AND t.state = $2 AND ${alive}`,
      [personId, state],
    );
  }

  /** Begins a set-up, in place of one that was never confirmed; false where codes are on already. */
  async begin(tx: Tx, personId: string, { bytes, keyId }: Sealed): Promise<boolean> {
    await tx.delete(TotpEntity, { personId, state: 'pending' });
    if (await tx.existsBy(TotpEntity, { personId })) return false;
    await tx.insert(TotpEntity, { personId, state: 'pending', sealedSecret: bytes, keyId });
    return true;
  }

  /** Turns codes on, at the time step of the first code; false where another secret was set up meanwhile. */
  async confirm(tx: Tx, personId: string, { bytes }: Sealed, step: number): Promise<boolean> {
    const { affected } = await tx.update(
      TotpEntity,
      { personId, state: 'pending', sealedSecret: bytes },
      { state: 'on', lastStep: step, confirmedAt: () => 'now()' },
    );
    return affected === 1;
  }

  /** Turns codes off; their recovery codes go with them. */
  async remove(tx: Tx, personId: string): Promise<void> {
    await tx.delete(TotpEntity, { personId });
  }

  async replaceRecoveryCodes(tx: Tx, personId: string, hashes: readonly Buffer[]): Promise<void> {
    await tx.delete(RecoveryCodeEntity, { personId });
    await tx.insert(
      RecoveryCodeEntity,
      hashes.map((codeHash) => ({ personId, codeHash })),
    );
  }

  /** Uses up the code of a time step; false where another request was quicker. */
  async useStep(personId: string, step: number): Promise<boolean> {
    const [, count] = await this.dataSource.query<[unknown, number]>(
      `UPDATE totp SET last_step = $2 WHERE person_id = $1 AND state = 'on' AND last_step < $2`,
      [personId, step],
    );
    return count === 1;
  }

  /** Uses up a recovery code; false where there is none, or it was used. */
  async useRecoveryCode(personId: string, codeHash: Buffer): Promise<boolean> {
    const [, count] = await this.dataSource.query<[unknown, number]>(
      `UPDATE recovery_code r SET used_at = now() FROM totp t
        WHERE r.person_id = $1 AND r.code_hash = $2 AND r.used_at IS NULL AND t.person_id = r.person_id AND t.state = 'on'`,
      [personId, codeHash],
    );
    return count === 1;
  }
}
