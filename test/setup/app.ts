import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../src/app';
import { readSettings } from '../../src/config';
import { checkAgainstContract } from './contract';
import { type TestDatabase, createTestDatabase } from './database';

/** An answer of the API as a client sees it; `body` is parsed where it is JSON. */
export interface Answer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
  readonly etag: string | undefined;
  /** The body as it was sent. */
  readonly bytes: Buffer;
}

export interface RequestOptions {
  /** A session token. */
  readonly token?: string;
  readonly ifMatch?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is, instead of a JSON body. */
  readonly raw?: string | Uint8Array;
}

/** The application on a database of its own, listening on loopback. */
export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly database: TestDatabase;
  readonly origin: string;
  /** Sends a request below /api/v1 (or to an absolute path that begins with /health, /api or /.well-known). */
  send<Body = Record<string, unknown>>(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<Answer<Body>>;
  close(): Promise<void>;
}

/**
 * Starts the application as a test needs it.
 * @param through turns the database's address into the one that the application is given: that of a line that fails on command
 */
export async function startApp(
  env: Readonly<Record<string, string>> = {},
  through: (url: string) => string = (url) => url,
): Promise<TestApp> {
  const database = await createTestDatabase();
  return startOn(database, through(database.url), env, () => database.drop());
}

/** Starts the application once more on the same database, as a second process would be; closed before the first. */
export const startAnother = ({ database }: TestApp, env: Readonly<Record<string, string>> = {}): Promise<TestApp> =>
  startOn(database, database.url, env, () => Promise.resolve());

async function startOn(
  database: TestDatabase,
  url: string,
  env: Readonly<Record<string, string>>,
  atEnd: () => Promise<void>,
): Promise<TestApp> {
  const settings = readSettings({
    LOG_LEVEL: 'silent',
    DATABASE_URL: url,
    DATABASE_ERASER_URL: database.eraserUrl,
    // tests ask more in a minute than people do; what is limited has specs of its own
    RATE_LIMIT: '100000000',
    PUBLIC_RATE_LIMIT: '100000000',
    ...env,
  });
  const app = await createApp(settings, url);
  await app.listen(0, '127.0.0.1');
  const origin = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  return {
    app,
    database,
    origin,
    send: (method, path, body, options) => send(origin, method, path, body, options),
    close: async () => {
      await app.close();
      await atEnd();
    },
  };
}

async function send<Body>(
  origin: string,
  method: string,
  path: string,
  body: unknown,
  options: RequestOptions = {},
): Promise<Answer<Body>> {
  const headers: Record<string, string> = { ...options.headers };
  if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`;
  if (options.ifMatch !== undefined) headers['if-match'] = options.ifMatch;
  if (options.key !== undefined) headers['idempotency-key'] = options.key;
  const payload = options.raw ?? (body === undefined ? undefined : JSON.stringify(body));
  if (payload !== undefined && headers['content-type'] === undefined) headers['content-type'] = 'application/json';
  const target = `${/^\/(health|api|\.well-known)/.test(path) ? '' : '/api/v1'}${path}`;
  const response = await fetch(`${origin}${target}`, {
    method,
    headers,
    ...(payload === undefined ? {} : { body: payload as string }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const text = bytes.toString('utf8');
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  const parsed: unknown = isJson && text !== '' ? JSON.parse(text) : text;
  checkAgainstContract(method, target, response.status, (response.headers.get('content-type') ?? '').split(';')[0] ?? '', parsed);
  return {
    status: response.status,
    headers: response.headers,
    body: parsed as Body,
    bytes,
    etag: response.headers.get('etag') ?? undefined,
  };
}
