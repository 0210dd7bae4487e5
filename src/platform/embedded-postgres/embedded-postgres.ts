import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Binaries, findNativeFolder, prepareBinaries } from './binaries';
import { ensureCluster } from './cluster';
import { locatePlace, openPlace, type Place } from './place';
import { findServer, HOST, pidFileOf, readPidFile, type Running, serves, urlOf } from './postmaster';
import { logMark, logSince, rotateLog, startError } from './server-log';
import { withStartLock } from './start-lock';
import { supervise, type Supervised } from './supervisor';

export interface EmbeddedOptions {
  /** Folder for the cluster, its log and its password. As root, under a path closed to other accounts, another one stands in for it. */
  baseDir: string;
  /** Default: any free port. A server that already runs keeps its own. */
  port?: number;
  /** More arguments for postgres, such as `['-c', 'shared_buffers=512MB']`. A server that already runs keeps its own. */
  flags?: string[];
  /** false: faster, and lost if the machine goes down; for tests. Default true. */
  durable?: boolean;
  /** Starts the server again, on its port, whenever it ends without having been asked to; hears of it. Left out, it stays down. */
  onRestart?: (text: string) => void;
}

export interface EmbeddedServer {
  /** Superuser's URL of the database `postgres`, with the password in it. */
  url: string;
  host: string;
  port: number;
  /** Another one after a restart. */
  readonly pid: number;
  /** True: another process started it, and it ends with that one. */
  reused: boolean;
  /** Where the cluster really lies. */
  baseDir: string;
  /** Fast shutdown; resolves when the server has ended. Does nothing for a reused one. */
  stop(): Promise<void>;
}

/** How long an old server's last processes are waited for; they end within moments, but not at once. */
const RETRY_MS = 10_000;
/** Recovery after a crash reads up to a gigabyte of write-ahead log. */
const READY_MS = 120_000;
const RESTART_MS = 1_000;
const NOT_DURABLE = ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off'];

/**
 * Starts the Postgres that comes as an npm package on the cluster in `baseDir`, which is made if need be, or attaches to the server that already
 * runs there. The server ends when this process does, in whatever way. Throws an Error that says what to do when it cannot.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const native = findNativeFolder();
  const place = openPlace(options.baseDir);
  return withStartLock(place.base, async () => {
    const running = await findServer(place);
    if (running) return { ...running, host: HOST, reused: true, baseDir: place.base, stop: () => Promise.resolve() };

    // No live server of ours wrote it, and Postgres would heed it if its pid now belonged to any process of the same account.
    rmSync(pidFileOf(place), { force: true });
    rotateLog(place);
    const binaries = prepareBinaries(native, place.base, place.account);
    await ensureCluster(place, binaries, options.durable ?? true);
    const launched = await launch(place, binaries, options);
    const port = launched.running.port;
    if (options.onRestart !== undefined)
      return kept(place, launched, () => relaunch(place, binaries, { ...options, port }), options.onRestart);
    return { ...launched.running, host: HOST, reused: false, baseDir: place.base, stop: () => launched.server.stop() };
  });
}

/** The embedded server that runs on the cluster in `baseDir`, for commands that must reach it while the application runs; null if none does. */
export async function findRunning(baseDir: string): Promise<{ url: string } | null> {
  const running = await findServer(locatePlace(baseDir));
  return running && { url: running.url };
}

/** A server of ours that takes requests. */
interface Launched {
  running: Running;
  server: Supervised;
}

/** The server as long as it is wanted: one that was killed, or that ended because its disk was full, is tried again until it runs. */
function kept(place: Place, first: Launched, again: () => Promise<Launched>, report: (text: string) => void): EmbeddedServer {
  let { running, server } = first;
  let isWanted = true;
  const keep = async (): Promise<void> => {
    while (isWanted) {
      await server.exited;
      if (isWanted) report('The embedded database ended, and is started again.');
      while (isWanted && server.exitCode !== undefined) {
        try {
          ({ running, server } = await again());
        } catch (error) {
          report(error instanceof Error ? error.message : String(error));
          await delay(RESTART_MS, undefined, { ref: false });
        }
      }
    }
  };
  const keeping = keep();
  return {
    url: running.url,
    host: HOST,
    port: running.port,
    get pid() {
      return running.pid;
    },
    reused: false,
    baseDir: place.base,
    stop: async () => {
      isWanted = false;
      await server.stop();
      await keeping;
      // one that was just being started when it was stopped
      await server.stop();
    },
  };
}

function relaunch(place: Place, binaries: Binaries, options: EmbeddedOptions): Promise<Launched> {
  return withStartLock(place.base, async () => {
    if (await findServer(place)) throw new Error('Another process has started a server on the embedded database.');
    rmSync(pidFileOf(place), { force: true });
    return launch(place, binaries, options);
  });
}

async function launch(place: Place, binaries: Binaries, options: EmbeddedOptions): Promise<Launched> {
  for (const deadline = Date.now() + RETRY_MS; ; await delay(200)) {
    const port = options.port ?? (await freePort());
    const mark = logMark(place);
    const server = await supervise(place, binaries.postgres, serverArguments(place, port, options));
    const running = await whenReady(place, port, server);
    if (running) {
      server.release();
      return { running, server };
    }
    if (!passesWithTime(logSince(place, mark), options.port === undefined) || Date.now() > deadline) {
      throw startError('postgres', place, await server.exited, mark);
    }
  }
}

function serverArguments(place: Place, port: number, { flags = [], durable = true }: EmbeddedOptions): string[] {
  const settings = ['-c', `listen_addresses=${HOST}`, '-c', 'unix_socket_directories='];
  return ['-D', place.data, '-p', String(port), ...settings, ...(durable ? [] : NOT_DURABLE), ...flags];
}

/** null when it ended instead. */
async function whenReady(place: Place, port: number, server: Supervised): Promise<Running | null> {
  const url = urlOf(place, port);
  for (const deadline = Date.now() + READY_MS; ; await delay(10)) {
    if (server.exitCode !== undefined) return null;
    const file = readPidFile(place);
    if (file?.status === 'ready' && file.port === port && (await serves(url, place.data))) return { url, port, pid: file.pid };
    if (Date.now() > deadline) {
      await server.stop();
      return null;
    }
  }
}

function passesWithTime(log: string, portMayChange: boolean): boolean {
  const oldServerEnding = /pre-existing shared memory block|lock file "postmaster.pid" already exists/.test(log);
  const portJustTaken = portMayChange && log.includes('could not bind');
  return oldServerEnding || portJustTaken;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, HOST, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
