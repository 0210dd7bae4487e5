import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../config';
import { raise } from '../kernel/refusal';
import { readSecretKeyFile } from './key-files';

/** A secret as it is kept: nonce, tag and ciphertext, and which key they are under. */
export interface Sealed {
  readonly bytes: Buffer;
  readonly keyId: string;
}

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

interface SecretsKey {
  readonly key: Buffer;
  /** Names the key without giving it away. */
  readonly id: string;
}

const underAnother = 'What is kept here was not encrypted under the key that SECRETS_KEY_FILE names now.';

/** Encrypts what must be had again in the clear, under a key that never enters the database: a copy of the database opens nothing. */
@Injectable()
export class Secrets implements OnModuleInit {
  private known: SecretsKey | null | undefined;

  constructor(private readonly settings: Settings) {}

  /** Reads the key as the process starts: a wrong file is told then. */
  onModuleInit(): void {
    this.read();
  }

  /**
   * Encrypts a secret.
   * @param context what the secret belongs to: it opens nowhere else, so that rows cannot be exchanged
   * @throws Refused `secrets-key-missing`
   */
  seal(secret: Buffer, context: string): Sealed {
    const { key, id } = this.demandKey();
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(context, 'utf8'));
    const encrypted = Buffer.concat([cipher.update(secret), cipher.final()]);
    return { bytes: Buffer.concat([nonce, cipher.getAuthTag(), encrypted]), keyId: id };
  }

  /**
   * Decrypts a secret.
   * @throws Refused `secrets-key-missing`, also where it was encrypted under another key, belongs to something else or was tampered with
   */
  open({ bytes, keyId }: Sealed, context: string): Buffer {
    const { key, id } = this.demandKey();
    if (id !== keyId) return raise('secrets-key-missing', underAnother);
    const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes))
      .setAAD(Buffer.from(context, 'utf8'))
      .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]);
    } catch {
      return raise('secrets-key-missing', underAnother);
    }
  }

  /** Whether a key was given. */
  isGiven(): boolean {
    return this.read() !== null;
  }

  /** Throws Refused `secrets-key-missing` where no key was given. */
  demandKey(): SecretsKey {
    return this.read() ?? raise('secrets-key-missing');
  }

  private read(): SecretsKey | null {
    this.known ??= readKey(this.settings);
    return this.known;
  }
}

function readKey({ DATABASE_URL, DATA_DIR, SECRETS_KEY_FILE }: Settings): SecretsKey | null {
  if (SECRETS_KEY_FILE === undefined && DATABASE_URL !== undefined) return null;
  const file = SECRETS_KEY_FILE ?? demoKey(DATA_DIR);
  const key = readSecretKeyFile(file, 'encrypts the secrets of one-time codes');
  return { key, id: createHash('sha256').update('touchstone secrets key').update(key).digest('hex').slice(0, 16) };
}

/** In the demo, where no key is named: made at the first start. */
function demoKey(dataDir: string): string {
  const file = join(dataDir, 'secrets.key');
  mkdirSync(dataDir, { recursive: true });
  try {
    writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return file;
}
