import { type MadeEntry, chainOf, misfitOf } from '../../test/factories/ledger';
import type { Json } from '../kernel/canonical-json';
import { accreditationSubject, administrationId, frozenMark, personSubject } from './administration';
import { AdministrationFacts } from './administration-facts';
import { ChainContent } from './chain-content';
import type { EntryLine } from './ledger-file';

const engineer = '01931b2e-7c00-7000-8000-000000000001';
const other = '01931b2e-7c00-7000-8000-000000000002';

/** An organisation that says this. */
const organisation = (...acts: MadeEntry[]): AdministrationFacts => {
  const facts = new AdministrationFacts();
  for (const { content, ...entry } of chainOf(administrationId, acts)) facts.entry(entry, content as Record<string, Json>);
  return facts;
};

/** How many pieces of content a chain has that is as it should be; otherwise what is said of it. */
const verdict = (made: readonly MadeEntry[], { chain = engineer, facts = organisation() } = {}): unknown =>
  misfitOf(() => {
    const content = new ChainContent(chain, facts);
    for (const line of chainOf(chain, made)) content.entry(line);
    content.finish();
    return content.size;
  });
const digestOf = (made: readonly MadeEntry[], seq: number, chain = engineer): string => (chainOf(chain, made)[seq - 1] as EntryLine).digest;
const misfit = (seq: number, reason: string): object => ({ engineer, seq, reason });

/** A chain of these entries, the first of which are gone and taken out by an entry like this. */
function taking(made: readonly MadeEntry[], by: MadeEntry, taken: readonly number[], chain = engineer): MadeEntry[] {
  const digests = taken.map((seq) => digestOf(made, seq, chain));
  return [
    ...made.map((one, i) => (taken.includes(i + 1) ? { ...one, gone: true } : one)),
    { ...by, content: { ...(by.content as Record<string, Json>), digests } },
  ];
}

describe('what a redaction takes out of a record', () => {
  const words = [
    { kind: 'evidence.logged', subject: 'evidence/a' },
    { kind: 'evidence.logged', subject: 'evidence/b' },
    { kind: 'evidence.revised', subject: 'evidence/a' },
    { kind: 'support.proposed', subject: 'evidence/a/supports/x' },
    { kind: 'support.accepted', subject: 'evidence/a/supports/x' },
    { kind: 'claim.drafted', subject: 'claims/c' },
    { kind: 'claim.submitted', subject: 'claims/c' },
    { kind: 'claim.approved', subject: 'claims/c' },
    { kind: 'sign-off.granted', subject: 'sign-offs/s' },
    { kind: 'evidence.archived', subject: 'evidence/a' },
  ];
  const redacts = (subject: string, more: Record<string, Json> = {}): MadeEntry => ({ kind: 'record.redacted', subject, content: more });

  test.each<[string, number[]]>([
    ['evidence/a/revisions/1', [1]],
    ['evidence/b/revisions/1', [2]],
    ['evidence/a/revisions/2', [3]],
    ['evidence/a/supports/x', [4]],
    ['evidence/a/supports/x', [4, 5]],
  ])('is what it redacts: %s', (subject, taken) => {
    expect(verdict(taking(words, redacts(subject), taken))).toBe(words.length + 1 - taken.length);
  });

  test.each<[string, number]>([
    ['evidence/a/revisions/1', 2],
    ['evidence/a/revisions/1', 3],
    ['evidence/a/revisions/1', 4],
    ['evidence/a/supports/y', 4],
    ['evidence/a', 1],
    ['evidence/a', 10],
    ['claims/c', 6],
    ['claims/c', 8],
    ['record', 1],
  ])('is nothing else: %s and entry %i', (subject, seq) => {
    for (const more of [{}, { frozen: true }]) {
      expect(verdict(taking(words, redacts(subject, more), [seq]))).toEqual(
        misfit(words.length + 1, `it takes out the content of entry ${seq}, which is not what it redacts`),
      );
    }
  });

  test('is not even named otherwise, whether it is gone or not', () => {
    const digests = [digestOf(words, 1)];
    expect(verdict([...words, redacts('evidence/a/revisions/1', { digests })])).toBe(words.length + 1);
    expect(verdict([...words, redacts('evidence/a/revisions/2', { digests })])).toMatchObject({ seq: words.length + 1 });
  });

  describe('of submissions and sign-offs', () => {
    const subject = 'evidence/a/revisions/1';
    const confirmed = (content: Record<string, Json>, kind = 'request.confirmed', id = 'r'): AdministrationFacts =>
      organisation({ kind, subject: `requests/${id}`, content });
    const decided = { action: 'redact', person: engineer, target: `${subject}${frozenMark}` };
    const entries = (more: Record<string, Json>): MadeEntry[] => taking(words, redacts(subject, more), [1, 7, 9]);
    const all = { frozen: true, request: 'r' };

    test('is what two admins decided', () => {
      expect(verdict(entries(all), { facts: confirmed(decided) })).toBe(words.length - 2);
      expect(verdict(entries({ frozen: true }))).toBe(words.length - 2);
    });

    test.each<[string, Record<string, Json>, AdministrationFacts]>([
      ['that does not say so', { request: 'r' }, confirmed(decided)],
      ['that does not say so, without an administration ledger', {}, organisation()],
      ['at nobody’s request', { frozen: true }, confirmed(decided)],
      ['at a request of another form', { frozen: true, request: ['r'] }, confirmed(decided)],
      ['at another request', { frozen: true, request: 'q' }, confirmed(decided)],
      ['that was asked for only', all, confirmed(decided, 'request.made')],
      ['of another person', all, confirmed({ ...decided, person: other })],
      ['of something else', all, confirmed({ ...decided, target: `evidence/b/revisions/1${frozenMark}` })],
      ['without what was frozen', all, confirmed({ ...decided, target: subject })],
      ['that was to do something else', all, confirmed({ ...decided, action: 'erase-person' })],
    ])('is none %s', (_, more, facts) => {
      expect(verdict(entries(more), { facts })).toEqual(
        misfit(words.length + 1, 'it takes out the content of entry 7, which no two admins decided'),
      );
    });
  });

  describe('of words on claims', () => {
    const said: MadeEntry[] = [
      { kind: 'claim.drafted', subject: 'claims/c' },
      { kind: 'claim.edited', subject: 'claims/c' },
      { kind: 'claim.drafted', subject: 'claims/d' },
      { kind: 'claim.submitted', subject: 'claims/c' },
      { kind: 'claim.changes-requested', subject: 'claims/c', actor: other },
      { kind: 'claim.submitted', subject: 'claims/c' },
      { kind: 'claim.approved', subject: 'claims/c', actor: other },
      { kind: 'sign-off.granted', subject: 'sign-offs/s', actor: other },
      { kind: 'sign-off.revoked', subject: 'sign-offs/s', actor: other },
      { kind: 'claim.withdrawn', subject: 'claims/d' },
      { kind: 'claim.refused', subject: 'claims/e', actor: other },
      { kind: 'claim.submitted', subject: 'claims/e' },
      { kind: 'claim.approved', subject: 'claims/e', actor: other },
      { kind: 'claim.approved', subject: 'claims/e', actor: other },
      { kind: 'sign-off.granted', subject: 'sign-offs/t', actor: other },
    ];
    const decided = (target: string): AdministrationFacts =>
      organisation({ kind: 'request.confirmed', subject: 'requests/r', content: { action: 'redact', person: engineer, target } });
    const taken = (subject: string, seqs: readonly number[], more: Record<string, Json> = { request: 'r' }, actor = other): MadeEntry[] =>
      taking(said, { ...redacts(subject, more), actor }, seqs);
    const fits = said.length + 1;
    const notThis = (seq: number): object => misfit(fits, `it takes out the content of entry ${seq}, which is not what it redacts`);
    const undecided = (seq: number): object => misfit(fits, `it takes out the content of entry ${seq}, which no two admins decided`);

    test.each<[string, number[]]>([
      ['claims/c/words', [1]],
      ['claims/c/words', [1, 2]],
      ['claims/d/words', [3, 10]],
      ['claims/c/entries/5', [5]],
      ['claims/c/entries/7', [7]],
      ['claims/d/entries/10', [10]],
      ['claims/e/entries/11', [11]],
      ['sign-offs/s/revocation', [9]],
    ])('is what two admins decided: %s', (subject, seqs) => {
      expect(verdict(taken(subject, seqs), { facts: decided(subject) })).toBe(fits - seqs.length);
      expect(verdict(taken(subject, seqs), { facts: decided(`${subject}${frozenMark}`) })).toBe(fits - seqs.length);
      expect(verdict(taken(subject, seqs))).toBe(fits - seqs.length);
      // not what they decided of something else, or what nobody decided
      for (const facts of [decided('claims/f/words'), decided('evidence/a/revisions/1')])
        expect(verdict(taken(subject, seqs), { facts })).toEqual(undecided(seqs[0] ?? 0));
      expect(verdict(taken(subject, seqs, { request: 'q' }), { facts: decided(subject) })).toEqual(undecided(seqs[0] ?? 0));
      for (const facts of [decided(subject), organisation()])
        expect(verdict(taken(subject, seqs, {}), { facts })).toEqual(undecided(seqs[0] ?? 0));
    });

    test.each<[string, number]>([
      ['claims/c/words', 3],
      ['claims/c/words', 5],
      ['claims/c/words', 7],
      ['claims/c/words', 9],
      ['claims/c', 1],
      ['claims/c/entries/5', 7],
      ['claims/c/entries/1', 1],
      ['claims/d/entries/5', 5],
      ['claims/c/entries/05', 5],
      ['claims/c/entries/5/words', 5],
      ['sign-offs/t/revocation', 9],
      ['sign-offs/s/revocation', 7],
      ['evidence/a/revisions/1', 1],
    ])('is nothing else: %s and entry %i', (subject, seq) => {
      for (const facts of [decided(subject), decided(`${subject}${frozenMark}`)])
        expect(verdict(taken(subject, [seq], { request: 'r', frozen: true }), { facts })).toEqual(notThis(seq));
    });

    test('is the engineer’s own to take, as long as the claim was never submitted', () => {
      for (const facts of [organisation(), decided('x')]) {
        expect(verdict(taken('claims/d/words', [3], {}, engineer), { facts })).toBe(fits - 1);
        expect(verdict(taken('claims/c/words', [1], {}, engineer), { facts })).toEqual(undecided(1));
        expect(verdict(taken('claims/d/entries/10', [10], {}, engineer), { facts })).toEqual(undecided(10));
        expect(verdict(taken('claims/d/words', [3], {}, other), { facts })).toEqual(undecided(3));
      }
    });

    const frozen = { request: 'r', frozen: true };
    test.each<[string, number[]]>([
      ['claims/c/words', [1, 4, 6, 8]],
      ['claims/c/entries/7', [7, 8]],
      ['claims/e/words', [12, 15]],
      ['claims/e/entries/14', [15]],
    ])('takes along what was frozen of them: %s', (subject, seqs) => {
      expect(verdict(taken(subject, seqs, frozen), { facts: decided(`${subject}${frozenMark}`) })).toBe(fits - seqs.length);
      const first = seqs.find((seq) => [4, 6, 8, 12, 15].includes(seq)) ?? 0;
      expect(verdict(taken(subject, seqs, { request: 'r' }), { facts: decided(`${subject}${frozenMark}`) })).toEqual(undecided(first));
      expect(verdict(taken(subject, [first], frozen), { facts: decided(subject) })).toEqual(undecided(first));
    });

    test.each<[string, number]>([
      ['claims/c/words', 12],
      ['claims/c/words', 15],
      ['claims/d/words', 4],
      ['claims/c/entries/7', 6],
      ['claims/c/entries/7', 15],
      ['claims/c/entries/5', 8],
      ['claims/e/entries/7', 8],
      ['sign-offs/s/revocation', 8],
    ])('and nothing else that was frozen: %s and entry %i', (subject, seq) => {
      expect(verdict(taken(subject, [seq], frozen), { facts: decided(`${subject}${frozenMark}`) })).toEqual(notThis(seq));
    });
  });

  test('was written before: no entry names what comes after it, or what there never was', () => {
    const later = [redacts('evidence/a/revisions/1'), { kind: 'evidence.logged', subject: 'evidence/a' }];
    const digests = [digestOf(later, 2)];
    const reason = 'it takes out content that no entry before it has';
    expect(verdict([redacts('evidence/a/revisions/1', { digests }), { ...later[1], gone: true }])).toEqual(misfit(1, reason));
    expect(verdict([redacts('evidence/a/revisions/1', { digests: ['ab'] })])).toEqual(misfit(1, reason));
  });

  test('does not come again: what is named after it is there', () => {
    const [content, salt] = ['same', '00'.repeat(16)];
    const twice = [
      { kind: 'evidence.logged', subject: 'evidence/a', content, salt, gone: true },
      redacts('evidence/a/revisions/1', { digests: [digestOf([{ content, salt }], 1)] }),
    ];
    const after = { kind: 'sign-off.granted', subject: 'sign-offs/s', content, salt, gone: true };
    expect(verdict(twice)).toBe(1);
    expect(verdict([...twice, after])).toEqual(misfit(3, 'its content is gone'));
    // nor does one that has two places, of which it may take one
    expect(verdict([twice[0] as MadeEntry, after, twice[1] as MadeEntry])).toEqual(
      misfit(3, 'it takes out the content of entry 2, which no two admins decided'),
    );
  });

  test('is not taken out by what erases people', () => {
    expect(verdict(taking(words, { kind: 'person.erased', subject: 'evidence/a/revisions/1' }, [1]))).toEqual(
      misfit(1, 'its content is gone'),
    );
  });
});

describe('what an erasure takes out of a record', () => {
  const made: MadeEntry[] = [{ gone: true }, { kind: 'sign-off.granted', gone: true }, { kind: 'record.erased', subject: 'record' }];
  const erased = (who: string): AdministrationFacts => organisation({ kind: 'person.erased', subject: personSubject(who) });

  test('is all of it, where the administration ledger has erased the person', () => {
    expect(verdict(made, { facts: erased(engineer) })).toBe(1);
    expect(verdict(made)).toBe(1);
    expect(verdict([...made, { gone: true }], { facts: erased(engineer) })).toEqual(misfit(4, 'its content is gone'));
  });

  test('is nothing, where it has erased somebody else, or nobody', () => {
    const reason = 'it erases the record of somebody who is not erased by the administration ledger';
    for (const facts of [erased(other), organisation({ kind: 'person.deactivated', subject: personSubject(engineer) })]) {
      expect(verdict(made, { facts })).toEqual(misfit(3, reason));
      expect(verdict([{}, { kind: 'record.erased' }], { facts })).toEqual(misfit(2, reason));
    }
  });
});

describe('what an erasure takes out of the administration ledger', () => {
  const chain = administrationId;
  const request = (id: string, kind: string, content: Record<string, Json> = { reason: 'x' }): MadeEntry => ({
    kind: `request.${kind}`,
    subject: `requests/${id}`,
    content,
  });
  const acts: MadeEntry[] = [
    { kind: 'accreditation.granted', subject: accreditationSubject(engineer, 'a1') },
    { kind: 'record.opened-by-admin', subject: personSubject(engineer) },
    { kind: 'accreditation.granted', subject: accreditationSubject(other, 'a2') },
    { kind: 'policy.set', subject: 'policies/f-1:SKIL.3' },
    { kind: 'person.edited', subject: `${personSubject(engineer)}0` },
    request('r', 'made'),
    request('r', 'declined'),
    request('q', 'made'),
    request('q', 'confirmed', { person: engineer }),
    request('p', 'made'),
    request('p', 'confirmed', { person: other }),
    request('p', 'expired', {}),
    request('o', 'expired', {}),
  ];
  const erasure: MadeEntry = { kind: 'person.erased', subject: personSubject(engineer) };
  const said = (taken: readonly number[]): unknown => verdict(taking(acts, erasure, taken, chain), { chain });

  test('is words about that person, and requests about them or nobody known', () => {
    expect(said([1, 2, 6, 7, 8])).toBe(acts.length + 1 - 5);
  });

  test.each([3, 4, 5, 9, 10, 11, 12, 13])('is not entry %i, which is about somebody or something else', (seq) => {
    expect(said([seq])).toEqual({
      engineer: chain,
      seq: acts.length + 1,
      reason: `it takes out the content of entry ${seq}, which is not about that person`,
    });
  });

  test('is not a request that is about somebody else by what is left of it', () => {
    const about = [request('r', 'made', { person: other, reason: 'x' }), request('r', 'declined', { person: other, reason: 'y' })];
    expect(verdict(taking(about, erasure, [2], chain), { chain })).toMatchObject({ seq: 3 });
    expect(verdict(taking(about, { ...erasure, subject: personSubject(other) }, [2], chain), { chain })).toBe(2);
    const more = [{ kind: 'person.edited', subject: 'requests/r', content: { person: other } }, request('r', 'made', { person: 7 })];
    expect(verdict(taking(more, erasure, [2], chain), { chain })).toBe(2);
  });

  test('is not taken out by what redacts records', () => {
    expect(verdict(taking(acts, { ...erasure, kind: 'record.redacted' }, [2], chain), { chain })).toEqual({
      engineer: chain,
      seq: 2,
      reason: 'its content is gone',
    });
  });
});
