import { type KeyObject, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../config';
import { StartProblem } from '../platform/start-problem';
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

/** Readable by its group at most: whoever has this file signs in the organisation's name. */
const openToOthers = 0o037;

function readPrivateKey(file: string): KeyObject {
  const pem = readOrExplain(file, 'the key that signs checkpoints');
  const mode = statSync(file).mode & 0o777;
  if ((mode & openToOthers) !== 0) {
    throw new StartProblem(`${file} holds the key that signs checkpoints, and others may use it (mode ${mode.toString(8)}): chmod 600 it.`);
  }
  try {
    const key = createPrivateKey(pem);
    jwkOf(createPublicKey(key));
    return key;
  } catch {
    throw new StartProblem(
      `${file} is not an Ed25519 private key in PEM: make one with "openssl genpkey -algorithm ed25519 -out ${file}".`,
    );
  }
}

function readPublicKeys(folder: string): KeyObject[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    throw new StartProblem(`LEDGER_PUBLIC_KEYS_DIR names ${folder}, which is no folder that can be read.`);
  }
  return names
    .filter((name) => name.endsWith('.pem'))
    .sort()
    .map((name) => {
      const file = join(folder, name);
      const pem = readOrExplain(file, 'a public key');
      try {
        if (pem.includes('PRIVATE KEY')) throw new Error('a private key');
        const key = createPublicKey(pem);
        jwkOf(key);
        return key;
      } catch {
        throw new StartProblem(`${file} is not an Ed25519 public key in PEM: make one with "openssl pkey -in KEY -pubout -out ${file}".`);
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
