import { reaching } from './connect';
import { type Login, appGroup, databaseOf, eraserGroup, loginOf, setUpDatabase } from '../platform/roles';
import { StartProblem } from '../platform/start-problem';

const usage = `npm run db:setup makes what the application finds on a server, once: its roles, what they may do, and the database. Run again it only
sets the passwords anew. It reads these settings:

  DATABASE_URL        the application's account and the database, as they shall be
  DATABASE_OWNER_URL  the owner's account and the same database, as they shall be
  DATABASE_ERASER_URL the eraser's account and the same database: who may take away what is erased (left out: nobody can be erased)
  DATABASE_ADMIN_URL  an account that is there already and may create roles and databases, with a database that is there already
                      (left out: DATABASE_OWNER_URL, on the database "postgres")`;

function setting(name: string): string {
  const value = (process.env[name] ?? '').trim();
  if (!/^postgres(ql)?:\/\/\S+$/.test(value))
    throw new StartProblem(`${name} must look like postgres://user:password@host:5432/database\n\n${usage}`);
  return value;
}

async function run(): Promise<void> {
  if (process.argv.includes('--help')) return console.log(usage);
  const [appUrl, ownerUrl] = [setting('DATABASE_URL'), setting('DATABASE_OWNER_URL')];
  const [app, owner] = [loginOf(appUrl), loginOf(ownerUrl)];
  const [database, ownersDatabase] = [databaseOf(appUrl), databaseOf(ownerUrl)];
  if (database !== ownersDatabase)
    throw new StartProblem(`DATABASE_URL names the database "${database}", DATABASE_OWNER_URL "${ownersDatabase}".`);
  if (database === '' || [app, owner].some(({ name, password }) => name === '' || password === '')) {
    throw new StartProblem(`Both addresses must name an account, its password and the database.\n\n${usage}`);
  }
  const eraser = eraserOf(database, [app.name, owner.name]);
  if (app.name === owner.name) throw new StartProblem('Requests must not run as the owner: give DATABASE_URL an account of its own.');
  const group = [appGroup, eraserGroup].find((one) => one === app.name || one === owner.name || one === eraser?.name);
  if (group !== undefined)
    throw new StartProblem(`"${group}" is the name of a group that this makes: call the account otherwise, such as "touchstone".`);
  const admin = adminUrl(ownerUrl);
  await reaching(admin.setting, admin.url, () => setUpDatabase(admin.url, database, owner, app, eraser));
  console.log(
    `The database "${database}" is set up: "${owner.name}" owns it, "${app.name}" may do what requests need. Next: npm run db:migrate`,
  );
}

/** The eraser's account, if one is named. */
function eraserOf(database: string, others: readonly string[]): Login | undefined {
  if ((process.env['DATABASE_ERASER_URL'] ?? '').trim() === '') return undefined;
  const url = setting('DATABASE_ERASER_URL');
  const eraser = loginOf(url);
  if (databaseOf(url) !== database)
    throw new StartProblem(`DATABASE_ERASER_URL names the database "${databaseOf(url)}", the others "${database}".`);
  if (eraser.name === '' || eraser.password === '')
    throw new StartProblem(`DATABASE_ERASER_URL must name an account and its password.\n\n${usage}`);
  if (others.includes(eraser.name))
    throw new StartProblem('Whoever erases does nothing else: give DATABASE_ERASER_URL an account of its own.');
  return eraser;
}

function adminUrl(ownerUrl: string): { setting: string; url: string } {
  if ((process.env['DATABASE_ADMIN_URL'] ?? '').trim() !== '') return { setting: 'DATABASE_ADMIN_URL', url: setting('DATABASE_ADMIN_URL') };
  const url = new URL(ownerUrl);
  url.pathname = '/postgres';
  return { setting: 'DATABASE_OWNER_URL', url: url.href };
}

run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
