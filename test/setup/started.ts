import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { embeddedFolder } from '../../src/demo/demo-database';
import { locatePlace } from '../../src/platform/embedded-postgres/place';

const root = join(__dirname, '../..');
const building = 180_000;

/** Builds what the started processes run, if need be. Takes its time once: give it to beforeAll with `building` as the limit. */
export function build(): void {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts/build-if-needed.mjs')], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error('the application does not build');
}
build.timeout = building;

/** A process that was started from the built application. */
export interface Started {
  readonly child: ChildProcess;
  /** All that it has printed so far. */
  readonly output: () => string;
  /** Resolves when it has printed that; throws when it ends before. */
  printed(text: string): Promise<void>;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

const started = new Set<Started>();

/** Starts a script of dist/src with these settings and no others. */
export const start = (script: string, settings: Readonly<Record<string, string>>, args: readonly string[] = []): Started =>
  spawned(process.execPath, [join(root, 'dist/src', script), ...args], settings);

/** Starts the application as a person does. */
export const npmStart = (settings: Readonly<Record<string, string>>): Started => spawned('npm', ['start'], settings);

function spawned(command: string, args: readonly string[], settings: Readonly<Record<string, string>>): Started {
  const child = spawn(command, [...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: process.env['TMPDIR'], ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    // a group of its own, as a service manager gives it one
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  const one: Started = {
    child,
    output: () => output,
    ended,
    printed: async (text) => {
      while (!output.includes(text)) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended without saying "${text}":\n${output}`);
        await delay(20);
      }
    },
  };
  started.add(one);
  void ended.finally(() => started.delete(one));
  return one;
}

/** Runs a script to its end. */
export async function run(
  script: string,
  settings: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<{ code: number | string; output: string }> {
  const one = start(script, settings, args);
  const code = await one.ended;
  return { code, output: one.output() };
}

/** A folder for data that the database's account may pass through. */
export function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-start-'));
  chmodSync(folder, 0o755);
  return folder;
}

/** Where the embedded database of a folder for data really lies. */
export const clusterOf = (dataDir: string): string => locatePlace(embeddedFolder(dataDir)).data;

/** Ends what a test has left running, and removes its folders. */
export async function cleanUp(folders: readonly string[]): Promise<void> {
  for (const { child, ended } of [...started]) {
    child.kill('SIGTERM');
    await Promise.race([ended, delay(5_000, undefined, { ref: false })]);
    child.kill('SIGKILL');
  }
  for (const folder of folders.filter((one) => existsSync(one))) {
    const { base } = locatePlace(embeddedFolder(folder));
    for (const made of [base, folder]) rmSync(made, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}
