import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { createApp } from '../../src/app';
import { readSettings } from '../../src/config';
import { digestOfCheckpoint, checkpointProblem, type SignedCheckpoint } from '../../src/ledger/checkpoint';
import type { CheckpointPage, LedgerVerificationAnswer } from '../../src/ledger/checkpoints.dto';
import { CheckpointsService } from '../../src/ledger/checkpoints.service';
import { CheckpointsStore } from '../../src/ledger/checkpoints.store';
import { LedgerKeys } from '../../src/ledger/ledger-keys';
import { verifyLedger } from '../../src/ledger/ledger.verification';
import { verifyConsistency } from '../../src/ledger/merkle';
import { type EntryProof, proofProblem } from '../../src/ledger/proof';
import { Transactions } from '../../src/platform/transaction';
import { logWork, makeTrio, signedOffClaim, statementRef, type Trio } from '../factories/claims';
import { type TestPerson, makePerson } from '../factories/people';
import { type TestApp, startApp } from '../setup/app';

const folder = mkdtempSync(join(tmpdir(), 'touchstone-ledger-'));
const keyFile = join(folder, 'key.pem');
let api: TestApp;
let auditor: TestPerson;
let trio: Trio;
let signOff: string;
beforeAll(async () => {
  writeFileSync(keyFile, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  api = await startApp({ LEDGER_KEY_FILE: keyFile });
  auditor = await makePerson(api, { roles: ['auditor'] });
  trio = await makeTrio(api);
  signOff = (await signedOffClaim(trio, 1)).claim.signOff?.id ?? '';
});
afterAll(async () => {
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

const make = (): Promise<{ checkpoint: SignedCheckpoint | null; isNew: boolean }> =>
  api.app.get(CheckpointsService, { strict: false }).make();
const verification = async (): Promise<LedgerVerificationAnswer> =>
  (await auditor.get<LedgerVerificationAnswer>('/ledger/verification')).body;
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const proofPath = (): string => `/engineers/${trio.engineer.id}/sign-offs/${signOff}/proof`;

describe('the proof of a sign-off', () => {
  test('makes a checkpoint where none covers it, and holds from the content to the signature', async () => {
    expect((await auditor.get<CheckpointPage>('/ledger/checkpoints')).body.items).toEqual([]);
    const answer = await trio.engineer.get<EntryProof>(proofPath());
    expect(answer.status).toBe(200);
    expect(proofProblem(answer.body)).toBeNull();
    expect(answer.body.entry.kind).toBe('sign-off.granted');
    expect(answer.body.chain).toEqual([]);
    expect((await auditor.get<CheckpointPage>('/ledger/checkpoints')).body.items.map(({ number }) => number)).toEqual([1]);
  });

  test('stays the same when the record and the ledger go on, and is one for an older entry too', async () => {
    const before = (await auditor.get<EntryProof>(proofPath())).body;
    await logWork(trio.engineer, [statementRef(2, 1)]);
    for (let i = 0; i < 3; i += 1) await logWork((await makeTrio(api)).engineer, [statementRef(1, 1)]);
    expect((await make()).checkpoint).toMatchObject({ number: 2, treeSize: 7 });
    expect((await auditor.get<EntryProof>(proofPath())).body).toEqual(before);
    const other = await makeTrio(api);
    const later = (await signedOffClaim(other, 1)).claim.signOff?.id ?? '';
    await logWork(other.engineer, [statementRef(2, 1)]);
    await logWork((await makeTrio(api)).engineer, [statementRef(1, 1)]);
    await make();
    const { body } = await other.engineer.get<EntryProof>(`/engineers/me/sign-offs/${later}/proof`);
    expect(body.chain.map(({ kind }) => kind)).toEqual(['evidence.logged', 'support.proposed']);
    expect(body.path.length).toBeGreaterThan(1);
    expect(proofProblem(body)).toBeNull();
  });

  test.each<[string, (proof: EntryProof) => EntryProof, string]>([
    ['content', (proof) => ({ ...proof, content: { ...(proof.content as object), level: 5 } }), 'content'],
    ['entry', (proof) => ({ ...proof, entry: { ...proof.entry, actor: null } }), 'hash'],
    ['head', (proof) => ({ ...proof, leaf: { ...proof.leaf, seq: 1 } }), 'head'],
    ['place', (proof) => ({ ...proof, leaf: { ...proof.leaf, index: 0 } }), 'tree'],
    ['path', (proof) => ({ ...proof, path: [...proof.path, '00'.repeat(32)] }), 'tree'],
    ['checkpoint', (proof) => ({ ...proof, checkpoint: { ...proof.checkpoint, at: '2020-01-01T00:00:00.000Z' } }), 'signature'],
  ])('fails with another %s', async (_, change, reason) => {
    expect(proofProblem(change((await auditor.get<EntryProof>(proofPath())).body))).toContain(reason);
  });

  test('is for those who may read the ledger', async () => {
    expect((await trio.manager.get(proofPath())).status).toBe(403);
    expect((await trio.mentor.get(proofPath())).status).toBe(403);
    expect((await (await makePerson(api)).get(proofPath())).status).toBe(404);
    expect((await auditor.get(`/engineers/${trio.engineer.id}/sign-offs/${trio.engineer.id}/proof`)).status).toBe(404);
  });

  test('is told to wait where there is no key', async () => {
    const keyless = await startApp();
    try {
      const their = await makeTrio(keyless);
      const id = (await signedOffClaim(their, 1)).claim.signOff?.id ?? '';
      const answer = await their.engineer.get<{ code: string }>(`/engineers/me/sign-offs/${id}/proof`);
      expect([answer.status, answer.body.code]).toEqual([409, 'not-covered']);
    } finally {
      await keyless.close();
    }
  });
});

describe('checkpoints', () => {
  test('are given out newest first, signed, each tied to the one before by digest and by proof', async () => {
    await logWork(trio.engineer, [statementRef(2, 1)]);
    await make();
    const { body } = await auditor.get<CheckpointPage>('/ledger/checkpoints?limit=2');
    const rest = await auditor.get<CheckpointPage>(`/ledger/checkpoints?limit=100&cursor=${body.nextCursor}`);
    const all = [...body.items, ...rest.body.items];
    expect(all.length).toBeGreaterThan(3);
    expect(all.map(({ number }) => number)).toEqual(all.map((_, i) => all.length - i));
    for (const [i, checkpoint] of all.entries()) {
      expect(checkpointProblem(checkpoint)).toBeNull();
      const older = all[i + 1];
      if (older === undefined) expect([checkpoint.previous, checkpoint.consistency]).toEqual([null, null]);
      else {
        expect(checkpoint.previous).toBe(digestOfCheckpoint(older));
        expect(checkpoint.consistency?.from).toBe(older.treeSize);
        const path = (checkpoint.consistency?.path ?? []).map(hex);
        expect(verifyConsistency(older.treeSize, checkpoint.treeSize, hex(older.root), hex(checkpoint.root), path)).toBe(true);
      }
    }
    expect((await trio.manager.get('/ledger/checkpoints')).status).toBe(403);
    expect((await auditor.get('/ledger/checkpoints?cursor=rubbish')).status).toBe(400);
  });

  test('are not made where nothing changed, and by one at a time', async () => {
    await make();
    expect(await make()).toMatchObject({ isNew: false });
    await logWork(trio.engineer, [statementRef(2, 2)]);
    const made = await Promise.all(Array.from({ length: 8 }, make));
    expect(made.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(made.map(({ checkpoint }) => checkpoint?.number)).size).toBe(1);
    await logWork(trio.engineer, [statementRef(2, 3)]);
    expect(await api.app.get(CheckpointsService, { strict: false }).make(30)).toMatchObject({ isNew: false });
    expect((await verification()).ok).toBe(true);
  });

  test('are made while records change, and fit', async () => {
    const engineers = await Promise.all(Array.from({ length: 4 }, async () => (await makeTrio(api)).engineer));
    await Promise.all([
      ...engineers.flatMap((engineer) => Array.from({ length: 5 }, () => logWork(engineer, [statementRef(1, 1)]))),
      ...Array.from({ length: 5 }, make),
    ]);
    const answer = await verification();
    expect(answer).toMatchObject({ ok: true, misfit: null });
    await make();
    expect(await verification()).toMatchObject({ ok: true, uncovered: 0 });
  });

  test('go on under a new key, while the old one’s stay right as long as it is named', async () => {
    const newer = join(folder, 'newer.pem');
    const keys = generateKeyPairSync('ed25519');
    writeFileSync(newer, keys.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const keyed = (env: Record<string, string>): LedgerKeys =>
      new LedgerKeys(readSettings({ DATABASE_URL: api.database.url, LEDGER_KEY_FILE: newer, ...env }));
    const dataSource = api.app.get(DataSource, { strict: false });
    const service = (ring: LedgerKeys): CheckpointsService =>
      new CheckpointsService(new Transactions(dataSource), new CheckpointsStore(), ring);
    await logWork(trio.engineer, [statementRef(2, 3)]);
    await expect(service(keyed({})).make()).rejects.toThrow('LEDGER_PUBLIC_KEYS_DIR');

    const former = mkdtempSync(join(folder, 'former-'));
    const oldPublic = createPublicKey(createPrivateKey(readFileSync(keyFile, 'utf8')));
    writeFileSync(join(former, 'first.pem'), oldPublic.export({ type: 'spki', format: 'pem' }));
    const ring = keyed({ LEDGER_PUBLIC_KEYS_DIR: former });
    const { checkpoint } = await service(ring).make();
    expect(checkpoint?.keyId).not.toBe((await auditor.get<CheckpointPage>('/ledger/checkpoints')).body.items[1]?.keyId);
    const verdict = await verifyLedger(dataSource, { trusted: ring.read().trusted });
    expect(verdict).toMatchObject({ ok: true, summary: { keyIds: { length: 2 } } });
    expect(await verifyLedger(dataSource, { trusted: keyed({}).read().trusted })).toMatchObject({ ok: false, misfit: { checkpoint: 1 } });
    // the application that runs knows only the first key: what another signed is not taken for its own
    expect(await verification()).toMatchObject({ ok: false, misfit: { checkpoint: checkpoint?.number } });
  });
});

describe('keys', () => {
  const startedWith = (file: string): Promise<unknown> =>
    createApp(readSettings({ LOG_LEVEL: 'silent', DATABASE_URL: api.database.url, LEDGER_KEY_FILE: file }), api.database.url);

  test.each<[string, string, number, string]>([
    ['others may read', '', 0o644, 'chmod 600'],
    ['is no key', 'rubbish', 0o600, 'Ed25519'],
    ['is of another sort', generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, 0o600, 'Ed25519'],
  ])('a file that %s keeps the application from starting, and is named', async (_, content, mode, says) => {
    const file = join(folder, `bad-${mode}-${content.length}.pem`);
    writeFileSync(file, content, { mode });
    await expect(startedWith(file)).rejects.toThrow(says);
  });

  test('a file that is not there is named', async () => {
    await expect(startedWith(join(folder, 'nowhere.pem'))).rejects.toThrow('nowhere.pem');
  });

  test('no private key is anywhere in the database', async () => {
    const { d = '' } = createPrivateKey(readFileSync(keyFile)).export({ format: 'jwk' });
    const secret = Buffer.from(d, 'base64url');
    const columns = await api.database.query<{ t: string; c: string }>(
      `SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'bytea'`,
    );
    for (const { t, c } of columns) {
      expect([t, c, await api.database.query(`SELECT 1 FROM ${t} WHERE position($1::bytea IN ${c}) > 0`, [secret])]).toEqual([t, c, []]);
    }
  });
});
