import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { importSfiaPage, parseSkillCodes } from '../frameworks/importers/sfia-page';
import { formatPack } from '../frameworks/pack-reader';

const USAGE = `Makes a framework pack out of the page of an SFIA skill, saved as text.

  frameworks-import PAGE.txt [--codes FILE] [--out FILE]

  --codes FILE  the codes of related skills by name (frameworks/sfia-9/skill-codes.json)
  --out FILE    where to write the pack (standard output)`;

function run(args: readonly string[]): void {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      codes: { type: 'string', default: 'frameworks/sfia-9/skill-codes.json' },
      out: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(USAGE);
  const [page, ...others] = positionals;
  if (page === undefined || others.length > 0) throw new Error(`one page is asked for, ${positionals.length} are given\n\n${USAGE}`);

  const codes = parseSkillCodes(readFileSync(values.codes, 'utf8'), values.codes);
  const pack = formatPack(importSfiaPage(readFileSync(page, 'utf8'), page, codes));
  if (values.out === undefined) process.stdout.write(pack);
  else writeFileSync(values.out, pack);
}

try {
  run(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
