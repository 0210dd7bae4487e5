import { generateKeyPairSync } from 'node:crypto';
import {
  type MadeEntry,
  type MadeRecord,
  bent,
  chainOf,
  ledgerKey,
  ledgerOf,
  lineOf,
  readAt,
  signedAgain,
  verdictOn,
} from '../../test/factories/ledger';
import { administrationId } from './administration';
import { type SignedCheckpoint, digestOfCheckpoint, headHash, jwkOf, keyIdOf, signCheckpoint } from './checkpoint';
import { genesisOf } from './entry';
import type { EntryLine, HeaderLine, LedgerLine, RecordLine } from './ledger-file';
import { nodeHash } from './merkle';

const [one, two, three] = [1, 2, 3].map((n) => `01931b2e-7c00-7000-8000-00000000000${n}`) as [string, string, string];

/** Three records; the second checkpoint stands for all but the last entry of each of the last two. */
const records = [
  { engineer: one, entries: [{}, {}, {}] },
  { engineer: two, entries: [{}, {}, {}, {}] },
  { engineer: three, entries: [{}, {}] },
];
const checkpoints = [
  [
    [one, 2],
    [two, 1],
  ],
  [
    [one, 3],
    [two, 3],
    [three, 1],
  ],
] as const;
const good = ledgerOf({ records, checkpoints });
const keyId = lineOf(good, 'checkpoint', 1).keyId;
/** The place of each record's first entry among all entries, less one. */
const [ofOne, ofTwo, ofThree] = [0, 3, 7];

const without = (): LedgerLine[] => [];
const twice = <L extends LedgerLine>(line: L): L[] => [line, line];
const counting = (lines: readonly LedgerLine[], counts: Partial<HeaderLine['counts']>): LedgerLine[] =>
  bent(lines, 'header', 1, (line) => [{ ...line, counts: { ...line.counts, ...counts } }]);
const held = (n: number): SignedCheckpoint => {
  const { line: _, ...checkpoint } = lineOf(good, 'checkpoint', n);
  return checkpoint;
};

describe('a ledger that fits', () => {
  test('is summed up: what it holds, who signed it, how far its checkpoints reach', () => {
    expect(verdictOn(good)).toEqual({
      at: readAt,
      counts: { checkpoints: 2, leaves: 5, records: 3, entries: 9, contents: 9, rows: 0 },
      keyIds: [keyId],
      newest: 2,
      uncovered: 2,
      heldInPart: 0,
      administration: null,
    });
  });

  test('may be empty, or without checkpoints: nothing is covered then', () => {
    const nothing = { checkpoints: 0, leaves: 0, records: 0, entries: 0, contents: 0, rows: 0 };
    expect(verdictOn(ledgerOf({ records: [] }))).toEqual({
      at: readAt,
      counts: nothing,
      keyIds: [],
      newest: null,
      uncovered: 0,
      heldInPart: 0,
      administration: null,
    });
    expect(verdictOn(ledgerOf({ records }))).toMatchObject({ newest: null, uncovered: 9 });
    expect(verdictOn(ledgerOf({ records: [{ engineer: one, entries: [] }] }))).toMatchObject({ counts: { ...nothing, records: 1 } });
  });

  test('names the end of the administration ledger', () => {
    const withActs = ledgerOf({
      records: [{ engineer: administrationId, entries: [{ kind: 'person.edited' }, { kind: 'person.edited' }] }, ...records],
      checkpoints: [...checkpoints, [[administrationId, 2]]],
    });
    expect(verdictOn(withActs)).toMatchObject({
      administration: { entries: 2, head: lineOf(withActs, 'entry', 2).hash },
      uncovered: 2,
      counts: { rows: 0, records: 4 },
    });
  });

  test('agrees with checkpoints that are held, in whichever order', () => {
    expect(verdictOn(good, { held: [held(2), held(1)] })).toMatchObject({ newest: 2 });
    expect(verdictOn(good, { held: [held(1)], trusted: new Set([keyId]) })).toMatchObject({ newest: 2 });
  });

  test('may change its key: old checkpoints go on to count, and both keys are named', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const second = signCheckpoint(held(2), privateKey);
    const rotated = bent(
      bent(good, 'checkpoint', 2, () => [{ line: 'checkpoint', ...second }]),
      'header',
      1,
      (line) => [{ ...line, keys: [...line.keys, jwkOf(publicKey)] }],
    );
    expect(verdictOn(rotated)).toMatchObject({ keyIds: [keyId, second.keyId] });
    expect(verdictOn(rotated, { trusted: new Set([keyId]) })).toEqual({
      checkpoint: 2,
      reason: `it is signed by key ${second.keyId}, which is neither in use nor in LEDGER_PUBLIC_KEYS_DIR`,
    });
  });
});

describe('lines', () => {
  const note = { line: 'note' } as unknown as LedgerLine;
  test.each<[string, LedgerLine[], string]>([
    ['of no sort that there is', [...good, note], 'there is no such line as "note"'],
    ['without a header', good.slice(1), 'the header is not the first line, or not the only one'],
    ['with two headers', bent(good, 'header', 1, twice), 'the header is not the first line, or not the only one'],
    [
      'with a checkpoint among the leaves',
      bent(good, 'leaf', 1, (line) => [line, lineOf(good, 'checkpoint', 2)]),
      'a checkpoint line stands where none belongs',
    ],
    ['with a leaf among the records', [...good, lineOf(good, 'leaf', 1)], 'a leaf line stands where none belongs'],
    ['with a checkpoint among the records', [...good, lineOf(good, 'checkpoint', 1)], 'a checkpoint line stands where none belongs'],
    ['with an entry before any record', bent(good, 'record', 1, without), 'an entry stands before any record'],
    [
      'with a row before any record',
      bent(good, 'record', 1, (line) => [{ line: 'row', table: 'approval', row: {} }, line]),
      'a row of approval stands before any record',
    ],
    [
      'of another format',
      bent(good, 'header', 1, (line) => [{ ...line, format: 'touchstone-ledger/0' }]),
      'the format is not touchstone-ledger/1',
    ],
    ['none', [], 'there is no header'],
  ])('%s', (_, lines, reason) => {
    expect(verdictOn(lines)).toEqual({ reason });
  });

  test.each(['checkpoints', 'leaves', 'records', 'entries', 'contents', 'rows'] as const)('are as many as the header says: %s', (name) => {
    const { counts } = lineOf(good, 'header', 1);
    expect(verdictOn(counting(good, { [name]: counts[name] + 1 }))).toEqual({
      reason: `the header says ${counts[name] + 1} ${name}, there are ${counts[name]}`,
    });
  });
});

describe('a checkpoint', () => {
  const changed = (n: number, change: Partial<SignedCheckpoint>): LedgerLine[] =>
    bent(good, 'checkpoint', n, (line) => [signedAgain(line, change)]);

  test.each<[string, LedgerLine[], number, string]>([
    [
      'whose signature is another’s',
      bent(good, 'checkpoint', 2, (line) => [{ ...line, signature: held(1).signature }]),
      2,
      'its signature is not that of its key',
    ],
    ['that the header has no key for', bent(good, 'header', 1, (line) => [{ ...line, keys: [] }]), 1, 'its key is not in the header'],
    ['that is missing at the beginning', bent(good, 'checkpoint', 1, without), 2, 'checkpoint 1 is missing'],
    ['that skips a number', changed(2, { number: 3 }), 3, 'checkpoint 2 is missing'],
    ['that is there twice', bent(good, 'checkpoint', 1, twice), 1, 'checkpoint 2 is missing'],
    ['that follows none, though there is one', changed(2, { previous: null }), 2, 'it does not follow the checkpoint before it'],
    [
      'that follows one, though there is none',
      changed(1, { previous: digestOfCheckpoint(held(2)) }),
      1,
      'it does not follow the checkpoint before it',
    ],
    ['that follows another one', changed(2, { previous: digestOfCheckpoint(held(2)) }), 2, 'it does not follow the checkpoint before it'],
    ['whose tree has not grown', changed(2, { treeSize: 2 }), 2, 'its tree is not larger, or it is older, than the checkpoint before it'],
    ['whose tree has shrunk', changed(2, { treeSize: 1 }), 2, 'its tree is not larger, or it is older, than the checkpoint before it'],
    [
      'that is older than the one before',
      changed(2, { at: '2026-11-01T00:00:00.000Z' }),
      2,
      'its tree is not larger, or it is older, than the checkpoint before it',
    ],
    ['of another root', changed(2, { root: 'ab'.repeat(32) }), 2, 'the leaves do not add up to the root of the checkpoint'],
    ['of a larger tree than there is', changed(2, { treeSize: 6 }), 2, 'the checkpoint stands for 6 leaves, there are 5: the end was cut'],
  ])('%s', (_, lines, checkpoint, reason) => {
    expect(verdictOn(lines)).toEqual({ checkpoint, reason });
  });

  test('may be of the same moment as the one before', () => {
    expect(verdictOn(changed(2, { at: held(1).at }))).toMatchObject({ newest: 2 });
  });

  test('stands for leaves: where all of them and all records are gone, that is told', () => {
    const cut = 'the checkpoint stands for 2 leaves, there are 0: the end was cut';
    expect(verdictOn(good.slice(0, 3))).toEqual({ checkpoint: 1, reason: cut });
    expect(verdictOn([...good.slice(0, 3), lineOf(good, 'record', 1)])).toEqual({ checkpoint: 1, reason: cut });
    expect(verdictOn(good.slice(0, 5))).toEqual({
      checkpoint: 2,
      reason: 'the checkpoint stands for 5 leaves, there are 2: the end was cut',
    });
  });
});

describe('leaves', () => {
  test('that no checkpoint stands for', () => {
    const { engineer, hash } = lineOf(good, 'leaf', 5);
    const more = bent(good, 'leaf', 5, (line) => [line, { line: 'leaf', index: 5, engineer, seq: 2, hash }]);
    expect(verdictOn(more)).toEqual({ reason: 'there are leaves that no checkpoint stands for' });
    expect(verdictOn(bent(more, 'leaf', 6, (line) => [line]).filter(({ line }) => line !== 'checkpoint'))).toEqual({
      reason: 'there are leaves that no checkpoint stands for',
    });
  });

  test.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [5, 2],
  ])('of which number %i is left out: the checkpoint over it is named', (n, checkpoint) => {
    const verdict = verdictOn(bent(good, 'leaf', n, without));
    // where it was the last one, the end is cut
    expect(verdict).toEqual(
      n === 5
        ? { checkpoint, reason: 'the checkpoint stands for 5 leaves, there are 4: the end was cut' }
        : { checkpoint, reason: `leaf ${n - 1} of the checkpoints' tree is missing` },
    );
  });

  test.each([
    [2, 1],
    [3, 2],
  ])('of which number %i names another hash', (n, checkpoint) => {
    expect(verdictOn(bent(good, 'leaf', n, (line) => [{ ...line, hash: 'ab'.repeat(32) }]))).toEqual({
      checkpoint,
      reason: 'the leaves do not add up to the root of the checkpoint',
    });
  });

  test('never go back: a later leaf of a record is of a later entry', () => {
    const again = (entries: (readonly [string, number])[]): unknown => verdictOn(ledgerOf({ records, checkpoints: [[[one, 2]], entries] }));
    const reason = 'its leaf comes after one of a later head';
    expect(
      again([
        [two, 1],
        [one, 2],
      ]),
    ).toEqual({ engineer: one, seq: 2, checkpoint: 2, reason });
    expect(again([[one, 1]])).toEqual({ engineer: one, seq: 1, checkpoint: 2, reason });
    expect(
      again([
        [one, 3],
        [one, 2],
      ]),
    ).toEqual({ engineer: one, seq: 2, checkpoint: 2, reason });
  });
});

describe('a checkpoint that is held', () => {
  test('must be right itself', () => {
    expect(verdictOn(good, { held: [held(1), { ...held(2), treeSize: 4 }] })).toEqual({
      checkpoint: 2,
      reason: 'the checkpoint that is held is not right: its signature is not that of its key',
    });
  });

  test.each<[string, Partial<SignedCheckpoint>, string]>([
    ['root', { root: 'ab'.repeat(32) }, 'root'],
    ['time', { at: '2026-11-01T00:00:00.000Z' }, 'at'],
    ['size', { treeSize: 4 }, 'treeSize'],
    ['one before', { previous: null }, 'previous'],
    ['size and root', { treeSize: 4, root: 'ab'.repeat(32) }, 'treeSize, root'],
  ])('differs from the ledger’s: another %s', (_, change, differs) => {
    const { line: __, ...other } = signedAgain(held(2), change);
    expect(verdictOn(good, { held: [other] })).toEqual({
      checkpoint: 2,
      reason: `it is not the one that is held: another ${differs}`,
    });
  });

  test('differs from the ledger’s: another key, so that a ledger signed all over is found', () => {
    const theirs = ledgerOf({ records, checkpoints, key: generateKeyPairSync('ed25519').privateKey });
    expect(verdictOn(theirs)).toMatchObject({ newest: 2 });
    expect(verdictOn(theirs, { held: [held(1)] })).toEqual({ checkpoint: 1, reason: 'it is not the one that is held: another keyId' });
  });

  test('stands for more than there is: the end was cut, and with it the checkpoint', () => {
    const first = checkpoints.slice(0, 1);
    expect(verdictOn(ledgerOf({ records, checkpoints: first }), { held: [held(2)] })).toEqual({
      checkpoint: 2,
      reason: 'the checkpoint that is held stands for 5 leaves, there are 2: the end was cut',
    });
    expect(verdictOn(ledgerOf({ records: [] }), { held: [held(1)] })).toMatchObject({ checkpoint: 1 });
  });

  test('must stand in the ledger, though its leaves are those of another one; where they are not, that is told', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const other = ledgerOf({ records: [{ engineer: one, entries: [{ content: 'other' }, {}, {}] }, ...records.slice(1)], checkpoints });
    // a number that the ledger does not have: of other checkpoints over the same leaves, those in between may have been made anew
    const kept = signCheckpoint({ ...held(1), number: 7 }, privateKey);
    expect(kept.keyId).toBe(keyIdOf(jwkOf(publicKey)));
    expect(verdictOn(good, { held: [kept] })).toEqual({ checkpoint: 7, reason: 'the checkpoint that is held is not in the ledger' });
    expect(verdictOn(good, { held: [held(2), held(1)] })).toMatchObject({ newest: 2 });
    expect(verdictOn(other, { held: [kept] })).toEqual({
      checkpoint: 7,
      reason: 'the leaves do not add up to the root of the checkpoint that is held',
    });
  });

  test('is found wrong at its place, whatever the order in which several are given', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const kept = [9, 8].map((number) => signCheckpoint({ ...held(1), number, root: 'ab'.repeat(32) }, privateKey));
    const larger = signCheckpoint({ ...held(2), number: 7, root: 'ab'.repeat(32) }, privateKey);
    expect(verdictOn(good, { held: [larger, ...kept] })).toMatchObject({ checkpoint: 8 });
  });
});

describe('a chain', () => {
  const [a, b] = [ofOne + 2, ofTwo + 2];
  const next = (n: number): EntryLine => lineOf(good, 'entry', n + 1);

  test.each<[string, LedgerLine[], string, number, string]>([
    ['of which an entry is missing', bent(good, 'entry', b, without), two, 2, 'entry 2 is missing: 3 stands in its place'],
    ['of which an entry is there twice', bent(good, 'entry', b, twice), two, 3, 'entry 3 is missing: 2 stands in its place'],
    [
      'of which two entries are in each other’s place',
      bent(bent(good, 'entry', b + 1, without), 'entry', b, (line) => [next(b), line]),
      two,
      2,
      'entry 2 is missing: 3 stands in its place',
    ],
    [
      'whose first entry is another person’s',
      bent(good, 'entry', ofTwo + 1, () => [lineOf(good, 'entry', 1)]),
      two,
      1,
      'it does not follow the entry before it',
    ],
    [
      'of which an entry follows another',
      bent(good, 'entry', b, (line) => [{ ...line, previous: genesisOf(two).toString('hex') }]),
      two,
      2,
      'it does not follow the entry before it',
    ],
    [
      'of which an entry was changed',
      bent(good, 'entry', a, (line) => [{ ...line, kind: 'support.accepted' }]),
      one,
      2,
      'its hash is not that of its fields',
    ],
    [
      'in which time runs backwards',
      ledgerOf({ records: [{ engineer: one, entries: [{}, { at: '2026-11-01T00:00:00.000Z' }] }] }),
      one,
      2,
      'it is older than the entry before it',
    ],
  ])('%s', (_, lines, engineer, seq, reason) => {
    expect(verdictOn(lines)).toEqual({ engineer, seq, reason });
  });

  test('may hold several entries of one moment', () => {
    const at = '2026-11-02T10:00:00.000Z';
    expect(verdictOn(ledgerOf({ records: [{ engineer: one, entries: [{ at }, { at }] }] }))).toMatchObject({ counts: { entries: 2 } });
  });

  /** The ledger with one person's chain written anew, hashes and head included, under the checkpoints that were signed before. */
  const rewritten = (engineer: string, entries: readonly MadeEntry[]): LedgerLine[] => [
    ...good.filter(({ line }) => ['header', 'checkpoint', 'leaf'].includes(line)),
    ...ledgerOf({ records: records.map((record) => (record.engineer === engineer ? { engineer, entries } : record)) }).slice(1),
  ];

  test.each<[string, LedgerLine[], string, number, number, string]>([
    ['first', rewritten(two, [{ content: 'other' }, {}, {}, {}]), two, 1, 1, 'it is not what the checkpoint stands for'],
    [
      'second',
      rewritten(one, [{ content: 'other' }, {}, {}]),
      one,
      2,
      1,
      'this entry, or one from 1 on, is not what the checkpoint stands for',
    ],
    [
      'second, which is the first of that checkpoint',
      rewritten(one, [{}, {}, { content: 'other' }]),
      one,
      3,
      2,
      'it is not what the checkpoint stands for',
    ],
    [
      'third',
      rewritten(two, [{}, {}, { content: 'other' }, {}]),
      two,
      3,
      2,
      'this entry, or one from 2 on, is not what the checkpoint stands for',
    ],
  ])('written anew under a checkpoint: at its %s entry', (_, lines, engineer, seq, checkpoint, reason) => {
    expect(verdictOn(lines)).toEqual({ engineer, seq, checkpoint, reason });
  });

  test.each<[number, number, number]>([
    [0, 1, 1],
    [2, 3, 2],
  ])('cut after %i entries, its head moved back: what a checkpoint stands for is missing', (left, leaf, checkpoint) => {
    const entries = records[1]?.entries.slice(0, left) ?? [];
    expect(verdictOn(rewritten(two, entries))).toEqual({
      engineer: two,
      seq: left + 1,
      checkpoint,
      reason: `entry ${leaf} is missing: a checkpoint stands for it, the chain ends with ${left}`,
    });
  });

  test('may go on after the last checkpoint, in whichever way', () => {
    expect(
      verdictOn(
        rewritten(two, [{}, {}, {}, { content: 'other' }, {}]).with(0, lineOf(counting(good, { entries: 10, contents: 10 }), 'header', 1)),
      ),
    ).toMatchObject({
      uncovered: 3,
    });
  });

  test.each<[string, (head: { seq: number; hash: string }) => { seq: number; hash: string }, string]>([
    ['of an entry that is not there', (head) => ({ ...head, seq: 5 }), "the record's head names entry 5, the chain ends with 4"],
    ['of an entry before', (head) => ({ ...head, seq: 3 }), "the record's head names entry 3, the chain ends with 4"],
    ['of another hash', (head) => ({ ...head, hash: 'ab'.repeat(32) }), "the record's head names entry 4, the chain ends with 4"],
  ])('that does not end with its record’s head: %s', (_, change, reason) => {
    const moved = bent(good, 'record', 2, (line) => [{ ...line, head: change(line.head ?? { seq: 0, hash: '' }) }]);
    expect(verdictOn(moved)).toEqual({ engineer: two, seq: 5, reason });
  });
});

describe('a record', () => {
  const [, first, second] = [1, 2, 3].map((n) => lineOf(good, 'record', n)) as [RecordLine, RecordLine, RecordLine];
  const of = (n: number): LedgerLine[] => {
    const at = good.indexOf(lineOf(good, 'record', n));
    const after = good.slice(at + 1).findIndex(({ line }) => line === 'record');
    return after === -1 ? good.slice(at) : good.slice(at, at + 1 + after);
  };
  const before = good.slice(0, good.indexOf(lineOf(good, 'record', 1)));

  test('whose row is gone', () => {
    expect(verdictOn(bent(good, 'record', 2, (line) => [{ ...line, head: null }]))).toEqual({
      engineer: two,
      reason: 'the record’s own row is gone',
    });
  });

  test('that is out of its order, or there twice', () => {
    const reason = 'the record does not follow the one before it';
    expect(verdictOn([...before, ...of(2), ...of(1), ...of(3)])).toEqual({ engineer: one, reason });
    expect(verdictOn([...before, ...of(1), ...of(2), ...of(2), ...of(3)])).toEqual({ engineer: two, reason });
    expect([first.engineer, second.engineer]).toEqual([two, three]);
  });

  test.each([
    [1, 2, 1, one],
    [2, 1, 1, two],
    [3, 1, 2, three],
  ])('number %i that is gone, though a checkpoint stands for it', (n, seq, checkpoint, engineer) => {
    const left = [1, 2, 3].filter((other) => other !== n).flatMap(of);
    expect(verdictOn([...before, ...left])).toEqual({
      engineer,
      seq,
      checkpoint,
      reason: 'the record is gone: a checkpoint stands for its head',
    });
  });
});

describe('content', () => {
  const salt = '00'.repeat(16);
  const ledgerWith = (entries: readonly MadeEntry[], engineer = one): LedgerLine[] => ledgerOf({ records: [{ engineer, entries }] });
  const digestOf = (lines: readonly LedgerLine[], n: number): string => lineOf(lines, 'entry', n).digest;
  const bothAlike = [
    { content: 'same', salt },
    { content: 'same', salt },
  ] as const;

  test.each<[string, LedgerLine[], number]>([
    ['that was changed', bent(good, 'entry', ofTwo + 2, (line) => [{ ...line, content: 'other' }]), 2],
    ['whose salt was changed', bent(good, 'entry', ofTwo + 3, (line) => [{ ...line, salt }]), 3],
  ])('%s', (_, lines, seq) => {
    expect(verdictOn(lines)).toEqual({ engineer: two, seq, reason: 'its content is not that of its digest' });
  });

  test('that is gone, though nothing says that it was taken out', () => {
    expect(verdictOn(ledgerWith([{}, { gone: true }, {}]))).toEqual({ engineer: one, seq: 2, reason: 'its content is gone' });
    expect(verdictOn(bent(good, 'entry', ofThree + 1, ({ salt: _, ...line }) => [line]))).toMatchObject({
      seq: 1,
      reason: 'its content is gone',
    });
    expect(verdictOn(bent(good, 'entry', ofThree + 1, ({ content: _, ...line }) => [line]))).toMatchObject({
      seq: 1,
      reason: 'its content is gone',
    });
  });

  test('may be gone from before an erasure, and not from it on', () => {
    const erased = (...entries: MadeEntry[]): unknown => verdictOn(ledgerWith(entries));
    const erasure = { kind: 'record.erased' };
    expect(erased({ gone: true }, { gone: true }, erasure)).toMatchObject({ counts: { entries: 3, contents: 1 } });
    expect(erased({ gone: true }, erasure, { gone: true })).toEqual({ engineer: one, seq: 3, reason: 'its content is gone' });
    expect(erased({ gone: true }, { ...erasure, gone: true })).toEqual({ engineer: one, seq: 2, reason: 'its content is gone' });
  });

  const taken: MadeEntry = { kind: 'evidence.logged', subject: 'evidence/a', gone: true };
  test('may be gone where a redaction names its digest, that digest only', () => {
    const [first, second] = [1, 2].map((n) => digestOf(chainOf(one, [taken, taken]), n)) as [string, string];
    const named = (...digests: (string | number)[]): unknown =>
      verdictOn(ledgerWith([taken, taken, { kind: 'record.redacted', subject: 'evidence/a/revisions/1', content: { digests } }]));
    expect(named(first)).toEqual({ engineer: one, seq: 2, reason: 'its content is gone' });
    expect(named(second, 7)).toEqual({
      engineer: one,
      seq: 3,
      reason: 'it takes out the content of entry 2, which is not what it redacts',
    });
    expect(named(7)).toEqual({ engineer: one, seq: 1, reason: 'its content is gone' });
  });

  test('of a record may be gone where the administration ledger says so: it comes first', () => {
    const record = (erased: string): LedgerLine[] =>
      ledgerOf({
        records: [
          {
            engineer: administrationId,
            entries: [{ kind: 'person.erased', subject: `people/${erased}` }],
            rows: [{ table: 'person', row: { person_id: erased, roles: [], active: false } }],
          },
          { engineer: one, entries: [{ gone: true }, { kind: 'record.erased' }] },
        ],
      });
    expect(verdictOn(record(one))).toMatchObject({ counts: { contents: 2 } });
    expect(verdictOn(record(two))).toMatchObject({ engineer: one, seq: 2 });
  });

  test('of rows may be gone: how many are held in part is told, for all records and the administration ledger', () => {
    const revoked = (engineer: string): MadeRecord => {
      const entries = [{ kind: 'sign-off.revoked', subject: 'sign-offs/s', gone: true }, { kind: 'record.erased' }];
      const [entry] = chainOf(engineer, entries);
      const row = { engineer_id: engineer, at: entry?.at ?? '', sign_off_id: 's', revoked_by: engineer, revoked_on: '2026-11-02' };
      return { engineer, entries, rows: [{ table: 'revocation', row: { ...row, content_digest: entry?.digest ?? '' } }] };
    };
    expect(verdictOn(ledgerOf({ records: [revoked(one), revoked(two)] }))).toMatchObject({ heldInPart: 2 });
  });

  test.each<[string, NonNullable<MadeEntry['content']> | null]>([
    ['no digests', {}],
    ['digests of another form', { digests: 'x' }],
    ['a list', []],
    ['nothing', null],
    ['a text', 'digests'],
  ])('is not excused by a redaction that names %s', (_, content) => {
    expect(verdictOn(ledgerWith([{ gone: true }, { kind: 'record.redacted', content }]))).toEqual({
      engineer: one,
      seq: 1,
      reason: 'its content is gone',
    });
  });

  test('is not excused by an entry of another kind that names its digest', () => {
    const digest = digestOf(chainOf(one, [{}]), 1);
    expect(verdictOn(ledgerWith([{ gone: true }, { kind: 'record.exported', content: { digests: [digest] } }]))).toMatchObject({
      reason: 'its content is gone',
    });
  });

  test('that two entries share is one piece', () => {
    expect(verdictOn(ledgerWith(bothAlike))).toMatchObject({ counts: { entries: 2, contents: 1 } });
    expect(verdictOn(ledgerWith([bothAlike[0], { ...bothAlike[1], gone: true }]))).toMatchObject({ counts: { contents: 1 } });
  });

  test('that no entry names', () => {
    expect(verdictOn(bent(good, 'record', 3, (line) => [{ ...line, contents: line.contents + 2 }]))).toEqual({
      engineer: three,
      reason: 'the record keeps 2 pieces of content that no entry names',
    });
  });
});

describe('rows', () => {
  const logged = { kind: 'evidence.logged', subject: 'evidence/e' };
  const [entry] = chainOf(one, [logged]);
  const row = { engineer_id: one, evidence_id: 'e', revision: 1, at: entry?.at ?? '', digest: entry?.digest ?? '' };

  test('of a record are held against its entries', () => {
    const withRows = (...rows: (typeof row)[]): unknown =>
      verdictOn(
        ledgerOf({
          records: [{ engineer: one, entries: [logged], rows: rows.map((each) => ({ table: 'evidence_revision', row: each })) }],
        }),
      );
    expect(withRows(row)).toMatchObject({ counts: { rows: 1 } });
    expect(withRows({ ...row, digest: 'ab' })).toMatchObject({ engineer: one, seq: 1 });
    expect(withRows()).toEqual({ engineer: one, seq: 1, reason: 'its row in evidence_revision is missing' });
  });

  test('of the administration ledger are held against its acts', () => {
    const acts = [{ kind: 'roles.changed', subject: `people/${one}`, content: { roles: ['admin'] } }];
    const withRows = (...roles: string[][]): unknown =>
      verdictOn(
        ledgerOf({
          records: [
            {
              engineer: administrationId,
              entries: acts,
              rows: roles.map((each) => ({ table: 'person', row: { person_id: one, roles: each, active: true } })),
            },
          ],
        }),
      );
    expect(withRows(['admin'])).toMatchObject({ counts: { rows: 1 }, administration: { entries: 1 } });
    expect(withRows(['admin', 'auditor'])).toMatchObject({ engineer: administrationId, seq: 1 });
    expect(withRows()).toMatchObject({ engineer: administrationId, seq: 1 });
  });
});

test('the ledgers made here are what they say', () => {
  const [left, right] = [1, 2].map((n) => headHash(lineOf(good, 'leaf', n))) as [Buffer, Buffer];
  expect(held(1)).toMatchObject({ treeSize: 2, root: nodeHash(left, right).toString('hex') });
  expect(jwkOf(ledgerKey).crv).toBe('Ed25519');
});
