import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { runsAsRoot, unprivilegedAccount } from '../src/platform/embedded-postgres/account';
import { findNativeFolder, prepareBinaries } from '../src/platform/embedded-postgres/binaries';
import { type EmbeddedOptions, type EmbeddedServer, findRunning } from '../src/platform/embedded-postgres/embedded-postgres';
import { locatePlace, openPlace } from '../src/platform/embedded-postgres/place';
import { inspectByPs, inspectProcess } from '../src/platform/embedded-postgres/process-info';

jest.setTimeout(30_000);

const RUN_TS = path.join(__dirname, 'setup', 'run-ts.cjs');
const CHILD = path.join(__dirname, 'setup', 'embedded-postgres-child.ts');
const NOBODY = { uid: 65534, gid: 65534 };

/** Root may be the only one who can reach this clone or Node itself. */
const nobodyCanRunUs = (): boolean =>
  runsAsRoot() && spawnSync(process.execPath, ['-e', `require(${JSON.stringify(RUN_TS)})`], { ...NOBODY, cwd: '/', env: {} }).status === 0;

const RUNNERS = [
  { runner: runsAsRoot() ? 'root' : 'an ordinary user', ids: {} as Partial<typeof NOBODY> },
  ...(nobodyCanRunUs() ? [{ runner: 'nobody, without a home', ids: NOBODY as Partial<typeof NOBODY> }] : []),
];

/** A process that holds a server, or has attached to one. */
interface Holder {
  child: ChildProcess;
  server: Omit<EmbeddedServer, 'stop'> & { error?: string };
  lines: Interface;
}

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'embedded postgres ')));
const children = new Set<ChildProcess>();

function newBase(ids: Partial<typeof NOBODY>): string {
  const base = mkdtempSync(path.join(folder, 'base-'));
  if (ids.uid !== undefined) chownSync(base, ids.uid, ids.gid ?? ids.uid);
  return base;
}

function launch(options: EmbeddedOptions, ids: Partial<typeof NOBODY> = {}): ChildProcess {
  const child = spawn(process.execPath, ['-r', RUN_TS, CHILD, JSON.stringify(options)], {
    ...ids,
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  return track(child);
}

function track(child: ChildProcess): ChildProcess {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

async function hold(options: EmbeddedOptions, ids?: Partial<typeof NOBODY>): Promise<Holder> {
  const child = launch(options, ids);
  if (!child.stdout) throw new Error('the child has no output');
  const lines = createInterface(child.stdout);
  const [line] = (await once(lines, 'line')) as [string];
  return { child, lines, server: JSON.parse(line) as Holder['server'] };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

async function within(milliseconds: number, condition: () => boolean): Promise<boolean> {
  for (const deadline = Date.now() + milliseconds; Date.now() < deadline; await delay(10)) if (condition()) return true;
  return condition();
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

beforeAll(() => chmodSync(folder, 0o755));
afterEach(async () => {
  await Promise.all([...children].map((child) => end(child, 'SIGKILL')));
});
afterAll(async () => {
  await delay(500);
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});

describe.each(RUNNERS)('embedded Postgres, run by $runner', ({ ids }) => {
  it('starts cold, is found and attached to, outlives a stop of its process group until the application has finished', async () => {
    const baseDir = newBase(ids);
    const first = await hold({ baseDir }, ids);
    expect(first.server).toMatchObject({ reused: false, host: '127.0.0.1', baseDir });
    expect(
      await query(first.server.url, `SELECT lower('É') = 'é' AS folds, pg_encoding_to_char(encoding) AS encoding FROM pg_database LIMIT 1`),
    ).toEqual([{ folds: true, encoding: 'UTF8' }]);

    const second = await hold({ baseDir }, ids);
    expect(second.server).toMatchObject({ reused: true, pid: first.server.pid, url: first.server.url });
    await end(second.child, 'SIGTERM');
    expect(await findRunning(baseDir)).toEqual({ url: first.server.url });

    const said = once(first.lines, 'line') as Promise<[string]>;
    const exited = once(first.child, 'exit');
    process.kill(-(first.child.pid ?? 0), 'SIGTERM');
    expect(JSON.parse((await said)[0])).toEqual({ finished: true });
    expect(await exited).toEqual([0, null]);
    expect(inspectProcess(first.server.pid)).toBeNull();
    expect(await findRunning(baseDir)).toBeNull();
  });

  it('lets nobody in without the password, which only its owner can read', async () => {
    const baseDir = newBase(ids);
    const { server } = await hold({ baseDir, durable: false }, ids);
    const withoutPassword = server.url.replace(/:[^:@]+@/, ':guess@');
    await expect(query(withoutPassword, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    const { mode, uid } = statSync(path.join(baseDir, 'superuser-password'));
    expect({ mode: mode & 0o777, uid }).toEqual({ mode: 0o600, uid: ids.uid ?? process.geteuid?.() });
  });

  it('makes one cluster when two first starts come at once', async () => {
    const baseDir = newBase(ids);
    const [one, other] = await Promise.all([hold({ baseDir, durable: false }, ids), hold({ baseDir, durable: false }, ids)]);
    expect([one.server.reused, other.server.reused].sort()).toEqual([false, true]);
    expect(one.server.pid).toBe(other.server.pid);
  });

  it('is gone two seconds after kill -9 of its holder, and what was committed is there afterwards', async () => {
    const baseDir = newBase(ids);
    const first = await hold({ baseDir }, ids);
    await query(first.server.url, 'CREATE TABLE kept (word text); ');
    await query(first.server.url, `INSERT INTO kept VALUES ('committed')`);
    await end(first.child, 'SIGKILL');
    expect(await within(2_000, () => inspectProcess(first.server.pid) === null)).toBe(true);

    const second = await hold({ baseDir }, ids);
    expect(second.server.reused).toBe(false);
    expect(await query(second.server.url, 'SELECT word FROM kept')).toEqual([{ word: 'committed' }]);
  });

  it('starts again at once after kill -9 of the holder, or of the server, whose pid another process has by now', async () => {
    const baseDir = newBase(ids);
    const first = await hold({ baseDir }, ids);
    await end(first.child, 'SIGKILL');
    const second = await hold({ baseDir }, ids);
    expect(second.server.reused).toBe(false);

    process.kill(second.server.pid, 'SIGKILL');
    await within(2_000, () => inspectProcess(second.server.pid) === null);
    await end(second.child, 'SIGKILL');
    const pidFile = path.join(baseDir, 'data', 'postmaster.pid');
    expect(readFileSync(pidFile, 'utf8')).toContain('ready');
    const bystander = track(spawn('sleep', ['60'], ids));
    writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(bystander.pid)));

    const third = await hold({ baseDir }, ids);
    expect(third.server).toMatchObject({ reused: false });
    expect(inspectProcess(bystander.pid ?? 0)).not.toBeNull();
  });

  it('sweeps away what a first start left that was killed in the middle', async () => {
    const baseDir = newBase(ids);
    const unfinished = (): string[] => readdirSync(baseDir).filter((entry) => entry.startsWith('initdb-'));
    const killed = launch({ baseDir }, ids);
    await within(10_000, () => unfinished().some((entry) => existsSync(path.join(baseDir, entry, 'data', 'base'))));
    await end(killed, 'SIGKILL');
    expect(existsSync(path.join(baseDir, 'start.lock'))).toBe(true);
    expect(existsSync(path.join(baseDir, 'data'))).toBe(false);

    const { server } = await hold({ baseDir, durable: false }, ids);
    expect(server).toMatchObject({ reused: false });
    expect(unfinished()).toEqual([]);
    expect(readdirSync(baseDir).filter((entry) => entry.startsWith('start.lock'))).toEqual([]);
  });
});

it('says what to do when the cluster is damaged', async () => {
  const baseDir = newBase({});
  const { child } = await hold({ baseDir, durable: false });
  await end(child, 'SIGTERM');
  rmSync(path.join(baseDir, 'data', 'global', 'pg_control'));
  const { server } = await hold({ baseDir });
  expect(server.error).toContain(path.join(baseDir, 'server.log'));
  expect(server.error).toMatch(/pg_control[^]*DATABASE_URL/);
});

describe('binaries', () => {
  const works = (program: string): boolean =>
    spawnSync(program, ['--version'], { ...(runsAsRoot() ? unprivilegedAccount() : {}), cwd: '/' }).status === 0;

  function packageWithoutLinks(): string {
    const native = path.join(mkdtempSync(path.join(folder, 'package-')), 'native');
    chmodSync(path.dirname(native), 0o755);
    cpSync(path.join(findNativeFolder(), '..', 'package.json'), path.join(native, '..', 'package.json'));
    const unlinked = (file: string): boolean => !lstatSync(file).isSymbolicLink() && !file.endsWith('.a');
    cpSync(findNativeFolder(), native, { recursive: true, filter: unlinked });
    return native;
  }

  it('work in place when npm has skipped the script that links their libraries', () => {
    const native = packageWithoutLinks();
    expect(works(path.join(native, 'bin', 'initdb'))).toBe(false);
    const binaries = prepareBinaries(native, folder, null);
    expect(binaries.initdb).toBe(path.join(native, 'bin', 'initdb'));
    expect([works(binaries.initdb), works(binaries.postgres)]).toEqual([true, true]);
  });

  it('are copied when they are closed to the account, or the links cannot be made', () => {
    const native = packageWithoutLinks();
    if (runsAsRoot()) chmodSync(path.dirname(native), 0o700);
    else chmodSync(path.join(native, 'lib'), 0o500);
    const copyInto = newBase({});
    chmodSync(copyInto, 0o755);
    const binaries = prepareBinaries(native, copyInto, runsAsRoot() ? unprivilegedAccount() : null);
    chmodSync(path.join(native, 'lib'), 0o755);
    expect(binaries.initdb.startsWith(copyInto)).toBe(true);
    expect([works(binaries.initdb), works(binaries.postgres)]).toEqual([true, true]);
  });
});

(runsAsRoot() ? describe : describe.skip)('a clone that only root can enter', () => {
  const closed = path.join(folder, 'closed');
  const wanted = path.join(closed, 'clone', '.data');
  beforeAll(() => mkdirSync(closed, { mode: 0o700 }));

  it('has its cluster under /var/tmp, always in the same folder, and leaves the clone as it is', () => {
    const { base } = openPlace(wanted);
    try {
      expect(base).toMatch(/^\/var\/tmp\/touchstone-postgres-[0-9a-f]{16}$/);
      expect(openPlace(wanted).base).toBe(base);
      expect(statSync(closed).mode & 0o777).toBe(0o700);
      expect(existsSync(wanted)).toBe(false);
    } finally {
      rmSync(base, { recursive: true });
    }
  });

  it('refuses a folder that somebody else has put there', () => {
    const { base } = locatePlace(wanted);
    mkdirSync(base);
    try {
      chownSync(base, NOBODY.uid, NOBODY.gid);
      expect(() => openPlace(wanted)).toThrow(/not ours/);
    } finally {
      rmSync(base, { recursive: true });
    }
  });
});

(existsSync('/bin/ps') ? it : it.skip)('reads the same from ps, where there is no /proc', () => {
  const found = inspectByPs(process.pid);
  expect(found).toMatchObject({ uid: process.geteuid?.() });
  expect(found?.command).toContain('node');
  expect(inspectByPs(2 ** 22 + 1)).toBeNull();
});
