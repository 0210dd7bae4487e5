import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { root } from './served';

/** A figure of several rounds. */
export interface Figure {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** What a run found: figures by key, such as `handwritten.rps.list` among the ratios and `touchstone.rps.list` among the absolute ones. */
export interface Results {
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGiB: number;
    readonly system: string;
    readonly postgres?: string;
  };
  readonly commit: string;
  readonly node: string;
  readonly rounds: number;
  readonly ratios: Readonly<Record<string, Figure>>;
  readonly absolute: Readonly<Record<string, Figure>>;
}

/** Median, least and greatest of some values, to four digits. */
export function figureOf(values: readonly number[]): Figure {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (place: number): number => sorted[place] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  const median = (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2;
  return { median: toFourDigits(median), min: toFourDigits(at(0)), max: toFourDigits(at(sorted.length - 1)) };
}

/** One side by the other, round by round. */
export const ratioOf = (ours: readonly number[], theirs: readonly number[]): Figure =>
  figureOf(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)));

const toFourDigits = (value: number): number => Number(value.toPrecision(4));

/** Where and on what a run takes place. */
export const circumstances = (): Pick<Results, 'machine' | 'commit' | 'node'> => ({
  machine: {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 1_073_741_824),
    system: `${platform()} ${arch()}`,
  },
  commit: commit(),
  node: process.version,
});

/** The commit, and whether the sources are just that. */
function commit(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '--', 'src', 'migrations') === '' ? '' : ' with changes'}`;
  } catch {
    return 'unknown';
  }
}

/** A table as Markdown that reads well as text too; the first column is words, the others figures. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => (row[column] ?? '').length)));
  const lineOf = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (column === 0 ? (cells[column] ?? '').padEnd(width) : (cells[column] ?? '').padStart(width))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [lineOf(head), rule, ...rows.map(lineOf)].join('\n');
}

/** `1.23 (1.20–1.31)` */
export const shown = ({ median, min, max }: Figure, digits: number): string =>
  `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;

/** The parts that are measured each by itself; together they make bench/results/latest.json. */
export const parts = ['routes', 'scale', 'storm', 'mixed', 'start'] as const;
export type Part = (typeof parts)[number];

const folder = join(root, 'bench/results');
const fileOf = (name: string): string => join(folder, `${name}.json`);
const write = (name: string, value: object): void => writeFileSync(fileOf(name), `${JSON.stringify(value, null, 2)}\n`);

/**
 * Prints a part's table, and keeps it: the figures in bench/results/<part>.json and with those of the other parts in latest.json, the table in bench/README.md.
 * @param keep false for a trial, of which nothing is written
 */
export function publish(part: Part, results: Results, table: string, keep: boolean): void {
  const { machine, commit: of, node, rounds } = results;
  const postgres = machine.postgres === undefined ? '' : `, Postgres ${machine.postgres}`;
  const caption = `${rounds} round${rounds === 1 ? '' : 's'}, median (least–greatest). ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}; Node ${node}${postgres}; commit ${of}.`;
  console.log(`\n${table}\n\n${caption}`);
  if (!keep) return;
  mkdirSync(folder, { recursive: true });
  write(part, results);
  write('latest', together(results));
  const readme = join(root, 'bench/README.md');
  const [begin, end] = [`<!-- ${part} -->`, `<!-- /${part} -->`];
  const [before, rest] = readFileSync(readme, 'utf8').split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`bench/README.md has no place for the table: ${begin} … ${end}`);
  writeFileSync(readme, `${before}${begin}\n\n${table}\n\n${caption}\n\n${end}${after}`);
}

/** Machine and commit of the newest part, the figures of all of them, and which commit each part is of. */
function together(newest: Results): object {
  const all = parts.flatMap((part) => {
    if (!existsSync(fileOf(part))) return [];
    return [{ part, ...(JSON.parse(readFileSync(fileOf(part), 'utf8')) as Results) }];
  });
  return {
    machine: newest.machine,
    commit: newest.commit,
    node: newest.node,
    rounds: newest.rounds,
    parts: Object.fromEntries(all.map(({ part, commit: of, rounds }) => [part, { commit: of, rounds }])),
    ratios: Object.assign({}, ...all.map(({ ratios }) => ratios)) as object,
    absolute: Object.assign({}, ...all.map(({ absolute }) => absolute)) as object,
  };
}
