import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { inspectProcess } from './process-info';

interface Holder {
  id: string;
  pid: number;
  startedAt: string;
}

const PATIENCE_MS = 180_000;

/**
 * Does `work` while no other process (nor another call in this one) does so for the same folder. Whoever comes second waits. Node has no
 * file locks that the kernel would release, so the lock names its holder, and one whose holder has died is removed.
 */
export async function withStartLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const lock = path.join(folder, 'start.lock');
  const id = randomUUID();
  const own: Holder = { id, pid: process.pid, startedAt: inspectProcess(process.pid)?.startedAt ?? '' };
  const deadline = Date.now() + PATIENCE_MS;
  while (!tryLock(lock, own)) {
    removeIfHolderDied(lock);
    if (Date.now() > deadline) {
      throw new Error(`Another process has been starting the embedded Postgres for minutes. If none is, delete ${lock} and start again.`);
    }
    await delay(25);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** The lock appears with its content in it: an empty one, left by a process killed between creating and writing, would name no holder. */
function tryLock(lock: string, own: Holder): boolean {
  const draft = `${lock}.${own.id}`;
  writeFileSync(draft, JSON.stringify(own));
  try {
    linkSync(draft, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(draft);
  }
}

/**
 * Several may see that the holder died. A slow one must not remove the lock that a quicker one has taken by then: only the creator of a
 * marker named for exactly that holder may remove the lock, and looks again first.
 */
function removeIfHolderDied(lock: string): void {
  const holder = readHolder(lock);
  if (!holder || inspectProcess(holder.pid)?.startedAt === holder.startedAt) return;
  const marker = `${lock}.${holder.id}.died`;
  try {
    writeFileSync(marker, '', { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw error;
  }
  if (readHolder(lock)?.id === holder.id) unlinkSync(lock);
  unlinkSync(marker);
}

function readHolder(lock: string): Holder | null {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')) as Holder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
