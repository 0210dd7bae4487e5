import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { type Place } from './place';
import { inspectProcess } from './process-info';

export interface Running {
  url: string;
  port: number;
  pid: number;
}

interface PidFile {
  pid: number;
  port: number;
  status: string;
}

export const HOST = '127.0.0.1';
export const pidFileOf = (place: Place): string => path.join(place.data, 'postmaster.pid');

const SETTLE_MS = 10_000;
const WRONG_PASSWORD = '28P01';

/**
 * The server that runs on this cluster, or null. One that is just starting or shutting down is waited for.
 *
 * A postmaster.pid proves nothing: kill -9 leaves it behind with "ready" in it, and by now its pid and its port may be somebody else's. So
 * the process must be a Postgres on this very folder before it gets to see our password, and must answer that it serves this folder.
 */
export async function findServer(place: Place): Promise<Running | null> {
  for (const deadline = Date.now() + SETTLE_MS; ; await delay(25)) {
    const file = readPidFile(place);
    if (!file || !isOurPostmaster(file.pid, place)) return null;
    if (file.status === 'ready') {
      const running = { url: urlOf(place, file.port), port: file.port, pid: file.pid };
      if (await serves(running.url, place.data)) return running;
    }
    if (Date.now() > deadline) {
      throw new Error(
        `A Postgres (process ${file.pid}) holds ${place.data} but neither answers nor ends: see ${place.log}, end it (kill -INT ${file.pid}), and start again.`,
      );
    }
  }
}

/** null also when the file is not complete yet. */
export function readPidFile(place: Place): PidFile | null {
  const lines = (readIfThere(pidFileOf(place)) ?? '').split('\n');
  // Line 1 is the pid, 4 the port, 8 the status, padded with blanks.
  const [pid, port, status] = [Number(lines[0]), Number(lines[3]), lines[7]?.trim()];
  if (!pid || lines.length < 2) return null;
  return { pid: Math.abs(pid), port: port || 0, status: status ?? '' };
}

function isOurPostmaster(pid: number, place: Place): boolean {
  const found = inspectProcess(pid);
  // 0: Linux shows a process that may not be traced as root's
  const possibleOwners = [place.account?.uid ?? process.geteuid?.(), 0];
  return found !== null && possibleOwners.includes(found.uid) && `${found.command} `.includes(` -D ${place.data} `);
}

/** True if a Postgres with our password answers there and works on that folder. */
export async function serves(url: string, data: string): Promise<boolean> {
  const client = new Client({ connectionString: url, ssl: false, connectionTimeoutMillis: 2_000, query_timeout: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const answer = await client.query<{ data: string }>(`SELECT current_setting('data_directory') AS data`);
    return answer.rows[0]?.data === data;
  } catch (error) {
    if ((error as { code?: string }).code === WRONG_PASSWORD) {
      throw new Error(
        `The embedded Postgres on ${data} refuses the password kept beside it: somebody has changed one of them. Put the right one back into the file superuser-password.`,
        { cause: error },
      );
    }
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

export function urlOf(place: Place, port: number): string {
  const password = readIfThere(place.passwordFile)?.trim();
  if (!password) {
    throw new Error(
      `${place.passwordFile} is missing, and without it nobody can sign in to the embedded database: put it back from a backup, or move ${place.data} away to begin with an empty one.`,
    );
  }
  return `postgres://postgres:${password}@${HOST}:${port}/postgres`;
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    if (code === 'EACCES') {
      throw new Error(
        `The embedded database in ${path.dirname(file)} belongs to another user: run this as the user that started it, or set DATABASE_URL.`,
        { cause: error },
      );
    }
    throw error;
  }
}
