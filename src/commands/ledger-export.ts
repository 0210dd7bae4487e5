import 'reflect-metadata';
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { writeLines } from '../ledger/ledger-lines-file';
import { ledgerLines } from '../ledger/ledger.lines';
import { reaching, withDataSource } from './connect';
import { UsageProblem, ledgerDatabase, runCommand, settingsAndKeys } from './ledger';

const USAGE = `Writes the whole ledger into one file that proves itself: chains, content with salts, and checkpoints, as of one moment.

  npm run -s ledger:export -- --out FILE

DATABASE_URL names the database; without it the running demo's is used. The file holds everything that is personal: keep it like the database.`;

runCommand(USAGE, async (args) => {
  const { out } = parseArgs({ args: [...args], options: { out: { type: 'string' } } }).values;
  if (out === undefined) throw new UsageProblem('--out FILE is needed.');
  const isFolder = (path: string): Promise<boolean> =>
    stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
  if (await isFolder(out)) throw new UsageProblem(`${out} is a folder: name a file.`);
  if (!(await isFolder(dirname(out)))) throw new UsageProblem(`There is no folder ${dirname(out)}.`);
  const { settings, keys } = settingsAndKeys();
  const url = await ledgerDatabase(settings);
  // the name is given to a whole file only
  const draft = `${out}.${process.pid}.part`;
  const stream = createWriteStream(draft, { mode: 0o600, flags: 'wx' });
  const written = finished(stream);
  // told where it is waited for
  written.catch(() => undefined);
  try {
    await reaching('DATABASE_URL', url, () =>
      withDataSource(url, (dataSource) => writeLines(ledgerLines(dataSource), stream, keys.signing)),
    );
    stream.end();
    await written;
    await rename(draft, out);
  } catch (error) {
    // half of everything that is personal is left nowhere
    stream.destroy();
    await rm(draft, { force: true });
    throw error;
  }
  console.log(`The ledger is in ${out}${keys.signing === null ? ' (not signed: LEDGER_KEY_FILE names no key)' : ''}.`);
  return true;
});
