import { randomBytes } from 'node:crypto';
import { chownSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What somebody in the demo is called by. */
export type DemoRole = 'engineer' | 'mentor' | 'manager' | 'admin' | 'auditor';

/** How to sign in to the demo: the form of demo-credentials.json, which other programs read. */
export interface DemoCredentials {
  /** Where the application listens. */
  readonly url: string;
  /** The password of everybody in the demo. */
  readonly password: string;
  readonly people: readonly { readonly email: string; readonly role: DemoRole }[];
}

export const credentialsFile = (dataDir: string): string => join(dataDir, 'demo-credentials.json');

/** A password that nobody guesses, in a form that can be typed. */
export const newPassword = (): string => randomBytes(15).toString('base64url');

/** The credentials of the demo in this folder; null where there are none, or none that can be read. */
export function readCredentials(dataDir: string): DemoCredentials | null {
  const text = readSecret(credentialsFile(dataDir));
  if (text === null) return null;
  try {
    const { url, password, people } = JSON.parse(text) as Partial<DemoCredentials>;
    return typeof url === 'string' && typeof password === 'string' && Array.isArray(people) ? { url, password, people } : null;
  } catch {
    return null;
  }
}

export const writeCredentials = (dataDir: string, credentials: DemoCredentials): void =>
  writeSecret(credentialsFile(dataDir), `${JSON.stringify(credentials, null, 2)}\n`);

/** The content of a file, or null where there is none. */
export function readSecret(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Writes a file that only we may read, whole or not at all. Root writes it for the user that the folder belongs to, who starts it the next time. */
export function writeSecret(file: string, content: string): void {
  const draft = `${file}.${process.pid}`;
  rmSync(draft, { force: true });
  writeFileSync(draft, content, { mode: 0o600, flag: 'wx', flush: true });
  if (process.geteuid?.() === 0) {
    const { uid, gid } = statSync(dirname(file));
    chownSync(draft, uid, gid);
  }
  renameSync(draft, file);
}
