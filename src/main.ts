import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './app';
import { prepareGivenDatabase } from './commands/connect';
import { readSettings, type Settings, SettingsError } from './config';
import { readCredentials } from './demo/credentials';
import { Demo } from './demo/demo';
import { docsPath } from './platform/docs';
import { checkPort, localAddress, portProblem, StartProblem } from './platform/start-problem';
import { stopOnSignal } from './platform/stop-on-signal';

const say = (line: string): void => console.log(line);

async function start(): Promise<void> {
  const settings = readSettings(process.env);
  await (settings.DATABASE_URL === undefined ? startDemo(settings) : startOn(settings, settings.DATABASE_URL));
}

/** Without a database named: the embedded one, with demo data. */
async function startDemo(settings: Settings): Promise<void> {
  // at a terminal somebody reads; a line for each request would bury what they are told
  if ((process.env['LOG_LEVEL'] ?? '') === '') settings.LOG_LEVEL = 'warn';
  await sayIfRunning(settings, () => checkPort(settings.HOST, settings.PORT));
  const demo = await Demo.open(settings, say);
  try {
    settings.DATABASE_ERASER_URL = demo.eraserUrl;
    const app = await createApp(settings, demo.url);
    await demo.fill(app);
    const address = await listen(app, settings);
    // before anybody is told that it is there: who is told may stop it
    stopOnSignal(app, () => demo.close());
    demo.announce(address);
  } catch (error) {
    await demo.close();
    throw error;
  }
}

/** On the database of DATABASE_URL, as the limited role. */
async function startOn(settings: Settings, url: string): Promise<void> {
  await checkPort(settings.HOST, settings.PORT);
  const ran = await prepareGivenDatabase(url, settings.DATABASE_OWNER_URL, settings.DATABASE_ERASER_URL);
  if (ran.length > 0) say(`Migrated: ${ran.join(', ')}`);
  const app = await createApp(settings, url);
  const address = await listen(app, settings);
  stopOnSignal(app, () => Promise.resolve());
  say(`Touchstone is ready: ${address} (API documentation: ${address}/${docsPath})`);
}

async function listen(app: NestFastifyApplication, { HOST, PORT }: Settings): Promise<string> {
  try {
    await app.listen(PORT, HOST);
  } catch (error) {
    await app.close();
    throw portProblem(error, HOST, PORT) ?? error;
  }
  const { port } = app.getHttpServer().address() as AddressInfo;
  return localAddress(HOST, port);
}

/** A taken port has a plainer explanation where it is this very demo that listens there. */
async function sayIfRunning({ DATA_DIR, HOST, PORT }: Settings, check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    const running = readCredentials(DATA_DIR)?.url;
    if (running !== localAddress(HOST, PORT) || !(await answers(running))) throw error;
    throw new StartProblem(
      `Touchstone is running from this folder already: ${running}. Use that one, or stop it first (Ctrl-C in its terminal). ` +
        'PORT=0 npm start begins a second server on the same data.',
    );
  }
}

const answers = (address: string): Promise<boolean> =>
  fetch(`${address}/health/live`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );

/** What was foreseen is told in its own words; anything else is a bug, and its trace is wanted. */
function explained(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const foreseen = error instanceof SettingsError || error instanceof StartProblem || error.name === 'Error';
  return foreseen && process.env['LOG_LEVEL'] !== 'debug' ? error.message : (error.stack ?? error.message);
}

start().catch((error: unknown) => {
  console.error(explained(error));
  process.exit(1);
});
