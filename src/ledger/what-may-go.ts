import type { Json } from '../kernel/canonical-json';
import { personSubject } from './administration';
import type { AdministrationFacts } from './administration-facts';
import type { Entry } from './entry';
import { fieldsOf } from './ledger-file';

/** An entry whose content could be taken out, and what it is called by whoever takes it out. */
export interface Place extends Pick<Entry, 'seq' | 'kind' | 'subject'> {
  readonly name: string;
}

/** What may go from the content of one sort of chain. */
export interface WhatMayGo {
  /** Takes an entry, answers its place; entries come in their order. */
  place(entry: Entry, content: Json | undefined): Place;
  /** Whether an entry of this kind names content that may be missing. */
  names(kind: string): boolean;
  /** What is wrong with an entry that takes out the content of an earlier one; null if nothing is. */
  problem(entry: Entry, content: Json, taken: Place): string | null;
}

const ofRevisions = ['evidence.logged', 'evidence.revised'];
const ofFrozen = ['claim.submitted', 'sign-off.granted'];

/** From a record: a revision, the words about a support, and, where two admins decided it, what was frozen of them. */
export class RedactionsOfRecord implements WhatMayGo {
  private readonly revisions = new Map<string, number>();

  constructor(
    private readonly engineer: string,
    private readonly facts: AdministrationFacts,
  ) {}

  names(kind: string): boolean {
    return kind === 'record.redacted';
  }

  place({ seq, kind, subject }: Entry): Place {
    if (!ofRevisions.includes(kind)) return { seq, kind, subject, name: subject };
    const revision = (this.revisions.get(subject) ?? 0) + 1;
    this.revisions.set(subject, revision);
    return { seq, kind, subject, name: `${subject}/revisions/${revision}` };
  }

  problem({ subject }: Entry, content: Json, taken: Place): string | null {
    const { frozen, request } = fieldsOf(content);
    if (ofFrozen.includes(taken.kind)) {
      const isDecided =
        frozen === true &&
        (this.facts.isSilent || (typeof request === 'string' && this.facts.isFrozenToo(request, this.engineer, subject)));
      return isDecided ? null : `takes out the content of entry ${taken.seq}, which no two admins decided`;
    }
    const isOfEvidence = ofRevisions.includes(taken.kind) || taken.kind.startsWith('support.');
    return isOfEvidence && taken.name === subject ? null : `takes out the content of entry ${taken.seq}, which is not what it redacts`;
  }
}

const ofRequests = ['request.made', 'request.declined'];

/** From the administration ledger: words about somebody who is erased. */
export class ErasuresOfPeople implements WhatMayGo {
  private readonly peopleOf = new Map<string, string>();

  names(kind: string): boolean {
    return kind === 'person.erased';
  }

  place({ seq, kind, subject }: Entry, content: Json | undefined): Place {
    const { person } = fieldsOf(content);
    // of requests, some entries keep their content: they say whom the others were about
    if (kind.startsWith('request.') && typeof person === 'string') this.peopleOf.set(subject, personSubject(person));
    return { seq, kind, subject, name: subject };
  }

  problem({ subject }: Entry, _content: Json, taken: Place): string | null {
    const isAbout = ofRequests.includes(taken.kind)
      ? (this.peopleOf.get(taken.subject) ?? subject) === subject
      : taken.subject === subject || taken.subject.startsWith(`${subject}/`);
    return isAbout ? null : `takes out the content of entry ${taken.seq}, which is not about that person`;
  }
}
