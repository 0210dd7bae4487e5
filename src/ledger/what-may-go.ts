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
const ofOwnWords = ['claim.drafted', 'claim.edited', 'claim.withdrawn'];
const ofDecisions = ['claim.changes-requested', 'claim.refused', 'claim.withdrawn', 'claim.approved'];

/** `claims/{id}/words`, `claims/{id}/entries/7`, `sign-offs/{id}/revocation`: words on claims, rather than on evidence. */
const onClaims = /^(claims\/[^/]+)\/(words|entries\/\d+)$|^(sign-offs\/[^/]+)\/revocation$/;

/**
 * From a record: a revision, the words about a support, the engineer's words about a claim, those of one decision on it, or why a sign-off was revoked; and,
 * where two admins decided it, what was frozen of them.
 */
export class RedactionsOfRecord implements WhatMayGo {
  private readonly revisions = new Map<string, number>();
  /** Claims that were submitted: their words are two admins' to take out. */
  private readonly submitted = new Set<string>();
  /** Of approvals and sign-offs, by their number: the claim that they are of. */
  private readonly claimAt = new Map<number, string>();

  constructor(
    private readonly engineer: string,
    private readonly facts: AdministrationFacts,
  ) {}

  names(kind: string): boolean {
    return kind === 'record.redacted';
  }

  place({ seq, kind, subject }: Entry): Place {
    if (kind === 'claim.submitted') this.submitted.add(subject);
    if (kind === 'claim.approved') this.claimAt.set(seq, subject);
    // a sign-off comes directly after the approval that made it
    const approved = this.claimAt.get(seq - 1);
    if (kind === 'sign-off.granted' && approved !== undefined) this.claimAt.set(seq, approved);
    if (!ofRevisions.includes(kind)) return { seq, kind, subject, name: subject };
    const revision = (this.revisions.get(subject) ?? 0) + 1;
    this.revisions.set(subject, revision);
    return { seq, kind, subject, name: `${subject}/revisions/${revision}` };
  }

  problem(entry: Entry, content: Json, taken: Place): string | null {
    const { subject } = entry;
    const { frozen, request } = fieldsOf(content);
    const words = onClaims.exec(subject);
    if (ofFrozen.includes(taken.kind)) {
      const isDecided =
        frozen === true &&
        (this.facts.isSilent || (typeof request === 'string' && this.facts.isFrozenToo(request, this.engineer, subject)));
      if (!isDecided) return `takes out the content of entry ${taken.seq}, which no two admins decided`;
      return words === null || this.isFrozenOf(words, taken) ? null : notThis(taken);
    }
    if (words !== null) {
      if (!isSaidOf(words, taken)) return notThis(taken);
      return this.mayTakeWords(entry, request, words) ? null : `takes out the content of entry ${taken.seq}, which no two admins decided`;
    }
    const isOfEvidence = ofRevisions.includes(taken.kind) || taken.kind.startsWith('support.');
    return isOfEvidence && taken.name === subject ? null : notThis(taken);
  }

  /** Words on claims: by the engineer, as long as the claim was never submitted; else by two admins. */
  private mayTakeWords({ actor, subject }: Entry, request: Json | undefined, [, claim = '', part]: RegExpExecArray): boolean {
    if (request === undefined) return part === 'words' && actor === this.engineer && !this.submitted.has(claim);
    return this.facts.isSilent || (typeof request === 'string' && this.facts.isRedacted(request, this.engineer, subject));
  }

  /** Whether a submission or a sign-off froze these words: the engineer's, in any of their claim; an approver's, in the sign-off that came of it. */
  private isFrozenOf([, claim, part]: RegExpExecArray, { seq, kind, subject }: Place): boolean {
    if (claim === undefined) return false;
    if (part === 'words') return (kind === 'claim.submitted' ? subject : this.claimAt.get(seq)) === claim;
    const approval = Number((part ?? '').slice('entries/'.length));
    return kind === 'sign-off.granted' && approval < seq && this.claimAt.get(approval) === claim && this.claimAt.get(seq) === claim;
  }
}

const notThis = ({ seq }: Place): string => `takes out the content of entry ${seq}, which is not what it redacts`;

/** Whether an entry is one that these words were said with. */
function isSaidOf([, claim, part, signOff]: RegExpExecArray, { seq, kind, subject }: Place): boolean {
  if (claim === undefined) return kind === 'sign-off.revoked' && subject === signOff;
  return subject === claim && (part === 'words' ? ofOwnWords.includes(kind) : ofDecisions.includes(kind) && part === `entries/${seq}`);
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
