import { groups } from './scripts/mutation-groups.mjs';

/** Mutation testing of what decides and of what proves: `npm run mutation`. Only the unit specs run, against each mutant those that reach it. */
export default {
  mutate: Object.values(groups).flat(),
  testRunner: 'jest',
  plugins: ['@stryker-mutator/jest-runner'],
  jest: { configFile: 'jest.mutation.config.mjs' },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutMS: 30_000,
  ignorePatterns: ['.data', 'dist', '.build-*', 'coverage', 'docs', 'bench', 'web', 'test/api', 'test/deep'],
  reporters: ['progress-append-only', 'json', 'html'],
  jsonReporter: { fileName: 'reports/mutation/mutation.json' },
  htmlReporter: { fileName: 'reports/mutation/mutation.html' },
  thresholds: { high: 95, low: 90, break: 85 },
  allowConsoleColors: false,
};
