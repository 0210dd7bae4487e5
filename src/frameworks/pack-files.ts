import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FrameworkPack } from './framework-pack';
import { parseSkillCodes } from './importers/sfia-page';
import { changesBetween } from './pack-changes';
import { PackError, type PackProblem, parsePack } from './pack-reader';

/** A pack and where it was read. */
export interface PackFile {
  /** `frameworks/sfia-9/ITOP.json` */
  readonly file: string;
  readonly pack: FrameworkPack;
}

const skillCodesFile = 'skill-codes.json';

/** The folder `frameworks` of this project, found from the compiled file as well as from its source. */
export function packsFolder(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no package.json above ${__dirname}: the frameworks cannot be found`);
    folder = parent;
  }
  return join(folder, 'frameworks');
}

const namesIn = (folder: string, of: 'folders' | 'files'): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => (of === 'folders' ? entry.isDirectory() : entry.isFile() && entry.name.endsWith('.json')))
    .map(({ name }) => name)
    .filter((name) => name !== skillCodesFile)
    .sort();

/**
 * Reads every pack of a folder: `<framework id>/<CODE>.json`.
 * @throws Error naming file, place and reason of everything that is wrong in any of them
 */
export function readPackFiles(folder: string): PackFile[] {
  const read: PackFile[] = [];
  const broken: string[] = [];
  const frameworks = new Map<string, PackFile>();
  for (const id of namesIn(folder, 'folders')) {
    for (const name of namesIn(join(folder, id), 'files')) {
      const file = `frameworks/${id}/${name}`;
      try {
        const pack = parsePack(readFileSync(join(folder, id, name), 'utf8'), file);
        const problems = [...misplaced(pack, id, name), ...disagreements(frameworks.get(id), pack)];
        if (problems.length > 0) throw new PackError(file, problems);
        read.push({ file, pack });
        if (!frameworks.has(id)) frameworks.set(id, { file, pack });
      } catch (error) {
        if (!(error instanceof PackError)) throw error;
        broken.push(error.message);
      }
    }
  }
  if (broken.length > 0) throw new Error(`These framework packs cannot be used:\n${broken.join('\n')}`);
  return read;
}

/** The codes of related skills that stand beside a framework's packs, by name; none where there is no such file. */
export function skillCodesOf(folder: string, frameworkId: string): Record<string, string> {
  const file = join(folder, frameworkId, skillCodesFile);
  return existsSync(file) ? parseSkillCodes(readFileSync(file, 'utf8'), `frameworks/${frameworkId}/${skillCodesFile}`) : {};
}

function misplaced({ framework, skill }: FrameworkPack, folder: string, name: string): PackProblem[] {
  const problems: PackProblem[] = [];
  if (framework.id !== folder) problems.push({ place: '/framework/id', reason: `is ${framework.id}, but the file stands in ${folder}/` });
  if (`${skill.code}.json` !== name) problems.push({ place: '/skill/code', reason: `is ${skill.code}, but the file is called ${name}` });
  return problems;
}

/** Packs of one framework repeat it and its levels: they must say the same. */
function disagreements(first: PackFile | undefined, { framework, levels }: FrameworkPack): PackProblem[] {
  if (first === undefined) return [];
  return changesBetween({ framework: first.pack.framework, levels: first.pack.levels }, { framework, levels }).map((place) => ({
    place,
    reason: `is not the same as in ${first.file}`,
  }));
}
