import { Injectable } from '@nestjs/common';
import { ClaimRedactions } from '../claims/claim-redactions';
import { Settings } from '../config';
import { Redactions } from '../evidence/redactions';
import type { Actor } from '../kernel/actor';
import { newId } from '../kernel/ids';
import { demand, raise } from '../kernel/refusal';
import { checkVersion, tagOfVersion } from '../kernel/version-tag';
import { AdministrationLog, type LockedAdministration } from '../ledger/administration.log';
import { Eraser } from '../ledger/eraser';
import { LedgerLog, type LockedRecord } from '../ledger/ledger.log';
import { type ActResult, ConfirmedActs } from '../people/confirmed-acts';
import { type ProofGiven, Proofs, demandProof } from '../people/proofs';
import { Transactions, type Tx } from '../platform/transaction';
import {
  type RequestDecision,
  type RequestWanted,
  checkOpen,
  isOfEvidence,
  redactionOf,
  requestSubject,
  roleOf,
  stateAfter,
} from './admin-request';
import { checkMayDecide, checkMayRequest, checkRequester } from './admin-request.policy';
import { Erasure } from './erasure.service';
import { RequestsQueries } from './requests.queries';
import { type LockedRequest, RequestsStore } from './requests.store';

/** What takes two admins: one asks, another confirms, and it is done in the same transaction. */
@Injectable()
export class RequestsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly settings: Settings,
    private readonly store: RequestsStore,
    private readonly queries: RequestsQueries,
    private readonly acts: ConfirmedActs,
    private readonly proofs: Proofs,
    private readonly erasure: Erasure,
    private readonly redactions: Redactions,
    private readonly claimRedactions: ClaimRedactions,
    private readonly eraser: Eraser,
    private readonly ledger: LedgerLog,
    private readonly administration: AdministrationLog,
  ) {}

  /**
   * Asks for something; answers the request's id.
   * @throws Refused `own-relation`, `request-exists`, and what the act itself would be refused for now
   */
  async ask(caller: Actor, wanted: RequestWanted): Promise<string> {
    return this.transactions.run(async (tx) => {
      await this.acts.demandAdmin(tx, caller);
      demand(checkMayRequest(await this.queries.hand(caller), wanted.personId));
      const acts = await this.administration.lock(tx);
      const same = await this.store.same(tx, wanted);
      if (same?.isOver === true) await this.expire(tx, acts, same.requestId);
      else if (same !== null) raise('request-exists');
      await this.check(wanted);
      const requestId = newId();
      await this.store.insert(tx, requestId, wanted, caller.personId, acts.at, this.settings.ADMIN_REQUEST_DAYS);
      const { action, personId: person, target, reason } = wanted;
      await this.administration.append(tx, acts, {
        kind: 'request.made',
        subject: requestSubject(requestId),
        actor: caller.personId,
        content: { action, person, target, reason },
      });
      return requestId;
    });
  }

  /**
   * Confirms a request and does what it asks for, by what holds now.
   * @throws Refused in the order of api.md: 404, 403, 412, `request-state`, `re-authentication-failed`, and what the act is refused for
   */
  async confirm(caller: Actor, requestId: string, ifMatch: string | undefined, given: ProofGiven): Promise<ActResult> {
    // hashing takes a while: it is done before anything is locked, and its answer given when its turn comes
    const proof = await this.proofs.verify(caller.personId, given);
    return this.transactions.run(async (tx) => {
      await this.acts.lockAdmins(tx);
      const request = await this.store.lock(tx, requestId);
      // a record is locked before people, as approvals do
      const record = await this.ledger.lock(tx, request.personId);
      const people = await this.acts.lock(tx, [caller.personId, request.requestedBy, request.personId]);
      const own = people.get(caller.personId);
      if (own?.active !== true) raise('not-allowed');
      demand(checkMayDecide('confirm', { personId: caller.personId, roles: own.roles, barred: own.barred }, request));
      demand(checkVersion(ifMatch, tagOfVersion(request.version)));
      demand(checkOpen(request.state));
      const requester = people.get(request.requestedBy);
      demand(checkRequester(requester === undefined ? undefined : { ...requester, personId: request.requestedBy }));
      demandProof(proof);
      if (request.action === 'erase-person' || request.action === 'redact') await this.eraser.demandReady();
      return this.perform(tx, caller, request, record);
    });
  }

  /**
   * Refuses a request, or takes one's own back.
   * @throws Refused `own-request`, `own-relation`, `stale`, `request-state`
   */
  async decline(
    caller: Actor,
    requestId: string,
    ifMatch: string | undefined,
    decision: Exclude<RequestDecision, 'confirm'>,
    reason: string | null,
  ): Promise<void> {
    await this.transactions.run(async (tx) => {
      await this.acts.demandAdmin(tx, caller);
      const request = await this.store.lock(tx, requestId);
      demand(checkMayDecide(decision, await this.queries.hand(caller), request));
      demand(checkVersion(ifMatch, tagOfVersion(request.version)));
      demand(checkOpen(request.state));
      const acts = await this.administration.lock(tx);
      const state = stateAfter[decision];
      await this.store.end(tx, requestId, { state, at: acts.at, by: caller.personId, reason });
      await this.administration.append(tx, acts, {
        kind: 'request.declined',
        subject: requestSubject(requestId),
        actor: caller.personId,
        content: { how: state, action: request.action, person: request.personId, target: request.target, reason },
      });
    });
  }

  /** Notes requests whose time is over. What is shown never waits for it. */
  async noteExpiries(): Promise<void> {
    await this.transactions.run(async (tx) => {
      const over = await this.store.over(tx);
      if (over.length === 0) return;
      const acts = await this.administration.lock(tx);
      for (const requestId of over) await this.expire(tx, acts, requestId);
    });
  }

  private async expire(tx: Tx, acts: LockedAdministration, requestId: string): Promise<void> {
    await this.store.end(tx, requestId, { state: 'expired', at: acts.at, by: null, reason: null });
    await this.administration.append(tx, acts, {
      kind: 'request.expired',
      subject: requestSubject(requestId),
      actor: null,
      content: {},
    });
  }

  /** What the act would be refused for now: there is no use in asking for it. */
  private async check({ action, personId, target }: RequestWanted): Promise<void> {
    switch (action) {
      case 'give-role':
        return this.acts.checkRole(personId, roleOf(target));
      case 'fresh-invitation':
        return this.acts.checkFreshInvitation(personId);
      case 'remove-totp':
        return this.acts.checkTotp(personId);
      case 'erase-person':
        return this.erasure.check(personId);
      case 'redact': {
        const { what, frozen } = redactionOf(target);
        const standing = await (isOfEvidence(what)
          ? this.redactions.standing(personId, what)
          : this.claimRedactions.standing(personId, what));
        if (standing === null) return raise('evidence-unknown', 'There is no such thing in this person’s record.');
        if (standing.digests.length === 0 && !frozen) raise('already-redacted');
      }
    }
  }

  private async perform(tx: Tx, caller: Actor, request: LockedRequest, record: LockedRecord): Promise<ActResult> {
    const { requestId, action, personId, target } = request;
    await this.check({ ...request, reason: '' });
    // other requests are locked before the administration ledger, as whoever decides them does
    if (action === 'erase-person') await this.store.forgetReasons(tx, personId);
    const acts = await this.administration.lock(tx);
    await this.store.end(tx, requestId, { state: 'confirmed', at: acts.at, by: caller.personId, reason: null });
    await this.administration.append(tx, acts, {
      kind: 'request.confirmed',
      subject: requestSubject(requestId),
      actor: caller.personId,
      content: { action, person: personId, target },
    });
    const by = { actor: caller.personId, request: requestId };
    switch (action) {
      case 'give-role':
        return this.acts.giveRole(tx, acts, by, personId, roleOf(target));
      case 'fresh-invitation':
        return this.acts.inviteAfresh(tx, acts, by, personId);
      case 'remove-totp':
        return this.acts.removeTotp(tx, acts, by, personId);
      case 'erase-person':
        await this.erasure.erase(tx, record, acts, by);
        return { invited: null };
      case 'redact': {
        const { what, frozen } = redactionOf(target);
        const why = { ...by, reason: request.reason ?? '' };
        if (isOfEvidence(what)) await this.redactions.redact(tx, record, what, why, frozen);
        else await this.claimRedactions.redact(tx, record, what, why, frozen);
        return { invited: null };
      }
    }
  }
}
