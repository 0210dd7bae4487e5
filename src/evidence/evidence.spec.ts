import fc from 'fast-check';
import {
  type EvidenceChange,
  type EvidenceContent,
  changed,
  checkDays,
  differenceOf,
  evidenceKinds,
  evidenceRoles,
  isWebAddress,
  reopens,
  tagsOf,
} from './evidence';

const content: EvidenceContent = {
  title: 'Automated patching',
  description: 'Playbooks that patch in rings.',
  outcome: null,
  role: 'alone',
  supervisedBy: null,
  kind: 'work',
  startedOn: '2026-01-05',
  endedOn: null,
  links: [{ url: 'https://git.example/a', label: 'The playbooks' }],
  tags: ['ansible'],
};

const text = fc.string({ minLength: 1, maxLength: 20 });
const day = fc.integer({ min: 1, max: 28 }).map((n) => `2026-02-${String(n).padStart(2, '0')}`);
const anyLink = fc.record({ url: fc.webUrl(), label: fc.option(text) });
const anyContent: fc.Arbitrary<EvidenceContent> = fc.record({
  title: text,
  description: text,
  outcome: fc.option(text),
  role: fc.option(fc.constantFrom(...evidenceRoles)),
  supervisedBy: fc.option(text),
  kind: fc.constantFrom(...evidenceKinds),
  startedOn: fc.option(day),
  endedOn: fc.option(day),
  links: fc.array(anyLink, { maxLength: 3 }),
  tags: fc.array(text, { maxLength: 3 }),
});

describe('what a change re-opens', () => {
  it.each<[string, EvidenceChange, boolean]>([
    ['nothing', {}, false],
    ['the same again', { title: content.title }, false],
    ['tags', { tags: ['ansible', 'terraform'] }, false],
    ['the label of a link', { links: [{ url: 'https://git.example/a', label: 'Playbooks' }] }, false],
    ['a label taken away', { links: [{ url: 'https://git.example/a', label: null }] }, false],
    ['tags and a label', { tags: [], links: [{ url: 'https://git.example/a', label: 'x' }] }, false],
    ['the address of a link', { links: [{ url: 'https://git.example/b', label: 'The playbooks' }] }, true],
    ['another link', { links: [...content.links, { url: 'https://git.example/b', label: null }] }, true],
    ['no links', { links: [] }, true],
    ['title', { title: 'Patching' }, true],
    ['description', { description: 'Other.' }, true],
    ['outcome', { outcome: 'Less toil.' }, true],
    ['role', { role: 'led' }, true],
    ['a role taken away', { role: null }, true],
    ['supervision', { supervisedBy: 'The lead' }, true],
    ['kind', { kind: 'lab' }, true],
    ['first day', { startedOn: null }, true],
    ['last day', { endedOn: '2026-02-01' }, true],
    ['tags and the title', { tags: [], title: 'Patching' }, true],
  ])('%s', (_, change, expected) => {
    expect(reopens(content, changed(content, change))).toBe(expected);
  });

  it('never re-opens without a difference, and no difference means the same content', () => {
    fc.assert(
      fc.property(anyContent, anyContent, (before, after) => {
        const difference = differenceOf(before, after);
        if (reopens(before, after)) expect(difference).not.toHaveLength(0);
        if (difference.length === 0) expect(after).toEqual(before);
        for (const { field, before: was, after: is } of difference) {
          expect([was, is]).toEqual([before[field as keyof EvidenceContent], after[field as keyof EvidenceContent]]);
        }
      }),
    );
  });

  it('reads a difference backwards as well', () => {
    fc.assert(
      fc.property(anyContent, anyContent, (one, other) => {
        expect(differenceOf(other, one)).toEqual(
          differenceOf(one, other).map((d) => ({ field: d.field, before: d.after, after: d.before })),
        );
      }),
    );
  });

  it('takes a change over field by field: what is left out stays', () => {
    fc.assert(
      fc.property(anyContent, anyContent, fc.subarray(Object.keys(content) as (keyof EvidenceContent)[]), (before, other, fields) => {
        const change: EvidenceChange = Object.fromEntries(fields.map((field) => [field, other[field]]));
        const after = changed(before, change);
        for (const field of Object.keys(content) as (keyof EvidenceContent)[]) {
          expect(after[field]).toEqual(fields.includes(field) ? other[field] : before[field]);
        }
        expect(changed(before, { title: undefined })).toEqual(before);
      }),
    );
  });
});

describe('days', () => {
  const today = '2026-06-15';
  const errorsOf = (startedOn: string | null, endedOn: string | null, given: EvidenceChange = { startedOn, endedOn }): string[] =>
    (checkDays({ ...content, startedOn, endedOn }, today, given)?.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`);

  it.each<[string | null, string | null, string[]]>([
    [null, null, []],
    ['2026-06-15', null, []],
    ['2026-06-15', '2026-06-15', []],
    [null, '2026-06-15', []],
    ['2026-06-16', null, ['/startedOn future']],
    [null, '2026-06-16', ['/endedOn future']],
    ['2026-06-16', '2026-06-17', ['/startedOn future', '/endedOn future']],
    ['2026-06-10', '2026-06-09', ['/endedOn reversed']],
    ['2025-12-31', '2026-01-01', []],
  ])('%s to %s', (startedOn, endedOn, expected) => {
    expect(errorsOf(startedOn, endedOn)).toEqual(expected);
  });

  it('points at the day that was sent', () => {
    expect(errorsOf('2026-06-10', '2026-06-09', { startedOn: '2026-06-10' })).toEqual(['/startedOn reversed']);
  });
});

describe('what text becomes', () => {
  it('keeps each tag once, in lower case', () => {
    expect(tagsOf(['Ansible', ' ansible ', 'Run  Book', 'ÄPFEL'])).toEqual(['ansible', 'run book', 'äpfel']);
    fc.assert(fc.property(fc.array(text), (tags) => expect(tagsOf(tagsOf(tags))).toEqual(tagsOf(tags))));
  });

  it.each([
    ['https://git.example/a?b=c#d', true],
    ['HTTP://git.example', true],
    ['https://xn--bcher-kva.example/ü', true],
    ['javascript:alert(1)', false],
    ['data:text/html,x', false],
    ['ftp://git.example/a', false],
    ['file:///etc/passwd', false],
    ['//git.example/a', false],
    ['git.example/a', false],
    ['https:git.example', false],
    ['https://user:secret@git.example/', false],
    ['https://user@git.example/', false],
    ['https://', false],
    ['https://git.example/a b', false],
    ['https://git.example/a\nb', false],
    [' https://git.example/', false],
    [`https://git.example/${'a'.repeat(2000)}`, false],
    ['', false],
  ])('%s is a web address: %s', (url, expected) => {
    expect(isWebAddress(url)).toBe(expected);
  });
});
