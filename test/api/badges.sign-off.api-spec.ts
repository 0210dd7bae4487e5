import { generateKeyPairSync, createPublicKey } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync, chmodSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv/dist/2019';
import addFormats from 'ajv-formats';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose';
import { readBadgeKeys } from '../../src/credentials/badge-keys';
import type { BadgeAnswer, BadgeKeysAnswer } from '../../src/credentials/credentials.dto';
import { isSet } from '../../src/credentials/status-list';
import { makeTrio, signedOffClaim, type Trio } from '../factories/claims';
import { type TestPerson, makePerson } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';
import { type KeyFiles, makeKeyFiles, writeKey } from '../setup/key-files';

interface Credential extends JWTPayload {
  readonly id: string;
  readonly issuer: { readonly id: string; readonly name: string };
  readonly validFrom: string;
  readonly validUntil?: string;
  readonly credentialSubject: {
    readonly id: string;
    readonly identifier: readonly { readonly identityHash: string; readonly identityType: string }[];
    readonly achievement: { readonly criteria: { readonly narrative: string }; readonly alignment: readonly Record<string, string>[] };
  };
  readonly evidence: readonly { readonly id: string }[];
  readonly credentialStatus: { readonly statusListIndex: string; readonly statusListCredential: string };
}

const origin = 'https://touchstone.example';
const schemaFile = join(__dirname, '../../../shared/data/openbadges/ob_v3p0_achievementcredential_schema.json');

let keys: KeyFiles;
let api: TestApp;
let admin: TestPerson;
let auditor: TestPerson;
let trio: Trio;
let signOff: string;
let path: string;
beforeAll(async () => {
  keys = makeKeyFiles();
  const former = join(keys.folder, 'former');
  mkdirSync(former);
  writeKey(former, 'of-last-year.pem', 'rsa', 'public');
  api = await startApp({ ...keys.settings, BADGE_PUBLIC_KEYS_DIR: former, ORGANISATION: 'Lighthouse Works', PUBLIC_URL: origin });
  admin = await makePerson(api, { roles: ['admin'] });
  auditor = await makePerson(api, { roles: ['auditor'] });
  trio = await makeTrio(api);
  signOff = (await signedOffClaim(trio, 3)).claim.signOff?.id ?? '';
  path = `/engineers/${trio.engineer.id}/sign-offs/${signOff}`;
});
afterAll(async () => {
  await api.close();
  keys.remove();
});

const published = async (): Promise<JSONWebKeySet> => (await api.send<BadgeKeysAnswer>('GET', '/.well-known/jwks.json')).body;
const verified = async <T extends JWTPayload>(jwt: string): Promise<T> =>
  (await jwtVerify<T>(jwt, createLocalJWKSet(await published()), { algorithms: ['RS256'], issuer: `${origin}/.well-known/issuer.json` }))
    .payload;
const badgeOf = async (person: TestPerson, its = path): Promise<string> => (await person.get<BadgeAnswer>(`${its}/badge`)).body.jwt;
const code = ({ status, body }: Answer): [number, unknown] => [status, body['code']];
const isRevoked = async ({ statusListCredential, statusListIndex }: Credential['credentialStatus']): Promise<boolean> => {
  const { status, headers, bytes } = await api.send('GET', statusListCredential.slice(origin.length));
  expect([status, headers.get('content-type')?.split(';')[0]]).toEqual([200, 'application/vc+jwt']);
  const list = await verified<{ credentialSubject: { encodedList: string; statusPurpose: string }; id: string }>(bytes.toString());
  expect([list.id, list.credentialSubject.statusPurpose]).toEqual([statusListCredential, 'revocation']);
  return isSet(list.credentialSubject.encodedList, Number(statusListIndex));
};

describe('a badge', () => {
  test('is signed RS256 by the published key that its header names', async () => {
    const jwt = await badgeOf(trio.engineer);
    const { kid = '', ...header } = decodeProtectedHeader(jwt);
    expect(header).toEqual({ alg: 'RS256', typ: 'JWT' });
    const { keys: all } = await published();
    expect(all.map((key) => key.kid)).toContain(kid);
    expect(all).toHaveLength(2);
    expect(JSON.stringify(all)).not.toMatch(/"(d|p|q|dp|dq|qi)":/);
    // the standard wants the id of a key to be where it is found
    expect((await api.send('GET', kid.slice(origin.length))).body).toEqual(all[0]);
    expect((await api.send('GET', '/.well-known/keys/none')).status).toBe(404);
    const payload = await verified<Credential>(jwt);
    expect(payload).toMatchObject({
      iss: payload.issuer.id,
      jti: `urn:uuid:${signOff}`,
      id: `urn:uuid:${signOff}`,
      sub: `urn:uuid:${trio.engineer.id}`,
      nbf: Date.parse(payload.validFrom) / 1000,
    });
    expect(payload).not.toHaveProperty('exp');
    const [head = '', body = '', signature = ''] = jwt.split('.');
    const bent = Buffer.from(body, 'base64url').toString().replace('level 3', 'level 5');
    await expect(verified(`${head}.${Buffer.from(bent).toString('base64url')}.${signature}`)).rejects.toThrow('signature');
  });

  test('says who, which skill level and by what criteria, and of the evidence nothing but ids and digests', async () => {
    const jwt = await badgeOf(trio.engineer);
    const credential = await verified<Credential>(jwt);
    const { achievement, identifier } = credential.credentialSubject;
    expect(identifier[0]).toMatchObject({ identityType: 'name', identityHash: trio.engineer.name });
    expect(achievement.alignment).toEqual([
      {
        type: ['Alignment'],
        targetName: 'Infrastructure operations, level 3',
        targetUrl: 'https://sfia-online.org/en/sfia-9/skills/infrastructure-operations',
        targetFramework: 'SFIA 9',
        targetCode: 'sfia-9:ITOP.3',
      },
    ]);
    const { content } = (await trio.engineer.get<{ content: { statements: { text: string }[]; framework: { rights: string } } }>(path))
      .body;
    for (const { text } of content.statements) expect(achievement.criteria.narrative).toContain(text);
    expect(achievement.criteria.narrative).toContain(content.framework.rights);
    expect(credential.evidence).toHaveLength(3);
    const text = JSON.stringify(credential);
    for (const secret of ['Work 1 for level 3', 'playbooks', trio.engineer.email, trio.mentor.name, 'I do this work on my own']) {
      expect(text).not.toContain(secret);
    }
  });

  test('is the same every time, and its place in the status list with it', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => badgeOf(trio.engineer)));
    expect(new Set(answers).size).toBe(1);
    expect(await badgeOf(auditor)).toBe(answers[0]);
  });

  test('is the engineer’s to give out; an auditor may look at it', async () => {
    for (const who of [trio.mentor, trio.manager, admin]) expect(code(await who.get(`${path}/badge`))).toEqual([403, 'not-allowed']);
    expect(code(await (await makePerson(api)).get(`${path}/badge`))).toEqual([404, 'not-found']);
    expect(code(await trio.engineer.get(`/engineers/me/sign-offs/${trio.engineer.id}/badge`))).toEqual([404, 'not-found']);
  });

  test('has the issuer’s profile at the issuer’s id', async () => {
    const { issuer } = await verified<Credential>(await badgeOf(trio.engineer));
    const { body, headers } = await api.send('GET', issuer.id.slice(origin.length));
    expect(body).toMatchObject(issuer);
    expect(body).toMatchObject({ name: 'Lighthouse Works', type: ['Profile'] });
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });

  test('of a sign-off with a last day is valid until its last second', async () => {
    const other = await makeTrio(api);
    const id = (await signedOffClaim(other, 1)).claim.signOff?.id ?? '';
    await api.database.query(`UPDATE sign_off SET valid_until = current_date + 30 WHERE sign_off_id = $1`, [id]);
    const { body } = await other.engineer.get<{ until: string }>(`/engineers/me/sign-offs/${id}`);
    const credential = await verified<Credential>(await badgeOf(other.engineer, `/engineers/me/sign-offs/${id}`));
    expect(credential.validUntil).toBe(`${body.until}T23:59:59Z`);
    expect(credential.exp).toBe(Date.parse(`${body.until}T23:59:59Z`) / 1000);
  });
});

describe('revocation', () => {
  test('sets one bit of the list, and no badge is made any more', async () => {
    const trios = [await makeTrio(api), await makeTrio(api)];
    const its: string[] = [];
    for (const one of trios) its.push(`/engineers/${one.engineer.id}/sign-offs/${(await signedOffClaim(one, 1)).claim.signOff?.id}`);
    const statuses: Credential['credentialStatus'][] = [];
    for (const [i, one] of trios.entries())
      statuses.push((await verified<Credential>(await badgeOf(one.engineer, its[i]))).credentialStatus);
    const [first, second] = statuses;
    if (first === undefined || second === undefined) throw new Error('no status');
    expect(first.statusListIndex).not.toBe(second.statusListIndex);
    expect([await isRevoked(first), await isRevoked(second)]).toEqual([false, false]);
    await admin.post(`${its[0]}/revocation`, { password: admin.password, reason: 'It was somebody else’s work.' });
    expect([await isRevoked(first), await isRevoked(second)]).toEqual([true, false]);
    expect(code(await (trios[0] as Trio).engineer.get(`${its[0]}/badge`))).toEqual([409, 'already-revoked']);
    expect((await (trios[1] as Trio).engineer.get(`${its[1]}/badge`)).status).toBe(200);
  });

  test('lists say nothing of whose a place is, and there are none but those in use', async () => {
    const { bytes } = await api.send('GET', '/.well-known/status/1');
    const payload = Buffer.from(bytes.toString().split('.')[1] ?? '', 'base64url').toString();
    expect(payload).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-7/);
    for (const list of ['2', '0', 'x', '1e3']) expect((await api.send('GET', `/.well-known/status/${list}`)).status).toBe(404);
    expect(await api.database.query(`SELECT FROM status_slot WHERE list_number <> 1`)).toEqual([]);
  });
});

describe('1EdTech’s schema', () => {
  if (!existsSync(schemaFile)) {
    process.stderr.write(`NOT TESTED: 1EdTech's schema is not there (${schemaFile}).\n`);
    test.skip('is not there', () => undefined);
    return;
  }
  let validate: ValidateFunction;
  beforeAll(() => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats(ajv);
    validate = ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')) as object);
  });

  test('holds for badges, with and without a last day', async () => {
    const credential = await verified<Credential>(await badgeOf(trio.engineer));
    expect([validate(credential), validate.errors]).toEqual([true, null]);
    expect([validate({ ...credential, validUntil: '2030-01-01T00:00:00Z' }), validate.errors]).toEqual([true, null]);
  });

  test('would find a badge that is none', async () => {
    const { credentialSubject, ...rest } = await verified<Credential>(await badgeOf(trio.engineer));
    expect(validate(rest)).toBe(false);
    expect(validate({ ...rest, credentialSubject: { ...credentialSubject, achievement: { name: 'x' } } })).toBe(false);
    expect(validate({ ...rest, credentialSubject, validFrom: 'today' })).toBe(false);
  });
});

describe('keys', () => {
  const settings = (over: Record<string, string> = {}): Parameters<typeof readBadgeKeys>[0] => ({
    DATA_DIR: join(keys.folder, 'data'),
    ...over,
  });

  test('in the demo one is made at the first start, for its owner only, and stays', () => {
    const { signing } = readBadgeKeys(settings());
    expect(statSync(join(keys.folder, 'data/badge-key.pem')).mode & 0o777).toBe(0o600);
    expect(readBadgeKeys(settings()).signing?.thumbprint).toBe(signing?.thumbprint);
    expect(readBadgeKeys(settings({ DATABASE_URL: 'postgres://a/b' })).signing).toBeNull();
  });

  test('that are no keys, too short, or open to others are told at the start', () => {
    const file = join(keys.folder, 'other.pem');
    const using = (): unknown => readBadgeKeys(settings({ BADGE_KEY_FILE: file }));
    expect(using).toThrow('cannot be read');
    writeFileSync(file, 'no key', { mode: 0o600 });
    expect(using).toThrow('is not an RSA private key');
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    writeFileSync(file, short.export({ type: 'pkcs8', format: 'pem' }));
    expect(using).toThrow('2048 bits or more');
    writeKey(keys.folder, 'other.pem', 'ed25519');
    expect(using).toThrow('is not an RSA private key');
    writeKey(keys.folder, 'other.pem', 'rsa');
    chmodSync(file, 0o644);
    expect(using).toThrow('chmod 600');
    const folder = join(keys.folder, 'wrong');
    mkdirSync(folder);
    writeKey(folder, 'a.pem', 'rsa');
    expect(() => readBadgeKeys(settings({ BADGE_PUBLIC_KEYS_DIR: folder }))).toThrow('is not an RSA public key');
  });

  test('a former key is published after the present one', async () => {
    const [present] = (await published()).keys;
    const { n } = createPublicKey(readFileSync(keys.settings.BADGE_KEY_FILE)).export({ format: 'jwk' });
    expect(present?.n).toBe(n);
  });
});
