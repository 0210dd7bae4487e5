import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readSettings } from '../config';
import { type DemoCredentials, readCredentials } from '../demo/credentials';
import { embeddedFolder } from '../demo/demo-database';
import { Narration } from '../demo/narration';
import { Tour } from '../demo/tour';
import { locatePlace } from '../platform/embedded-postgres/place';

const say = (line: string): void => console.log(line);

/** The demo that runs from this folder, if one answers. */
async function runningDemo(dataDir: string): Promise<DemoCredentials | null> {
  const credentials = readCredentials(dataDir);
  if (credentials === null || credentials.url === '') return null;
  const answers = await fetch(`${credentials.url}/health/ready`, { signal: AbortSignal.timeout(3_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
  return answers ? credentials : null;
}

/** Starts a demo in a temporary folder on a free port, does some work with it, and leaves nothing behind. */
async function withOwnDemo(work: (credentials: DemoCredentials) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-tour-'));
  // as root, the database's account passes through it
  chmodSync(folder, 0o755);
  const { DATABASE_URL: _, DATABASE_OWNER_URL: __, ...surroundings } = process.env;
  const child = spawn(process.execPath, [join(__dirname, '../main.js')], {
    env: { ...surroundings, DATA_DIR: folder, HOST: '127.0.0.1', PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  try {
    for await (const line of createInterface(child.stdout)) if (line.startsWith('Touchstone is ready')) break;
    const credentials = readCredentials(folder);
    if (credentials === null || child.exitCode !== null) throw new Error('The demo did not start.');
    await work(credentials);
  } finally {
    child.kill('SIGTERM');
    await ended;
    const { base } = locatePlace(embeddedFolder(folder));
    for (const made of [base, folder]) rmSync(made, { recursive: true, force: true });
  }
}

async function run(): Promise<void> {
  const { DATA_DIR } = readSettings({ DATA_DIR: process.env['DATA_DIR'] });
  const take = async (credentials: DemoCredentials): Promise<void> => {
    say(`From a piece of work to a signed-off level, over HTTP: ${credentials.url}`);
    await new Tour(credentials, new Narration(say)).run();
    say('\nThat was the whole way: everything was as it should be.');
  };
  const running = await runningDemo(DATA_DIR);
  if (running !== null) return take(running);
  say('No demo answers here (npm start begins one): starting one in a temporary folder …');
  await withOwnDemo(take);
}

run().catch((error: unknown) => {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
