import { hash, randomBytes } from 'node:crypto';
import canonicalize from 'canonicalize';

/** A value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/**
 * The canonical JSON text of a value (RFC 8785): one spelling for one value, so that hashes can be recomputed anywhere.
 * @throws Error for what JSON cannot hold (NaN, undefined at the top)
 */
export function canonicalJson(value: Json): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('a value without a JSON form cannot be hashed');
  return text;
}

/** SHA-256 over the canonical JSON of a value, 32 bytes. */
export const sha256Json = (value: Json): Buffer => hash('sha256', canonicalJson(value), 'buffer');

/** Sixteen random bytes: what keeps a digest from being guessed from a list of likely contents. */
export const newSalt = (): Buffer => randomBytes(16);

/**
 * The salted digest that the ledger holds in place of content: SHA-256 over the canonical JSON of `{content, salt}`, the salt in lower-case hex.
 * When content and salt are erased, the digest says nothing of what it stood for, and the chain still proves.
 */
export const saltedDigest = (content: Json, salt: Buffer): Buffer => sha256Json({ content, salt: salt.toString('hex') });
