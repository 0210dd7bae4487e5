import { type KeyObject, createHash, createPublicKey, sign, verify } from 'node:crypto';
import { canonicalJson } from '../kernel/canonical-json';
import { leafHash } from './merkle';

/** The form of what is signed; another form gets another name. */
export const checkpointFormat = 'touchstone-checkpoint/1';

/** The head of a record's chain: a leaf of the tree. */
export interface Head {
  readonly engineer: string;
  readonly seq: number;
  /** The hash of that entry, lower-case hex. */
  readonly hash: string;
}

/** The hash of a head as a leaf: RFC 6962 over the canonical JSON of its three fields. */
export const headHash = ({ engineer, seq, hash }: Head): Buffer => leafHash(Buffer.from(canonicalJson({ engineer, seq, hash }), 'utf8'));

/** A public Ed25519 key as a JSON Web Key (RFC 8037). */
export interface PublicJwk {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
}

/** What the server says of all records at one moment; the signature covers exactly these, and the format. */
export interface CheckpointFields {
  /** From 1, without gaps. */
  readonly number: number;
  /** RFC 3339 UTC, by the database's clock. */
  readonly at: string;
  /** How many heads the tree holds. */
  readonly treeSize: number;
  /** Its root, lower-case hex. */
  readonly root: string;
  /** The digest of the checkpoint before (digestOfCheckpoint); null for the first. */
  readonly previous: string | null;
  /** The thumbprint (RFC 7638) of the key that signs. */
  readonly keyId: string;
}

/** A checkpoint as it is given out: whoever holds one can check it, and later hold the ledger against it. */
export interface SignedCheckpoint extends CheckpointFields {
  readonly format: string;
  readonly publicKey: PublicJwk;
  /** Ed25519 over the canonical JSON of format and fields, base64url. */
  readonly signature: string;
}

/** The bytes that are signed: canonical JSON (RFC 8785) of the format and the six fields. */
export const signedBytes = ({ number, at, treeSize, root, previous, keyId }: CheckpointFields): Buffer =>
  Buffer.from(canonicalJson({ format: checkpointFormat, number, at, treeSize, root, previous, keyId }), 'utf8');

/** What the next checkpoint names as `previous`: SHA-256 of the signed bytes, lower-case hex. */
export const digestOfCheckpoint = (checkpoint: CheckpointFields): string =>
  createHash('sha256').update(signedBytes(checkpoint)).digest('hex');

/** The public half of a key as a JSON Web Key. */
export function jwkOf(key: KeyObject): PublicJwk {
  const { kty, crv, x } = key.export({ format: 'jwk' });
  if (kty !== 'OKP' || crv !== 'Ed25519' || x === undefined) throw new Error('the key is not an Ed25519 key');
  return { kty, crv, x };
}

/** The id of a key: its thumbprint (RFC 7638), SHA-256 in base64url. */
export const keyIdOf = ({ kty, crv, x }: PublicJwk): string =>
  createHash('sha256').update(canonicalJson({ crv, kty, x }), 'utf8').digest('base64url');

/** Signs a checkpoint. `key` is a private Ed25519 key. */
export function signCheckpoint(fields: Omit<CheckpointFields, 'keyId'>, key: KeyObject): SignedCheckpoint {
  const publicKey = jwkOf(createPublicKey(key));
  const named = { ...fields, keyId: keyIdOf(publicKey) };
  return { format: checkpointFormat, ...named, publicKey, signature: sign(null, signedBytes(named), key).toString('base64url') };
}

/** Node reads base64url with anything in between: of the many texts for the same bytes, one is right. */
const isBase64url = (text: string): boolean => Buffer.from(text, 'base64url').toString('base64url') === text;

/** Whether Ed25519 says that the key signed these bytes; false too for what is no key or no signature. */
export function isSignedBy(publicKey: PublicJwk, bytes: Buffer, signature: string): boolean {
  if (publicKey.kty !== 'OKP' || publicKey.crv !== 'Ed25519' || !isBase64url(publicKey.x) || !isBase64url(signature)) return false;
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey.x }, format: 'jwk' });
    return verify(null, bytes, key, Buffer.from(signature, 'base64url'));
  } catch {
    return false;
  }
}

/** What is wrong with a checkpoint on its own: its format, its key's id, its signature. null: nothing. Whether the key is to be trusted is the caller's to know. */
export function checkpointProblem(checkpoint: SignedCheckpoint): string | null {
  if (checkpoint.format !== checkpointFormat) return `its format is not ${checkpointFormat}`;
  if (keyIdOf(checkpoint.publicKey) !== checkpoint.keyId) return 'its key is not the one that its key id names';
  if (!isSignedBy(checkpoint.publicKey, signedBytes(checkpoint), checkpoint.signature)) return 'its signature is not that of its key';
  return null;
}
