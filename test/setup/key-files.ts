import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder with a key that signs checkpoints and one that signs badges, as settings name them. */
export interface KeyFiles {
  readonly folder: string;
  readonly settings: { readonly LEDGER_KEY_FILE: string; readonly BADGE_KEY_FILE: string };
  remove(): void;
}

/** Writes a new key; answers its file. */
export function writeKey(folder: string, name: string, kind: 'ed25519' | 'rsa', half: 'private' | 'public' = 'private'): string {
  const { privateKey, publicKey } = kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519');
  const file = join(folder, name);
  const pem = half === 'private' ? privateKey.export({ type: 'pkcs8', format: 'pem' }) : publicKey.export({ type: 'spki', format: 'pem' });
  writeFileSync(file, pem, { mode: 0o600 });
  return file;
}

export function makeKeyFiles(): KeyFiles {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-keys-'));
  const settings = { LEDGER_KEY_FILE: writeKey(folder, 'ledger.pem', 'ed25519'), BADGE_KEY_FILE: writeKey(folder, 'badge.pem', 'rsa') };
  return { folder, settings, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
