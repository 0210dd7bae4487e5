import { createHash } from 'node:crypto';
import { accessSync, chmodSync, constants, existsSync, lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { type Account, canEnter, runsAsRoot, unprivilegedAccount } from './account';

/** Where one cluster lives, and whom its server runs as. */
export interface Place {
  /** Belongs to the user that runs Node; canonical path. */
  base: string;
  /** The cluster itself; belongs to the account that the server runs as. */
  data: string;
  log: string;
  /** Only the user that runs Node may read it. */
  passwordFile: string;
  /** null: the server runs as we do. */
  account: Account | null;
}

const SHARED_TEMP = '/var/tmp';

/**
 * Finds the place of the cluster that was asked for under `baseDir`; creates nothing.
 *
 * Root's server runs as another account, which cannot reach a clone under a 0700 home; then the cluster lives in a folder under /var/tmp whose
 * name follows from the path. Where a cluster exists it stays the one in use, whatever has become of permissions since: a second, empty one
 * would look like a loss of data.
 */
export function locatePlace(baseDir: string): Place {
  const wanted = canonical(path.resolve(baseDir));
  if (!runsAsRoot()) return placeAt(wanted, null);

  if (hasCluster(wanted)) {
    const account = ownerOfCluster(wanted);
    if (canEnter(account, wanted)) return placeAt(wanted, account);
    throw new Error(
      `The embedded database lies in ${wanted}, but the account that owns it (uid ${account.uid}) may no longer enter that folder. ` +
        'Open it and its parents again (chmod o+x), or set DATABASE_URL.',
    );
  }
  const substitute = substituteFor(wanted);
  if (isSafelyOurs(substitute) && hasCluster(substitute)) return placeAt(substitute, ownerOfCluster(substitute));

  const account = unprivilegedAccount();
  return placeAt(canEnter(account, nearestExisting(path.dirname(wanted))) ? wanted : substitute, account);
}

/** As `locatePlace`, and makes the folder. */
export function openPlace(baseDir: string): Place {
  const place = locatePlace(baseDir);
  const { base, account } = place;
  if (base === substituteFor(canonical(path.resolve(baseDir)))) {
    makeInSharedTemp(base);
    return place;
  }
  const firstMade = makeWritable(base);
  if (account) {
    // What we have just made stands open to the server's account, whatever the umask; of what was there before, only our own folder.
    const made = firstMade === undefined ? [] : foldersBetween(firstMade, base);
    for (const folder of made) chmodSync(folder, 0o711);
    if (!canEnter(account, base)) chmodSync(base, (statSync(base).mode & 0o777) | 0o011);
  }
  return place;
}

function placeAt(base: string, account: Account | null): Place {
  return {
    base,
    data: path.join(base, 'data'),
    log: path.join(base, 'server.log'),
    passwordFile: path.join(base, 'superuser-password'),
    account,
  };
}

const hasCluster = (base: string): boolean => existsSync(path.join(base, 'data', 'PG_VERSION'));

function ownerOfCluster(base: string): Account {
  const { uid, gid } = statSync(path.join(base, 'data'));
  if (uid !== 0) return { uid, gid };
  throw new Error(
    `The embedded database in ${base}/data belongs to root, and Postgres does not run as root: give it back to its account (chown -R postgres ${base}/data), or set DATABASE_URL.`,
  );
}

function substituteFor(base: string): string {
  return path.join(SHARED_TEMP, `touchstone-postgres-${createHash('sha256').update(base).digest('hex').slice(0, 16)}`);
}

/** The first folder that had to be made, if any. */
function makeWritable(folder: string): string | undefined {
  try {
    const firstMade = mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
    return firstMade;
  } catch (error) {
    const reason = (error as Error).message;
    throw new Error(
      `The embedded database cannot be kept in ${folder} (${reason}): run this as the user that the folder belongs to, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

/** Everybody may write to /var/tmp: somebody may have put a folder or a link of that name there first, to read or exchange what we keep in it. */
function makeInSharedTemp(folder: string): void {
  try {
    mkdirSync(folder, 0o700);
    chmodSync(folder, 0o711);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (isSafelyOurs(folder)) return;
    throw new Error(
      `${folder} is not ours: it is a link, belongs to another user, or others may write to it. Look who made it and remove it, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

function isSafelyOurs(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return found !== undefined && found.isDirectory() && found.uid === process.geteuid?.() && (found.mode & 0o022) === 0;
}

/** The path without symbolic links, so that one folder has one name; what does not exist yet is appended as it is. */
function canonical(wanted: string): string {
  const existing = nearestExisting(wanted);
  return path.join(realpathSync(existing), path.relative(existing, wanted));
}

function nearestExisting(folder: string): string {
  return existsSync(folder) ? folder : nearestExisting(path.dirname(folder));
}

function foldersBetween(first: string, last: string): string[] {
  return first === last ? [last] : [...foldersBetween(first, path.dirname(last)), last];
}
