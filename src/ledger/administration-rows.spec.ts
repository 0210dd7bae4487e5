import { type MadeEntry, chainOf, misfitOf } from '../../test/factories/ledger';
import { administrationId, accreditationSubject, personSubject, policySubject } from './administration';
import { AdministrationFacts } from './administration-facts';
import { AdministrationRows } from './administration-rows';
import type { Row, RowTable } from './ledger-file';

const [person, other, admin] = ['p1', 'p2', 'p3'] as const;

type Rows = readonly (readonly [RowTable, Row])[];
/** What is said of these rows after these acts, of which the first is of 9:01, the second of 9:02, …; null: they agree. */
const verdict = (acts: readonly MadeEntry[], rows: Rows): unknown =>
  misfitOf(() => {
    const administration = new AdministrationRows();
    const made = acts.map((act) => ({ actor: admin, ...act }));
    for (const { content, ...entry } of chainOf(administrationId, made)) administration.entry(entry, content);
    for (const [table, row] of rows) administration.row(table, row);
    administration.finish();
    return null;
  });
const at = (n: number): string => `2026-11-02T09:0${n}:00.000Z`;
const engineer = administrationId;

const policyRow = (version: number, more: Row = {}): Rows[number] => [
  'policy',
  { skill_level_ref: 'f-1:SKIL.3', version, may_miss: 0, valid_months: null, set_by: admin, set_at: at(1), ...more },
];
const policySet = (version: number, numbers: Record<string, number | null> = { mayMiss: 0, validMonths: null }): MadeEntry => ({
  kind: 'policy.set',
  subject: policySubject('f-1:SKIL.3'),
  content: { skillLevel: 'f-1:SKIL.3', version, numbers },
});
const accreditation: Row = {
  person_id: person,
  accreditation_id: 'a1',
  skill_ref: 'f-1:SKIL',
  up_to_level: 4,
  reason: 'the first mentor',
  granted_by: admin,
  granted_at: at(1),
  ended_by: null,
  ended_at: null,
};
const grant: MadeEntry = {
  kind: 'accreditation.granted',
  subject: accreditationSubject(person, 'a1'),
  content: { skill: 'f-1:SKIL', upToLevel: 4, reason: 'the first mentor' },
};
const end: MadeEntry = { kind: 'accreditation.ended', subject: accreditationSubject(person, 'a1'), actor: other };
const personRow = (roles: string[], active = true, personId: string = person): Rows[number] => [
  'person',
  { person_id: personId, roles, active },
];
const about = (kind: string, content: NonNullable<MadeEntry['content']> = {}, who: string = person): MadeEntry => ({
  kind,
  subject: personSubject(who),
  content,
});

test('the paths of what acts are done to', () => {
  expect([personSubject('p'), accreditationSubject('p', 'a'), policySubject('f-1:SKIL.3')]).toEqual([
    'people/p',
    'people/p/accreditations/a',
    'policies/f-1:SKIL.3',
  ]);
});

describe('an installation that has adopted no rules yet', () => {
  test('has nothing held against it', () => {
    expect(verdict([], [policyRow(1), personRow(['admin'])])).toBeNull();
    expect(verdict([], [])).toBeNull();
  });

  test('has no rows of records all the same', () => {
    expect(verdict([], [['approval', {}]])).toEqual({ engineer, reason: 'a row of approval stands where none belongs' });
  });
});

describe('a policy', () => {
  test('is as it was set, by whom and when; each version is a row', () => {
    const both = [policySet(1), policySet(2, { mayMiss: 1, validMonths: 12 })];
    const second = policyRow(2, { may_miss: 1, valid_months: 12, set_at: at(2) });
    expect(verdict(both, [policyRow(1), second])).toBeNull();
    expect(verdict(both, [policyRow(1), policyRow(2)])).toEqual({
      engineer,
      seq: 2,
      reason: 'its row in policy (f-1:SKIL.3 2) says something else: may_miss is 0, not 1',
    });
    expect(verdict(both, [second])).toEqual({ engineer, seq: 1, reason: 'its row in policy (f-1:SKIL.3 1) is missing' });
  });

  test.each<[string, Row, string]>([
    ['another number', { may_miss: 2 }, 'may_miss is 2, not 0'],
    ['a number where there is none', { valid_months: 6 }, 'valid_months is 6, not null'],
    ['somebody else who set it', { set_by: other }, `set_by is ${other}, not ${admin}`],
    ['another time', { set_at: at(2) }, `set_at is ${at(2)}, not ${at(1)}`],
  ])('with %s is found', (_, change, difference) => {
    expect(verdict([policySet(1)], [policyRow(1, change)])).toEqual({
      engineer,
      seq: 1,
      reason: `its row in policy (f-1:SKIL.3 1) says something else: ${difference}`,
    });
  });

  test('comes with its framework: nobody has set it', () => {
    const loaded: MadeEntry = {
      kind: 'framework.loaded',
      subject: 'frameworks/f-1',
      content: {
        policies: [
          { skillLevel: 'f-1:SKIL.3', version: 1, numbers: { mayMiss: 0, validMonths: null } },
          { skillLevel: 'f-1:SKIL.4', version: 1, numbers: { mayMiss: 1, validMonths: null } },
        ],
      },
    };
    const rows = [policyRow(1, { set_by: null }), policyRow(1, { skill_level_ref: 'f-1:SKIL.4', may_miss: 1, set_by: null })];
    expect(verdict([loaded], rows)).toBeNull();
    expect(verdict([loaded], [policyRow(1), ...rows.slice(1)])).toMatchObject({ seq: 1 });
    expect(verdict([loaded], rows.slice(0, 1))).toEqual({ engineer, seq: 1, reason: 'its row in policy (f-1:SKIL.4 1) is missing' });
  });

  test('that no act set has no entry, and neither has one that is there twice', () => {
    const stranger = policyRow(2);
    expect(verdict([policySet(1)], [policyRow(1), stranger])).toEqual({
      engineer,
      reason: 'a row of policy (f-1:SKIL.3 2) has no entry in the ledger',
    });
    expect(verdict([policySet(1)], [policyRow(1), policyRow(1)])).toEqual({
      engineer,
      reason: 'a row of policy (f-1:SKIL.3 1) has no entry in the ledger',
    });
  });
});

describe('an accreditation', () => {
  test('is as it was granted, and as it was ended', () => {
    expect(verdict([grant], [['accreditation', accreditation]])).toBeNull();
    expect(verdict([grant, end], [['accreditation', { ...accreditation, ended_by: other, ended_at: at(2) }]])).toBeNull();
  });

  test.each<[string, Row, string]>([
    ['of another level', { up_to_level: 7 }, 'up_to_level is 7, not 4'],
    ['of another skill', { skill_ref: 'f-1:ELSE' }, 'skill_ref is f-1:ELSE, not f-1:SKIL'],
    ['for another reason', { reason: 'because' }, 'reason is because, not the first mentor'],
    ['by somebody else', { granted_by: person }, `granted_by is ${person}, not ${admin}`],
    ['at another time', { granted_at: at(3) }, `granted_at is ${at(3)}, not ${at(1)}`],
    ['ended by somebody', { ended_by: other }, `ended_by is ${other}, not null`],
    ['ended at some time', { ended_at: at(2) }, `ended_at is ${at(2)}, not null`],
  ])('%s is found', (_, change, difference) => {
    expect(verdict([grant], [['accreditation', { ...accreditation, ...change }]])).toEqual({
      engineer,
      seq: 1,
      reason: `its row in accreditation (${person} a1) says something else: ${difference}`,
    });
  });

  test('that is in force again after its end is found, and so is one that ended otherwise', () => {
    expect(verdict([grant, end], [['accreditation', accreditation]])).toMatchObject({ seq: 2 });
    expect(verdict([grant, end], [['accreditation', { ...accreditation, ended_by: admin, ended_at: at(2) }]])).toMatchObject({
      seq: 2,
      reason: expect.stringContaining(`ended_by is ${admin}, not ${other}`) as string,
    });
    expect(
      verdict([grant, end], [['accreditation', { ...accreditation, up_to_level: 7, ended_by: other, ended_at: at(2) }]]),
    ).toMatchObject({
      reason: expect.stringContaining('up_to_level is 7, not 4') as string,
    });
  });

  test('may not be missing, nor be there for somebody else', () => {
    expect(verdict([grant], [])).toEqual({ engineer, seq: 1, reason: `its row in accreditation (${person} a1) is missing` });
    expect(verdict([grant], [['accreditation', { ...accreditation, person_id: other }]])).toEqual({
      engineer,
      reason: `a row of accreditation (${other} a1) has no entry in the ledger`,
    });
  });

  test('whose content was erased is held against what the entry itself says', () => {
    const gone = [{ ...grant, gone: true }];
    expect(verdict(gone, [['accreditation', { ...accreditation, reason: 'erased', up_to_level: 7 }]])).toBeNull();
    expect(verdict(gone, [['accreditation', { ...accreditation, granted_by: person }]])).toMatchObject({ seq: 1 });
  });

  test('whose content leaves something out has none of it', () => {
    const bare = { ...grant, content: {} };
    const nothing = { skill_ref: null, up_to_level: null, reason: null };
    expect(verdict([bare], [['accreditation', { ...accreditation, ...nothing }]])).toBeNull();
    for (const column of Object.keys(nothing)) {
      expect(verdict([bare], [['accreditation', { ...accreditation, ...nothing, [column]: 'something' }]])).toMatchObject({ seq: 1 });
    }
  });
});

describe('a person', () => {
  test.each<[string, MadeEntry[], Rows]>([
    ['added with roles', [about('person.added', { roles: ['admin'] })], [personRow(['admin'])]],
    ['added without', [about('person.added', { roles: [] })], []],
    [
      'imported',
      [
        {
          kind: 'people.imported',
          content: {
            people: [
              { person, roles: ['auditor'] },
              { person: other, roles: [] },
            ],
          },
        },
      ],
      [personRow(['auditor'])],
    ],
    ['given roles', [about('person.added'), about('roles.changed', { roles: ['admin', 'auditor'] })], [personRow(['admin', 'auditor'])]],
    ['whose roles were taken', [about('person.added', { roles: ['admin'] }), about('roles.changed', { roles: [] })], []],
    ['deactivated', [about('person.deactivated')], [personRow([], false)]],
    ['deactivated with roles', [about('roles.changed', { roles: ['admin'] }), about('person.deactivated')], [personRow(['admin'], false)]],
    ['reactivated', [about('person.deactivated'), about('person.reactivated')], []],
    ['erased', [about('roles.changed', { roles: ['admin'] }), about('person.erased')], [personRow([], false)]],
    ['edited', [about('person.edited'), about('invitation.issued'), about('manager.changed')], []],
    ['of whom nothing special is said has a row or not', [about('person.added')], [personRow([])]],
  ])('%s', (_, acts, rows) => {
    expect(verdict(acts, rows)).toBeNull();
  });

  test('with roles that nobody gave is found', () => {
    expect(verdict([about('person.added', { roles: ['auditor'] })], [personRow(['admin', 'auditor'])])).toEqual({
      engineer,
      seq: 1,
      reason: `its row in person (${person}) says something else: roles is ["admin","auditor"], not ["auditor"]`,
    });
    expect(verdict([about('person.added')], [personRow(['admin'], true, other)])).toEqual({
      engineer,
      reason: `a row of person (${other}) has no entry in the ledger`,
    });
  });

  test.each<[string, MadeEntry[], Rows, number]>([
    ['active again', [about('person.deactivated')], [personRow([])], 1],
    ['deactivated', [about('roles.changed', { roles: ['admin'] })], [personRow(['admin'], false)], 1],
    ['an admin again after they were erased', [about('person.erased')], [personRow(['admin'], false)], 1],
    ['active again after they were erased', [about('person.erased')], [personRow([])], 1],
    ['with what was taken', [about('person.added', { roles: ['admin'] }), about('roles.changed')], [personRow(['admin'])], 2],
  ])('%s without an act is found', (_, acts, rows, seq) => {
    expect(verdict(acts, rows)).toMatchObject({ engineer, seq });
  });

  test.each<[string, MadeEntry[], number]>([
    ['roles', [about('person.added'), about('roles.changed', { roles: ['admin'] })], 2],
    ['being deactivated', [about('person.deactivated')], 1],
    ['being deactivated, with roles', [about('person.added', { roles: ['admin'] }), about('person.deactivated')], 2],
  ])('who has lost %s is found', (_, acts, seq) => {
    expect(verdict(acts, [])).toEqual({
      engineer,
      seq,
      reason: `its row in person (${person}) has lost what this entry gave: roles, or that they are deactivated`,
    });
  });

  test('imported without a word of roles has none', () => {
    expect(verdict([{ kind: 'people.imported', content: { people: [{ person }] } }], [personRow([])])).toBeNull();
    expect(verdict([{ kind: 'people.imported', content: { people: 'nobody' } }], [])).toBeNull();
  });
});

describe('somebody who is erased', () => {
  const reason = 'it gives something back to somebody who was erased before';
  test.each<[string, MadeEntry]>([
    ['roles', about('roles.changed', { roles: ['auditor'] })],
    ['roles, as if they were new', about('person.added', { roles: ['auditor'] })],
    ['roles, by an import', { kind: 'people.imported', content: { people: [{ person, roles: ['admin'] }] } }],
    ['a way in', about('person.reactivated')],
    ['an accreditation', grant],
  ])('is not given %s', (_, gift) => {
    expect(verdict([about('person.erased'), gift], [])).toEqual({ engineer, seq: 2, reason });
    expect(JSON.stringify(verdict([about('person.erased', {}, other), gift], [personRow([], false, other)]))).not.toContain(reason);
  });

  test('may be named by acts that give nothing', () => {
    const acts = [about('roles.changed', { roles: [] }), about('person.deactivated'), about('manager.changed')];
    expect(
      verdict(
        [grant, about('person.erased'), ...acts, end],
        [['accreditation', { ...accreditation, ended_by: other, ended_at: at(6) }], personRow([], false)],
      ),
    ).toBeNull();
  });
});

describe('rows whose content was erased', () => {
  const held = (acts: readonly MadeEntry[], rows: Rows): number => {
    const administration = new AdministrationRows();
    for (const { content, ...entry } of chainOf(
      administrationId,
      acts.map((act) => ({ actor: admin, ...act })),
    ))
      administration.entry(entry, content);
    for (const [table, row] of rows) administration.row(table, row);
    return administration.heldInPart;
  };
  test('are counted', () => {
    const rows: Rows = [['accreditation', accreditation], policyRow(1, { set_at: at(2) })];
    expect(held([grant, policySet(1)], rows)).toBe(0);
    expect(
      held([{ ...grant, content: {} }], [['accreditation', { ...accreditation, skill_ref: null, up_to_level: null, reason: null }]]),
    ).toBe(0);
    expect(held([{ ...grant, gone: true }, policySet(1)], rows)).toBe(1);
  });
});

describe('what records are held against', () => {
  test('is told: who is erased, and how long sign-offs of a level could last', () => {
    const facts = new AdministrationFacts();
    expect(facts.isSilent).toBe(true);
    const administration = new AdministrationRows(facts);
    const acts: MadeEntry[] = [
      { kind: 'rules.adopted', content: { policies: [{ skill_level_ref: 'f-1:SKIL.4', version: 1, valid_months: 6 }] } },
      policySet(1),
      policySet(2, { mayMiss: 0, validMonths: 12 }),
      about('person.erased'),
    ];
    for (const { content, ...entry } of chainOf(administrationId, acts)) administration.entry(entry, content);
    expect(facts.isSilent).toBe(false);
    expect([facts.monthsOf('f-1:SKIL.4'), facts.monthsOf('f-1:SKIL.3'), facts.monthsOf('f-1:SKIL.5')]).toEqual([[6], [null, 12], []]);
    expect([facts.isErased(person), facts.isErased(other)]).toEqual([true, false]);
  });
});

describe('what is missing', () => {
  test('is named by its first entry', () => {
    const acts = [about('roles.changed', { roles: ['admin'] }), policySet(1), about('roles.changed', { roles: ['auditor'] })];
    expect(verdict(acts, [])).toMatchObject({ seq: 2, reason: 'its row in policy (f-1:SKIL.3 1) is missing' });
  });
});

describe('rules that are adopted', () => {
  const adopted: MadeEntry = {
    kind: 'rules.adopted',
    subject: 'rules',
    content: {
      policies: [{ skill_level_ref: 'f-1:SKIL.3', version: 1, may_miss: 0, set_by: null }],
      accreditations: [{ person_id: person, accreditation_id: 'a1', up_to_level: 4 }],
      people: [{ person_id: other, roles: ['admin'], active: true }],
    },
  };
  const rows: Rows = [
    ['policy', { skill_level_ref: 'f-1:SKIL.3', version: 1, may_miss: 0, set_by: null }],
    ['accreditation', { person_id: person, accreditation_id: 'a1', up_to_level: 4 }],
    personRow(['admin'], true, other),
  ];

  test('are rows as they were found', () => {
    expect(verdict([adopted], rows)).toBeNull();
    for (const n of [0, 1, 2]) expect(verdict([adopted], rows.toSpliced(n, 1))).toMatchObject({ engineer, seq: 1 });
  });

  test('are adopted by the first entry, and by no later one: what was said before would be gone', () => {
    expect(verdict([policySet(7), adopted], [policyRow(7), ...rows])).toEqual({
      engineer,
      seq: 2,
      reason: 'rules are adopted by the first entry only',
    });
  });

  test('count from then on', () => {
    expect(verdict([adopted, about('roles.changed', { roles: [] }, other)], rows)).toMatchObject({ seq: 2 });
    expect(
      verdict([adopted, about('person.deactivated', {}, other)], [...rows.slice(0, 2), personRow(['admin'], false, other)]),
    ).toBeNull();
  });
});

test('acts that concern no rows ask for none', () => {
  const kinds = ['person.edited', 'manager.changed', 'invitation.issued', 'invitation.used', 'record.opened-by-admin'];
  expect(
    verdict(
      kinds.map((kind) => about(kind, { roles: ['admin'], policies: [{}] })),
      [],
    ),
  ).toBeNull();
});
