import { type MadeEntry, chainOf, misfitOf } from '../../test/factories/ledger';
import type { Json } from '../kernel/canonical-json';
import type { EntryLine, Row, RowTable } from './ledger-file';
import { AdministrationFacts } from './administration-facts';
import { RecordRows } from './record-rows';

const engineer = '01931b2e-7c00-7000-8000-000000000001';
const mentor = '01931b2e-7c00-7000-8000-000000000002';
const admin = '01931b2e-7c00-7000-8000-000000000003';

type Rows = readonly (readonly [RowTable, Row])[];
/** An organisation by whose policies a sign-off of level 3 lasts for good, or a year; nothing is said of other levels. */
const organisation = (): AdministrationFacts => {
  const facts = new AdministrationFacts();
  const [entry] = chainOf('', [{ kind: 'framework.loaded' }]) as [EntryLine];
  facts.entry(entry, {});
  for (const months of [null, 12]) facts.policy('f-1:SKIL.3', months);
  return facts;
};

/** How many rows are held in part where these rows agree with these entries; otherwise what is said of them. */
const held = (entries: readonly EntryLine[], rows: Rows, facts = organisation()): unknown =>
  misfitOf(() => {
    const record = new RecordRows(engineer, facts);
    for (const { content, ...entry } of entries) record.entry(entry, content);
    for (const [table, row] of rows) record.row(table, row);
    record.finish();
    return record.heldInPart;
  });
/** What is said of these rows against these entries; null: they agree. */
const verdict = (entries: readonly EntryLine[], rows: Rows, facts?: AdministrationFacts): unknown => {
  const found = held(entries, rows, facts);
  return typeof found === 'number' ? null : found;
};

const statement = (n: number): string => `f-1:SKIL.3.${n}`;
const evidence = (...ids: string[]): Json => ids.map((evidenceId) => ({ evidenceId, revision: 1 }));
const submitted = (submission: number): Json => ({
  submission,
  submittedOn: '2026-11-02',
  statements: [
    { ref: statement(1), evidence: evidence('a') },
    { ref: statement(2), evidence: evidence('a', 'b') },
  ],
});
const granted: Json = {
  claim: 'c',
  submission: 2,
  skillLevel: 'f-1:SKIL.3',
  level: 3,
  on: '2026-11-02',
  until: null,
  policy: { acceptedPerStatement: 2 },
  statements: [
    { ref: statement(1), evidence: evidence('a') },
    { ref: statement(2), evidence: evidence('a', 'b') },
    { ref: statement(3), evidence: evidence('a', 'b', 'c') },
  ],
};

/** A record with one of each: evidence revised once, a claim submitted twice, approved, signed off, expired; another sign-off, revoked. */
const acts: MadeEntry[] = [
  { kind: 'evidence.logged', subject: 'evidence/a' },
  { kind: 'evidence.logged', subject: 'evidence/b' },
  { kind: 'evidence.revised', subject: 'evidence/a' },
  { kind: 'claim.drafted', subject: 'claims/c', content: { claim: 'c', skillLevel: 'f-1:SKIL.3' } },
  { kind: 'claim.submitted', subject: 'claims/c', content: submitted(1) },
  { kind: 'claim.submitted', subject: 'claims/c', content: submitted(2) },
  {
    kind: 'claim.approved',
    subject: 'claims/c',
    actor: mentor,
    content: { submission: 2, submissionDigest: 'ab' },
  },
  { kind: 'sign-off.granted', subject: 'sign-offs/s', content: granted },
  { kind: 'sign-off.expired', subject: 'sign-offs/s', actor: null },
  { kind: 'sign-off.granted', subject: 'sign-offs/t', content: { ...granted, until: '2027-11-02' } },
  { kind: 'sign-off.revoked', subject: 'sign-offs/t', actor: admin, content: { on: '2026-11-02' } },
  { kind: 'target.set', subject: 'targets/f-1:SKIL', content: { skill: 'f-1:SKIL', level: 4, by: '2027-06-30' } },
  { kind: 'target.set', subject: 'targets/f-1:SKIL', actor: admin, content: { skill: 'f-1:SKIL', level: null, by: null } },
];
const chain = chainOf(engineer, acts);
const entry = (seq: number): EntryLine => chain[seq - 1] as EntryLine;
const of = (seq: number): Row => ({ engineer_id: engineer, at: entry(seq).at });

const signOff = {
  claim_id: 'c',
  submission: 2,
  skill_level_ref: 'f-1:SKIL.3',
  skill_ref: 'f-1:SKIL',
  level: 3,
  signed_off_on: '2026-11-02',
  total: 3,
  accepted: 2,
};
const pinsOf = (submission: number): Rows =>
  [
    [1, 'a'],
    [2, 'a'],
    [2, 'b'],
  ].map(([n, evidenceId]) => [
    'claim_pin',
    { claim_id: 'c', submission, statement_ref: statement(Number(n)), evidence_id: String(evidenceId), revision: 1 },
  ]);
const rowOf: Readonly<Record<number, readonly [RowTable, Row]>> = {
  1: ['evidence_revision', { ...of(1), evidence_id: 'a', revision: 1, digest: entry(1).digest }],
  2: ['evidence_revision', { ...of(2), evidence_id: 'b', revision: 1, digest: entry(2).digest }],
  3: ['evidence_revision', { ...of(3), evidence_id: 'a', revision: 2, digest: entry(3).digest }],
  5: ['claim_submission', { ...of(5), claim_id: 'c', submission: 1, submitted_on: '2026-11-02', digest: entry(5).digest }],
  6: ['claim_submission', { ...of(6), claim_id: 'c', submission: 2, submitted_on: '2026-11-02', digest: entry(6).digest }],
  7: ['approval', { ...of(7), claim_id: 'c', submission: 2, mentor_id: mentor, submission_digest: 'ab', content_digest: entry(7).digest }],
  8: ['sign_off', { ...of(8), sign_off_id: 's', ...signOff, valid_until: null, digest: entry(8).digest }],
  9: ['sign_off_expiry', { ...of(9), sign_off_id: 's' }],
  10: ['sign_off', { ...of(10), sign_off_id: 't', ...signOff, valid_until: '2027-11-02', digest: entry(10).digest }],
  11: ['revocation', { ...of(11), sign_off_id: 't', revoked_by: admin, revoked_on: '2026-11-02', content_digest: entry(11).digest }],
  12: [
    'target',
    {
      ...of(12),
      ...{ skill_ref: 'f-1:SKIL', revision: 1, skill_level_ref: 'f-1:SKIL.4', level: 4, reach_by: '2027-06-30' },
      ...{ set_by: engineer, digest: entry(12).digest },
    },
  ],
  13: [
    'target',
    {
      ...of(13),
      ...{ skill_ref: 'f-1:SKIL', revision: 2, skill_level_ref: null, level: null, reach_by: null },
      ...{ set_by: admin, digest: entry(13).digest },
    },
  ],
};
const rows: Rows = [...Object.values(rowOf), ...pinsOf(1), ...pinsOf(2)];
const seqs = Object.keys(rowOf).map(Number);

/** The rows with that of an entry changed, or taken out. */
const changed = (seq: number, change: Row | null): Rows =>
  rows.flatMap((one) => (one !== rowOf[seq] ? [one] : change === null ? [] : [[one[0], { ...one[1], ...change }] as const]));
/** The entries, with the content of these gone. */
const erased = (...gone: number[]): EntryLine[] =>
  chainOf(
    engineer,
    acts.map((act, i) => ({ ...act, gone: gone.includes(i + 1) })),
  );

describe('rows that say what the ledger says', () => {
  test('agree', () => {
    expect(verdict(chain, rows)).toBeNull();
  });

  test('in any order of the tables', () => {
    expect(verdict(chain, rows.toReversed())).toBeNull();
  });

  test('are none where no entry asks for one', () => {
    expect(
      verdict(chainOf(engineer, [{ kind: 'support.proposed' }, { kind: 'claim.drafted' }, { kind: 'record.exported' }]), []),
    ).toBeNull();
  });
});

describe('a row', () => {
  test.each(seqs)('of entry %i may not be missing', (seq) => {
    expect(verdict(chain, changed(seq, null))).toEqual({ engineer, seq, reason: `its row in ${rowOf[seq]?.[0]} is missing` });
  });

  test('that is missing is named by its first entry, whatever the table', () => {
    expect(verdict(chain, [...pinsOf(1)])).toMatchObject({ seq: 1 });
    expect(
      verdict(
        chain,
        rows.filter((row) => row !== rowOf[11] && row !== rowOf[3] && row !== rowOf[7]),
      ),
    ).toMatchObject({ seq: 3 });
  });

  test.each<[string, number, Row, string, string, string]>([
    ['of evidence', 3, { digest: 'ab' }, 'digest', 'ab', entry(3).digest],
    ['of evidence', 1, { at: 'then' }, 'at', 'then', entry(1).at],
    ['of evidence', 1, { engineer_id: mentor }, 'engineer_id', mentor, engineer],
    ['of a submission', 6, { digest: entry(5).digest }, 'digest', entry(5).digest, entry(6).digest],
    ['of a submission', 5, { submitted_on: '2026-11-03' }, 'submitted_on', '2026-11-03', '2026-11-02'],
    ['of an approval', 7, { mentor_id: admin }, 'mentor_id', admin, mentor],
    ['of an approval', 7, { submission: 1 }, 'submission', '1', '2'],
    ['of an approval', 7, { submission_digest: 'cd' }, 'submission_digest', 'cd', 'ab'],
    ['of an approval', 7, { at: 'then' }, 'at', 'then', entry(7).at],
    ['of a sign-off', 8, { digest: 'ab' }, 'digest', 'ab', entry(8).digest],
    ['of a sign-off', 8, { claim_id: 'd' }, 'claim_id', 'd', 'c'],
    ['of a sign-off', 8, { submission: 1 }, 'submission', '1', '2'],
    ['of a sign-off', 8, { skill_level_ref: 'f-1:SKIL.4' }, 'skill_level_ref', 'f-1:SKIL.4', 'f-1:SKIL.3'],
    ['of a sign-off', 8, { skill_ref: 'f-1:ELSE' }, 'skill_ref', 'f-1:ELSE', 'f-1:SKIL'],
    ['of a sign-off', 8, { level: 4 }, 'level', '4', '3'],
    ['of a sign-off', 8, { signed_off_on: '2026-11-01' }, 'signed_off_on', '2026-11-01', '2026-11-02'],
    ['of a sign-off', 10, { valid_until: null }, 'valid_until', 'null', '2027-11-02'],
    ['of a sign-off', 8, { valid_until: '2030-01-01' }, 'valid_until', '2030-01-01', 'null'],
    ['of a sign-off', 8, { total: 2 }, 'total', '2', '3'],
    ['of a sign-off', 8, { accepted: 3 }, 'accepted', '3', '2'],
    ['of a revocation', 11, { revoked_by: mentor }, 'revoked_by', mentor, admin],
    ['of a target', 12, { level: 5 }, 'level', '5', '4'],
    ['of a target', 12, { skill_level_ref: 'f-1:SKIL.5' }, 'skill_level_ref', 'f-1:SKIL.5', 'f-1:SKIL.4'],
    ['of a target', 12, { reach_by: '2028-06-30' }, 'reach_by', '2028-06-30', '2027-06-30'],
    ['of a target', 12, { set_by: admin }, 'set_by', admin, engineer],
    ['of a target', 12, { digest: 'ab' }, 'digest', 'ab', entry(12).digest],
    ['of a target taken back', 13, { level: 4 }, 'level', '4', 'null'],
    ['of a revocation', 11, { revoked_on: '2026-11-03' }, 'revoked_on', '2026-11-03', '2026-11-02'],
    ['of a revocation', 11, { content_digest: 'ab' }, 'content_digest', 'ab', entry(11).digest],
    ['of an expiry', 9, { at: 'then' }, 'at', 'then', entry(9).at],
  ])('%s (entry %i) may not say something else: %j', (_, seq, change, column, is, not) => {
    expect(verdict(chain, changed(seq, change))).toEqual({
      engineer,
      seq,
      reason: `its row in ${rowOf[seq]?.[0]} says something else: ${column} is ${is}, not ${not}`,
    });
  });

  test('must have what the ledger knows: a column that is gone is something else', () => {
    const [table, { mentor_id: _, ...row }] = rowOf[7] as readonly [RowTable, Row];
    expect(verdict(chain, [...changed(7, null), [table, row]])).toMatchObject({
      seq: 7,
      reason: `its row in approval says something else: mentor_id is null, not ${mentor}`,
    });
  });

  test.each<[string, Rows[number], string]>([
    ['of evidence never logged', ['evidence_revision', { evidence_id: 'z', revision: 1 }], 'evidence_revision (evidence_id z, revision 1)'],
    ['of a revision never made', ['evidence_revision', { evidence_id: 'b', revision: 2 }], 'evidence_revision (evidence_id b, revision 2)'],
    [
      'of a revision that is no number',
      ['evidence_revision', { evidence_id: 'b', revision: '1' }],
      'evidence_revision (evidence_id b, revision 1)',
    ],
    ['of a submission never made', ['claim_submission', { claim_id: 'c', submission: 3 }], 'claim_submission (claim_id c, submission 3)'],
    ['of submission 0', ['claim_submission', { claim_id: 'c', submission: 0 }], 'claim_submission (claim_id c, submission 0)'],
    [
      'of an approval never given',
      ['approval', { claim_id: 'c', submission: 2, mentor_id: admin, content_digest: 'ab' }],
      `approval (claim_id c, submission 2, mentor_id ${admin})`,
    ],
    ['of a sign-off never granted', ['sign_off', { sign_off_id: 'u' }], 'sign_off (sign_off_id u)'],
    ['of a revocation never made', ['revocation', { sign_off_id: 's' }], 'revocation (sign_off_id s)'],
    ['of a target never set', ['target', { skill_ref: 'f-1:SKIL', revision: 3 }], 'target (skill_ref f-1:SKIL, revision 3)'],
    ['of an expiry never noted', ['sign_off_expiry', { sign_off_id: 't' }], 'sign_off_expiry (sign_off_id t)'],
  ])('%s has no entry', (_, row, name) => {
    expect(verdict(chain, [...rows, row])).toEqual({ engineer, reason: `a row of ${name} has no entry in the ledger` });
  });

  test.each(seqs)('of entry %i may not be there twice', (seq) => {
    const row = rowOf[seq] as Rows[number];
    expect(verdict(chain, [...rows, row])).toMatchObject({
      engineer,
      reason: expect.stringContaining('has no entry in the ledger') as string,
    });
  });

  test.each(['policy', 'accreditation', 'person', 'people'])('of %s does not belong to a record', (table) => {
    expect(verdict(chain, [...rows, [table as RowTable, {}]])).toEqual({ engineer, reason: `a row of ${table} stands where none belongs` });
  });
});

describe('pins', () => {
  const reason = 'the rows of claim_pin are not what was submitted';
  const others = rows.filter(([table]) => table !== 'claim_pin');
  const [first, ...rest] = pinsOf(2) as [Rows[number], ...Rows];

  test.each<[string, Rows, number]>([
    ['of which one is missing', [...others, ...pinsOf(1), ...rest], 6],
    ['that are all missing', [...others, ...pinsOf(2)], 5],
    ['of which there is one too many', [...rows, ['claim_pin', { ...first[1], evidence_id: 'z' }]], 6],
    ['of another piece of evidence', [...others, ...pinsOf(1), ...rest, ['claim_pin', { ...first[1], evidence_id: 'z' }]], 6],
    ['of another revision', [...others, ...pinsOf(1), ...rest, ['claim_pin', { ...first[1], revision: 2 }]], 6],
    ['of another statement', [...others, ...pinsOf(1), ...rest, ['claim_pin', { ...first[1], statement_ref: statement(3) }]], 6],
  ])('%s', (_, some, seq) => {
    expect(verdict(chain, some)).toEqual({ engineer, seq, reason });
  });

  test.each<[string, Row, string]>([
    ['another submission', { submission: 3 }, 'claims/c submission 3'],
    ['another claim', { claim_id: 'd' }, 'claims/d submission 2'],
  ])('of %s that the ledger does not have', (_, change, name) => {
    expect(verdict(chain, [...rows, ['claim_pin', { ...first[1], ...change }]])).toEqual({
      engineer,
      reason: `claim_pin has rows of ${name}, which the ledger does not have`,
    });
  });

  test('are not judged where the content that lists them was erased; of other submissions they are', () => {
    expect(verdict(erased(6), [...others, ...pinsOf(1)])).toBeNull();
    expect(verdict(erased(6), rows)).toBeNull();
    expect(verdict(erased(6), [...others, ...pinsOf(2)])).toEqual({ engineer, seq: 5, reason });
  });

  test('of a submission that rested on nothing are none', () => {
    for (const content of [
      { submission: 1, submittedOn: '2026-11-02' },
      { submission: 1, submittedOn: '2026-11-02', statements: [{ ref: 'x' }] },
    ]) {
      const [only] = chainOf(engineer, [{ kind: 'claim.submitted', subject: 'claims/c', content }]) as [EntryLine];
      const row: Row = {
        engineer_id: engineer,
        at: only.at,
        claim_id: 'c',
        submission: 1,
        submitted_on: '2026-11-02',
        digest: only.digest,
      };
      expect(verdict([only], [['claim_submission', row]])).toBeNull();
      expect(verdict([only], [['claim_submission', row], ...pinsOf(1)])).toEqual({ engineer, seq: 1, reason });
    }
  });
});

describe('where content is gone', () => {
  const all = erased(1, 2, 3, 5, 6, 9, 11, 12);

  test('digests, days, times and actors are still held against the rows', () => {
    expect(verdict(all, rows)).toBeNull();
    for (const [seq, change] of [
      [5, { digest: 'ab' }],
      [5, { at: 'then' }],
      [11, { revoked_by: mentor }],
      [11, { content_digest: 'ab' }],
      [12, { set_by: admin }],
      [12, { digest: 'ab' }],
    ] as const) {
      expect(verdict(all, changed(seq, change))).toMatchObject({ engineer, seq });
    }
  });

  test('it is counted how many rows say something that only the content said: pins too, digests and times not', () => {
    expect(held(chain, rows)).toBe(0);
    expect(held(erased(1, 2, 3, 4, 9), rows)).toBe(0);
    expect(held(erased(5), rows)).toBe(1 + pinsOf(1).length);
    expect(held(erased(11), rows)).toBe(1);
    expect(held(erased(12), changed(12, { level: 7 }))).toBe(1);
    expect(held(all, rows)).toBe(4 + pinsOf(1).length + pinsOf(2).length);
  });

  test.each<[number, string, string, boolean]>([
    [5, 'submitted_on', '2026-11-01', true],
    [5, 'submitted_on', '2026-11-03', true],
    [5, 'submitted_on', '2026-11-04', false],
    [5, 'submitted_on', '2026-10-31', false],
    [5, 'submitted_on', 'one day', false],
    [11, 'revoked_on', '2026-11-01', true],
    [11, 'revoked_on', '2026-11-03', true],
    [11, 'revoked_on', '2026-11-04', false],
    [11, 'revoked_on', '2025-11-02', false],
  ])('the day of entry %i in %s lies at most a day from its instant: %s', (seq, column, day, fits) => {
    expect(verdict(all, changed(seq, { [column]: day }))).toEqual(
      fits
        ? null
        : {
            engineer,
            seq,
            reason: `its row in ${rowOf[seq]?.[0]} says something else: ${column} is ${day}, not the day of ${entry(seq).at}`,
          },
    );
  });

  test('a day is a text', () => {
    expect(verdict(all, changed(5, { submitted_on: null }))).toMatchObject({ seq: 5 });
    expect(verdict(all, changed(5, { submitted_on: 2026 }))).toMatchObject({ seq: 5 });
  });

  test('a day is one that the calendar has', () => {
    expect(verdict(all, changed(5, { submitted_on: '2026-11-02T00:00:00Z' }))).toMatchObject({ seq: 5 });
  });

  test('content of another form is not gone: it says nothing, and so may its row', () => {
    for (const content of ['a text', ['a list'], null, 7]) {
      const lines = chainOf(
        engineer,
        acts.map((act, i) => (i === 7 ? { ...act, content } : act)),
      );
      const digest = lines[7]?.digest ?? '';
      expect(verdict(lines, changed(8, { digest }))).toMatchObject({
        seq: 8,
        reason: 'its row in sign_off says something else: claim_id is c, not null',
      });
    }
  });
});

describe('an approval and a sign-off whose content is gone', () => {
  const supports = (level: number, n: number): string => `evidence/a/supports/f-1:SKIL.${level}.${n}`;
  const policy = { version: 1, validMonths: 6 };
  const claimed: MadeEntry[] = [
    { kind: 'claim.drafted', subject: 'claims/c', content: { skillLevel: 'f-1:SKIL.3' } },
    { kind: 'claim.drafted', subject: 'claims/d', content: { skillLevel: 'f-1:SKIL.5' } },
    { kind: 'support.accepted', subject: supports(3, 1) },
    { kind: 'claim.submitted', subject: 'claims/c', content: { submission: 1, submittedOn: '2026-11-02', policy } },
    { kind: 'claim.submitted', subject: 'claims/c', content: { submission: 2, submittedOn: '2026-11-02', policy } },
    { kind: 'claim.submitted', subject: 'claims/d', content: { submission: 1, submittedOn: '2026-11-02' } },
    { kind: 'claim.approved', subject: 'claims/c', actor: mentor },
    { kind: 'sign-off.granted', subject: 'sign-offs/s' },
    { kind: 'support.accepted', subject: supports(4, 1) },
  ];
  const made = (gone: readonly number[], entries = claimed): EntryLine[] =>
    chainOf(
      engineer,
      entries.map((one, i) => ({ ...one, gone: gone.includes(i + 1) })),
    );
  const lines = made([]);
  const at = (seq: number): string => lines[seq - 1]?.at ?? '';
  const digest = (seq: number): string => lines[seq - 1]?.digest ?? '';
  const submission = (seq: number, claim: string, n: number): Rows[number] => [
    'claim_submission',
    { engineer_id: engineer, at: at(seq), claim_id: claim, submission: n, submitted_on: '2026-11-02', digest: digest(seq) },
  ];
  const approvalGiven: Row = {
    engineer_id: engineer,
    at: at(7),
    claim_id: 'c',
    submission: 2,
    mentor_id: mentor,
    submission_digest: digest(5),
    content_digest: digest(7),
  };
  const signedOff: Row = {
    ...signOff,
    engineer_id: engineer,
    at: at(8),
    sign_off_id: 's',
    valid_until: null,
    digest: digest(8),
    total: 9,
    accepted: 7,
  };
  /** What is said of the approval and the sign-off, where these contents are gone, and in their rows something else. */
  const said = (
    gone: readonly number[],
    { approval = {}, granted: changes = {} }: { approval?: Row; granted?: Row } = {},
    { entries = claimed, facts = organisation() }: { entries?: MadeEntry[]; facts?: AdministrationFacts } = {},
  ): unknown =>
    held(
      made(gone, entries),
      [
        submission(4, 'c', 1),
        submission(5, 'c', 2),
        submission(6, 'd', 1),
        ['approval', { ...approvalGiven, ...approval }],
        ['sign_off', { ...signedOff, ...changes }],
      ],
      facts,
    );
  const frozen = [4, 5, 7, 8];
  const difference = (seq: number, table: string, what: string): object => ({
    engineer,
    seq,
    reason: `its row in ${table} says something else: ${what}`,
  });

  test('fit where they are what the chain proves; how many statements there were it does not', () => {
    expect(said(frozen)).toBe(4);
    expect(said([...frozen, 1, 2, 3, 6, 9])).toBe(5);
  });

  test.each<[Row, string]>([
    [{ submission: 1 }, 'submission is 1, not 2'],
    [{ submission: 3 }, 'submission is 3, not 2'],
    [{ submission_digest: digest(4) }, `submission_digest is ${digest(4)}, not ${digest(5)}`],
    [{ mentor_id: admin }, `mentor_id is ${admin}, not ${mentor}`],
    [{ at: 'then' }, `at is then, not ${at(7)}`],
  ])('the approval is of the newest submission of its claim: %j', (approval, what) => {
    expect(said(frozen, { approval })).toEqual(difference(7, 'approval', what));
  });

  test.each<[Row, string]>([
    [{ claim_id: 'd' }, 'claim_id is d, not c'],
    [{ submission: 1 }, 'submission is 1, not 2'],
    [{ digest: 'ab' }, `digest is ab, not ${digest(8)}`],
    [{ skill_level_ref: 'f-1:SKIL.5' }, 'skill_level_ref is f-1:SKIL.5, not f-1:SKIL.3'],
    [{ level: 5 }, 'level is 5, not 3'],
    [{ skill_ref: 'f-1:ELSE' }, 'skill_ref is f-1:ELSE, not f-1:SKIL'],
    [{ signed_off_on: '2026-10-31' }, `signed_off_on is 2026-10-31, not the day of ${at(8)}`],
    [{ signed_off_on: 'a day' }, `signed_off_on is a day, not the day of ${at(8)}`],
    [{ signed_off_on: null }, `signed_off_on is null, not the day of ${at(8)}`],
    [{ valid_until: '2030-01-01' }, 'valid_until is 2030-01-01, not as a policy of the level says'],
    [{ valid_until: '2027-11-03' }, 'valid_until is 2027-11-03, not as a policy of the level says'],
  ])('the sign-off is of the claim that was approved right before it: %j', (changes, what) => {
    expect(said(frozen, { granted: changes })).toEqual(difference(8, 'sign_off', what));
  });

  test('the sign-off may lie a day from its instant, and lasts as some version of the level’s policy says, from its day on', () => {
    expect(said(frozen, { granted: { valid_until: '2027-11-02' } })).toBe(4);
    expect(said(frozen, { granted: { signed_off_on: '2026-11-03', valid_until: '2027-11-03' } })).toBe(4);
    expect(said(frozen, { granted: { valid_until: '2027-05-02' } })).toMatchObject({ seq: 8 });
  });

  test('a submission that is left says by which policy the claim was judged', () => {
    for (const gone of [
      [5, 7, 8],
      [4, 7, 8],
    ]) {
      expect(said(gone, { granted: { valid_until: '2027-05-02' } })).toBe(3);
      expect(said(gone)).toEqual(difference(8, 'sign_off', 'valid_until is null, not as a policy of the level says'));
      expect(said(gone, { granted: { valid_until: '2027-11-02' } })).toMatchObject({ seq: 8 });
    }
  });

  test('a file without an administration ledger says nothing of policies', () => {
    expect(said(frozen, { granted: { valid_until: '2030-01-01' } }, { facts: new AdministrationFacts() })).toBe(4);
    const other = new AdministrationFacts();
    other.entry(lines[0] as EntryLine, {});
    other.policy('f-1:SKIL.4', null);
    expect(said(frozen, {}, { facts: other })).toMatchObject({ seq: 8 });
  });

  test('where the words of the draft are erased too, the level is one of which a statement was accepted before', () => {
    const all = [...frozen, 1];
    const of = (level: number): Row => ({ skill_level_ref: `f-1:SKIL.${level}`, level });
    const facts = organisation();
    for (const level of [4, 5]) facts.policy(`f-1:SKIL.${level}`, null);
    expect(said(all, { granted: of(3) }, { facts })).toBe(4);
    for (const level of [4, 5]) {
      expect(said(all, { granted: of(level) }, { facts })).toEqual(
        difference(8, 'sign_off', `skill_level_ref is f-1:SKIL.${level}, not a level of which a statement was accepted`),
      );
    }
    const returned = claimed.map((one, i) => (i === 2 ? { ...one, kind: 'support.returned' } : one));
    expect(said(all, { granted: of(3) }, { facts, entries: returned })).toMatchObject({ seq: 8 });
  });

  test('where only the words of the draft are redacted, the level is that of the submission', () => {
    const levelled = (level: number): MadeEntry[] =>
      claimed.map((one, i) =>
        i === 3 || i === 4 ? { ...one, content: { ...(one.content as object), skillLevel: `f-1:SKIL.${level}` } } : one,
      );
    const of = (level: number): Row => ({ skill_level_ref: `f-1:SKIL.${level}`, level });
    const facts = organisation();
    for (const level of [3, 5]) facts.policy(`f-1:SKIL.${level}`, null);
    const lost = (level: number, row: Row): unknown => {
      const entries = levelled(level);
      const digests = made([], entries).map((one) => one.digest);
      const rows: Rows = [
        ['claim_submission', { ...submission(4, 'c', 1)[1], digest: digests[3] ?? '' }],
        ['claim_submission', { ...submission(5, 'c', 2)[1], digest: digests[4] ?? '' }],
        submission(6, 'd', 1),
        ['approval', { ...approvalGiven, submission_digest: digests[4] ?? '' }],
        ['sign_off', { ...signedOff, valid_until: '2027-05-02', ...row }],
      ];
      return held(made([1, 7, 8], entries), rows, facts);
    };
    expect(lost(3, of(3))).toBe(2);
    // a statement of level 3 was accepted: by that alone it could be 3
    expect(lost(5, of(3))).toEqual(difference(8, 'sign_off', 'skill_level_ref is f-1:SKIL.3, not f-1:SKIL.5'));
  });

  test('the approval is the entry right before', () => {
    const between = claimed.toSpliced(6, 1, { kind: 'claim.refused', subject: 'claims/c', actor: mentor });
    expect(
      held(made(frozen, between), [submission(4, 'c', 1), submission(5, 'c', 2), submission(6, 'd', 1), ['sign_off', signedOff]]),
    ).toEqual(difference(8, 'sign_off', 'claim_id is c, not null'));
  });

  test('of a claim that was never submitted there is nothing to approve', () => {
    const entries: MadeEntry[] = [{ kind: 'claim.approved', subject: 'claims/e', actor: mentor, gone: true }];
    const [one] = chainOf(engineer, entries) as [EntryLine];
    const row = { ...approvalGiven, at: one.at, claim_id: 'e', content_digest: one.digest };
    expect(verdict([one], [['approval', { ...row, submission: 0, submission_digest: null }]])).toBeNull();
    expect(verdict([one], [['approval', { ...row, submission: 1 }]])).toMatchObject({ seq: 1 });
    expect(verdict([one], [['approval', { ...row, submission: 0 }]])).toMatchObject({ seq: 1 });
  });
});

describe('the policy of a claim', () => {
  const policy = { version: 1, approvals: 2 };
  const first: MadeEntry = { kind: 'claim.submitted', subject: 'claims/c', content: { policy } };
  const approved: MadeEntry = { kind: 'claim.approved', subject: 'claims/c' };
  const told = (...entries: MadeEntry[]): unknown =>
    misfitOf(() => {
      const record = new RecordRows(engineer, organisation());
      for (const { content, ...one } of chainOf(engineer, entries)) record.entry(one, content);
      return null;
    });
  const again = (kind: string, content: Json, more: Partial<MadeEntry> = {}): MadeEntry[] =>
    kind === 'claim.submitted'
      ? [{ kind, subject: 'claims/c', content, ...more }]
      : [approved, { kind, subject: 'sign-offs/s', content, ...more }];
  const kinds = ['claim.submitted', 'sign-off.granted'];

  test.each(kinds)('stays the same in %s; numbers that it did not have may be added', (kind) => {
    expect(told(first, ...again(kind, { policy }))).toBeNull();
    expect(told(first, ...again(kind, { policy: { approvals: 2, version: 1, more: true } }))).toBeNull();
    expect(told(first, ...again(kind, { policy: { version: 2, approvals: 1 } }, { gone: true }))).toBeNull();
    expect(told({ ...first, gone: true }, ...again(kind, { policy: { version: 2 } }))).toBeNull();
    expect(told({ ...first, subject: 'claims/d' }, ...again(kind, { policy: { version: 2 } }))).toBeNull();
  });

  test.each(kinds)('may not be another one in %s, nor lack anything', (kind) => {
    for (const other of [{ policy: { version: 1, approvals: 1 } }, { policy: { version: 1 } }, { policy: 7 }, {}]) {
      const entries = [first, ...again(kind, other)];
      expect(told(...entries)).toEqual({
        engineer,
        seq: entries.length,
        reason: 'it names another policy than the one that the claim was submitted under',
      });
    }
  });

  test('is that of the first submission that is left', () => {
    const second = { kind: 'claim.submitted', subject: 'claims/c', content: { policy: { version: 2 } } };
    expect(told({ ...first, gone: true }, second, approved, { kind: 'sign-off.granted', content: { policy } })).toMatchObject({ seq: 4 });
    expect(told(first, { kind: 'claim.edited', subject: 'claims/c', content: { policy: { version: 3 } } })).toBeNull();
  });
});

describe('what content leaves out', () => {
  const only = (kind: string, subject: string, content: Json): EntryLine => chainOf(engineer, [{ kind, subject, content }])[0] as EntryLine;

  test.each<[string, EntryLine, RowTable, Row, string]>([
    [
      'the submission’s number',
      only('claim.submitted', 'claims/c', { submittedOn: '2026-11-02' }),
      'claim_submission',
      { claim_id: 'c', submission: 1, submitted_on: '2026-11-02' },
      'submission is 1, not null',
    ],
    [
      'the submission’s day',
      only('claim.submitted', 'claims/c', { submission: 1 }),
      'claim_submission',
      { claim_id: 'c', submission: 1, submitted_on: '2026-11-02' },
      'submitted_on is 2026-11-02, not null',
    ],
    [
      'the revocation’s day',
      only('sign-off.revoked', 'sign-offs/s', {}),
      'revocation',
      { sign_off_id: 's', revoked_by: engineer, revoked_on: '2026-11-02' },
      'revoked_on is 2026-11-02, not null',
    ],
  ])('the row may not say: %s', (_, { content, ...one }, table, row, difference) => {
    const digests = { digest: one.digest, content_digest: one.digest };
    expect(verdict([{ ...one, content: content ?? null }], [[table, { engineer_id: engineer, at: one.at, ...digests, ...row }]])).toEqual({
      engineer,
      seq: 1,
      reason: `its row in ${table} says something else: ${difference}`,
    });
  });
});
