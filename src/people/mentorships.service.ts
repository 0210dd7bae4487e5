import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { type Actor } from '../kernel/actor';
import { raise } from '../kernel/refusal';
import { LedgerLog } from '../ledger/ledger.log';
import { Transactions } from '../platform/transaction';
import { CatalogueQuery } from './catalogue.query';
import { beginningOf, endOf, endedAt, isOver } from './mentorship';
import { MentorshipRequest } from './mentorships.dto';
import { MentorshipsStore } from './mentorships.store';
import { PeopleFacts } from './people.facts';

/** Who mentors whom, for which skills, from when until when. */
@Injectable()
export class MentorshipsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly ledger: LedgerLog,
    private readonly store: MentorshipsStore,
    private readonly people: PeopleFacts,
    private readonly catalogue: CatalogueQuery,
    private readonly settings: Settings,
  ) {}

  /**
   * Makes somebody an engineer's mentor; answers the mentorship's id.
   * @throws Refused `own-relation`, `malformed`, `person-state`, `mentorship-exists`, `person-unknown`, `skill-unknown`
   */
  async begin(caller: Actor, engineerId: string, { mentorId: mentor, skills, from, until }: MentorshipRequest): Promise<string> {
    const zone = this.settings.TIME_ZONE;
    const mentorId = mentor.toLowerCase();
    if (mentorId === caller.personId) raise('own-relation', 'Nobody makes themselves a mentor: another admin does.');
    if (mentorId === engineerId) {
      raise('malformed', 'Nobody is their own mentor.', [
        { pointer: '/mentorId', code: 'own-mentor', detail: 'Name somebody else than the engineer.' },
      ]);
    }
    return this.transactions.run(async (tx) => {
      await this.people.demandAdmin(tx, caller);
      const record = await this.ledger.lock(tx, engineerId);
      const term = {
        from: from === undefined || from === null ? record.at : beginningOf(from, zone),
        until: until === undefined || until === null ? null : endOf(until, zone),
      };
      if (term.until !== null && term.until <= term.from) {
        raise('malformed', 'A mentorship ends after it begins.', [
          { pointer: '/until', code: 'not-after-from', detail: 'until must lie after from, which is now if left out.' },
        ]);
      }
      const engineer = await this.people.lockShared(tx, engineerId);
      if (engineer?.active !== true) raise('person-state', 'The engineer is deactivated: reactivate them first.');
      const wanted = { mentorId, skills: [...skills].sort(), ...term };
      const [double] = await this.store.overlapping(tx, record, wanted);
      if (double !== undefined) raise('mentorship-exists', `This person is a mentor of this engineer for ${double} in that time already.`);
      const person = await this.people.lockShared(tx, mentorId);
      if (person?.active !== true) raise('person-unknown', 'There is no such active person to be the mentor.');
      await this.demandSkills(skills);
      return this.store.begin(tx, record, caller.personId, wanted);
    });
  }

  /**
   * Ends a mentorship now; one that is over already is left as it is.
   * @throws Refused `not-found`, `own-relation` (the caller is the mentor)
   */
  async end(caller: Actor, engineerId: string, mentorshipId: string): Promise<void> {
    await this.transactions.run(async (tx) => {
      await this.people.demandAdmin(tx, caller);
      const record = await this.ledger.lock(tx, engineerId);
      const mentorship = (await this.store.find(tx, record, mentorshipId)) ?? raise('not-found');
      if (mentorship.mentorId === caller.personId) raise('own-relation');
      if (isOver(mentorship, record.at)) return;
      await this.store.end(tx, record, caller.personId, mentorship, endedAt(mentorship, record.at));
    });
  }

  private async demandSkills(skills: readonly string[]): Promise<void> {
    const known = await this.catalogue.definedLevels(skills);
    const unknown = skills.flatMap((skill, index) =>
      known.has(skill)
        ? []
        : [{ pointer: `/skills/${index}`, code: 'skill-unknown', detail: `There is no skill ${JSON.stringify(skill)} here.` }],
    );
    if (unknown.length > 0) raise('skill-unknown', 'There is no such skill: see errors.', unknown);
  }
}
