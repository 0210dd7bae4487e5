// Runs the deep tests, one part after the other, and writes down what they counted: test/deep/report.json, and test/deep/REPORT.md for people.
//   npm run test:deep                      all of it: some hours
//   npm run test:deep -- races kill        these parts only; the rows of the others stay as they are
//   SCALE=0.05 npm run test:deep           a share of the counts, to try it out: nothing is written down
//   SEED=7 npm run test:deep -- model      what was drawn then is drawn again
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const reportFile = join(root, 'test/deep/report.json');
const tableFile = join(root, 'test/deep/REPORT.md');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** The parts in the order in which they run: what each runs, and what the report says of those that write no lines of their own. */
const parts = {
  model: { jest: ['test/deep/workflow.deep-spec.ts'] },
  storm: { jest: ['test/deep/storm.deep-spec.ts'] },
  races: { jest: ['test/deep/races.deep-spec.ts'] },
  kill: { jest: ['test/deep/killed.deep-spec.ts'] },
  history: { jest: ['test/deep/history.deep-spec.ts'] },
  superuser: {
    jest: ['test/api/ledger.tampering.api-spec.ts'],
    says: 'changes by a superuser, each found against a held checkpoint',
    counts: 1_000,
  },
  merkle: { jest: ['src/ledger/merkle.spec.ts'], says: 'Merkle proofs against the vectors, those that must fail too' },
  faults: { jest: ['test/faults'] },
  'sign-in': {
    jest: ['test/api/sessions.guessing', 'test/api/sessions.sign-in'],
    says: 'guesses at passwords, and 600 sign-ins with a known and an unknown address: medians within 5 %',
    counts: 10_000,
  },
  security: { jest: ['test/security'] },
  mutation: { npm: 'mutation', says: 'mutation testing of gate, claim, policies and ledger' },
};

const folder = mkdtempSync(join(tmpdir(), 'touchstone-deep-'));
const scale = Number(process.env.SCALE ?? '1');
const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`There is no part called ${unknown.join(', ')}: there are ${Object.keys(parts).join(', ')}.`);
  process.exit(1);
}

const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout?.trim() ?? '';
const commit = git('rev-parse', '--short', 'HEAD');
const changes = git('status', '--porcelain', '--', 'src', 'migrations', 'test', ':!test/deep/report.json', ':!test/deep/REPORT.md');

/** Runs a program with everything it says on the terminal; answers its exit status, null where it was ended. */
const run = (command, args, env) => spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } }).status;

/** The rows that a part has written itself. */
const toldIn = (file) =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];

function runJest(name, { jest, says, counts }) {
  const lines = join(folder, `${name}.lines`);
  const results = join(folder, `${name}.json`);
  const program = join(root, 'node_modules/jest/bin/jest.js');
  const started = Date.now();
  const args = [program, '--runInBand', ...jest, '--json', `--outputFile=${results}`];
  // --json would print everything on standard output once more
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: ['inherit', 'ignore', 2],
    env: { ...process.env, DEEP: '1', DEEP_RESULTS: lines },
  });
  const milliseconds = Date.now() - started;
  const told = toldIn(lines);
  const { numPassedTests: passed = 0, numFailedTests: failed = 1 } = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : {};
  const whole = {
    part: name,
    what: says ?? 'tests',
    count: counts ?? passed,
    result: `${passed} tests passed, ${failed} failed`,
    milliseconds,
  };
  return { ok: status === 0, rows: told.length > 0 && says === undefined ? told : [whole] };
}

function runScript(name, { npm, says }) {
  if (scripts[npm] === undefined)
    return { ok: true, rows: [{ part: name, what: says, count: 0, result: 'there is no such script yet', milliseconds: 0 }] };
  const lines = join(folder, `${name}.lines`);
  const started = Date.now();
  const status = run('npm', ['run', npm], { DEEP_RESULTS: lines });
  const milliseconds = Date.now() - started;
  const told = toldIn(lines);
  const result = status === 0 ? 'above its threshold' : 'below its threshold';
  return { ok: status === 0, rows: told.length > 0 ? told : [{ part: name, what: says, count: 1, result, milliseconds }] };
}

const machine = () =>
  `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
const minutes = (milliseconds) =>
  milliseconds < 60_000 ? `${Math.round(milliseconds / 1_000)} s` : `${Math.round(milliseconds / 60_000)} min`;
const cell = (text) => String(text).replaceAll('|', '\\|');

/** Writes the report after each part: one that is interrupted leaves the rows of those before it. */
function write(report) {
  writeFileSync(reportFile, `${JSON.stringify(report, null, 2)}\n`);
  const rows = Object.keys(parts).flatMap((name) => {
    const { ok, at, commit: of, machine: on, rows: lines } = report[name] ?? { rows: [] };
    return lines.map(({ what, count, result, seed, milliseconds }) =>
      [
        name,
        what,
        count.toLocaleString('en'),
        `${ok ? '' : '**failed:** '}${result}`,
        seed ?? '',
        minutes(milliseconds),
        of,
        at.slice(0, 10),
        on,
      ]
        .map(cell)
        .join(' | '),
    );
  });
  const machines = [...new Set(Object.values(report).map(({ machine: on }) => on))];
  const shown = rows.map((row) => `| ${row.slice(0, row.lastIndexOf(' | '))} |`);
  const head = ['part', 'what', 'count', 'result', 'seed', 'took', 'commit', 'day'];
  writeFileSync(
    tableFile,
    [
      '# Deep tests',
      '',
      'Written by `npm run test:deep` (CONTRIBUTING.md says what it runs). Each row is of the last whole run of its part.',
      '',
      `| ${head.join(' | ')} |`,
      `| ${head.map((name) => (name === 'count' ? '--:' : '---')).join(' | ')} |`,
      ...shown,
      '',
      `Machine: ${machines.join('; ')}.`,
      '',
    ].join('\n'),
  );
  run(process.execPath, [join(root, 'node_modules/prettier/bin/prettier.cjs'), '--log-level=silent', '--write', reportFile, tableFile]);
}

const failed = [];
try {
  for (const [name, part] of Object.entries(parts)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    console.log(`\n${name} …`);
    const { ok, rows } = part.npm === undefined ? runJest(name, part) : runScript(name, part);
    for (const { what, count, result } of rows) console.log(`${name}: ${what}: ${count}: ${result}`);
    if (!ok) failed.push(name);
    if (scale !== 1) continue;
    const report = existsSync(reportFile) ? JSON.parse(readFileSync(reportFile, 'utf8')) : {};
    write({
      ...report,
      [name]: { ok, at: new Date().toISOString(), commit: changes === '' ? commit : `${commit}+`, machine: machine(), rows },
    });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(failed.length === 0 ? '\nAll of it held.' : `\nThis did not hold: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
