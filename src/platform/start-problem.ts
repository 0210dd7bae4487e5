import { createServer } from 'node:net';
import { isDatabaseAway } from './problem.filter';

/** Something that keeps the application from starting, and that the person who starts it can do something about: its message says what. */
export class StartProblem extends Error {
  override readonly name = 'StartProblem';
}

/** Where somebody on this machine reaches a server that listens on an address. */
export function localAddress(host: string, port: number): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  return `http://${everywhere ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host}:${port}`;
}

/**
 * Finds out early whether the application will be able to listen, before a database is started for it.
 * @throws StartProblem naming the port and what to do
 */
export async function checkPort(host: string, port: number): Promise<void> {
  if (port === 0) return;
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => reject(portProblem(error, host, port) ?? error));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve()));
  });
}

/** What an error of listening means, or null if it is another error. */
export function portProblem(error: unknown, host: string, port: number): StartProblem | null {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new StartProblem(
      `Port ${port} of ${host} is taken by another program. Choose another one (PORT=${port + 1 > 65_535 ? 3000 : port + 1} npm start), or take any that is free (PORT=0 npm start).`,
    );
  }
  if (code === 'EACCES') {
    return new StartProblem(`Listening on port ${port} is not allowed to this account. Choose one from 1024 on (PORT=3000 npm start).`);
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new StartProblem(`HOST is ${host}, which is no address of this machine. Leave it out, or use 127.0.0.1 or 0.0.0.0.`);
  }
  return null;
}

const refusals: Readonly<Record<string, string>> = {
  '28P01': 'refuses the password of',
  '28000': 'lets in from here no account',
  '3D000': 'has no database as named for',
  '42501': 'does not let into this database the account',
};

/**
 * What a failure to connect means to whoever wrote the setting, without its password; null if it is another error.
 * @param setting the setting's name
 */
export function databaseProblem(error: unknown, setting: string, url: string): StartProblem | null {
  const { username, host, pathname } = new URL(url);
  const code = String((error as { code?: unknown } | null)?.code);
  const reason = error instanceof Error && error.message !== '' ? error.message : code;
  const refusal = refusals[code];
  if (refusal !== undefined) {
    return new StartProblem(
      `The server ${host} of ${setting} ${refusal} "${decodeURIComponent(username)}" (database ${pathname.slice(1)}): ${reason}.`,
    );
  }
  if (!isDatabaseAway(error)) return null;
  return new StartProblem(`The database of ${setting} cannot be reached at ${host}: ${reason}. Is the server up, and the address right?`);
}
