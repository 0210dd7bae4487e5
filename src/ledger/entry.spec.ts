import { createHash } from 'node:crypto';
import { chainOf } from '../../test/factories/ledger';
import { type EntryFields, checkChain, entryKinds, genesisOf, hashOf } from './entry';

const engineer = '01931b2e-7c00-7000-8000-000000000001';
const chain = chainOf(engineer, [{}, {}, {}]);
const [first, second, third] = chain as [(typeof chain)[number], (typeof chain)[number], (typeof chain)[number]];
const head = { seq: 3, hash: third.hash };

test('what can happen to a record is what design.md lists ("The ledger"), written a second time: a change of either must be a change of both', () => {
  const designed = {
    evidence: 'logged|revised|archived',
    support: 'proposed|withdrawn|accepted|returned|reopened',
    claim: 'drafted|edited|submitted|withdrawn|changes-requested|refused|approved',
    'sign-off': 'granted|expired|revoked',
    mentorship: 'begun|ended',
    target: 'set',
    record: 'exported|redacted|erased',
  };
  expect([...entryKinds]).toEqual(Object.entries(designed).flatMap(([thing, verbs]) => verbs.split('|').map((verb) => `${thing}.${verb}`)));
});

describe('the hash of an entry', () => {
  const fields: EntryFields = { seq: 2, at: '2026-11-02T09:30:00.000Z', actor: 'a', kind: 'k', subject: 's', digest: 'd', previous: 'p' };

  test('is SHA-256 over the canonical JSON of its seven fields, which anybody can write down', () => {
    const text = '{"actor":"a","at":"2026-11-02T09:30:00.000Z","digest":"d","kind":"k","previous":"p","seq":2,"subject":"s"}';
    expect(hashOf(fields).toString('hex')).toBe(createHash('sha256').update(text).digest('hex'));
  });

  test.each<[keyof EntryFields, unknown]>([
    ['seq', 3],
    ['at', '2026-11-02T09:30:00.001Z'],
    ['actor', null],
    ['kind', 'l'],
    ['subject', 't'],
    ['digest', 'e'],
    ['previous', 'q'],
  ])('follows its %s', (name, value) => {
    expect(hashOf({ ...fields, [name]: value })).not.toEqual(hashOf(fields));
  });

  test('begins with the engineer, so that no chain passes as another’s', () => {
    expect(genesisOf(engineer).toString('hex')).toBe(createHash('sha256').update(`touchstone record ${engineer}`).digest('hex'));
    expect(checkChain('somebody else', chain)).toMatchObject({ seq: 1 });
  });
});

describe('a chain', () => {
  test('that is whole has nothing that does not fit', () => {
    expect(checkChain(engineer, chain)).toBeNull();
    expect(checkChain(engineer, chain, head)).toBeNull();
    expect(checkChain(engineer, [])).toBeNull();
    expect(checkChain(engineer, [], { seq: 0, hash: genesisOf(engineer).toString('hex') })).toBeNull();
    const at = first.at;
    expect(checkChain(engineer, chainOf(engineer, [{ at }, { at }]))).toBeNull();
  });

  test.each<[string, typeof chain, number, string]>([
    ['without its first entry', [second, third], 1, 'entry 1 is missing: 2 stands in its place'],
    ['without one in the middle', [first, third], 2, 'entry 2 is missing: 3 stands in its place'],
    ['with one of another’s', [first, { ...second, previous: third.hash }, third], 2, 'it does not follow the entry before it'],
    ['with one that was changed', [first, { ...second, kind: 'support.accepted' }, third], 2, 'its hash is not that of its fields'],
    ['that runs backwards', chainOf(engineer, [{}, { at: '2026-11-01T09:30:00.000Z' }]), 2, 'it is older than the entry before it'],
  ])('%s', (_, entries, seq, reason) => {
    expect(checkChain(engineer, entries)).toEqual({ seq, reason });
  });

  test.each<[string, typeof chain, { seq: number; hash: string }, string]>([
    ['was cut', [first, second], head, "the record's head names entry 3, the chain ends with 2"],
    ['goes on', chain, { seq: 2, hash: second.hash }, "the record's head names entry 2, the chain ends with 3"],
    ['ends otherwise', chain, { ...head, hash: second.hash }, "the record's head names entry 3, the chain ends with 3"],
  ])('that %s does not end with its head', (_, entries, own, reason) => {
    expect(checkChain(engineer, entries, own)).toEqual({ seq: entries.length + 1, reason });
  });
});
