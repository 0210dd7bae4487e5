import { type KeyObject, createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../config';
import { canonicalJson } from '../kernel/canonical-json';
import { StartProblem } from '../platform/start-problem';

/** A public RSA key, and its thumbprint (RFC 7638): the last part of its address. */
export interface PublishedKey {
  readonly thumbprint: string;
  readonly n: string;
  readonly e: string;
}

/** The key that signs badges, and all that this installation has ever signed with. */
export interface BadgeKeyRing {
  /** null: none is given, and no badges are signed here. */
  readonly signing: (PublishedKey & { readonly key: KeyObject }) | null;
  /** The present key first. */
  readonly published: readonly PublishedKey[];
}

type KeySettings = Pick<Settings, 'DATABASE_URL' | 'DATA_DIR' | 'BADGE_KEY_FILE' | 'BADGE_PUBLIC_KEYS_DIR'>;

const fewestBits = 2048;

/**
 * Reads the keys that the settings name; none of them ever enters the database.
 * @throws StartProblem naming the file, and what to do
 */
export function readBadgeKeys(settings: KeySettings): BadgeKeyRing {
  const key = readSigningKey(settings);
  const signing = key === null ? null : { ...publishedOf(createPublicKey(key)), key };
  const former = settings.BADGE_PUBLIC_KEYS_DIR === undefined ? [] : readFormerKeys(settings.BADGE_PUBLIC_KEYS_DIR);
  const others = former.filter(({ thumbprint }) => thumbprint !== signing?.thumbprint);
  return { signing, published: signing === null ? others : [{ thumbprint: signing.thumbprint, n: signing.n, e: signing.e }, ...others] };
}

function publishedOf(key: KeyObject): PublishedKey {
  const { kty, n, e } = key.export({ format: 'jwk' });
  if (kty !== 'RSA' || n === undefined || e === undefined) throw new Error('not an RSA key');
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < fewestBits) throw new Error('too short');
  return { thumbprint: createHash('sha256').update(canonicalJson({ e, kty, n }), 'utf8').digest('base64url'), n, e };
}

function readSigningKey({ DATABASE_URL, DATA_DIR, BADGE_KEY_FILE }: KeySettings): KeyObject | null {
  if (BADGE_KEY_FILE !== undefined) return readPrivateKey(BADGE_KEY_FILE);
  if (DATABASE_URL !== undefined) return null;
  const file = join(DATA_DIR, 'badge-key.pem');
  mkdirSync(DATA_DIR, { recursive: true });
  try {
    // looked for first: making a key takes a while
    statSync(file);
  } catch {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: fewestBits });
    try {
      writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx', flush: true });
    } catch (error) {
      // another start was quicker
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  return readPrivateKey(file);
}

/** Readable by its group at most: whoever has this file signs in the organisation's name. */
const openToOthers = 0o037;

function readPrivateKey(file: string): KeyObject {
  const pem = readOrExplain(file, 'the key that signs badges');
  const mode = statSync(file).mode & 0o777;
  if ((mode & openToOthers) !== 0) {
    throw new StartProblem(`${file} holds the key that signs badges, and others may use it (mode ${mode.toString(8)}): chmod 600 it.`);
  }
  try {
    const key = createPrivateKey(pem);
    publishedOf(createPublicKey(key));
    return key;
  } catch {
    throw new StartProblem(
      `${file} is not an RSA private key of ${fewestBits} bits or more in PEM: make one with "openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:${fewestBits} -out ${file}".`,
    );
  }
}

function readFormerKeys(folder: string): PublishedKey[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    throw new StartProblem(`BADGE_PUBLIC_KEYS_DIR names ${folder}, which is no folder that can be read.`);
  }
  return names
    .filter((name) => name.endsWith('.pem'))
    .sort()
    .map((name) => {
      const file = join(folder, name);
      const pem = readOrExplain(file, 'a public key');
      try {
        if (pem.includes('PRIVATE KEY')) throw new Error('a private key');
        return publishedOf(createPublicKey(pem));
      } catch {
        throw new StartProblem(`${file} is not an RSA public key in PEM: make one with "openssl pkey -in KEY -pubout -out ${file}".`);
      }
    });
}

function readOrExplain(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartProblem(`${file}, ${what}, cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

/** The keys of this process, read once as it starts: a wrong file is told then, not at the first badge. */
@Injectable()
export class BadgeKeys implements OnModuleInit {
  private ring: BadgeKeyRing | undefined;

  constructor(private readonly settings: Settings) {}

  onModuleInit(): void {
    this.read();
  }

  read(): BadgeKeyRing {
    this.ring ??= readBadgeKeys(this.settings);
    return this.ring;
  }
}
