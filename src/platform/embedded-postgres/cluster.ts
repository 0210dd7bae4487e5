import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type Binaries } from './binaries';
import { type Place } from './place';
import { logMark, startError } from './server-log';
import { supervise } from './supervisor';

const UNFINISHED = 'initdb-';

/**
 * Makes the cluster if there is none. initdb runs beside its place and the result is renamed into it, so that a first start that is killed
 * leaves nothing that looks like a cluster; what it does leave is swept away here. Call with the start lock held.
 */
export async function ensureCluster(place: Place, binaries: Binaries, durable: boolean): Promise<void> {
  for (const entry of readdirSync(place.base)) {
    if (entry.startsWith(UNFINISHED)) rmSync(path.join(place.base, entry), { recursive: true, force: true, maxRetries: 5 });
  }
  if (existsSync(path.join(place.data, 'PG_VERSION'))) return;

  const folder = mkdtempSync(path.join(place.base, UNFINISHED));
  const password = randomBytes(24).toString('base64url');
  const passwordFile = path.join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (place.account) {
    // initdb, which runs as that account, reads the password from there and makes the cluster in there.
    for (const own of [folder, passwordFile]) chownSync(own, place.account.uid, place.account.gid);
  }
  const cluster = path.join(folder, 'data');
  const mark = logMark(place);
  const initdb = await supervise(place, binaries.initdb, initdbArguments(cluster, passwordFile, durable));
  const code = await initdb.exited;
  if (code !== 0) throw startError('initdb', place, code, mark);

  // The password first: a cluster without one would lock us out.
  const draft = `${place.passwordFile}.new`;
  rmSync(draft, { force: true });
  writeFileSync(draft, password, { mode: 0o600, flag: 'wx', flush: durable });
  renameSync(draft, place.passwordFile);
  renameSync(cluster, place.data);
  rmSync(folder, { recursive: true, force: true });
  if (durable) syncFolder(place.base);
}

function initdbArguments(data: string, passwordFile: string, durable: boolean): string[] {
  return [
    ...['-D', data, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8'],
    // Postgres' own C.UTF-8: order by code point as under C, fast and the same on every machine, but lower() and ILIKE know all letters,
    // where plain C leaves É unequal to é. It asks nothing of the operating system's locales.
    ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ...(durable ? [] : ['--no-sync']),
  ];
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
