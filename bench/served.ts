import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The repository. */
export const root = join(__dirname, '..');

/** What a process has used since it began. */
export interface Usage {
  readonly cpuMicroseconds: number;
  readonly rss: number;
}

/** A server in a process of its own. */
export interface Served {
  readonly name: string;
  /** `http://127.0.0.1:40123` */
  readonly origin: string;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

export interface Program {
  readonly name: string;
  /** Arguments of node: the file, and flags before it. */
  readonly node: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

/**
 * Starts a server with node as `npm start` starts the application's, its log thrown away, and waits until it is ready.
 * @throws where it ends, or is not ready after a minute
 */
export async function serve({ name, node, env }: Program): Promise<Served> {
  const port = await freePort();
  const log = openSync(devNull, 'w');
  const child = spawn(process.execPath, ['--max-semi-space-size=64', '-r', join(__dirname, 'probe.cjs'), ...node], {
    cwd: root,
    env: {
      ...process.env,
      LOG_LEVEL: 'info',
      RATE_LIMIT: '100000000',
      PUBLIC_RATE_LIMIT: '100000000',
      HOST: '127.0.0.1',
      NODE_ENV: 'production',
      ...env,
      PORT: String(port),
    },
    stdio: ['ignore', log, 'inherit', 'ipc'],
  });
  closeSync(log);
  const origin = `http://127.0.0.1:${port}`;
  for (const deadline = Date.now() + 60_000; !(await isReady(origin)); await delay(20)) {
    if (child.exitCode !== null) throw new Error(`${name} ended with exit code ${child.exitCode}`);
    if (Date.now() > deadline) throw new Error(`${name} is not ready after a minute`);
  }
  return { name, origin, usage: () => usageOf(child), stop: () => stop(child) };
}

/** Whether the health check of a server says that it is ready. */
export const isReady = (origin: string): Promise<boolean> =>
  fetch(`${origin}/health/ready`).then(
    async (answer) => {
      await answer.arrayBuffer();
      return answer.ok;
    },
    () => false,
  );

async function usageOf(child: ChildProcess): Promise<Usage> {
  const answered = once(child, 'message');
  child.send('usage');
  const [usage] = (await answered) as [Usage];
  return usage;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
