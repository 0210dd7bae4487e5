import { Injectable } from '@nestjs/common';
import { type Actor } from '../kernel/actor';
import { newId } from '../kernel/ids';
import { demand, raise } from '../kernel/refusal';
import { accreditationSubject } from '../ledger/administration';
import { AdministrationLog } from '../ledger/administration.log';
import { Transactions } from '../platform/transaction';
import { AccreditationEntity } from './accreditation.entity';
import { AccreditationRequest } from './accreditations.dto';
import { CatalogueQuery } from './catalogue.query';
import { PeopleStore } from './people.store';
import { checkMay, checkState } from './person.policy';
import { SeparateHands } from './separate-hands.guard';

/** Who may judge a skill up to a level without holding it: how the first mentors begin. */
@Injectable()
export class AccreditationsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly people: PeopleStore,
    private readonly catalogue: CatalogueQuery,
    private readonly administration: AdministrationLog,
    private readonly hands: SeparateHands,
  ) {}

  /**
   * Accredits a person; answers the accreditation's id.
   * @throws Refused `own-relation`, `person-state`, `skill-unknown`, `level-not-defined`
   */
  async grant(caller: Actor, personId: string, { skill, upToLevel, reason }: AccreditationRequest): Promise<string> {
    return this.transactions.run(async (tx) => {
      await this.people.demandAdmin(tx, caller);
      const person = await this.people.lock(tx, personId);
      demand(checkMay('accredit', caller, personId));
      demand(await this.hands.problem('accredit', caller.personId, personId));
      demand(checkState('accredit', person));
      const levels = (await this.catalogue.definedLevels([skill])).get(skill) ?? raise('skill-unknown');
      if (!levels.includes(upToLevel)) {
        raise('level-not-defined', `${skill} defines the levels ${levels.join(', ')}, not level ${upToLevel}.`);
      }
      const acts = await this.administration.lock(tx);
      const accreditationId = newId();
      await tx.insert(AccreditationEntity, {
        personId,
        accreditationId,
        skillRef: skill,
        upToLevel,
        reason,
        grantedBy: caller.personId,
        grantedAt: acts.at,
      });
      await this.administration.append(tx, acts, {
        kind: 'accreditation.granted',
        subject: accreditationSubject(personId, accreditationId),
        actor: caller.personId,
        content: { skill, upToLevel, reason },
      });
      return accreditationId;
    });
  }

  /**
   * Ends an accreditation now; one that has ended is left as it is.
   * @throws Refused `not-found`, `own-relation`
   */
  async end(caller: Actor, personId: string, accreditationId: string): Promise<void> {
    await this.transactions.run(async (tx) => {
      await this.people.demandAdmin(tx, caller);
      await this.people.lock(tx, personId);
      demand(checkMay('accredit', caller, personId));
      const accreditation = (await tx.findOneBy(AccreditationEntity, { personId, accreditationId })) ?? raise('not-found');
      if (accreditation.endedAt !== null) return;
      const acts = await this.administration.lock(tx);
      await tx.update(AccreditationEntity, { personId, accreditationId }, { endedBy: caller.personId, endedAt: acts.at });
      await this.administration.append(tx, acts, {
        kind: 'accreditation.ended',
        subject: accreditationSubject(personId, accreditationId),
        actor: caller.personId,
        content: {},
      });
    });
  }
}
