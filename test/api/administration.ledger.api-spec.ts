import { setTimeout as delay } from 'node:timers/promises';
import { actsSeenBy } from '../factories/administration';
import { Logger } from '@nestjs/common';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { DataSource } from 'typeorm';
import { createApp } from '../../src/app';
import { adminCreate } from '../../src/commands/admin-create';
import { ledgerVerify } from '../../src/commands/ledger-verify';
import { readSettings } from '../../src/config';
import { actKinds, administrationId } from '../../src/ledger/administration';
import type { ActItem, ActPage } from '../../src/ledger/administration.dto';
import type { LedgerVerificationAnswer } from '../../src/ledger/checkpoints.dto';
import { checkChain, genesisOf } from '../../src/ledger/entry';
import type { LedgerLine } from '../../src/ledger/ledger-file';
import { writeLines } from '../../src/ledger/ledger-lines-file';
import { ledgerLines } from '../../src/ledger/ledger.lines';
import { verifyLedger } from '../../src/ledger/ledger.verification';
import { policyNames } from '../../src/frameworks/policy';
import { testPassword, type TestPerson, byTwoAdmins, makePerson } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';
import smallPack from '../setup/small-pack.json';

let api: TestApp;
let admin: TestPerson;
let other: TestPerson;
let auditor: TestPerson;
beforeAll(async () => {
  api = await startApp();
  admin = await makePerson(api, { roles: ['admin'] });
  other = await makePerson(api, { roles: ['admin'] });
  auditor = await makePerson(api, { roles: ['auditor'] });
});
afterAll(() => api.close());

const ledger = (): Promise<ActItem[]> => actsSeenBy(auditor, 7);

/** What an act left in the ledger: the entries that are new. */
async function entriesOf(work: () => Promise<unknown>): Promise<Pick<ActItem, 'actor' | 'kind' | 'subject' | 'content'>[]> {
  const before = (await ledger()).length;
  await work();
  return (await ledger()).slice(before).map(({ actor, kind, subject, content }) => ({ actor, kind, subject, content }));
}

const ok = async (answer: Promise<{ status: number; body: unknown }>): Promise<void> => {
  const { status, body } = await answer;
  expect([status, status < 300 ? null : body]).toEqual([status, null]);
};
const tagOf = async (person: Pick<TestPerson, 'id'>): Promise<{ ifMatch: string }> => ({
  ifMatch: (await admin.get(`/people/${person.id}`)).etag ?? '',
});
const verification = async (): Promise<LedgerVerificationAnswer> =>
  (await auditor.get<LedgerVerificationAnswer>('/ledger/verification')).body;
const policyOf = async (level: number): Promise<{ numbers: Record<string, unknown>; tag: { ifMatch: string } }> => {
  const { body, etag } = await admin.get<Record<string, unknown>>(`/policies/sfia-9:ITOP.${level}`);
  return { numbers: Object.fromEntries(policyNames.map((name) => [name, body[name]])), tag: { ifMatch: etag ?? '' } };
};

afterEach(async () => {
  const entries = await ledger();
  expect(checkChain(administrationId, entries, { seq: entries.length, hash: entries.at(-1)?.hash ?? '' })).toBeNull();
  expect(await verification()).toMatchObject({ ok: true, administration: { entries: entries.length, head: entries.at(-1)?.hash } });
});

describe('every administrative act is in the ledger', () => {
  test('frameworks, from the first start on, with the policies that their levels begin with', async () => {
    const [first] = await ledger();
    expect(first).toMatchObject({ seq: 1, actor: null, kind: 'framework.loaded', subject: 'frameworks/sfia-9/skills/ITOP' });
    expect(first?.content).toMatchObject({ framework: 'sfia-9', skill: 'sfia-9:ITOP', policies: { length: 5 } });
    expect(first?.previous).toBe(genesisOf(administrationId).toString('hex'));
    const load = (): Promise<void> =>
      ok(admin.post('/frameworks/imports', undefined, { raw: JSON.stringify(smallPack), headers: { 'content-type': 'application/json' } }));
    expect(await entriesOf(load)).toMatchObject([{ actor: admin.id, kind: 'framework.loaded' }]);
    expect(await entriesOf(load)).toEqual([]);
  });

  test('policies, with all their numbers; the same numbers again are no act', async () => {
    const { numbers, tag } = await policyOf(4);
    const set = (): Promise<void> => ok(admin.put('/policies/sfia-9:ITOP.4', { ...numbers, approvals: 3 }, tag));
    expect(await entriesOf(set)).toEqual([
      {
        actor: admin.id,
        kind: 'policy.set',
        subject: 'policies/sfia-9:ITOP.4',
        content: { skillLevel: 'sfia-9:ITOP.4', version: 2, numbers: { ...numbers, approvals: 3 } },
      },
    ]);
    const again = await policyOf(4);
    expect(await entriesOf(() => ok(admin.put('/policies/sfia-9:ITOP.4', again.numbers, again.tag)))).toEqual([]);
  });

  test('accreditations, granted and ended, once', async () => {
    const person = await makePerson(api);
    const path = `/people/${person.id}/accreditations`;
    let subject = '';
    const granted = await entriesOf(async () => {
      const { body } = await admin.post<{ id: string }>(path, { skill: 'sfia-9:ITOP', upToLevel: 4, reason: 'Ran it for years.' });
      subject = `people/${person.id}/accreditations/${body.id}`;
    });
    const content = { skill: 'sfia-9:ITOP', upToLevel: 4, reason: 'Ran it for years.' };
    expect(granted).toEqual([{ actor: admin.id, kind: 'accreditation.granted', subject, content }]);
    expect(await entriesOf(() => ok(other.delete(`/${subject}`)))).toEqual([
      { actor: other.id, kind: 'accreditation.ended', subject, content: {} },
    ]);
    expect(await entriesOf(() => ok(admin.delete(`/${subject}`)))).toEqual([]);
  });

  test('people: made, invited, edited, given roles and managers, deactivated and let in again; without their names and addresses', async () => {
    const manager = await makePerson(api);
    let id = '';
    let token = '';
    const made = await entriesOf(async () => {
      const { body } = await admin.post<{ id: string; invitation: { token: string } }>('/people', {
        name: 'Zeno Unique',
        email: 'zeno.unique@example.test',
        managerId: manager.id,
      });
      [id, token] = [body.id, body.invitation.token];
    });
    const subject = `people/${id}`;
    expect(made).toMatchObject([
      { actor: admin.id, kind: 'person.added', subject, content: { roles: [], manager: manager.id } },
      { actor: admin.id, kind: 'invitation.issued', subject, content: { barsApprovals: false } },
    ]);
    const used = await entriesOf(() => ok(api.send('POST', `/invitations/${token}`, { password: testPassword })));
    expect(used).toEqual([{ actor: id, kind: 'invitation.used', subject, content: { barsApprovals: false } }]);

    expect(await entriesOf(() => ok(byTwoAdmins(admin, other, { action: 'give-role', personId: id, role: 'auditor' })))).toMatchObject([
      { actor: admin.id, kind: 'request.made' },
      { actor: other.id, kind: 'request.confirmed' },
      { actor: other.id, kind: 'roles.changed', subject, content: { roles: ['auditor'], before: [] } },
    ]);
    const change = { name: 'Zeno Another', email: 'zeno.another@example.test', roles: [] };
    expect(await entriesOf(async () => ok(admin.patch(`/people/${id}`, change, await tagOf({ id }))))).toEqual([
      { actor: admin.id, kind: 'person.edited', subject, content: { fields: ['name', 'email'] } },
      { actor: admin.id, kind: 'roles.changed', subject, content: { roles: [], before: ['auditor'] } },
    ]);
    expect(await entriesOf(async () => ok(admin.patch(`/people/${id}`, change, await tagOf({ id }))))).toEqual([]);
    expect(await entriesOf(async () => ok(admin.put(`/people/${id}/manager`, { managerId: null }, await tagOf({ id }))))).toEqual([
      { actor: admin.id, kind: 'manager.changed', subject, content: { manager: null, before: manager.id } },
    ]);
    expect(await entriesOf(() => ok(byTwoAdmins(admin, other, { action: 'fresh-invitation', personId: id })))).toMatchObject([
      { actor: admin.id, kind: 'request.made' },
      { actor: other.id, kind: 'request.confirmed' },
      { actor: other.id, kind: 'invitation.issued', subject, content: { barsApprovals: true } },
    ]);
    expect(await entriesOf(async () => ok(admin.post(`/people/${id}/deactivation`, {}, await tagOf({ id }))))).toEqual([
      { actor: admin.id, kind: 'person.deactivated', subject, content: {} },
    ]);
    expect(await entriesOf(async () => ok(admin.post(`/people/${id}/reactivation`, {}, await tagOf({ id }))))).toEqual([
      { actor: admin.id, kind: 'person.reactivated', subject, content: {} },
    ]);
    const [{ all } = { all: '' }] = await api.database.query<{ all: string }>(
      `SELECT coalesce(string_agg(body::text, ' '), '') AS all FROM administration_content`,
    );
    for (const personal of ['Zeno', 'zeno', 'example.test', token]) expect(all).not.toContain(personal);
  });

  test('an import, as one act that says what became of each row', async () => {
    const known = await makePerson(api);
    const csv = `name,email,manager_email,roles,mentor_emails\nOne New,one.new@example.test,${known.email},,\n${known.name},${known.email},,,\n`;
    const importing = (): Promise<void> =>
      ok(admin.post('/people/import', undefined, { raw: csv, headers: { 'content-type': 'text/csv' } }));
    const [act, ...more] = await entriesOf(importing);
    expect([act?.actor, act?.kind, more]).toEqual([admin.id, 'people.imported', []]);
    expect(act?.content).toEqual({
      people: [{ person: expect.any(String) as string, outcome: 'created', changes: true, roles: [], manager: known.id }],
    });
    expect(await entriesOf(importing)).toEqual([]);
  });

  test('the first admin, by whoever holds the database', async () => {
    const empty = await startApp();
    try {
      const args = ['--name', 'Ada Admin', '--email', 'ada@example.test'];
      const { done } = await adminCreate(args, { PATH: process.env['PATH'], DATABASE_URL: empty.database.url, PUBLIC_URL: empty.origin });
      expect(done).toBe(true);
      const entries = await empty.database.query<{ actor_id: null; kind: string; body: unknown }>(
        `SELECT e.actor_id, e.kind, c.body FROM administration_entry e JOIN administration_content c USING (digest) WHERE e.seq > 1 ORDER BY e.seq`,
      );
      expect(entries).toMatchObject([
        { actor_id: null, kind: 'person.added', body: { roles: ['admin'], manager: null } },
        { actor_id: null, kind: 'invitation.issued' },
      ]);
      expect(await verifyLedger(empty.app.get(DataSource, { strict: false }), {})).toMatchObject({ ok: true });
    } finally {
      await empty.close();
    }
  });
});

describe('the ledger and the act are one', () => {
  test('a refused act leaves none', async () => {
    const person = await makePerson(api);
    const { numbers, tag } = await policyOf(3);
    const entries = await entriesOf(async () => {
      const answers = [
        await admin.patch(`/people/${admin.id}`, { roles: ['auditor'] }, await tagOf(admin)),
        await admin.patch(`/people/${person.id}`, { roles: ['auditor'] }, { ifMatch: '"v99"' }),
        await admin.put(`/people/${admin.id}/manager`, { managerId: person.id }, await tagOf(admin)),
        await admin.put(`/people/${person.id}/manager`, { managerId: person.id }, await tagOf(person)),
        await admin.post('/people', { name: 'Double', email: person.email }),
        await admin.post(`/people/${admin.id}/accreditations`, { skill: 'sfia-9:ITOP', upToLevel: 4, reason: 'Me.' }),
        await admin.post(`/people/${person.id}/accreditations`, { skill: 'sfia-9:ITOP', upToLevel: 6, reason: 'No such level.' }),
        await admin.post(`/people/${person.id}/reactivation`, {}, await tagOf(person)),
        await admin.post(`/people/${admin.id}/invitation`, {}),
        await admin.put('/policies/sfia-9:ITOP.3', { ...numbers, approvals: 9 }, tag),
        await admin.put('/policies/sfia-9:ITOP.3', { ...numbers, approvals: 2 }, { ifMatch: '"v99"' }),
        await person.put('/policies/sfia-9:ITOP.3', { ...numbers, approvals: 2 }, tag),
        await admin.post('/people/import', undefined, { raw: 'name,email\nX,no address\n', headers: { 'content-type': 'text/csv' } }),
      ];
      expect(answers.filter(({ status }) => status < 400)).toEqual([]);
    });
    expect(entries).toEqual([]);
  });

  test('what cannot be entered is not done', async () => {
    const person = await makePerson(api, { roles: ['auditor'] });
    const tag = await tagOf(person);
    await api.database.query(`REVOKE INSERT ON administration_entry FROM touchstone_app`);
    const quiet = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    try {
      const state = `SELECT (SELECT version FROM person WHERE person_id = $1) AS version, (SELECT count(*)::int FROM person) AS people,
                            (SELECT count(*)::int FROM accreditation) AS accreditations, (SELECT count(*)::int FROM invitation) AS invitations,
                            (SELECT count(*)::int FROM policy) AS policies, (SELECT count(*)::int FROM administration_content) AS contents`;
      const before = await api.database.query(state, [person.id]);
      const { numbers, tag: policyTag } = await policyOf(3);
      const attempts = [
        () => admin.patch(`/people/${person.id}`, { roles: [] }, tag),
        () => admin.post(`/people/${person.id}/deactivation`, {}, tag),
        () => admin.post('/people', { name: 'Nobody Yet', email: 'nobody.yet@example.test' }),
        () => admin.post(`/people/${person.id}/accreditations`, { skill: 'sfia-9:ITOP', upToLevel: 4, reason: 'x' }),
        () => admin.put('/policies/sfia-9:ITOP.3', { ...numbers, approvals: 5 }, policyTag),
      ];
      // a fault is no answer of the contract: the test's client says so
      for (const attempt of attempts) await expect(attempt()).rejects.toThrow('500');
      expect(await api.database.query(state, [person.id])).toEqual(before);
    } finally {
      await api.database.query(`GRANT INSERT ON administration_entry TO touchstone_app`);
      quiet.mockRestore();
    }
  });

  test('many acts at once make one chain', async () => {
    const people = await Promise.all(Array.from({ length: 8 }, () => makePerson(api)));
    const before = (await ledger()).length;
    const answers = await Promise.all(
      people.flatMap((person, i) => [
        admin.post(`/people/${person.id}/accreditations`, { skill: 'sfia-9:ITOP', upToLevel: 3, reason: 'For a race.' }),
        other.post('/people', { name: `Racer ${i}`, email: `racer${i}@example.test` }),
      ]),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    expect((await ledger()).length).toBe(before + 8 + 16);
  });

  test('two admins who act on each other do not wait for each other for good', async () => {
    const [one, two] = [await makePerson(api, { roles: ['admin'] }), await makePerson(api, { roles: ['admin'] })];
    const grant = { skill: 'sfia-9:ITOP', upToLevel: 2, reason: 'Each other.' };
    const deadlocks = async (): Promise<unknown> => {
      // connections report what they have met once they have been idle for a second
      await delay(1_500);
      return (await api.database.query(`SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`))[0];
    };
    const before = await deadlocks();
    for (let round = 0; round < 10; round += 1) {
      const answers = await Promise.all([
        one.post(`/people/${two.id}/accreditations`, grant),
        two.post(`/people/${one.id}/accreditations`, grant),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    }
    expect(await deadlocks()).toEqual(before);
  });
});

describe('who reads it', () => {
  test('admins and auditors, page by page; nobody else', async () => {
    expect((await admin.get<ActPage>('/administration/ledger?limit=2')).body.items.map(({ seq }) => seq)).toEqual([1, 2]);
    const peer = await makePerson(api);
    expect((await peer.get('/administration/ledger')).status).toBe(403);
    expect((await admin.get('/administration/ledger?cursor=rubbish')).status).toBe(400);
  });

  test('the kinds that the code knows are those that the schema allows', async () => {
    const [row] = await api.database.query<{ check: string }>(
      `SELECT pg_get_constraintdef(oid) AS check FROM pg_constraint WHERE conname = 'administration_entry_kind_check'`,
    );
    expect([...(row?.check.matchAll(/'([a-z.-]+)'::text/g) ?? [])].map(([, kind]) => kind).sort()).toEqual([...actKinds].sort());
  });
});

describe('an export', () => {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-administration-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const exported = async (change: (line: LedgerLine) => LedgerLine): Promise<string> => {
    const file = join(folder, 'ledger.jsonl');
    const stream = createWriteStream(file);
    const written = finished(stream);
    const lines = async function* (): AsyncGenerator<LedgerLine> {
      for await (const line of ledgerLines(api.app.get(DataSource, { strict: false }))) yield change(line);
    };
    await writeLines(lines(), stream, null);
    stream.end();
    await written;
    return file;
  };

  test('holds the administration ledger and what it is held against, and is verified offline', async () => {
    const { ok: fits, text } = await ledgerVerify([await exported((line) => line)]);
    expect(text).toContain(`are as ${(await ledger()).length} entries of the administration ledger left them`);
    expect(fits).toBe(true);
  });

  test.each<[string, (line: LedgerLine) => LedgerLine, string]>([
    [
      'a policy of other numbers',
      (line) => (line.line === 'row' && line.table === 'policy' ? { ...line, row: { ...line.row, review_days: 99 } } : line),
      'review_days is 99, not',
    ],
    [
      'an entry of somebody else’s',
      (line) => (line.line === 'entry' && line.kind === 'policy.set' ? { ...line, actor: null } : line),
      'its hash is not that of its fields',
    ],
    [
      'a row that belongs to a record',
      (line) => (line.line === 'row' && line.table === 'policy' ? { ...line, table: 'approval' } : line),
      'stands where none belongs',
    ],
  ])('with %s is found', async (_, change, reason) => {
    const { ok: fits, text } = await ledgerVerify([await exported(change)]);
    expect([fits, text]).toEqual([false, expect.stringContaining('the administration ledger')]);
    expect(text).toContain(reason);
  });
});

describe('an installation older than the ledger', () => {
  const emptied = async (): Promise<void> => {
    await api.database.query(`DELETE FROM administration_entry`);
    await api.database.query(`DELETE FROM administration_content`);
    await api.database.query(`UPDATE administration_record SET version = 0, head_seq = 0, head_hash = $1`, [genesisOf(administrationId)]);
  };
  const started = async (): Promise<void> => {
    const settings = readSettings({ LOG_LEVEL: 'silent', DATABASE_URL: api.database.url });
    const again = await createApp(settings, api.database.url);
    await again.init();
    await again.close();
  };

  test('adopts its rules as they are at its first start, without the reasons, and they are held against that', async () => {
    await emptied();
    // not adopted yet: there is nothing that they could be held against
    expect(await verification()).toMatchObject({ ok: true, administration: { entries: 0 } });
    await started();
    await started();
    const [adopted, ...more] = await ledger();
    expect([adopted?.kind, adopted?.actor, more]).toEqual(['rules.adopted', null, []]);
    const people = await api.database.query(`SELECT 1 FROM person WHERE roles <> '{}' OR NOT active`);
    expect(adopted?.content).toMatchObject({ people: { length: people.length } });
    expect(JSON.stringify(adopted?.content)).not.toContain('Ran it for years.');
    expect(await verification()).toMatchObject({ ok: true, administration: { entries: 1 } });
    await api.database.query(`UPDATE policy SET approvals = approvals + 1 WHERE skill_level_ref = 'sfia-9:ITOP.1'`);
    expect(await verification()).toMatchObject({ ok: false, misfit: { engineer: administrationId, seq: 1 } });
    await api.database.query(`UPDATE policy SET approvals = approvals - 1 WHERE skill_level_ref = 'sfia-9:ITOP.1'`);
  });

  test('adopts them before its first act, which comes second', async () => {
    const person = await makePerson(api, { roles: ['auditor'] });
    await emptied();
    await ok(admin.patch(`/people/${person.id}`, { roles: [] }, await tagOf(person)));
    const entries = await ledger();
    expect(entries.map(({ kind }) => kind)).toEqual(['rules.adopted', 'roles.changed']);
    // what is adopted is what was before the act
    expect(entries[0]?.content).toMatchObject({
      people: expect.arrayContaining([{ person_id: person.id, roles: ['auditor'], active: true }]) as unknown,
    });
  });
});

describe('what was done past the application is found and named', () => {
  test.each<[string, string, string, string]>([
    [
      'a policy that nobody set',
      `INSERT INTO policy SELECT skill_level_ref, 99, accepted_per_statement, may_miss, distinct_evidence, max_age_months, 1, stepping, line_manager_may_approve, valid_months, review_days FROM policy WHERE skill_level_ref = 'sfia-9:ITOP.2' AND version = 1`,
      `DELETE FROM policy WHERE version = 99`,
      'a row of policy (sfia-9:ITOP.2 99) has no entry',
    ],
    [
      'a policy altered',
      `UPDATE policy SET may_miss = 3 WHERE skill_level_ref = 'sfia-9:ITOP.2'`,
      `UPDATE policy SET may_miss = 0 WHERE skill_level_ref = 'sfia-9:ITOP.2'`,
      'may_miss is 3, not 0',
    ],
    [
      'a role given',
      `UPDATE person SET roles = '{admin}' WHERE person_id = '<person>'`,
      `UPDATE person SET roles = '{}' WHERE person_id = '<person>'`,
      'a row of person (<person>) has no entry',
    ],
    [
      'a role taken',
      `UPDATE person SET roles = '{}' WHERE person_id = '<auditor>'`,
      `UPDATE person SET roles = '{auditor}' WHERE person_id = '<auditor>'`,
      '(<auditor>) has lost what this entry gave',
    ],
    [
      'a person shut out',
      `UPDATE person SET active = false WHERE person_id = '<auditor>'`,
      `UPDATE person SET active = true WHERE person_id = '<auditor>'`,
      'active is false, not true',
    ],
    [
      'an accreditation that nobody granted',
      `INSERT INTO accreditation (person_id, accreditation_id, skill_ref, up_to_level, reason, granted_by) SELECT '<person>', gen_random_uuid(), 'sfia-9:ITOP', 5, 'x', '<auditor>'`,
      `DELETE FROM accreditation WHERE person_id = '<person>'`,
      'a row of accreditation (<person>',
    ],
  ])('%s', async (_, change, undo, reason) => {
    const person = await makePerson(api);
    const reading = await makePerson(api, { roles: ['auditor'] });
    const filled = (text: string): string => text.replaceAll('<person>', person.id).replaceAll('<auditor>', auditor.id);
    await api.database.query(filled(change));
    const { body } = await reading.get<LedgerVerificationAnswer>('/ledger/verification');
    await api.database.query(filled(undo));
    expect(body).toMatchObject({ ok: false, misfit: { engineer: administrationId } });
    expect(body.misfit?.reason).toContain(filled(reason));
  });
});
