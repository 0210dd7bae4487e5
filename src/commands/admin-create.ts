import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { readSettings, type Settings, SettingsError } from '../config';
import { Refused } from '../kernel/refusal';
import { LedgerLog } from '../ledger/ledger.log';
import { FirstAdmin } from '../people/first-admin';
import { invitationUrl, publicOrigin } from '../people/invitation-link';
import type { Invited } from '../people/invitations.store';
import { NewPersonRequest } from '../people/people.dto';
import { toRequest } from '../platform/body.pipe';
import { StartProblem } from '../platform/start-problem';
import { Transactions } from '../platform/transaction';
import { prepareGivenDatabase, reaching, withDataSource } from './connect';

const USAGE = `Makes the first admin, who then makes everybody else.

  npm run admin:create -- --name "Ada Admin" --email ada@example.org

DATABASE_URL names the database. It prints a link that works once, with which the admin chooses a password.`;

class UsageProblem extends Error {}

function wanted(args: readonly string[]): { name: string | undefined; email: string | undefined; help: boolean | undefined } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { name: { type: 'string' }, email: { type: 'string' }, help: { type: 'boolean' } },
    });
    return { name: values.name, email: values.email, help: values.help };
  } catch (error) {
    throw new UsageProblem(error instanceof Error ? error.message : String(error));
  }
}

async function invite(settings: Settings, url: string, name: string, email: string): Promise<Invited> {
  await prepareGivenDatabase(url, settings.DATABASE_OWNER_URL);
  return reaching('DATABASE_URL', url, () =>
    withDataSource(url, (dataSource) => new FirstAdmin(settings, new Transactions(dataSource), new LedgerLog()).invite(name, email)),
  );
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { name, email, help } = wanted(args);
  if (help) return USAGE;
  if (name === undefined || email === undefined) throw new UsageProblem('--name and --email are both needed.');
  const settings = readSettings(env);
  if (settings.DATABASE_URL === undefined) {
    throw new StartProblem('DATABASE_URL is not set: this makes the first admin of a database of yours. The demo (npm start) has its own.');
  }
  const person = await toRequest(NewPersonRequest, { name, email });
  const { token, expiresAt } = await invite(settings, settings.DATABASE_URL, person.name, person.email);
  const link = invitationUrl(publicOrigin(settings), token);
  return `${person.name} <${person.email}> is the first admin. This link works once, until ${expiresAt.toISOString()}:

  ${link}

With it they choose a password of at least 12 characters, while the application runs:

  curl -X POST ${link} \\
    -H 'Content-Type: application/json' -d '{"password": "…"}'

The answer holds a token; from then on they sign in with email and password (POST /api/v1/sessions).`;
}

/** What went wrong, for the person at the terminal; what is a bug keeps its stack. */
function explain(error: unknown): string {
  if (error instanceof UsageProblem) return `${error.message}\n\n${USAGE}`;
  if (error instanceof SettingsError || error instanceof StartProblem) return error.message;
  if (error instanceof Refused)
    return [error.refusal.detail, ...(error.refusal.errors ?? []).map(({ detail }) => `  - ${detail}`)].join('\n');
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Runs the command; answers what to print, and whether it did what was asked. */
export async function adminCreate(args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ done: boolean; text: string }> {
  try {
    return { done: true, text: await run(args, env) };
  } catch (error) {
    return { done: false, text: explain(error) };
  }
}

if (require.main === module) {
  void adminCreate(process.argv.slice(2), process.env).then(({ done, text }) => {
    (done ? console.log : console.error)(text);
    if (!done) process.exitCode = 1;
  });
}
