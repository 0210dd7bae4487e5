import { type KeyObject, createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StartProblem } from './start-problem';

/** Readable by its group at most: whoever has this file signs in the organisation's name. */
const openToOthers = 0o037;

/**
 * Reads a private key that only its owner may use.
 * @param purpose what it signs: `badges`
 * @param form what it must be, with its article: `an Ed25519 private key`
 * @param options what makes one, as options of `openssl genpkey`
 * @param check throws where the key's public half is of another form
 * @throws StartProblem naming the file, and what to do
 */
export function readPrivateKeyFile(
  file: string,
  purpose: string,
  form: string,
  options: string,
  check: (key: KeyObject) => unknown,
): KeyObject {
  const pem = readOrExplain(file, `the key that signs ${purpose}`);
  checkMode(file, `the key that signs ${purpose}`);
  try {
    const key = createPrivateKey(pem);
    check(createPublicKey(key));
    return key;
  } catch {
    throw new StartProblem(`${file} is not ${form} in PEM: make one with "openssl genpkey ${options} -out ${file}".`);
  }
}

const secretKeyBytes = 32;

/**
 * Reads a secret key of 32 bytes, in base64, that only its owner may use.
 * @param purpose what it does: `encrypts the secrets of one-time codes`
 * @throws StartProblem naming the file, and what to do
 */
export function readSecretKeyFile(file: string, purpose: string): Buffer {
  const text = readOrExplain(file, `the key that ${purpose}`).trim();
  checkMode(file, `the key that ${purpose}`);
  const key = Buffer.from(text, 'base64');
  if (key.length === secretKeyBytes && key.toString('base64') === text) return key;
  throw new StartProblem(
    `${file} is not a key of ${secretKeyBytes} bytes in base64: make one with "openssl rand -base64 ${secretKeyBytes} > ${file}".`,
  );
}

/**
 * Reads the public keys (`*.pem`) in a folder that a setting names, in the order of their names.
 * @param form what each must be, with its article: `an Ed25519 public key`
 * @param read what to make of a key; throws where it is of another form
 * @throws StartProblem naming the folder or the file, and what to do
 */
export function readPublicKeyFiles<T>(setting: string, folder: string, form: string, read: (key: KeyObject) => T): T[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    throw new StartProblem(`${setting} names ${folder}, which is no folder that can be read.`);
  }
  return names
    .filter((name) => name.endsWith('.pem'))
    .sort()
    .map((name) => {
      const file = join(folder, name);
      const pem = readOrExplain(file, 'a public key');
      try {
        if (pem.includes('PRIVATE KEY')) throw new Error('a private key');
        return read(createPublicKey(pem));
      } catch {
        throw new StartProblem(`${file} is not ${form} in PEM: make one with "openssl pkey -in KEY -pubout -out ${file}".`);
      }
    });
}

function checkMode(file: string, what: string): void {
  const mode = statSync(file).mode & 0o777;
  if ((mode & openToOthers) !== 0) {
    throw new StartProblem(`${file} holds ${what}, and others may use it (mode ${mode.toString(8)}): chmod 600 it.`);
  }
}

function readOrExplain(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartProblem(`${file}, ${what}, cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
