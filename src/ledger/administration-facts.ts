import { frozenMark } from './administration';
import type { Entry } from './entry';
import { type Fields, asText as text } from './ledger-file';

/** What the administration ledger says that records are held against; it comes before them. */
export class AdministrationFacts {
  private readonly erased = new Set<string>();
  private readonly redactions = new Map<string, string>();
  private readonly months = new Map<string, Set<number | null>>();
  private silent = true;

  /** Whether it has no entries: of a file from before it was there, or of an installation that has adopted no rules yet. Then nothing is held against it. */
  get isSilent(): boolean {
    return this.silent;
  }

  /** Takes an entry; entries come in their order. */
  entry({ kind, subject }: Entry, said: Fields): void {
    this.silent = false;
    if (kind === 'person.erased') this.erased.add(afterSlash(subject));
    if (kind === 'request.confirmed' && said['action'] === 'redact') {
      this.redactions.set(`${afterSlash(subject)} ${text(said['person'])}`, text(said['target']));
    }
  }

  /** Takes how many months a sign-off of a level lasts by some version of its policy; null is for good. */
  policy(skillLevel: string, validMonths: number | null): void {
    this.months.set(skillLevel, (this.months.get(skillLevel) ?? new Set()).add(validMonths));
  }

  isErased(personId: string): boolean {
    return this.erased.has(personId);
  }

  /** Whether two admins have decided that this goes from the person's record, with what was frozen of it or without. */
  isRedacted(requestId: string, personId: string, subject: string): boolean {
    return this.redactions.get(`${requestId} ${personId}`) === subject || this.isFrozenToo(requestId, personId, subject);
  }

  /** Whether two admins have decided that this goes from the person's record, with all that was frozen of it. */
  isFrozenToo(requestId: string, personId: string, subject: string): boolean {
    return this.redactions.get(`${requestId} ${personId}`) === `${subject}${frozenMark}`;
  }

  /** How long sign-offs of a level could ever last. */
  monthsOf(skillLevel: string): readonly (number | null)[] {
    return [...(this.months.get(skillLevel) ?? [])];
  }
}

/** `people/{id}` → id */
const afterSlash = (subject: string): string => subject.split('/')[1] ?? '';
