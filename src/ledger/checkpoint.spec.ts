import { generateKeyPairSync } from 'node:crypto';
import { type SignedCheckpoint, checkpointProblem, digestOfCheckpoint, headHash, jwkOf, keyIdOf, signCheckpoint } from './checkpoint';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const fields = { number: 2, at: '2026-11-02T09:30:00.000Z', treeSize: 3, root: 'ab'.repeat(32), previous: 'cd'.repeat(32) };
const signed = signCheckpoint(fields, privateKey);

describe('a signed checkpoint', () => {
  test('is right as it was signed, and names its key', () => {
    expect(checkpointProblem(signed)).toBeNull();
    expect(signed).toMatchObject({ ...fields, publicKey: jwkOf(publicKey), keyId: keyIdOf(jwkOf(publicKey)) });
  });

  test.each<[keyof SignedCheckpoint, unknown]>([
    ['number', 3],
    ['at', '2026-11-02T09:30:00.001Z'],
    ['treeSize', 4],
    ['root', 'ac'.repeat(32)],
    ['previous', null],
    ['format', 'touchstone-checkpoint/2'],
    ['keyId', 'another'],
    ['signature', 'AAAA'],
    ['signature', ''],
    ['publicKey', jwkOf(generateKeyPairSync('ed25519').publicKey)],
    ['publicKey', { kty: 'OKP', crv: 'Ed25519', x: 'short' }],
    ['publicKey', { kty: 'RSA', crv: 'Ed25519', x: jwkOf(publicKey).x }],
  ])('is wrong with another %s', (name, value) => {
    expect(checkpointProblem({ ...signed, [name]: value })).not.toBeNull();
  });

  test('is not taken over by another key', () => {
    const other = generateKeyPairSync('ed25519');
    expect(checkpointProblem({ ...signed, publicKey: jwkOf(other.publicKey), keyId: keyIdOf(jwkOf(other.publicKey)) })).toBe(
      'its signature is not that of its key',
    );
  });

  test('key ids are thumbprints as RFC 8037 prints one (appendix A.3)', () => {
    expect(keyIdOf({ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' })).toBe(
      'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    );
  });

  test('its digest follows what it says', () => {
    expect(digestOfCheckpoint(signed)).not.toBe(digestOfCheckpoint({ ...signed, number: 3 }));
  });

  test('two heads that differ have two hashes', () => {
    const head = { engineer: 'e', seq: 1, hash: 'ab' };
    const hashes = [head, { ...head, engineer: 'f' }, { ...head, seq: 2 }, { ...head, hash: 'ac' }].map((one) =>
      headHash(one).toString('hex'),
    );
    expect(new Set(hashes).size).toBe(4);
  });
});
