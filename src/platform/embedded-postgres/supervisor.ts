import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, fchownSync, openSync, statSync } from 'node:fs';
import { type Socket } from 'node:net';
import { runsAsRoot } from './account';
import { type Place } from './place';

/**
 * The shell between Node and Postgres. It holds the reading end of a pipe whose writing end only Node has, so whatever becomes of Node, kill -9
 * included, the pipe ends and Postgres is told to. A line on the pipe asks for the same with as much time as it takes.
 *
 * SIGINT is Postgres' "fast shutdown": refuse new work, roll back what is open, checkpoint, exit. SIGQUIT ends it without the checkpoint; the
 * next start then recovers from the write-ahead log, so that no acknowledged write is lost either way.
 *
 * The watcher lives until the shell, having waited for Postgres, kills it: neither pid can have been given to another process by then.
 */
const SCRIPT = `
trap '' INT TERM HUP
"$@" </dev/null 3<&- &
server=$!
(
  while read -r line; do kill -INT $server; done
  kill -INT $server
  sleep 1
  kill -QUIT $server
  while :; do sleep 1; done
) <&3 >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait $server
code=$?
kill -KILL $watcher
exit $code
`;

const STOP_PATIENCE_MS = 30_000;

export interface Supervised {
  /** Becomes the exit code when the program has ended. */
  readonly exited: Promise<number>;
  readonly exitCode: number | undefined;
  /** Asks it to end and waits until it has. */
  stop(): Promise<void>;
  /** From now on it does not keep Node from ending. */
  release(): void;
}

/**
 * Runs a Postgres program that ends when Node does. It has a session of its own: what is sent to the application's process group (Ctrl-C, a
 * service manager's stop) does not reach it, so that the application can finish its work with the database first.
 */
export async function supervise(place: Place, command: string, args: string[]): Promise<Supervised> {
  const shell = await spawnShell(place, [command, ...args]);
  const pipe = shell.stdio[3] as Socket;
  // Writing to a server that has just ended is not an error for us.
  pipe.on('error', () => undefined);

  let exitCode: number | undefined;
  const exited = new Promise<number>((resolve) => {
    shell.once('exit', (code) => {
      pipe.destroy();
      resolve((exitCode = code ?? -1));
    });
  });
  return {
    exited,
    get exitCode() {
      return exitCode;
    },
    release() {
      shell.unref();
      pipe.unref();
    },
    async stop() {
      shell.ref();
      if (exitCode === undefined) pipe.write('stop\n');
      const impatience = setTimeout(() => pipe.destroy(), STOP_PATIENCE_MS);
      await exited;
      clearTimeout(impatience);
    },
  };
}

async function spawnShell(place: Place, command: string[]): Promise<ChildProcess> {
  const log = openSync(place.log, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  try {
    keepWithFolder(place.base, log);
    const shell = spawn('/bin/sh', ['-c', SCRIPT, 'sh', ...command], {
      ...place.account,
      cwd: place.base,
      env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
      detached: true,
      stdio: ['ignore', log, log, 'pipe'],
    });
    await once(shell, 'spawn');
    return shell;
  } catch (error) {
    const who = place.account ? ` as the account with uid ${place.account.uid}` : '';
    throw new Error(`Could not start a process${who} for the embedded Postgres: set DATABASE_URL to use another one.`, { cause: error });
  } finally {
    closeSync(log);
  }
}

/** Root may start, once, what an ordinary user starts otherwise: a log of root's would lock that user out. */
function keepWithFolder(folder: string, log: number): void {
  if (!runsAsRoot()) return;
  const { uid, gid } = statSync(folder);
  fchownSync(log, uid, gid);
}
