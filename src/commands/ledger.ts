import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings, type Settings, SettingsError } from '../config';
import { readKeys } from '../ledger/ledger-keys';
import { findRunning } from '../platform/embedded-postgres/embedded-postgres';
import { type Login, urlOfDatabase, urlOfLogin } from '../platform/roles';
import { StartProblem } from '../platform/start-problem';
import type { KeyRing } from '../ledger/ledger-keys';
import { embeddedFolder } from '../demo/demo-database';
import { readSecret } from '../demo/credentials';

/** A command that was not called as it is meant to be; its usage is printed. */
export class UsageProblem extends Error {}

/** Where the ledger is: the database of the settings, or the embedded one, which must run. */
export async function ledgerDatabase(settings: Settings): Promise<string> {
  if (settings.DATABASE_URL !== undefined) return settings.DATABASE_URL;
  const running = existsSync(settings.DATA_DIR) ? await findRunning(embeddedFolder(settings.DATA_DIR)) : null;
  if (running === null) {
    throw new StartProblem(
      `There is no database: nothing runs from ${settings.DATA_DIR}. Start Touchstone (npm start), or set DATABASE_URL.`,
    );
  }
  const accounts = readSecret(join(settings.DATA_DIR, 'database-accounts.json'));
  if (accounts === null)
    throw new StartProblem(`${settings.DATA_DIR} holds no accounts of its database: start Touchstone once (npm start).`);
  const { app } = JSON.parse(accounts) as { app: Login };
  return urlOfLogin(urlOfDatabase(running.url, 'touchstone'), app);
}

export const settingsAndKeys = (): { settings: Settings; keys: KeyRing } => {
  const settings = readSettings(process.env);
  return { settings, keys: readKeys(settings) };
};

/** Runs a command of the ledger; what was foreseen is told in words, what is a bug keeps its trace. */
export function runCommand(usage: string, command: (args: readonly string[]) => Promise<boolean>): void {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(usage);
    return;
  }
  command(args).then(
    (isRight) => {
      if (!isRight) process.exitCode = 1;
    },
    (error: unknown) => {
      console.error(explained(error, usage));
      process.exitCode = 1;
    },
  );
}

function explained(error: unknown, usage: string): string {
  if (!(error instanceof Error)) return String(error);
  // node:util's parseArgs names what it does not know in words, with a code of its own
  const { code } = error as { code?: unknown };
  if (error instanceof UsageProblem || String(code).startsWith('ERR_PARSE_ARGS')) return `${error.message}\n\n${usage}`;
  const isForeseen = error instanceof StartProblem || error instanceof SettingsError || error.name === 'CheckpointRefused';
  return isForeseen ? error.message : (error.stack ?? error.message);
}
