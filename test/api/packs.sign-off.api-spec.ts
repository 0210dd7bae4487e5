import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { ledgerVerify } from '../../src/commands/ledger-verify';
import type { SignOffCheckAnswer } from '../../src/credentials/credentials.dto';
import {
  type CheckedPack,
  type Manifest,
  type PackMisfit,
  checkPack,
  digestOfFile,
  manifestBytes,
  packBytes,
  zipped,
} from '../../src/credentials/pack-check';
import { type SignedCheckpoint, digestOfCheckpoint, jwkOf, keyIdOf, signCheckpoint } from '../../src/ledger/checkpoint';
import { logWork, makeTrio, signedOffClaim, statementRef, type Trio } from '../factories/claims';
import { type TestPerson, makePerson } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';
import { type KeyFiles, makeKeyFiles } from '../setup/key-files';

let keys: KeyFiles;
let api: TestApp;
let admin: TestPerson;
let auditor: TestPerson;
let trio: Trio;
let signOff: string;
let path: string;
beforeAll(async () => {
  keys = makeKeyFiles();
  api = await startApp({ ...keys.settings, ORGANISATION: 'Lighthouse Works', PUBLIC_URL: 'https://touchstone.example/' });
  admin = await makePerson(api, { roles: ['admin'] });
  auditor = await makePerson(api, { roles: ['auditor'] });
  trio = await makeTrio(api);
  signOff = (await signedOffClaim(trio, 1)).claim.signOff?.id ?? '';
  path = `/engineers/${trio.engineer.id}/sign-offs/${signOff}`;
});
afterAll(async () => {
  await api.close();
  keys.remove();
});

const filesOf = ({ bytes }: Answer): Record<string, Uint8Array> => unzipSync(bytes);
const json = <T>(files: Record<string, Uint8Array>, name: string): T => JSON.parse(Buffer.from(files[name] ?? []).toString('utf8')) as T;
const checked = (bytes: Uint8Array): CheckedPack => {
  const found = checkPack(bytes);
  if ('reason' in found) throw new Error(`${found.file ?? 'zip'}: ${found.reason}`);
  return found;
};
const code = ({ status, body }: Answer): [number, unknown] => [status, body['code']];

describe('a pack', () => {
  let answer: Answer;
  beforeAll(async () => {
    answer = await trio.engineer.get(`${path}/pack`);
  });

  test('is a zip that proves itself, and makes the checkpoint that it needs', async () => {
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/zip']);
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="sign-off-${signOff}.zip"`);
    const { manifest, checkpoint, entry } = checked(answer.bytes);
    expect(manifest).toMatchObject({ engineer: trio.engineer.id, signOff, state: 'in-force' });
    expect(entry).toMatchObject({ kind: 'sign-off.granted', subject: `sign-offs/${signOff}` });
    expect(checkpoint?.number).toBe(1);
    // the keys are those of the installation
    const ours = keyIdOf(jwkOf(createPublicKey(readFileSync(keys.settings.LEDGER_KEY_FILE))));
    expect([manifest.keyId, checkpoint?.keyId]).toEqual([ours, ours]);
    expect(await api.database.query('SELECT number FROM checkpoint')).toEqual([{ number: 1 }]);
  });

  test('holds the frozen content as the API shows it, for reading and as data', async () => {
    const files = filesOf(answer);
    expect(Object.keys(files)).toEqual(['README.txt', 'sign-off.pdf', 'sign-off.json', 'proof.json', 'manifest.json']);
    const shown = (await trio.engineer.get<{ content: unknown; ledger: { digest: string } }>(path)).body;
    expect(json(files, 'sign-off.json')).toMatchObject({ content: shown.content, digest: shown.ledger.digest });
    expect(
      Buffer.from(files['sign-off.pdf'] ?? [])
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
    const readme = Buffer.from(files['README.txt'] ?? []).toString('utf8');
    for (const part of ['ledger:verify', 'Lighthouse Works', trio.engineer.name, 'internal sign-off']) expect(readme).toContain(part);
  });

  test('is the same for the same moment’s facts, whoever draws it', async () => {
    const again = filesOf(await trio.engineer.get(`${path}/pack`));
    for (const name of ['sign-off.json', 'proof.json', 'README.txt']) expect(again[name]).toEqual(filesOf(answer)[name]);
  });

  test('is for those who read the content: an admin knows of it and may not, a peer does not know of it', async () => {
    for (const who of [trio.engineer, trio.mentor, trio.manager, auditor]) {
      const { status, bytes } = await who.get(`${path}/pack`);
      expect(status).toBe(200);
      expect(checked(bytes).manifest.signOff).toBe(signOff);
    }
    expect(code(await admin.get(`${path}/pack`))).toEqual([403, 'not-allowed']);
    expect(code(await (await makePerson(api)).get(`${path}/pack`))).toEqual([404, 'not-found']);
    expect((await trio.engineer.get(`${path.slice(0, -1)}${path.endsWith('0') ? '1' : '0'}/pack`)).status).toBe(404);
    await api.database.query(`UPDATE mentorship SET until_at = now() WHERE engineer_id = $1`, [trio.engineer.id]);
    // who gave it reads it for good
    expect((await trio.mentor.get(`${path}/pack`)).status).toBe(200);
  });

  test('is accepted by the command alone, and held against checkpoints kept elsewhere', async () => {
    const file = join(keys.folder, 'pack.zip');
    const heldFile = join(keys.folder, 'held.json');
    const held = (...checkpoints: unknown[]): Promise<{ ok: boolean; text: string }> => {
      writeFileSync(heldFile, JSON.stringify(checkpoints));
      return ledgerVerify([file, '--checkpoint', heldFile]);
    };
    writeFileSync(file, answer.bytes);
    expect(await ledgerVerify([file])).toEqual({ ok: true, text: expect.stringContaining(trio.engineer.name) as string });
    const checkpoint = checked(answer.bytes).checkpoint as SignedCheckpoint;
    expect((await held(checkpoint)).ok).toBe(true);
    const key = createPrivateKey(readFileSync(keys.settings.LEDGER_KEY_FILE));
    const next = { number: 2, at: checkpoint.at, treeSize: 9, root: checkpoint.root, previous: digestOfCheckpoint(checkpoint) };
    expect((await held(signCheckpoint(next, key))).ok).toBe(true);
    expect(await held(signCheckpoint({ ...next, previous: 'ab'.repeat(32) }, key))).toMatchObject({ ok: false, text: /does not follow/ });
    expect(await held(signCheckpoint({ ...checkpoint, treeSize: 9 }, key))).toMatchObject({ ok: false, text: /another one/ });
    expect(await held(signCheckpoint({ ...next, number: 3 }, key))).toMatchObject({ ok: false, text: /not among those/ });
    expect(await held({ ...checkpoint, root: 'ab'.repeat(32) })).toMatchObject({ ok: false, text: /signature/ });
    writeFileSync(file, answer.bytes.subarray(0, 1000));
    expect(await ledgerVerify([file])).toMatchObject({ ok: false });
  });

  describe('in which something was changed', () => {
    const bent = (change: (files: Record<string, Uint8Array>) => void): PackMisfit | CheckedPack => {
      const files = { ...filesOf(answer) };
      change(files);
      return checkPack(zipped(files));
    };

    test.each(['README.txt', 'sign-off.pdf', 'sign-off.json', 'proof.json', 'manifest.json'])('%s: any bit of it is missed', (name) => {
      const { length } = filesOf(answer)[name] ?? [];
      for (const at of [0, Math.floor(length / 3), Math.floor(length / 2), length - 1]) {
        const found = bent((files) => {
          const copy = Uint8Array.from(files[name] ?? []);
          copy[at] = (copy[at] ?? 0) ^ 1;
          files[name] = copy;
        });
        expect(found).toMatchObject({ reason: expect.any(String) as string });
        expect((found as PackMisfit).file).toBe(name);
      }
      expect(bent((files) => delete files[name])).toMatchObject({ file: name, reason: 'it is missing' });
    });

    test('every byte of the zip is accounted for', () => {
      const zip = answer.bytes;
      for (let at = 0; at < zip.length; at += 997) {
        const copy = Buffer.from(zip);
        copy[at] = (copy[at] ?? 0) ^ 0x10;
        expect([at, 'reason' in checkPack(copy)]).toEqual([at, true]);
      }
      expect(checkPack(Buffer.concat([zip, Buffer.from('x')]))).toMatchObject({ file: null });
      expect(checkPack(zip.subarray(0, zip.length - 30))).toMatchObject({ file: null });
      expect(checkPack(Buffer.from('not a zip'))).toMatchObject({ file: null });
      expect(bent((files) => (files['extra.txt'] = Buffer.from('x')))).toMatchObject({ file: 'extra.txt' });
    });

    /** The manifest anew, signed by some key: what somebody with a key of the organisation, or with one of their own, could do. */
    const resigned = (files: Record<string, Uint8Array>, key = createPrivateKey(readFileSync(keys.settings.LEDGER_KEY_FILE))): void => {
      const manifest = json<Manifest>(files, 'manifest.json');
      const publicKey = jwkOf(createPublicKey(key));
      const digests = Object.fromEntries(Object.keys(manifest.files).map((name) => [name, digestOfFile(files[name] ?? new Uint8Array())]));
      const fields = { ...manifest, files: digests as Manifest['files'], keyId: keyIdOf(publicKey) };
      const signature = sign(null, packBytes(fields), key).toString('base64url');
      files['manifest.json'] = manifestBytes({ ...fields, publicKey, signature });
    };

    test('a manifest that is signed anew does not help: content, entry, chain and tree must fit as well', () => {
      const inJson = (name: string, from: string | RegExp, to: string): PackMisfit | CheckedPack =>
        bent((files) => {
          const text = Buffer.from(files[name] ?? []).toString('utf8');
          expect(text).toMatch(from);
          files[name] = Buffer.from(text.replace(from, to));
          resigned(files);
        });
      expect(inJson('sign-off.json', '"level": 1', '"level": 5')).toEqual({
        file: 'sign-off.json',
        reason: 'its content is not that of its digest',
      });
      expect(inJson('sign-off.json', /"seq": \d+/, '"seq": 1')).toMatchObject({ file: 'proof.json' });
      expect(inJson('proof.json', /"root": "../, '"root": "ff')).toMatchObject({ file: 'proof.json', reason: /tree/ });
      expect(inJson('proof.json', /"signature": "......../, '"signature": "AAAAAAAA')).toMatchObject({
        file: 'proof.json',
        reason: /signature/,
      });
      expect(inJson('proof.json', /"path"/, '"paths"')).toMatchObject({
        file: 'proof.json',
        reason: 'it is not of the form that is expected',
      });
      expect(bent((files) => resigned(files))).toHaveProperty('manifest');
    });

    test('a manifest with something beside what is signed is refused', () => {
      const added = bent((files) => {
        files['manifest.json'] = Buffer.from(JSON.stringify({ ...json<Manifest>(files, 'manifest.json'), note: 'approved by the board' }));
      });
      expect(added).toEqual({ file: 'manifest.json', reason: 'something stands in it that is not signed' });
    });

    test('a manifest of another key names that key', () => {
      const found = bent((files) => resigned(files, generateKeyPairSync('ed25519').privateKey)) as CheckedPack;
      expect(found.manifest.keyId).not.toBe(found.checkpoint?.keyId);
    });

    test('a pack that others closed again, with another day and state, is refused against a checkpoint kept elsewhere', async () => {
      const files: Record<string, Uint8Array> = { ...unzipSync(answer.bytes) };
      const manifest = { ...json<Manifest>(files, 'manifest.json'), madeAt: '2031-01-01T00:00:00.000Z' };
      files['manifest.json'] = manifestBytes(manifest);
      resigned(files, generateKeyPairSync('ed25519').privateKey);
      const [file, heldFile] = [join(keys.folder, 'forged.zip'), join(keys.folder, 'held-against-it.json')];
      writeFileSync(file, zipped(files));
      writeFileSync(heldFile, JSON.stringify(checked(answer.bytes).checkpoint));
      expect(await ledgerVerify([file, '--checkpoint', heldFile])).toEqual({
        ok: false,
        text: expect.stringContaining('which signed none of the checkpoints kept elsewhere') as string,
      });
      // who has no checkpoint is told whose key it is, and to compare it
      expect((await ledgerVerify([file])).text).toContain('compare the ids of the keys');
    });
  });
});

describe('what else happened in the record before the checkpoint', () => {
  test('is in the engineer’s and the auditor’s pack, and withheld from those who may not read the ledger', async () => {
    const other = await makeTrio(api);
    const id = (await signedOffClaim(other, 1)).claim.signOff?.id ?? '';
    const secret = await logWork(other.engineer, [statementRef(2, 1)]);
    for (const who of [other.engineer, auditor]) {
      const answer = await who.get(`/engineers/${other.engineer.id}/sign-offs/${id}/pack`);
      expect(checked(answer.bytes).checkpoint).not.toBeNull();
      expect(Buffer.from(filesOf(answer)['proof.json'] ?? []).toString()).toContain(secret);
    }
    for (const who of [other.mentor, other.manager]) {
      const answer = await who.get(`/engineers/${other.engineer.id}/sign-offs/${id}/pack`);
      expect(checked(answer.bytes).checkpoint).toBeNull();
      expect(answer.bytes.toString('latin1')).not.toContain(secret);
      expect(json(filesOf(answer), 'proof.json')).toMatchObject({ withheld: 2 });
    }
  });
});

describe('the address of the QR code', () => {
  test('tells whoever knows the digest how the sign-off stands, and nobody else anything', async () => {
    const { digest } = checked((await trio.engineer.get(`${path}/pack`)).bytes).entry;
    const { status, body } = await api.send<SignOffCheckAnswer>('GET', `${path}/check/${digest}`);
    expect([status, body]).toEqual([200, { signOff, skillLevel: 'sfia-9:ITOP.1', on: body.on, until: null, state: 'in-force' }]);
    for (const wrong of [digest.replace(/^../, (two) => (two === '00' ? '11' : '00')), digest.toUpperCase(), 'x', '00'.repeat(32)]) {
      expect((await api.send('GET', `${path}/check/${wrong}`)).status).toBe(404);
    }
  });
});

describe('a revoked sign-off', () => {
  test('has a pack that says so, and so does the address of the QR code', async () => {
    const other = await makeTrio(api);
    const id = (await signedOffClaim(other, 1)).claim.signOff?.id ?? '';
    const its = `/engineers/${other.engineer.id}/sign-offs/${id}`;
    const before = await other.engineer.get(`${its}/pack`);
    await admin.post(`${its}/revocation`, { password: admin.password, reason: 'It was somebody else’s work.' });
    const { manifest, checkpoint } = checked((await other.engineer.get(`${its}/pack`)).bytes);
    expect([manifest.state, checkpoint === null]).toEqual(['revoked', false]);
    const { entry, manifest: older } = checked(before.bytes);
    expect(older.state).toBe('in-force');
    expect((await api.send<SignOffCheckAnswer>('GET', `${its}/check/${entry.digest}`)).body.state).toBe('revoked');
  });
});

describe('an installation without a key for the ledger', () => {
  test('says so, and works otherwise', async () => {
    const bare = await startApp();
    try {
      const its = await makeTrio(bare);
      const id = (await signedOffClaim(its, 1)).claim.signOff?.id ?? '';
      expect(code(await its.engineer.get(`/engineers/me/sign-offs/${id}/pack`))).toEqual([409, 'not-covered']);
      expect(code(await its.engineer.get(`/engineers/me/sign-offs/${id}/badge`))).toEqual([409, 'signing-key-missing']);
      expect((await bare.send('GET', '/.well-known/jwks.json')).body).toEqual({ keys: [] });
      expect((await its.engineer.get(`/engineers/me/sign-offs/${id}`)).status).toBe(200);
    } finally {
      await bare.close();
    }
  });
});
