import { type KeyObject, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../config';
import { readPrivateKeyFile, readPublicKeyFiles } from '../platform/key-files';
import { jwkOf, keyIdOf } from './checkpoint';

/** Where keys are named; a part of the settings. */
export type KeySettings = Pick<Settings, 'DATABASE_URL' | 'DATA_DIR' | 'LEDGER_KEY_FILE' | 'LEDGER_PUBLIC_KEYS_DIR'>;

/** The key that signs checkpoints, and the ids of all keys that this installation has ever signed with. */
export interface KeyRing {
  /** null: none is given, and no checkpoints are made here. */
  readonly signing: KeyObject | null;
  readonly trusted: ReadonlySet<string>;
}

/** In the demo, where no key is named: made at the first start. */
export const demoKeyFile = (dataDir: string): string => join(dataDir, 'ledger-key.pem');

/**
 * Reads the keys that the settings name; none of them ever enters the database.
 * @throws StartProblem naming the file, and what to do
 */
export function readKeys(settings: KeySettings): KeyRing {
  const signing = readSigningKey(settings);
  const former = settings.LEDGER_PUBLIC_KEYS_DIR === undefined ? [] : readPublicKeys(settings.LEDGER_PUBLIC_KEYS_DIR);
  const known = signing === null ? former : [createPublicKey(signing), ...former];
  return { signing, trusted: new Set(known.map((key) => keyIdOf(jwkOf(key)))) };
}

function readSigningKey({ DATABASE_URL, DATA_DIR, LEDGER_KEY_FILE }: KeySettings): KeyObject | null {
  if (LEDGER_KEY_FILE !== undefined) return readPrivateKey(LEDGER_KEY_FILE);
  if (DATABASE_URL !== undefined) return null;
  const file = demoKeyFile(DATA_DIR);
  mkdirSync(DATA_DIR, { recursive: true });
  try {
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(file, pem, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readPrivateKey(file);
}

const readPrivateKey = (file: string): KeyObject =>
  readPrivateKeyFile(file, 'checkpoints', 'an Ed25519 private key', '-algorithm ed25519', jwkOf);

const readPublicKeys = (folder: string): KeyObject[] =>
  readPublicKeyFiles('LEDGER_PUBLIC_KEYS_DIR', folder, 'an Ed25519 public key', (key) => {
    jwkOf(key);
    return key;
  });

/** The keys of this process, read once as it starts: a wrong file is told then, not at the first checkpoint. */
@Injectable()
export class LedgerKeys implements OnModuleInit {
  private ring: KeyRing | undefined;

  constructor(private readonly settings: Settings) {}

  onModuleInit(): void {
    this.read();
  }

  read(): KeyRing {
    this.ring ??= readKeys(this.settings);
    return this.ring;
  }
}
