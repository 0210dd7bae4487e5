import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createDataSource } from '../../src/data-source';
import { type EmbeddedServer, startEmbedded } from '../../src/platform/embedded-postgres/embedded-postgres';
import { migrate } from '../../src/platform/migrate';
import { setUpDatabase, urlOfDatabase, urlOfLogin } from '../../src/platform/roles';
import { unlimited } from './people';

const root = join(__dirname, '../..');

/** A database server of a test's own that writes as a real one does: what it has acknowledged is on the disk. It is started again when it is killed. */
export interface DurableServer {
  readonly server: EmbeddedServer;
  readonly adminUrl: string;
  /** As the application's role. */
  readonly url: string;
  remove(): Promise<void>;
}

export async function startDurable(): Promise<DurableServer> {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-deep-'));
  const server = await startEmbedded({ baseDir: folder, durable: true, onRestart: () => undefined });
  const owner = { name: 'deep_owner', password: 'owner' };
  const app = { name: 'deep_app', password: 'app' };
  await setUpDatabase(server.url, 'deep', owner, app);
  const adminUrl = urlOfDatabase(server.url, 'deep');
  const dataSource = await createDataSource({ url: urlOfLogin(adminUrl, owner), pool: 2 }).initialize();
  await migrate(dataSource);
  await dataSource.destroy();
  const remove = async (): Promise<void> => {
    await server.stop();
    for (const made of [server.baseDir, folder]) rmSync(made, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  };
  return { server, adminUrl, url: urlOfLogin(adminUrl, app), remove };
}

/** The application as a process of its own, to be killed. */
export class Served {
  private child: ChildProcess | undefined;
  private output = '';
  private port = '0';
  origin = '';

  constructor(private readonly databaseUrl: string) {}

  /** Starts it, on the port that it had before; resolves when it answers. */
  async start(): Promise<void> {
    this.output = '';
    const env = { PATH: process.env['PATH'], DATABASE_URL: this.databaseUrl, PORT: this.port, LOG_LEVEL: 'silent', ...unlimited };
    const child = spawn(process.execPath, ['-r', join(root, 'test/setup/run-ts.cjs'), join(root, 'src/main.ts')], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.child = child;
    let address: RegExpExecArray | null = null;
    while (address === null) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the application ended:\n${this.output}`);
      await delay(20);
      address = /Touchstone is ready: (http\S+)/.exec(this.output);
    }
    this.origin = (address[1] ?? '').replace('localhost', '127.0.0.1');
    this.port = new URL(this.origin).port;
  }

  /** Ends it as the kernel ends what takes too much memory: at once, and without a word. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
}
