import { type Day } from '../kernel/clock';
import { type Refusal, type RefusalError, refuse } from '../kernel/refusal';

/** What sort of work it was. Only `work` counts towards a level: SFIA is about practice in a real environment. */
export const evidenceKinds = ['work', 'training', 'lab'] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

/** The engineer's own part in it; `supervised` is work done under the supervision of somebody, whom `supervisedBy` may name. */
export const evidenceRoles = ['alone', 'led', 'took-part', 'supervised'] as const;
export type EvidenceRole = (typeof evidenceRoles)[number];

export const evidenceStates = ['logged', 'archived'] as const;
export type EvidenceState = (typeof evidenceStates)[number];

// types, not interfaces: content is stored and hashed as JSON, and only a type alias can be passed as one
export type EvidenceLink = {
  readonly url: string;
  readonly label: string | null;
};

/** What one revision says: kept as content, named by its digest, never changed. */
export type EvidenceContent = {
  readonly title: string;
  readonly description: string;
  readonly outcome: string | null;
  readonly role: EvidenceRole | null;
  /** Under whose supervision: a free text. */
  readonly supervisedBy: string | null;
  readonly kind: EvidenceKind;
  readonly startedOn: Day | null;
  /** Null while the work is going on. */
  readonly endedOn: Day | null;
  readonly links: readonly EvidenceLink[];
  readonly tags: readonly string[];
};

/** What an engineer wants changed: a field that is left out stays, null clears it. */
export type EvidenceChange = { readonly [Field in keyof EvidenceContent]?: EvidenceContent[Field] | undefined };

/** One field that two revisions do not agree on. */
export interface FieldDifference {
  readonly field: keyof EvidenceContent | 'rationale';
  readonly before: unknown;
  readonly after: unknown;
}

const fields = [
  'title',
  'description',
  'outcome',
  'role',
  'supervisedBy',
  'kind',
  'startedOn',
  'endedOn',
  'links',
  'tags',
] as const satisfies readonly (keyof EvidenceContent)[];

const sameValue = (one: unknown, other: unknown): boolean => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
const linksOf = ({ links }: EvidenceContent): unknown => links.map(({ url, label }) => [url, label ?? null]);
const valueOf = (content: EvidenceContent, field: keyof EvidenceContent): unknown =>
  field === 'links' ? linksOf(content) : content[field];

/** What another revision says otherwise, field by field, in the order of the form; none where both say the same. */
export const differenceOf = (before: EvidenceContent, after: EvidenceContent): FieldDifference[] =>
  fields
    .filter((field) => !sameValue(valueOf(before, field), valueOf(after, field)))
    .map((field) => ({ field, before: before[field] ?? null, after: after[field] ?? null }));

/** Whether a change re-opens the verdicts on what was there before: anything does but tags and the labels of links (design.md, "Editing evidence"). */
export const reopens = (before: EvidenceContent, after: EvidenceContent): boolean =>
  differenceOf(before, after).some(
    ({ field }) =>
      field !== 'tags' &&
      (field !== 'links' ||
        !sameValue(
          before.links.map(({ url }) => url),
          after.links.map(({ url }) => url),
        )),
  );

/** The content after a change: what is left out stays as it was. */
export const changed = (content: EvidenceContent, change: EvidenceChange): EvidenceContent => ({
  ...content,
  ...(Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Partial<EvidenceContent>),
});

/**
 * Work is logged when it has begun: no day lies in the future of the organisation, and it did not end before it began.
 * @param given the fields that the caller sent: a pair that does not fit is pointed out at one of them
 */
export function checkDays({ startedOn, endedOn }: EvidenceContent, today: Day, given: EvidenceChange): Refusal | null {
  const errors: RefusalError[] = (['startedOn', 'endedOn'] as const).flatMap((field) => {
    const day = { startedOn, endedOn }[field];
    return day !== null && day > today
      ? [{ pointer: `/${field}`, code: 'future', detail: `${field} lies in the future: today is ${today}.` }]
      : [];
  });
  if (errors.length === 0 && startedOn !== null && endedOn !== null && endedOn < startedOn) {
    const field = given.endedOn === undefined ? 'startedOn' : 'endedOn';
    errors.push({ pointer: `/${field}`, code: 'reversed', detail: `The work ended (${endedOn}) before it started (${startedOn}).` });
  }
  return errors.length === 0 ? null : refuse('malformed', 'The days do not fit: see errors.', errors);
}

const plainLine = (text: string): string => text.normalize('NFC').trim().replaceAll(/\s+/g, ' ');

/** A tag as it is kept and looked for: lower case, single spaces. */
export const tagOf = (text: string): string => plainLine(text).toLowerCase();

/** Tags as they are kept: each once, in the order they were given. */
export const tagsOf = (texts: readonly string[]): string[] => [...new Set(texts.map(tagOf))];

/** A text of one line (a title, a label) as it is kept. */
export const lineOf = plainLine;

/** Whether a link can be followed from a page: an absolute http or https address without a password in it. */
export function isWebAddress(text: string): boolean {
  if (text.length > 2000 || /[\s\p{Cc}]/u.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  return /^https?:\/\//i.test(text) && /^https?:$/.test(protocol) && hostname !== '' && username === '' && password === '';
}
