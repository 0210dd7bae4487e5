import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whom the server runs as. */
export interface Account {
  uid: number;
  gid: number;
}

export const runsAsRoot = (): boolean => process.geteuid?.() === 0;

/** The account that root steps down to, because Postgres refuses to run as root. It must exist already: we create none on the host. */
export function unprivilegedAccount(): Account {
  const entries = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const wanted of ['postgres', 'nobody']) {
    const entry = entries.find(([name, , uid]) => name === wanted && /^[1-9]\d*$/.test(uid ?? ''));
    if (entry) return { uid: Number(entry[2]), gid: Number(entry[3]) };
  }
  throw new Error(
    'Postgres does not run as root, and there is no account "postgres" or "nobody" to run it as: start the application as an ordinary user, or set DATABASE_URL.',
  );
}

/** Really tries it as that account: permission bits alone do not tell of access lists, network mounts, closed parents. */
export function canEnter(account: Account, folder: string): boolean {
  return succeedsAs(account, '/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder]);
}

export function succeedsAs(account: Account, command: string, args: string[]): boolean {
  return spawnSync(command, args, { ...account, cwd: '/', env: {}, stdio: 'ignore' }).status === 0;
}
