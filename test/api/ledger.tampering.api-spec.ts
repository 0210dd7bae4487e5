import { type KeyObject, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { type SignedCheckpoint, digestOfCheckpoint, headHash, signCheckpoint } from '../../src/ledger/checkpoint';
import { type CheckpointRow, checkpointColumns, checkpointOf } from '../../src/ledger/checkpoints.queries';
import { CheckpointsService } from '../../src/ledger/checkpoints.service';
import { saltedDigest } from '../../src/kernel/canonical-json';
import { readKeys } from '../../src/ledger/ledger-keys';
import { hashOf } from '../../src/ledger/entry';
import { policyNames } from '../../src/frameworks/policy';
import { administrationId } from '../../src/ledger/administration';
import { administrationTables, rowTables } from '../../src/ledger/ledger-file';
import { LedgerLog } from '../../src/ledger/ledger.log';
import { type LedgerVerdict, verifyLedger } from '../../src/ledger/ledger.verification';
import { GrowingTree } from '../../src/ledger/merkle';
import { Transactions } from '../../src/platform/transaction';
import { acceptedClaim, act, draftClaim, logWork, makeTrio, seeClaim, signedOffClaim, statementRef } from '../factories/claims';
import { type TestPerson, makePerson } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';

/*
 * Everything that a superuser of the database can do to the ledger, drawn at random: each change must be found by the verification, against a
 * checkpoint that was given out before. DEEP=1 draws 1,000 changes (npm run test:deep), SEED=n draws the same ones again.
 */
const isDeep = process.env['DEEP'] === '1';
const rounds = isDeep ? 1_000 : 60;
const seed = Number(process.env['SEED'] ?? (isDeep ? Date.now() % 1_000_000 : 42));

const folder = mkdtempSync(join(tmpdir(), 'touchstone-tampering-'));
const keyFile = join(folder, 'key.pem');
let api: TestApp;
let superuser: Client;
let dataSource: DataSource;
let held: SignedCheckpoint;

/** All that the ledger is made of. */
const ofRecords = ['ledger_entry', 'record_content', 'record', 'checkpoint', 'checkpoint_leaf', ...rowTables] as const;
const ofAdministration = ['administration_entry', 'administration_content', 'administration_record', ...administrationTables] as const;
const tables = [...ofRecords, ...ofAdministration] as const;
type Table = (typeof tables)[number];
/** Half of the changes are to the administration ledger and what it stands for. */
const anyTable = (): Table => (draw() < 0.5 ? pick(ofRecords) : pick(ofAdministration));
type Values = Record<string, unknown>;

const rows = async <Row extends object = Values>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
  (await superuser.query<Row>(sql, [...parameters])).rows;
const verify = (): Promise<LedgerVerdict> => verifyLedger(dataSource, { held: [held] });

beforeAll(async () => {
  writeFileSync(keyFile, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  api = await startApp({ LEDGER_KEY_FILE: keyFile });
  dataSource = api.app.get(DataSource, { strict: false });
  const checkpoints = api.app.get(CheckpointsService, { strict: false });
  superuser = new Client({ connectionString: api.database.adminUrl });
  await superuser.connect();

  const first = await makeTrio(api);
  await signedOffClaim(first, 1);
  await checkpoints.make();
  const second = await makeTrio(api);
  const granted = await signedOffClaim(second, 2);
  const admin = await makePerson(api, { roles: ['admin'] });
  await admin.post(`/engineers/${second.engineer.id}/sign-offs/${granted.claim.signOff?.id}/revocation`, {
    password: admin.password,
    reason: 'It was somebody else’s work.',
  });
  const third = await makeTrio(api);
  const claim = await acceptedClaim(third, 1);
  const back = await act(third.mentor, await seeClaim(third.mentor, claim.path), 'change-request', {
    feedback: 'Say more.',
    statements: [{ statement: statementRef(1, 1), feedback: 'Which servers?' }],
  });
  expect(back.status).toBe(200);
  const evidence = await third.engineer.get<{ id: string; items: { id: string }[] }>('/engineers/me/evidence');
  const path = `/engineers/me/evidence/${evidence.body.items[0]?.id}`;
  const edited = await third.engineer.patch(path, { title: 'Another title' }, { ifMatch: (await third.engineer.get(path)).etag ?? '' });
  expect(edited.status).toBe(200);
  const target = `/engineers/${second.engineer.id}/targets/sfia-9:ITOP`;
  const set = await second.manager.put(target, { level: 3, by: '2099-12-31' });
  const earlier = await second.engineer.put(target, { level: 3, by: '2099-06-30' }, { ifMatch: set.etag ?? '' });
  const removed = await second.manager.delete(target, { ifMatch: earlier.etag ?? '' });
  expect([set, earlier, removed].map(({ status }) => status)).toEqual([200, 200, 204]);
  await expire();
  await administer(admin);
  await checkpoints.make();
  const again = await act(third.engineer, await seeClaim(third.engineer, claim.path), 'submission');
  expect(again.status).toBe(200);
  await logWork(first.engineer, [statementRef(2, 1)]);
  await draftClaim(first.engineer, 2);
  held = (await checkpoints.make()).checkpoint as SignedCheckpoint;
  // what comes after the held checkpoint is there too, and is not what is bent
  await logWork((await makeTrio(api)).engineer, [statementRef(1, 1)]);

  await superuser.query(`CREATE SCHEMA kept`);
  for (const table of tables) await superuser.query(`CREATE TABLE kept.${table} AS TABLE public.${table}`);
  // who owns the server is not stopped by foreign keys and unique indexes
  await superuser.query(`DROP INDEX checkpoint_leaf_head_key`);
  await superuser.query(`SET session_replication_role = replica`);
}, 60_000);
afterAll(async () => {
  await superuser.end();
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A level that is signed off for a month, and the note that it ran out: written before its day, which nothing here looks at. */
async function expire(): Promise<void> {
  const trio = await makeTrio(api);
  const { claim } = await signedOffClaim(trio, 1);
  await api.app.get(Transactions, { strict: false }).run(async (tx) => {
    const ledger = api.app.get(LedgerLog, { strict: false });
    const record = await ledger.lock(tx, trio.engineer.id);
    const signOff = claim.signOff?.id ?? '';
    await tx.query(`INSERT INTO sign_off_expiry (engineer_id, sign_off_id, at) VALUES ($1, $2, $3)`, [
      trio.engineer.id,
      signOff,
      record.at,
    ]);
    await ledger.append(tx, record, { kind: 'sign-off.expired', subject: `sign-offs/${signOff}`, actor: null, content: { signOff } });
  });
}

/** One of every sort of administrative act that rows stand for, through the application. */
async function administer(former: TestPerson): Promise<void> {
  const admin = await makePerson(api, { roles: ['admin'] });
  // alone again, 72 hours later: where there is another admin, giving roles takes both
  const tagOfFormer = (await admin.get(`/people/${former.id}`)).etag ?? '';
  expect((await admin.post(`/people/${former.id}/deactivation`, {}, { ifMatch: tagOfFormer })).status).toBe(200);
  await api.database.query(`UPDATE person SET counts_as_admin_until = now()`);
  const policy = await admin.get<Record<string, unknown>>('/policies/sfia-9:ITOP.5');
  const numbers = Object.fromEntries(policyNames.map((name) => [name, policy.body[name]]));
  const set = await admin.put('/policies/sfia-9:ITOP.5', { ...numbers, approvals: 3 }, { ifMatch: policy.etag ?? '' });
  const person = await makePerson(api);
  const path = `/people/${person.id}`;
  const grant = (): Promise<Answer<{ id: string }>> =>
    admin.post(`${path}/accreditations`, { skill: 'sfia-9:ITOP', upToLevel: 3, reason: 'Ran it for years.' });
  const [first, second] = [await grant(), await grant()];
  const ended = await admin.delete(`${path}/accreditations/${first.body.id}`);
  const tag = async (): Promise<string> => (await admin.get(path)).etag ?? '';
  const roles = await admin.patch(path, { roles: ['auditor'] }, { ifMatch: await tag() });
  const made = await admin.post<{ id: string }>('/people', { name: 'Some One', email: 'some.one@example.test', roles: ['auditor'] });
  const left = await makePerson(api);
  const tagOfLeft = (await admin.get(`/people/${left.id}`)).etag ?? '';
  const deactivated = await admin.post(`/people/${left.id}/deactivation`, {}, { ifMatch: tagOfLeft });
  const csv = 'name,email,manager_email,roles,mentor_emails\nAn Other,an.other@example.test,,admin,\n';
  const imported = await admin.post('/people/import', undefined, { raw: csv, headers: { 'content-type': 'text/csv' } });
  expect([set, first, second, ended, roles, made, deactivated, imported].map(({ status }) => status)).toEqual([
    200, 201, 201, 204, 200, 201, 200, 200,
  ]);
}

async function restore(): Promise<void> {
  for (const table of tables) await superuser.query(`DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM kept.${table}`);
}

/** Mulberry32: small, and the same everywhere. */
function random(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const draw = random(seed);
const below = (n: number): number => Math.floor(draw() * n);
function pick<T>(from: readonly T[]): T {
  const one = from[below(from.length)];
  if (one === undefined) throw new Error('nothing to draw from');
  return one;
}

/** Rows up to the held checkpoint: what comes later, nobody outside knows yet. */
const scopeOf = (table: Table): string =>
  // of people, the ledger speaks of those with a role, and of those who are gone
  table === 'person'
    ? `roles <> '{}' OR NOT active`
    : table === 'checkpoint' || (ofAdministration as readonly string[]).includes(table)
      ? 'true'
      : `engineer_id IN (SELECT engineer_id FROM kept.checkpoint_leaf)`;
const anyRow = async (table: Table, scope = scopeOf(table)): Promise<Values> =>
  pick(await rows(`SELECT ctid::text AS place, t.* FROM ${table} t WHERE ${scope} ORDER BY t::text`));

/** Another value of the same sort. */
function other(value: unknown, column: string): unknown {
  if (value === null)
    return column === 'actor_id' || column.endsWith('_by')
      ? held.keyId && '01931b2e-7c00-7000-8000-000000000001'
      : column.endsWith('_until')
        ? '2030-01-01'
        : Buffer.alloc(32, below(256));
  if (typeof value === 'number') return value + 1 + below(3);
  if (typeof value === 'boolean') return !value;
  if (value instanceof Date) return new Date(value.getTime() + 1 + below(100_000));
  if (Array.isArray(value))
    return value.length > 0 && draw() < 0.5 ? [] : value.includes('admin') ? ['auditor'] : ['admin', ...(value as string[])];
  if (Buffer.isBuffer(value)) {
    const bent = Buffer.from(value);
    const at = below(bent.length);
    bent[at] = (bent[at] ?? 0) ^ (1 << below(8));
    return bent;
  }
  if (typeof value === 'object') return JSON.stringify({ ...value, bent: below(1_000) });
  if (typeof value !== 'string') throw new Error('no such value');
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return new Date(Date.parse(value) + 86_400_000 * (1 + below(5))).toISOString().slice(0, 10);
  if (/^[0-9a-f-]{36}$/.test(value)) return `${value.slice(0, -4)}${(below(0xffff) + 0x10000).toString(16).slice(1)}`;
  return column === 'kind'
    ? pick(['evidence.logged', 'support.accepted', 'claim.approved', 'target.set'].filter((one) => one !== value))
    : `${value}x`;
}

async function alter(table: Table): Promise<string> {
  const { place, ...row } = await anyRow(table, table === 'person' ? 'true' : scopeOf(table));
  // a head's version counts writes, and its time is the floor under the next entry's; neither says anything of what was written. Of people, only roles and who is there are rules
  const column = pick(
    table === 'person'
      ? ['roles', 'active']
      : Object.keys(row).filter((name) => !(table.endsWith('record') && ['version', 'head_at'].includes(name))),
  );
  await superuser.query(`UPDATE ${table} SET ${column} = $1 WHERE ctid = $2::tid`, [other(row[column], column), place]);
  return `alter ${table}.${column}`;
}

async function remove(table: Table): Promise<string> {
  const { place } = await anyRow(table);
  await superuser.query(`DELETE FROM ${table} WHERE ctid = $1::tid`, [place]);
  return `delete from ${table}`;
}

/** Puts in a copy of a row under another key. */
async function insert(table: Table): Promise<string> {
  const { place: _, ...row } = await anyRow(table);
  const keys = await rows<{ name: string }>(
    `SELECT a.attname AS name FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) WHERE k.contype = 'p' AND k.conrelid = $1::regclass`,
    [table],
  );
  const key = pick(keys.map(({ name }) => name));
  const changed: Values = { ...row, [key]: other(row[key], key) };
  const names = Object.keys(changed);
  // an address is nobody else's, and the ledger does not know it
  if (table === 'person') changed['email'] = `${below(1_000_000)}@example.test`;
  const isJson = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && !(value instanceof Date) && !Buffer.isBuffer(value) && !Array.isArray(value);
  const values = names.map((name) => (isJson(changed[name]) ? JSON.stringify(changed[name]) : changed[name]));
  await superuser.query(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((_name, i) => `$${i + 1}`).join(', ')})`, values);
  return `insert into ${table}, another ${key}`;
}

/** Gives two rows each other's value. */
async function swap(table: Table, column: string): Promise<string> {
  const all = await rows<{ place: string; value: unknown; text: string }>(
    `SELECT ctid::text AS place, ${column} AS value, ${column}::text AS text FROM ${table} t WHERE ${scopeOf(table)} ORDER BY t::text`,
  );
  const one = pick(all);
  const two = pick(all.filter(({ text }) => text !== one.text));
  const set = (value: unknown, place: string): Promise<unknown> =>
    superuser.query(`UPDATE ${table} SET ${column} = $1 WHERE ctid = $2::tid`, [column === 'body' ? JSON.stringify(value) : value, place]);
  await set(two.value, one.place);
  await set(one.value, two.place);
  return `swap ${table}.${column}`;
}

interface ChainRow {
  seq: number;
  at: Date;
  actor_id: string | null;
  kind: string;
  subject: string;
  digest: Buffer;
  previous: Buffer;
  hash: Buffer;
}

const anyEngineer = async (): Promise<string> =>
  pick(await rows<{ id: string }>(`SELECT DISTINCT engineer_id::text AS id FROM kept.checkpoint_leaf ORDER BY 1`)).id;

/** Where the chain of a record lies, or that of the administration ledger: tables, and what picks it out of them. */
const placeOf = (engineer: string): { entry: string; content: string; record: string; where: string; own: Values } =>
  engineer === administrationId
    ? { entry: 'administration_entry', content: 'administration_content', record: 'administration_record', where: 'true', own: {} }
    : {
        entry: 'ledger_entry',
        content: 'record_content',
        record: 'record',
        where: `engineer_id = '${engineer}'`,
        own: { engineer_id: engineer },
      };

/** Changes a chain as its engineer's worst enemy would: what a checkpoint covers is bent, then all hashes and the head are made to fit again. */
async function rewrite(engineer: string, bend: (chain: ChainRow[]) => ChainRow[]): Promise<void> {
  const { entry, record, where, own } = placeOf(engineer);
  const before = await rows<ChainRow>(`SELECT * FROM ${entry} WHERE ${where} ORDER BY seq`);
  const [leaf] = await rows<{ seq: number | null }>(`SELECT max(seq) AS seq FROM kept.checkpoint_leaf WHERE engineer_id = $1`, [engineer]);
  const covered = leaf?.seq ?? before.length;
  const chain = [...bend(before.slice(0, covered)), ...before.slice(covered)];
  await superuser.query(`DELETE FROM ${entry} WHERE ${where}`);
  let previous = before[0]?.previous ?? Buffer.alloc(32);
  for (const [i, { at, actor_id: actor, kind, subject, digest }] of chain.entries()) {
    const seq = i + 1;
    const fields = { seq, at: at.toISOString(), actor, kind, subject, digest: digest.toString('hex'), previous: previous.toString('hex') };
    const hash = hashOf(fields);
    const row: Values = { seq, at, actor_id: actor, kind, subject, digest, previous, hash, ...own };
    const names = Object.keys(row);
    await superuser.query(
      `INSERT INTO ${entry} (${names.join(', ')}) VALUES (${names.map((_name, n) => `$${n + 1}`).join(', ')})`,
      Object.values(row),
    );
    previous = hash;
  }
  await superuser.query(`UPDATE ${record} SET head_seq = $1, head_hash = $2 WHERE ${where}`, [chain.length, previous]);
}

const someone = '01931b2e-7c00-7000-8000-000000000001';
const bends: Readonly<Record<string, (chain: ChainRow[]) => ChainRow[]>> = {
  'another actor': (chain) =>
    chain.map((one, i) => (i === chain.length - 2 ? { ...one, actor_id: one.actor_id === null ? someone : null } : one)),
  'earlier by a second': (chain) => chain.map((one) => ({ ...one, at: new Date(one.at.getTime() - 1_000) })),
  'one entry less': (chain) => chain.toSpliced(below(chain.length), 1),
  'the tail cut': (chain) => chain.slice(0, 1 + below(chain.length - 1)),
  'one entry more': (chain) => {
    const at = below(chain.length - 1);
    const one = chain[at];
    return one === undefined ? chain : chain.toSpliced(at, 0, { ...one, subject: 'elsewhere' });
  },
  'two entries in each other’s place': (chain) => {
    const at = below(chain.length - 1);
    const [one, two] = [chain[at], chain[at + 1]];
    return one === undefined || two === undefined ? chain : chain.toSpliced(at, 2, { ...two, at: one.at }, { ...one, at: two.at });
  },
};

/** Makes the checkpoints fit the chains as they are now: leaves of other hashes, another tree, other signatures, by the stolen key or somebody's own. */
async function resign(privateKey: KeyObject): Promise<void> {
  const leaves = await rows<{ leaf_index: number; engineer_id: string; seq: number; hash: string | null }>(
    `SELECT l.leaf_index, l.engineer_id, least(l.seq, r.head_seq) AS seq, encode(e.hash, 'hex') AS hash FROM checkpoint_leaf l
       JOIN (SELECT engineer_id, head_seq FROM record UNION ALL SELECT $1::uuid, head_seq FROM administration_record) r USING (engineer_id)
       LEFT JOIN (SELECT engineer_id, seq, hash FROM ledger_entry UNION ALL SELECT $1::uuid, seq, hash FROM administration_entry) e
         ON e.engineer_id = l.engineer_id AND e.seq = least(l.seq, r.head_seq) ORDER BY l.leaf_index`,
    [administrationId],
  );
  const kept = await rows<CheckpointRow>(`SELECT ${checkpointColumns} FROM checkpoint c ORDER BY number`);
  const tree = GrowingTree.empty();
  let previous: string | null = null;
  for (const { leaf_index: index, engineer_id: engineer, seq, hash } of leaves) {
    await superuser.query(`UPDATE checkpoint_leaf SET seq = $2, hash = $3 WHERE leaf_index = $1`, [
      index,
      seq,
      Buffer.from(hash ?? '', 'hex'),
    ]);
    tree.append(headHash({ engineer, seq, hash: hash ?? '' }));
    const due = kept.find(({ tree_size: size }) => size === tree.size);
    if (due === undefined) continue;
    const { number, at, treeSize } = checkpointOf(due);
    const signed: SignedCheckpoint = signCheckpoint({ number, at, treeSize, root: tree.root().toString('hex'), previous }, privateKey);
    await superuser.query(
      `UPDATE checkpoint SET root = $2, previous = $3, key_id = $4, public_key = $5, signature = $6 WHERE number = $1`,
      [
        number,
        tree.root(),
        previous === null ? null : Buffer.from(previous, 'hex'),
        signed.keyId,
        Buffer.from(signed.publicKey.x, 'base64url'),
        Buffer.from(signed.signature, 'base64url'),
      ],
    );
    previous = digestOfCheckpoint(signed);
  }
}

const stolenKey = (): KeyObject => createPrivateKey(readFileSync(keyFile));
const ownKey = (): KeyObject => generateKeyPairSync('ed25519').privateKey;

async function rehash(): Promise<string> {
  const name = pick(Object.keys(bends));
  const key = pick([null, ownKey, stolenKey]);
  await rewrite(draw() < 0.3 ? administrationId : await anyEngineer(), bends[name] ?? ((chain) => chain));
  if (key !== null) await resign(key());
  return `re-hash a chain with ${name}${key === null ? '' : `, and sign all checkpoints anew by ${key === ownKey ? 'another key' : 'the stolen one'}`}`;
}

/** Takes the newest checkpoints with their leaves, or only the leaves. */
async function cutTree(): Promise<string> {
  const withLeaves = draw() < 0.5;
  await superuser.query(`DELETE FROM checkpoint WHERE number >= $1`, [2 + below(2)]);
  if (withLeaves) await superuser.query(`DELETE FROM checkpoint_leaf WHERE leaf_index >= (SELECT max(tree_size) FROM checkpoint)`);
  return `cut the checkpoints${withLeaves ? ' and their leaves' : ''}`;
}

/** A whole record, as if it had never been. */
async function removeRecord(): Promise<string> {
  const engineer = draw() < 0.3 ? administrationId : await anyEngineer();
  const { entry, content, record, where } = placeOf(engineer);
  const alsoGone = engineer === administrationId ? [] : rowTables;
  for (const table of [entry, content, record, ...alsoGone]) await superuser.query(`DELETE FROM ${table} WHERE ${where}`);
  return 'delete a whole record';
}

const digestColumns: readonly [Table, string][] = [
  ['ledger_entry', 'digest'],
  ['evidence_revision', 'digest'],
  ['claim_submission', 'digest'],
  ['approval', 'content_digest'],
  ['approval', 'submission_digest'],
  ['sign_off', 'digest'],
  ['record_content', 'body'],
  ['record_content', 'salt'],
  ['administration_entry', 'digest'],
  ['administration_content', 'body'],
  ['administration_content', 'salt'],
  ['policy', 'distinct_evidence'],
  ['accreditation', 'up_to_level'],
  ['person', 'roles'],
];

/** One change, drawn; answers what it was, or null where the schema itself refused it. */
async function tamper(): Promise<string | null> {
  const way = draw();
  try {
    if (way < 0.4) return await alter(anyTable());
    if (way < 0.5) return await remove(anyTable());
    if (way < 0.6) {
      const table = anyTable();
      return table === 'record' ? null : await insert(table);
    }
    if (way < 0.72) return await swap(...pick(digestColumns));
    if (way < 0.94) return await rehash();
    return await (draw() < 0.5 ? cutTree() : removeRecord());
  } catch (error) {
    // 22: no such value; 23: a constraint. Another change is drawn
    if (/^2[23]/.test(String((error as { code?: unknown }).code))) return null;
    throw error;
  }
}

test('the ledger as it is holds against the checkpoint', async () => {
  expect(await verify()).toMatchObject({ ok: true });
});

test(`${rounds} changes by a superuser are all found (seed ${seed})`, async () => {
  const found = new Map<string, number>();
  const missed: string[] = [];
  for (let done = 0; done < rounds;) {
    const what = await tamper();
    if (what !== null) {
      const verdict = await verify();
      if (verdict.ok) missed.push(what);
      found.set(what, (found.get(what) ?? 0) + 1);
      done += 1;
    }
    await restore();
  }
  if (isDeep)
    process.stderr.write(
      `${[...found]
        .sort()
        .map(([what, times]) => `${times} × ${what}`)
        .join('\n')}\n`,
    );
  expect(missed).toEqual([]);
  expect(found.size).toBeGreaterThan(15);
  expect(await verify()).toMatchObject({ ok: true });
}, 900_000);

test.each(Object.keys(bends))('a chain written anew with %s is found, with all checkpoints signed anew too', async (name) => {
  for (const key of [null, ownKey, stolenKey]) {
    for (const engineer of [await anyEngineer(), administrationId]) {
      await rewrite(engineer, bends[name] ?? ((chain) => chain));
      if (key !== null) await resign(key());
      const verdict = await verify();
      await restore();
      expect([key?.name, engineer, verdict.ok]).toEqual([key?.name, engineer, false]);
    }
  }
});

test('without a checkpoint held elsewhere, who signs anew with another key is found by the key', async () => {
  await resign(ownKey());
  expect(await verifyLedger(dataSource, {})).toMatchObject({ ok: true });
  const { trusted } = readKeys({
    DATABASE_URL: 'given',
    DATA_DIR: folder,
    LEDGER_KEY_FILE: keyFile,
  });
  expect(await verifyLedger(dataSource, { trusted })).toMatchObject({ ok: false, misfit: { checkpoint: 1 } });
  await restore();
});

describe('content that is gone', () => {
  const oneContent = async (): Promise<{ engineer: string; digest: Buffer; seq: number }> => {
    const [row] = await rows<{ engineer: string; digest: Buffer; seq: number }>(
      `SELECT engineer_id AS engineer, digest, seq FROM ledger_entry WHERE kind = 'sign-off.granted' ORDER BY 1 LIMIT 1`,
    );
    if (row === undefined) throw new Error('no sign-off');
    await superuser.query(`DELETE FROM record_content WHERE engineer_id = $1 AND digest = $2`, [row.engineer, row.digest]);
    return row;
  };
  const append = async (engineer: string, kind: string, content: string, subject = 'record'): Promise<void> => {
    const salt = Buffer.alloc(16, 7);
    const digest = saltedDigest(JSON.parse(content) as never, salt);
    await superuser.query(`INSERT INTO record_content VALUES ($1, $2, $3, $4)`, [engineer, digest, salt, content]);
    await rewrite(engineer, (chain) => {
      const last = chain.at(-1);
      return last === undefined ? chain : [...chain, { ...last, kind, subject, digest }];
    });
  };
  afterEach(restore);

  test('is named where the ledger does not say that it was taken out', async () => {
    const { engineer, seq } = await oneContent();
    expect(await verify()).toMatchObject({ ok: false, misfit: { engineer, seq, reason: 'its content is gone' } });
  });

  test('may be gone where the ledger says that it was redacted, and only that', async () => {
    const [logged] = await rows<{ engineer: string; digest: Buffer; subject: string }>(
      `SELECT engineer_id AS engineer, digest, subject FROM ledger_entry WHERE kind = 'evidence.logged' AND seq > 1 ORDER BY 1 LIMIT 1`,
    );
    if (logged === undefined) throw new Error('no evidence');
    const { engineer, digest, subject } = logged;
    await superuser.query(`DELETE FROM record_content WHERE engineer_id = $1 AND digest = $2`, [engineer, digest]);
    await append(engineer, 'record.redacted', JSON.stringify({ digests: [digest.toString('hex')] }), `${subject}/revisions/1`);
    expect(await verify()).toMatchObject({ ok: true });
    await superuser.query(
      `DELETE FROM record_content WHERE engineer_id = $1 AND digest = (SELECT digest FROM ledger_entry WHERE engineer_id = $1 AND seq = 1)`,
      [engineer],
    );
    expect(await verify()).toMatchObject({ ok: false, misfit: { engineer, seq: 1 } });
  });

  // how a redaction or an erasure must be entered: ledger.taken-out.api-spec.ts
  test('may not be gone where an entry says so that the application would never make', async () => {
    const { engineer, digest } = await oneContent();
    await append(engineer, 'record.redacted', JSON.stringify({ digests: [digest.toString('hex')] }));
    expect(await verify()).toMatchObject({ ok: false, misfit: { engineer } });
    await restore();
    await oneContent();
    await append(engineer, 'record.erased', '{}');
    expect(await verify()).toMatchObject({ ok: false, misfit: { engineer } });
  });
});
