// Runs the suites with jest, passes arguments on, and ends with one plain line: "N passed, N failed".
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'touchstone-results-'));
const results = join(folder, 'results.json');

/** What jest counted; a suite that could not run counts as one failure, and so does a run that came to nothing. */
function counted(status) {
  if (!existsSync(results)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(results, 'utf8'));
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  // a threshold that was missed, a teardown that broke: jest says no without naming a test
  return { passed: numPassedTests, failed: failed === 0 && status !== 0 ? 1 : failed };
}

try {
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  if (!existsSync(jest)) throw new Error('The tests need what they are made with: run "npm ci" first.');
  const { status } = spawnSync(process.execPath, [jest, ...process.argv.slice(2), '--json', `--outputFile=${results}`], {
    cwd: root,
    // --json would print everything on standard output once more; jest tells people what happens on the other one
    stdio: ['inherit', 'ignore', 2],
  });
  const { passed, failed } = counted(status);
  if (passed + failed === 0) console.log('No test has run.');
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
