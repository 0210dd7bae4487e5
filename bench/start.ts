import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { circumstances, figureOf, publish, shown, tableOf } from './results';
import { freePort, isReady, root } from './served';
import { temporaryFolder } from './surroundings';

interface Started {
  /** Milliseconds from starting `npm start` to the first answer that says ready. */
  readonly milliseconds: number;
  stop(): Promise<void>;
}

/** Measures `npm start` without settings: first in an empty folder, where the database, its tables and the demo are made, then again with what is there. */
export async function benchStart({ rounds, keep }: { rounds: number; keep: boolean }): Promise<void> {
  const found = { cold: [] as number[], warm: [] as number[] };
  for (let round = 1; round <= rounds; round += 1) {
    const folder = temporaryFolder('start');
    try {
      for (const start of ['cold', 'warm'] as const) {
        const started = await npmStart(folder);
        await started.stop();
        found[start].push(started.milliseconds);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    console.log(
      `  round ${round} of ${rounds}: cold ${Math.round(found.cold.at(-1) ?? 0)} ms, warm ${Math.round(found.warm.at(-1) ?? 0)} ms`,
    );
  }
  const absolute = { 'start.cold.ms': figureOf(found.cold), 'start.warm.ms': figureOf(found.warm) };
  const table = tableOf(
    ['`npm start`', 'ms until ready'],
    [
      ['cold: a fresh folder, the demo included', shown(absolute['start.cold.ms'], 0)],
      ['warm: started again', shown(absolute['start.warm.ms'], 0)],
    ],
  );
  publish('start', { ...circumstances(), rounds, ratios: {}, absolute }, table, keep);
}

async function npmStart(folder: string): Promise<Started> {
  const port = await freePort();
  const env = { ...process.env, DATA_DIR: folder, PORT: String(port), HOST: '127.0.0.1' };
  for (const name of ['DATABASE_URL', 'DATABASE_OWNER_URL']) delete (env as Record<string, string | undefined>)[name];
  const began = performance.now();
  const npm = spawn('npm', ['start'], { cwd: root, env, stdio: 'ignore', detached: true });
  const ended = once(npm, 'exit');
  while (!(await isReady(`http://127.0.0.1:${port}`))) {
    if (npm.exitCode !== null) throw new Error(`npm start ended with exit code ${npm.exitCode}`);
    if (performance.now() - began > 120_000) throw new Error('npm start is not ready after two minutes');
    await delay(5);
  }
  const milliseconds = performance.now() - began;
  return {
    milliseconds,
    stop: async () => {
      if (npm.pid !== undefined) process.kill(-npm.pid, 'SIGTERM');
      await ended;
      await untilEnded(folder);
    },
  };
}

/** npm may end before what it started does; the next start measures itself, not the end of this one. */
async function untilEnded(folder: string): Promise<void> {
  const pidFile = join(folder, 'postgres/data/postmaster.pid');
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await delay(50)) {
    try {
      readFileSync(pidFile);
    } catch {
      return;
    }
  }
}
