import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import type { Actor } from '../kernel/actor';
import { raise } from '../kernel/refusal';
import { Secrets } from '../platform/secrets';
import { Transactions, type Tx } from '../platform/transaction';
import { PeopleFacts } from './people.facts';
import { Proofs, demandProof } from './proofs';
import { hashOfRecoveryCode, newRecoveryCode, newTotpSecret, recoveryCodes, secretText, totpUri } from './totp';
import { TotpCodes, sealContext } from './totp-codes';
import { type TotpStanding, TotpStore } from './totp.store';

/** A set-up that has just begun: its secret is shown this once. */
export interface BegunTotp {
  readonly secret: string;
  readonly uri: string;
}

/** One's own one-time codes: setting them up, renewing recovery codes, and removing them. */
@Injectable()
export class TotpService {
  constructor(
    private readonly transactions: Transactions,
    private readonly people: PeopleFacts,
    private readonly store: TotpStore,
    private readonly codes: TotpCodes,
    private readonly proofs: Proofs,
    private readonly secrets: Secrets,
    private readonly settings: Settings,
  ) {}

  standing(caller: Actor): Promise<TotpStanding> {
    return this.store.standing(caller.personId);
  }

  /**
   * Makes a secret that waits for its first code, in place of one that was never confirmed.
   * @throws Refused `secrets-key-missing`, `totp-state` (codes are on already), `re-authentication-failed`
   */
  async begin(caller: Actor, password: string): Promise<BegunTotp> {
    const { personId } = caller;
    this.secrets.demandKey();
    if ((await this.standing(caller)).state === 'on') return raise('totp-state', alreadyOn);
    demandProof(await this.proofs.verify(personId, { password }));
    const secret = newTotpSecret();
    await this.transactions.run(async (tx) => {
      await this.people.lockShared(tx, personId);
      if (!(await this.store.begin(tx, personId, this.secrets.seal(secret, sealContext(personId))))) raise('totp-state', alreadyOn);
    });
    return { secret: secretText(secret), uri: totpUri(secret, `Touchstone (${this.settings.ORGANISATION})`, caller.email) };
  }

  /**
   * Turns codes on, when the first one is right; answers the recovery codes.
   * @throws Refused `totp-state` where no set-up waits, `re-authentication-failed` for a wrong code, `too-many-requests`
   */
  async confirm({ personId }: Actor, code: string): Promise<string[]> {
    const pending = (await this.store.stored(personId, 'pending')) ?? raise('totp-state', 'No set-up waits for its first code: begin one.');
    const step = (await this.codes.stepOfFirst(personId, code)) ?? raise('re-authentication-failed', 'The one-time code is wrong.');
    return this.transactions.run(async (tx) => {
      if (!(await this.store.confirm(tx, personId, pending, step))) raise('totp-state', 'Another set-up was begun meanwhile.');
      return this.giveRecoveryCodes(tx, personId);
    });
  }

  /**
   * Gives new recovery codes; the old ones are void.
   * @throws Refused `totp-state` where codes are off, `re-authentication-failed`, `too-many-requests`
   */
  async renewRecoveryCodes(caller: Actor, password: string, code: string): Promise<string[]> {
    await this.demandBoth(caller, password, code);
    return this.transactions.run((tx) => this.giveRecoveryCodes(tx, caller.personId));
  }

  /**
   * Turns codes off.
   * @throws Refused as renewRecoveryCodes
   */
  async remove(caller: Actor, password: string, code: string): Promise<void> {
    await this.demandBoth(caller, password, code);
    await this.transactions.run((tx) => this.store.remove(tx, caller.personId));
  }

  /** Both factors: with the password alone, whoever found a session open could take the second factor away. */
  private async demandBoth(caller: Actor, password: string, code: string): Promise<void> {
    if ((await this.standing(caller)).state !== 'on') raise('totp-state', 'One-time codes are not set up.');
    demandProof(await this.proofs.verify(caller.personId, { password }));
    if (!(await this.codes.use(caller.personId, code, 'any'))) {
      raise('re-authentication-failed', 'The code is wrong, or was used already.');
    }
  }

  private async giveRecoveryCodes(tx: Tx, personId: string): Promise<string[]> {
    const fresh = Array.from({ length: recoveryCodes }, newRecoveryCode);
    await this.store.replaceRecoveryCodes(tx, personId, fresh.map(hashOfRecoveryCode));
    return fresh;
  }
}

const alreadyOn = 'One-time codes are set up already: remove them first.';
