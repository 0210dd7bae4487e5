import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { ledgerVerify } from '../../src/commands/ledger-verify';
import { newId } from '../../src/kernel/ids';
import { type Json, newSalt, saltedDigest } from '../../src/kernel/canonical-json';
import { accreditationSubject, administrationId, frozenMark, personSubject } from '../../src/ledger/administration';
import type { LedgerVerificationAnswer } from '../../src/ledger/checkpoints.dto';
import type { ChainCheckAnswer } from '../../src/ledger/ledger.dto';
import { hashOf } from '../../src/ledger/entry';
import { writeLines } from '../../src/ledger/ledger-lines-file';
import { ledgerLines } from '../../src/ledger/ledger.lines';
import { recordAct } from '../factories/administration';
import { type Trio, makeTrio, signedOffClaim, statementRef } from '../factories/claims';
import { type TestPerson, byTwoAdmins, makePerson } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';
import { type KeyFiles, makeKeyFiles } from '../setup/key-files';

/*
 * Who owns the database can append entries that say that content was taken out: chains need no key. What was not taken out by the application's
 * rules is found all the same, and with content truly gone, its rows still cannot say what they like.
 */
let keys: KeyFiles;
let api: TestApp;
let superuser: Client;
let one: TestPerson;
let two: TestPerson;
let auditor: TestPerson;
let trio: Trio;
let engineer: string;
let signOff: { id: string; digest: Buffer; evidence: string };
beforeAll(async () => {
  keys = makeKeyFiles();
  api = await startApp(keys.settings);
  one = await makePerson(api, { roles: ['admin'] });
  two = await makePerson(api, { roles: ['admin'] });
  auditor = await makePerson(api, { roles: ['auditor'] });
  trio = await makeTrio(api);
  engineer = trio.engineer.id;
  const { claim } = await signedOffClaim(trio, 3);
  superuser = new Client({ connectionString: api.database.adminUrl });
  await superuser.connect();
  // who owns the server is not stopped by foreign keys
  await superuser.query('SET session_replication_role = replica');
  const id = claim.signOff?.id ?? '';
  const { rows } = await superuser.query<{ digest: Buffer }>(`SELECT digest FROM sign_off WHERE sign_off_id = $1`, [id]);
  signOff = { id, digest: rows[0]?.digest ?? Buffer.alloc(0), evidence: claim.statements[0]?.evidence[0]?.evidenceId ?? '' };
  await superuser.query('CREATE SCHEMA kept');
}, 60_000);
afterAll(async () => {
  await superuser.end();
  await api.close();
  keys.remove();
});

const verification = async (): Promise<LedgerVerificationAnswer> =>
  (await auditor.get<LedgerVerificationAnswer>('/ledger/verification')).body;

/** The check of one record, which says what the verification of everything says. */
const ofRecord = async (id: string): Promise<ChainCheckAnswer> =>
  (await auditor.get<ChainCheckAnswer>(`/engineers/${id}/ledger/verification`)).body;

const tables = [
  ...['ledger_entry', 'record_content', 'record', 'sign_off', 'approval'],
  ...['administration_entry', 'administration_content', 'administration_record', 'accreditation', 'person'],
];
beforeEach(async () => {
  for (const table of tables)
    await superuser.query(`DROP TABLE IF EXISTS kept.${table}; CREATE TABLE kept.${table} AS TABLE public.${table}`);
});
afterEach(async () => {
  for (const table of tables) await superuser.query(`DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM kept.${table}`);
  expect(await verification()).toMatchObject({ ok: true });
});

/** Appends an entry to a record as the application would; answers its number. */
async function append(kind: string, subject: string, content: Json): Promise<number> {
  const { rows } = await superuser.query<{ seq: number; hash: Buffer; at: Date }>(
    `SELECT head_seq AS seq, head_hash AS hash, head_at AS at FROM record WHERE engineer_id = $1`,
    [engineer],
  );
  const [head] = rows;
  if (head === undefined) throw new Error('no record');
  const salt = newSalt();
  const digest = saltedDigest(content, salt);
  const seq = head.seq + 1;
  const said = { seq, actor: one.id, kind, subject, digest: digest.toString('hex'), previous: head.hash.toString('hex') };
  const hash = hashOf({ ...said, at: head.at.toISOString() });
  await superuser.query(`INSERT INTO record_content (engineer_id, digest, salt, body) VALUES ($1, $2, $3, $4)`, [
    engineer,
    digest,
    salt,
    JSON.stringify(content),
  ]);
  await superuser.query(
    `INSERT INTO ledger_entry (engineer_id, seq, at, actor_id, kind, subject, digest, previous, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [engineer, seq, head.at, one.id, kind, subject, digest, head.hash, hash],
  );
  await superuser.query(`UPDATE record SET head_seq = $2, head_hash = $3 WHERE engineer_id = $1`, [engineer, seq, hash]);
  return seq;
}
const forget = (...digests: Buffer[]): Promise<unknown> =>
  superuser.query(`DELETE FROM record_content WHERE engineer_id = $1 AND digest = ANY ($2)`, [engineer, digests]);
const makeSignOffSay = (change: string): Promise<unknown> =>
  superuser.query(`UPDATE sign_off SET ${change} WHERE sign_off_id = $1`, [signOff.id]);
const levelFive = `skill_level_ref = 'sfia-9:ITOP.5', level = 5`;

describe('a sign-off', () => {
  const subject = (): string => `evidence/${signOff.evidence}/revisions/1`;
  const digests = (): string[] => [signOff.digest.toString('hex')];

  test.each(['frozen', 'not frozen'])(
    'whose content a forged redaction takes out, %s, so that its level and its end can be changed',
    async (how) => {
      const seq = await append('record.redacted', subject(), {
        what: subject(),
        reason: 'x',
        frozen: how === 'frozen',
        digests: digests(),
      });
      await forget(signOff.digest);
      await makeSignOffSay(`${levelFive}, valid_until = '2035-01-01', signed_off_on = signed_off_on - 300`);
      expect(await verification()).toMatchObject({
        ok: false,
        misfit: { engineer, seq, reason: expect.stringContaining('which no two admins decided') as string },
      });
      expect(await ofRecord(engineer)).toMatchObject({
        ok: false,
        misfit: { seq, reason: expect.stringContaining('which no two admins decided') as string },
        heldInPart: null,
      });
    },
  );

  test('for which the request is forged too says what its chain and its policies say, whatever becomes of its row', async () => {
    const request = newId();
    const content = { action: 'redact', person: engineer, target: `${subject()}${frozenMark}` };
    await recordAct(api, { kind: 'request.confirmed', subject: `requests/${request}`, actor: one.id, content });
    await append('record.redacted', subject(), { what: subject(), reason: 'x', frozen: true, request, digests: digests() });
    await forget(signOff.digest);
    expect(await verification()).toMatchObject({ ok: true, heldInPart: 1 });
    expect(await ofRecord(engineer)).toMatchObject({ ok: true, heldInPart: 1 });
    const { rows } = await superuser.query<{ seq: number }>(`SELECT seq FROM ledger_entry WHERE engineer_id = $1 AND digest = $2`, [
      engineer,
      signOff.digest,
    ]);
    for (const change of [
      levelFive,
      `valid_until = signed_off_on + 365`,
      `signed_off_on = signed_off_on - 2`,
      `submission = 2`,
      `claim_id = '${newId()}'`,
    ]) {
      await makeSignOffSay(change);
      const { ok, misfit } = await verification();
      expect([change, ok, misfit?.engineer, misfit?.seq]).toEqual([change, false, engineer, rows[0]?.seq]);
      await superuser.query(`DELETE FROM sign_off; INSERT INTO sign_off SELECT * FROM kept.sign_off`);
    }
  });

  test('of a record that a forged entry erases, of somebody who is not erased', async () => {
    const { rows } = await superuser.query<{ digest: Buffer }>(`SELECT digest FROM record_content WHERE engineer_id = $1`, [engineer]);
    const seq = await append('record.erased', 'record', {});
    await forget(...rows.map(({ digest }) => digest));
    await makeSignOffSay(levelFive);
    expect(await verification()).toMatchObject({ ok: false, misfit: { engineer, seq } });
    expect(await ofRecord(engineer)).toMatchObject({ ok: false, misfit: { seq } });
  });
});

describe('an accreditation', () => {
  /** Erases somebody by an entry only, and takes out why and how far the mentor is accredited. */
  async function forge(personId: string): Promise<number> {
    const { rows } = await superuser.query<{ digest: Buffer }>(
      `SELECT digest FROM administration_entry WHERE kind = 'accreditation.granted' AND starts_with(subject, $1)`,
      [accreditationSubject(trio.mentor.id, '')],
    );
    const [granted] = rows;
    if (granted === undefined) throw new Error('not accredited');
    const content = { digests: [granted.digest.toString('hex')] };
    await recordAct(api, { kind: 'person.erased', subject: personSubject(personId), actor: one.id, content });
    await superuser.query(`DELETE FROM administration_content WHERE digest = $1`, [granted.digest]);
    await superuser.query(`UPDATE accreditation SET up_to_level = 1 WHERE person_id = $1`, [trio.mentor.id]);
    const head = await superuser.query<{ seq: number }>(`SELECT head_seq AS seq FROM administration_record`);
    return head.rows[0]?.seq ?? 0;
  }

  test('whose content a forged erasure of somebody else takes out, so that its level can be changed', async () => {
    const somebody = await makePerson(api);
    const seq = await forge(somebody.id);
    await superuser.query(`UPDATE person SET active = false WHERE person_id = $1`, [somebody.id]);
    expect(await verification()).toMatchObject({
      ok: false,
      misfit: { engineer: administrationId, seq, reason: expect.stringContaining('not about that person') as string },
    });
  });

  test('of somebody who is erased gives them nothing: they are gone, and stay so', async () => {
    const seq = await forge(trio.mentor.id);
    expect(await verification()).toMatchObject({ ok: false, misfit: { engineer: administrationId, seq } });
    await superuser.query(`UPDATE person SET active = false WHERE person_id = $1`, [trio.mentor.id]);
    expect(await verification()).toMatchObject({ ok: true, heldInPart: 1 });
    await recordAct(api, { kind: 'person.reactivated', subject: personSubject(trio.mentor.id), actor: one.id });
    await superuser.query(`UPDATE person SET active = true WHERE person_id = $1`, [trio.mentor.id]);
    expect(await verification()).toMatchObject({ ok: false, misfit: { engineer: administrationId, seq: seq + 1 } });
  });
});

test('what two admins redacted, with what was frozen of it, and whom they erased: all fits, and it is told how much is held in part', async () => {
  const [redacted, erased] = [await makeTrio(api), await makeTrio(api)];
  const { claim } = await signedOffClaim(redacted, 1);
  const { evidenceId: evidence } = claim.statements[0]?.evidence[0] ?? { evidenceId: '' };
  const wanted = { action: 'redact', personId: redacted.engineer.id, evidence, reason: 'A customer’s name.' };
  expect((await byTwoAdmins(one, two, { ...wanted, statement: statementRef(1, 1) })).status).toBe(200);
  expect(await verification()).toMatchObject({ ok: true, heldInPart: 0 });
  expect((await byTwoAdmins(one, two, { ...wanted, revision: 1, frozen: true })).status).toBe(200);
  // the submission, its pins and the sign-off
  const { rows } = await superuser.query<{ count: number }>(`SELECT count(*)::int AS count FROM claim_pin WHERE engineer_id = $1`, [
    redacted.engineer.id,
  ]);
  const first = 2 + (rows[0]?.count ?? 0);
  expect(await verification()).toMatchObject({ ok: true, heldInPart: first });
  // of the record itself: the words of one support, said twice, a revision, the submission and the sign-off
  const said = await ofRecord(redacted.engineer.id);
  expect(said).toMatchObject({ ok: true, misfit: null, heldInPart: 5 });
  // what no entry takes out is found all the same
  const [gone] = await api.database.query<{ seq: number; digest: Buffer }>(
    `SELECT seq, digest FROM ledger_entry WHERE engineer_id = $1 AND kind = 'claim.approved'`,
    [redacted.engineer.id],
  );
  await superuser.query(`CREATE TABLE kept.gone AS SELECT * FROM record_content WHERE digest = '\\x${gone?.digest.toString('hex')}'`);
  await superuser.query(`DELETE FROM record_content WHERE digest = $1`, [gone?.digest]);
  expect(await ofRecord(redacted.engineer.id)).toMatchObject({
    ok: false,
    misfit: { seq: gone?.seq, reason: 'its content is gone' },
    heldInPart: null,
  });
  await superuser.query(`INSERT INTO record_content SELECT * FROM kept.gone; DROP TABLE kept.gone`);
  expect(await ofRecord(redacted.engineer.id)).toEqual(said);

  await signedOffClaim(erased, 1);
  await one.post(`/people/${erased.engineer.id}/accreditations`, { skill: 'sfia-9:ITOP', upToLevel: 1, reason: 'They know it.' });
  expect((await byTwoAdmins(one, two, { action: 'erase-person', personId: erased.engineer.id })).status).toBe(200);
  const after = await verification();
  // submission, pins, approval and sign-off, and the accreditation
  expect(after).toMatchObject({ ok: true, heldInPart: first + first + 1 + 1 });
  const left = await ofRecord(erased.engineer.id);
  expect(left).toMatchObject({ ok: true, misfit: null, heldInPart: left.entries - 1 });

  const file = join(keys.folder, 'ledger.jsonl');
  const stream = createWriteStream(file);
  const written = finished(stream);
  await writeLines(ledgerLines(api.app.get(DataSource, { strict: false })), stream, null);
  stream.end();
  await written;
  const { ok, text } = await ledgerVerify([file]);
  expect([ok, text]).toEqual([true, expect.stringContaining(`The content of ${after.heldInPart} rows was redacted or erased`)]);

  // of an erased record nobody knows which level was claimed, but that some statement of it was accepted
  await superuser.query(`UPDATE sign_off SET ${levelFive} WHERE engineer_id = $1`, [erased.engineer.id]);
  expect(await verification()).toMatchObject({ ok: false, misfit: { engineer: erased.engineer.id } });
  await superuser.query(`UPDATE sign_off SET skill_level_ref = 'sfia-9:ITOP.1', level = 1 WHERE engineer_id = $1`, [erased.engineer.id]);
  for (const table of tables) await superuser.query(`DROP TABLE kept.${table}; CREATE TABLE kept.${table} AS TABLE public.${table}`);
});
