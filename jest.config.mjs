import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Names of installed packages that ship ES modules only: jest on Node before 24.9 cannot require them, so they are compiled to CommonJS. */
function esModulePackages(folder = join(import.meta.dirname, 'node_modules'), found = new Set()) {
  for (const entry of readdirSync(folder)) {
    if (entry.startsWith('.')) continue;
    const names = entry.startsWith('@') ? readdirSync(join(folder, entry)).map((name) => `${entry}/${name}`) : [entry];
    for (const name of names) {
      const manifest = join(folder, name, 'package.json');
      if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).type === 'module') found.add(name);
      if (existsSync(join(folder, name, 'node_modules'))) esModulePackages(join(folder, name, 'node_modules'), found);
    }
  }
  return found;
}

const swc = (parser) => [
  '@swc/jest',
  {
    swcrc: false,
    sourceMaps: 'inline',
    module: { type: 'commonjs' },
    jsc: {
      target: 'es2022',
      keepClassNames: true,
      parser,
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
  },
];
const names = [...esModulePackages()].map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));

export default {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  maxWorkers: 2,
  testTimeout: 30_000,
  // what mutation testing leaves behind when it is interrupted
  modulePathIgnorePatterns: ['<rootDir>/.stryker-tmp/'],
  testMatch: [
    '<rootDir>/src/**/*.spec.ts',
    '<rootDir>/test/**/*.spec.ts',
    '<rootDir>/test/**/*.api-spec.ts',
    '<rootDir>/test/**/*.deep-spec.ts',
  ],
  globalSetup: '<rootDir>/test/setup/global-setup.ts',
  globalTeardown: '<rootDir>/test/setup/global-teardown.ts',
  transform: { '^.+\\.ts$': swc({ syntax: 'typescript', decorators: true }), '^.+\\.m?js$': swc({ syntax: 'ecmascript' }) },
  transformIgnorePatterns: [`/node_modules/(?!.*/node_modules/)(?!(?:${names.join('|')})/)`],
};
