// Compiles src/ and migrations/ into dist/ if what is there was made of other sources; does nothing, quickly, if it was made of these.
//
// dist/ is made in a folder of its own and renamed into place when it is whole: a build that fails or is killed leaves what was there before,
// and of two builds at once the second finds the first one's result and drops its own.
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const workPrefix = '.build-';
/** In dist/: what it was made of. */
const stampName = '.made-of';
const configuration = ['package-lock.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'];

function sourcesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourcesIn(path);
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.spec.ts') ? [path] : [];
  });
}

/** A digest of all that the build reads: names and contents, since times of change say little after a checkout or a copy. */
function fingerprint() {
  const digest = createHash('sha256');
  const files = [...sourcesIn(join(root, 'src')), ...sourcesIn(join(root, 'migrations')), ...configuration.map((name) => join(root, name))];
  for (const file of files.sort())
    digest
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return digest.digest('hex');
}

function isMadeOf(sources) {
  const stamp = join(dist, stampName);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sources;
}

/** Removes what can be removed: files that root once built here stay, and do no harm. */
function remove(folder) {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // swept again by a later build
  }
}

/** What a killed build left behind; a build under way is younger. */
function sweep() {
  const anHourAgo = Date.now() - 3_600_000;
  for (const name of readdirSync(root).filter((entry) => entry.startsWith(workPrefix))) {
    const folder = join(root, name);
    if ((statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) < anHourAgo) remove(folder);
  }
}

function compile(work) {
  const nest = join(root, 'node_modules/@nestjs/cli/bin/nest.js');
  if (!existsSync(nest)) throw new Error('The application must be built, and the compiler is not installed: run "npm ci" first.');
  try {
    mkdirSync(work);
  } catch (error) {
    throw new Error(
      `The application must be built, and this account may not write to ${root} (${error.code}): build it as the user that the folder belongs to.`,
      { cause: error },
    );
  }
  const config = join(work, 'tsconfig.json');
  writeFileSync(config, JSON.stringify({ extends: '../tsconfig.build.json', compilerOptions: { outDir: join(work, 'dist') } }));
  const { status, signal } = spawnSync(process.execPath, [nest, 'build', '--path', relative(root, config)], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error(`The build failed (${signal ?? `exit code ${status}`}); what was built before is untouched.`);
}

/** Puts the finished build in place, unless another process has put the same there; between its two renames there is no dist, hence more than one try. */
function install(work, sources) {
  writeFileSync(join(work, 'dist', stampName), sources);
  for (let attempt = 1; !isMadeOf(sources); attempt += 1) {
    try {
      if (existsSync(dist)) renameSync(dist, join(work, `before-${attempt}`));
      renameSync(join(work, 'dist'), dist);
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
}

function buildIfNeeded() {
  const sources = fingerprint();
  if (isMadeOf(sources)) return;
  sweep();
  console.error('Building …');
  const work = join(root, `${workPrefix}${process.pid}-${randomBytes(3).toString('hex')}`);
  try {
    compile(work);
    install(work, sources);
  } finally {
    remove(work);
  }
}

try {
  buildIfNeeded();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
