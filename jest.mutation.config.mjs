import whole from './jest.config.mjs';

const { globalSetup: _, globalTeardown: __, ...rest } = whole;

/** The specs that stand beside the pure files they test, for `npm run mutation`: they need no database, so none is started. */
export default { ...rest, testMatch: ['<rootDir>/src/**/*.spec.ts'], setupFiles: ['<rootDir>/test/setup/fewer-runs.ts'] };
