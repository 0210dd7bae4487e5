import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** How long running requests may take when the application stops. */
const patienceMs = 10_000;
/** Ctrl-C reaches the application twice, from the terminal and from npm: only a later signal is a second one. */
const sameSignalMs = 1_000;

/**
 * On SIGTERM, SIGINT or SIGHUP, and when the npm that started it is gone: takes no more requests, finishes those that run, closes the connections to the database, then does
 * what else is to be done, and ends with 0; with 1 where requests had to be cut off. A second signal ends it at once.
 */
export function stopOnSignal(app: NestFastifyApplication, closeRest: () => Promise<void>): void {
  let stoppingSince: number | undefined;
  const onSignal = (): void => {
    if (stoppingSince === undefined) {
      stoppingSince = performance.now();
      void stop(app, closeRest);
    } else if (performance.now() - stoppingSince > sameSignalMs) process.exit(1);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
  if (process.env['npm_lifecycle_event'] === 'start') whenParentEnds(onSignal);
}

/** `npm start` is what the person sees as the application: where it is killed, nobody is left to end us. */
function whenParentEnds(stopNow: () => void): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stopNow();
  }, 250);
  watch.unref();
}

async function stop(app: NestFastifyApplication, closeRest: () => Promise<void>): Promise<void> {
  let exitCode = 0;
  const { server } = app.getHttpAdapter().getInstance();
  // a connection that a client keeps open would be waited for after its last answer
  const closing = setInterval(() => server.closeIdleConnections(), 50);
  const impatience = setTimeout(() => {
    exitCode = 1;
    process.stderr.write(`Some requests took longer than ${patienceMs / 1000} s to finish, and were cut off.\n`);
    server.closeAllConnections();
  }, patienceMs);
  try {
    await app.close();
    clearInterval(closing);
    clearTimeout(impatience);
    await closeRest();
  } catch (error) {
    exitCode = 1;
    process.stderr.write(`Stopping: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  }
  process.exit(exitCode);
}
