import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { URI } from 'otpauth';
import type { TestApp } from '../setup/app';
import type { TestPerson } from './people';

/** A temporary key for the secrets of one-time codes, as the settings name it. */
export function makeSecretsKey(): { readonly settings: { readonly SECRETS_KEY_FILE: string }; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-secrets-'));
  const file = join(folder, 'secrets.key');
  writeFileSync(file, randomBytes(32).toString('base64'), { mode: 0o600 });
  return { settings: { SECRETS_KEY_FILE: file }, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** An authenticator app with one account. */
export interface Authenticator {
  readonly recoveryCodes: string[];
  /** The code of now, or of so many steps from now. */
  code(steps?: number): string;
  /** A code that was not used yet: lets the codes used before be forgotten first. */
  fresh(): Promise<string>;
}

/** Sets one-time codes up for a person, through the API. The code that confirmed them is forgotten, so that the code of now can be used. */
export async function useTotp(api: TestApp, person: TestPerson): Promise<Authenticator> {
  const begun = await person.post<{ uri: string }>('/me/totp', { password: person.password });
  if (begun.status !== 201) throw new Error(`one-time codes were refused: ${begun.status} ${JSON.stringify(begun.body)}`);
  const totp = URI.parse(begun.body.uri);
  if (!('period' in totp)) throw new Error('no TOTP');
  const code = (steps = 0): string => totp.generate({ timestamp: Date.now() + steps * 30_000 });
  const confirmed = await person.post<{ recoveryCodes: string[] }>('/me/totp/confirmation', { code: code() });
  if (confirmed.status !== 200) throw new Error(`the first code was refused: ${confirmed.status} ${JSON.stringify(confirmed.body)}`);
  const forget = async (): Promise<void> => {
    await api.database.query(`UPDATE totp SET last_step = 0 WHERE person_id = $1`, [person.id]);
  };
  await forget();
  return { recoveryCodes: confirmed.body.recoveryCodes, code, fresh: () => forget().then(() => code()) };
}
