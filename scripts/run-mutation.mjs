// Mutation testing: changes the code that decides and the code that proves in every way that Stryker knows, and counts how many changes no unit spec
// notices. What they are is in reports/mutation/mutation.html; the counts of a whole run go to test/deep/mutation.json.
//   npm run mutation
//   npm run mutation -- --mutate src/claims/gate.ts      this file only: nothing is written down
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { groups } from './mutation-groups.mjs';

const root = join(import.meta.dirname, '..');
const stryker = join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js');
const details = join(root, 'reports/mutation/mutation.json');
const least = 85;

/** Of mutants: killed by a test, or by never ending; not noticed; not even reached. Those that do not compile are none. */
function countsOf(mutants) {
  const having = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;
  const counts = { killed: having('Killed'), timeout: having('Timeout'), survived: having('Survived'), noCoverage: having('NoCoverage') };
  const found = counts.killed + counts.timeout;
  const all = found + counts.survived + counts.noCoverage;
  return { ...counts, score: all === 0 ? 100 : Math.round((10_000 * found) / all) / 100 };
}

/** Hands a group's counts to `npm run test:deep`, which names the file. */
function report(group, { killed, timeout, survived, noCoverage, score }, milliseconds) {
  if (!process.env.DEEP_RESULTS) return;
  const count = killed + timeout + survived + noCoverage;
  const result = `${score} % killed, ${least} % demanded`;
  appendFileSync(
    process.env.DEEP_RESULTS,
    `${JSON.stringify({ part: 'mutation', what: `mutants: ${group}`, count, result, milliseconds })}\n`,
  );
}

if (!existsSync(stryker)) {
  console.error('Mutation testing needs what it is made with: run "npm ci" first.');
  process.exit(1);
}
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
rmSync(details, { force: true });
const started = Date.now();
const chosen = process.argv.slice(2);
const { status } = spawnSync(process.execPath, [stryker, 'run', ...chosen], { cwd: root, stdio: 'inherit' });
const milliseconds = Date.now() - started;
if (!existsSync(details)) process.exit(status || 1);

const { files: found } = JSON.parse(readFileSync(details, 'utf8'));
const files = Object.fromEntries(Object.entries(found).map(([file, { mutants }]) => [file, countsOf(mutants)]));
const mutantsOf = (names) => names.flatMap((name) => found[name]?.mutants ?? []);
const byGroup = Object.fromEntries(Object.entries(groups).map(([name, members]) => [name, countsOf(mutantsOf(members))]));
const total = countsOf(mutantsOf(Object.keys(found)));

console.table({ ...files, ...byGroup, total });
for (const [name, counts] of Object.entries(byGroup)) report(name, counts, milliseconds);
if (chosen.length === 0) {
  writeFileSync(
    join(root, 'test/deep/mutation.json'),
    `${JSON.stringify({ minutes: Math.round(milliseconds / 60_000), total, groups: byGroup, files }, null, 2)}\n`,
  );
}
const low = Object.entries({ ...byGroup, total }).filter(([, { score }]) => score < least);
for (const [name, { score }] of low) console.error(`${name}: ${score} % are killed, ${least} % are demanded.`);
process.exitCode = status !== 0 || low.length > 0 ? 1 : 0;
