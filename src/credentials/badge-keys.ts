import { type KeyObject, createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../config';
import { canonicalJson } from '../kernel/canonical-json';
import { readPrivateKeyFile, readPublicKeyFiles } from '../platform/key-files';

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

const readPrivateKey = (file: string): KeyObject =>
  readPrivateKeyFile(
    file,
    'badges',
    `an RSA private key of ${fewestBits} bits or more`,
    `-algorithm rsa -pkeyopt rsa_keygen_bits:${fewestBits}`,
    publishedOf,
  );

const readFormerKeys = (folder: string): PublishedKey[] =>
  readPublicKeyFiles('BADGE_PUBLIC_KEYS_DIR', folder, 'an RSA public key', publishedOf);

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
