import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import type { Actor } from '../kernel/actor';
import { type Day, addDays, addMonths, dayOf, startOfDay } from '../kernel/clock';
import { type Refusal, demand, raise, refuse } from '../kernel/refusal';
import { Database, Transactions } from '../platform/transaction';
import { PeopleFacts } from './people.facts';
import { PersonalTokenRequest } from './personal-tokens.dto';
import { type MadePersonalToken, PersonalTokensStore } from './personal-tokens.store';
import { Proofs } from './proofs';

const longestMonths = 12;

/** Whether a token may be good up to a day. */
function checkLastDay(expiresOn: Day, today: Day): Refusal | null {
  const latest = addMonths(today, longestMonths);
  if (expiresOn >= today && expiresOn <= latest) return null;
  const detail = `A token is good until today at least, and until ${latest} at most.`;
  return refuse('malformed', detail, [{ pointer: '/expiresOn', code: 'expires-on', detail }]);
}

/** Personal access tokens: what one's own scripts sign in with. */
@Injectable()
export class PersonalTokensService {
  constructor(
    private readonly db: Database,
    private readonly transactions: Transactions,
    private readonly people: PeopleFacts,
    private readonly store: PersonalTokensStore,
    private readonly proofs: Proofs,
    private readonly settings: Settings,
  ) {}

  /**
   * Makes a token of the caller's.
   * @throws Refused `malformed` (the last day), `re-authentication-failed`, `too-many-requests`
   */
  async make(caller: Actor, request: PersonalTokenRequest): Promise<MadePersonalToken> {
    const { name, scopes, expiresOn } = request;
    const { TIME_ZONE } = this.settings;
    const clock = await this.db.one<{ now: Date }>(`SELECT now() AS now`);
    demand(checkLastDay(expiresOn, dayOf(clock?.now ?? new Date(), TIME_ZONE)));
    await this.proofs.verifyOrFresh(caller, request);
    return this.transactions.run(async (tx) => {
      const { personId, sessionId } = caller;
      await this.people.lockShared(tx, personId);
      const expiresAt = startOfDay(addDays(expiresOn, 1), TIME_ZONE);
      return (await this.store.insert(tx, { personId, sessionId, name, scopes, expiresAt })) ?? raise('not-signed-in');
    });
  }

  /**
   * Ends one of the caller's tokens at once.
   * @throws Refused `not-found`
   */
  async revoke(caller: Actor, tokenId: string): Promise<void> {
    if (!(await this.transactions.run((tx) => this.store.revoke(tx, caller.personId, tokenId)))) raise('not-found');
  }
}
