import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { type Actor } from '../kernel/actor';
import { newId } from '../kernel/ids';
import { demand, raise } from '../kernel/refusal';
import { Transactions } from '../platform/transaction';
import { AccreditationEntity } from './accreditation.entity';
import { AccreditationRequest } from './accreditations.dto';
import { CatalogueQuery } from './catalogue.query';
import { PeopleStore } from './people.store';
import { checkMay, checkState } from './person.policy';

/** Who may judge a skill up to a level without holding it: how the first mentors begin. */
@Injectable()
export class AccreditationsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly people: PeopleStore,
    private readonly catalogue: CatalogueQuery,
  ) {}

  /**
   * Accredits a person; answers the accreditation's id.
   * @throws Refused `own-relation`, `person-state`, `skill-unknown`, `level-not-defined`
   */
  async grant(caller: Actor, personId: string, { skill, upToLevel, reason }: AccreditationRequest): Promise<string> {
    return this.transactions.run(async (tx) => {
      const person = await this.people.lock(tx, personId);
      demand(checkMay('accredit', caller, personId));
      demand(checkState('accredit', person));
      const levels = (await this.catalogue.definedLevels([skill])).get(skill) ?? raise('skill-unknown');
      if (!levels.includes(upToLevel)) {
        raise('level-not-defined', `${skill} defines the levels ${levels.join(', ')}, not level ${upToLevel}.`);
      }
      const accreditationId = newId();
      await tx.insert(AccreditationEntity, {
        personId,
        accreditationId,
        skillRef: skill,
        upToLevel,
        reason,
        grantedBy: caller.personId,
        grantedAt: () => 'now()',
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
      await this.people.lock(tx, personId);
      demand(checkMay('accredit', caller, personId));
      const found = await tx.existsBy(AccreditationEntity, { personId, accreditationId });
      if (!found) raise('not-found');
      await tx.update(
        AccreditationEntity,
        { personId, accreditationId, endedAt: IsNull() },
        { endedBy: caller.personId, endedAt: () => 'now()' },
      );
    });
  }
}
