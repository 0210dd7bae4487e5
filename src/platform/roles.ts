import { Client } from 'pg';

/** The groups that the migrations' grants name: what the application may do, and the eraser, who alone may delete content. */
export const appGroup = 'touchstone_app';
export const eraserGroup = 'touchstone_eraser';

/** An account of the database. */
export interface Login {
  readonly name: string;
  readonly password: string;
}

const withClient = async <T>(url: string, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

/** The same server and account, another database. */
export const urlOfDatabase = (url: string, database: string): string => {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
};

/** The same server and database, another account. */
export const urlOfLogin = (url: string, login: Login): string => {
  const other = new URL(url);
  other.username = encodeURIComponent(login.name);
  other.password = encodeURIComponent(login.password);
  return other.href;
};

/** The account that a URL names. */
export const loginOf = (url: string): Login => {
  const { username, password } = new URL(url);
  return { name: decodeURIComponent(username), password: decodeURIComponent(password) };
};

/** The database that a URL names. */
export const databaseOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1));

async function ensureRole(client: Client, name: string, login: Login | null): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
  const quoted = client.escapeIdentifier(name);
  const can = login === null ? 'NOLOGIN' : `LOGIN PASSWORD ${client.escapeLiteral(login.password)}`;
  await client.query(
    `${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${quoted} ${can} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS`,
  );
}

/**
 * Makes the groups, the accounts (that of the eraser where one is given) and the database, and keeps everybody else out of it. Run again it changes nothing but the accounts' passwords.
 * @param adminUrl an account that may create roles and databases; its database is only connected to
 */
export async function setUpDatabase(adminUrl: string, database: string, owner: Login, app: Login, eraser?: Login): Promise<void> {
  await withClient(adminUrl, async (client) => {
    // roles belong to the whole server: two set-ups at once take turns
    await client.query(`SELECT pg_advisory_lock(hashtextextended('touchstone db:setup', 7))`);
    const { rows } = await client.query<{ me: string }>('SELECT current_user AS me');
    for (const group of [appGroup, eraserGroup]) await ensureRole(client, group, null);
    // an admin who is the owner too keeps the rights they run this with
    if (rows[0]?.me !== owner.name) await ensureRole(client, owner.name, owner);
    await ensureRole(client, app.name, app);
    await client.query(`GRANT ${appGroup} TO ${client.escapeIdentifier(app.name)}`);
    if (eraser !== undefined) {
      await ensureRole(client, eraser.name, eraser);
      await client.query(`GRANT ${eraserGroup} TO ${client.escapeIdentifier(eraser.name)}`);
    }
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) {
      if (rows[0]?.me !== owner.name) await client.query(`GRANT ${client.escapeIdentifier(owner.name)} TO CURRENT_USER`);
      await client.query(
        `CREATE DATABASE ${client.escapeIdentifier(database)} OWNER ${client.escapeIdentifier(owner.name)} ENCODING 'UTF8' TEMPLATE template0`,
      );
    }
    await client.query(`REVOKE ALL ON DATABASE ${client.escapeIdentifier(database)} FROM PUBLIC`);
    await client.query(`GRANT CONNECT ON DATABASE ${client.escapeIdentifier(database)} TO ${appGroup}, ${eraserGroup}`);
  });
  await withClient(urlOfDatabase(adminUrl, database), async (client) => {
    await client.query(`REVOKE ALL ON SCHEMA public FROM PUBLIC`);
    await client.query(`GRANT USAGE ON SCHEMA public TO ${appGroup}, ${eraserGroup}`);
    await client.query(`GRANT USAGE, CREATE ON SCHEMA public TO ${client.escapeIdentifier(owner.name)}`);
  });
}

/** What is wrong with running requests as the account of a URL: it may only do what the application's group may. */
export async function rightsProblem(url: string): Promise<string | null> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{
      name: string;
      super: boolean;
      member: boolean;
      erases: boolean;
      table: string | null;
      rewrites: boolean;
    }>(
      `SELECT current_user AS name, r.rolsuper AS super,
              EXISTS (SELECT 1 FROM pg_roles g WHERE g.rolname = $1 AND pg_has_role(current_user, g.oid, 'USAGE')) AS member,
              EXISTS (SELECT 1 FROM pg_roles g WHERE g.rolname = $2 AND pg_has_role(current_user, g.oid, 'MEMBER')) AS erases,
              to_regclass('ledger_entry')::text AS table,
              CASE WHEN to_regclass('ledger_entry') IS NULL THEN false
                   ELSE has_table_privilege('ledger_entry', 'UPDATE') OR has_table_privilege('ledger_entry', 'DELETE') END AS rewrites
         FROM pg_roles r WHERE r.rolname = current_user`,
      [appGroup, eraserGroup],
    );
    const role = rows[0];
    if (role === undefined) return 'the account of DATABASE_URL is not known to the server';
    if (role.super)
      return `the account "${role.name}" of DATABASE_URL is a superuser: requests must run as the limited role that npm run db:setup makes`;
    if (role.rewrites)
      return `the account "${role.name}" of DATABASE_URL may change the ledger (is it the owner?): requests must run as the limited role that npm run db:setup makes`;
    if (role.erases)
      return `the account "${role.name}" of DATABASE_URL is a member of ${eraserGroup}: requests must not run as somebody who may take content away`;
    if (!role.member) return `the account "${role.name}" of DATABASE_URL is not a member of ${appGroup}: run npm run db:setup`;
    return null;
  });
}

/** What is wrong with erasing as the account of a URL: it may only do what the eraser's group may. */
export async function eraserProblem(url: string): Promise<string | null> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string; super: boolean; member: boolean; more: boolean }>(
      `SELECT current_user AS name, r.rolsuper AS super,
              EXISTS (SELECT 1 FROM pg_roles g WHERE g.rolname = $1 AND pg_has_role(current_user, g.oid, 'USAGE')) AS member,
              CASE WHEN to_regclass('record_content') IS NULL THEN false ELSE has_table_privilege('record_content', 'SELECT') END AS more
         FROM pg_roles r WHERE r.rolname = current_user`,
      [eraserGroup],
    );
    const role = rows[0];
    if (role === undefined) return 'the account of DATABASE_ERASER_URL is not known to the server';
    if (role.super || role.more)
      return `the account "${role.name}" of DATABASE_ERASER_URL may do more than erase: give it an account of its own, which npm run db:setup makes`;
    if (!role.member) return `the account "${role.name}" of DATABASE_ERASER_URL is not a member of ${eraserGroup}: run npm run db:setup`;
    return null;
  });
}
