import { randomBytes } from 'node:crypto';
import { accessSync, chmodSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbedded } from '../platform/embedded-postgres/embedded-postgres';
import { StartProblem } from '../platform/start-problem';
import { type Login, setUpDatabase, urlOfDatabase, urlOfLogin } from '../platform/roles';
import { migrateAs } from '../commands/connect';
import { readSecret, writeSecret } from './credentials';

const database = 'touchstone';
/** The database's comment says that the demo data is whole: it is set last, and goes where the data goes. */
const complete = 'Touchstone: the demo data is complete';

/** The embedded database of the demo. */
export interface DemoDatabase {
  /** As the application's limited role. */
  readonly url: string;
  /** As the eraser. */
  readonly eraserUrl: string;
  /** As the superuser, for what no use case can do. */
  readonly adminUrl: string;
  /** The demo data is still to be made, and no other process makes it. */
  readonly isEmpty: boolean;
  /** Another process started the server, and it ends with that one. */
  readonly isShared: boolean;
  /** Says that the demo data is whole. */
  markComplete(): Promise<void>;
  close(): Promise<void>;
}

export const embeddedFolder = (dataDir: string): string => join(dataDir, 'postgres');

/** The accounts of the embedded database. */
interface Accounts {
  readonly owner: Login;
  readonly app: Login;
  readonly eraser: Login;
}

/**
 * Starts the embedded database in the folder, or attaches to the one that runs there, and migrates it.
 * Data of a first start that did not come to its end is dropped: half a demo would break rules that a whole one keeps.
 * @param say where to tell the person at the terminal what takes time
 */
export async function openDemoDatabase(dataDir: string, say: (line: string) => void): Promise<DemoDatabase> {
  makeFolder(dataDir);
  const server = await startEmbedded({ baseDir: embeddedFolder(dataDir), onRestart: say });
  const admin = new Client({ connectionString: server.url });
  // the connection holds the lock of the first start only: when it breaks, there is nothing to do that the next query does not say
  admin.on('error', () => undefined);
  await admin.connect();
  await takeTurn(admin, say);

  const wasComplete = await isComplete(admin);
  if (!wasComplete) await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  const { accounts, areNew } = accountsIn(dataDir);
  if (!wasComplete || areNew) await setUpDatabase(server.url, database, accounts.owner, accounts.app, accounts.eraser);
  const adminUrl = urlOfDatabase(server.url, database);
  await migrateAs(urlOfLogin(adminUrl, accounts.owner));
  if (wasComplete) await admin.end();

  return {
    url: urlOfLogin(adminUrl, accounts.app),
    eraserUrl: urlOfLogin(adminUrl, accounts.eraser),
    adminUrl,
    isEmpty: !wasComplete,
    isShared: server.reused,
    markComplete: async () => {
      await admin.query(`COMMENT ON DATABASE ${database} IS '${complete}'`);
      await admin.end();
    },
    close: async () => {
      await admin.end();
      await server.stop();
    },
  };
}

/** Open to all, its secrets being files of their own that are not: as root, the server's account must pass through it. */
function makeFolder(dataDir: string): void {
  try {
    const firstMade = mkdirSync(dataDir, { recursive: true, mode: 0o755 });
    if (firstMade !== undefined) chmodSync(dataDir, 0o755);
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    throw new StartProblem(
      `The demo cannot be kept in ${dataDir} (${reason}): start it as the user that the folder belongs to, or name another folder (DATA_DIR=…), or a database (DATABASE_URL).`,
    );
  }
}

/** Of two starts at once, the second waits until the first has made the demo; the lock ends with the connection, however it ends. */
async function takeTurn(admin: Client, say: (line: string) => void): Promise<void> {
  const key = `hashtextextended('touchstone demo', 7)`;
  const { rows } = await admin.query<{ got: boolean }>(`SELECT pg_try_advisory_lock(${key}) AS got`);
  if (rows[0]?.got === true) return;
  say('Another start is preparing the demo in this folder: waiting for it …');
  await admin.query(`SELECT pg_advisory_lock(${key})`);
}

async function isComplete(admin: Client): Promise<boolean> {
  const { rows } = await admin.query<{ comment: string | null }>(
    `SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = $1`,
    [database],
  );
  return rows[0]?.comment === complete;
}

function accountsIn(dataDir: string): { accounts: Accounts; areNew: boolean } {
  const file = join(dataDir, 'database-accounts.json');
  const kept = readSecret(file);
  const known = kept === null ? {} : (JSON.parse(kept) as Partial<Accounts>);
  const { owner, app, eraser } = known;
  if (owner !== undefined && app !== undefined && eraser !== undefined) return { accounts: { owner, app, eraser }, areNew: false };
  // folders of older versions know no eraser yet
  const accounts = {
    owner: owner ?? newLogin('touchstone_demo_owner'),
    app: app ?? newLogin('touchstone_demo_app'),
    eraser: eraser ?? newLogin('touchstone_demo_eraser'),
  };
  writeSecret(file, `${JSON.stringify(accounts, null, 2)}\n`);
  return { accounts, areNew: true };
}

const newLogin = (name: string): Login => ({ name, password: randomBytes(24).toString('base64url') });
