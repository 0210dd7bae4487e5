import { readFileSync, writeFileSync } from 'node:fs';
import { assembleApp } from '../app';
import { readSettings } from '../config';
import { createDataSource } from '../data-source';
import { documentFile } from '../platform/docs';
import { describeApi } from '../platform/openapi';
import { accessOf } from '../platform/routes';

/** The description of the built application. Nothing is connected to: the database's address is never used. */
async function describe(): Promise<string> {
  const url = 'postgres://nobody@127.0.0.1:1/none';
  const app = await assembleApp(readSettings({ DATABASE_URL: url, LOG_LEVEL: 'silent' }), createDataSource({ url }));
  return `${JSON.stringify(describeApi(app, accessOf(app)), null, 2)}\n`;
}

function check(document: string, file: string): void {
  if (committed(file) === document) return console.log('openapi.json describes the application as it is.');
  const [is, should] = [committed(file).split('\n'), document.split('\n')];
  const line = should.findIndex((text, index) => text !== is[index]);
  console.error(
    `openapi.json does not describe the application any more: run "npm run openapi" and commit it.\n` +
      `The first difference is in line ${line + 1}:\n- ${is[line] ?? '(end of file)'}\n+ ${should[line] ?? '(end of file)'}`,
  );
  process.exitCode = 1;
}

function committed(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

async function run(): Promise<void> {
  const document = await describe();
  const file = documentFile();
  if (process.argv.includes('--check')) return check(document, file);
  writeFileSync(file, document);
  console.log('openapi.json is written.');
}

run().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
