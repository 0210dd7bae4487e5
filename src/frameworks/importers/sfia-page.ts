import { SKILL_CODE_PATTERN } from '../../kernel/reference';
import type { FrameworkPack, PackLevel, PackRelatedSkill, PackSkillLevel, PackStatement } from '../framework-pack';
import { formatPack, PackError, parsePack } from '../pack-reader';
import { sentencesOf } from '../sentences';
import { type Line, linesOf, plain, quoted, type Section, sectionsOf } from './page-text';

export interface PageProblem {
  /** From 1. For something missing, the line where it was expected, or the page's heading. */
  line: number;
  reason: string;
}

/** The page cannot be read. The message names the file, the line and the reason of every problem. */
export class PageError extends Error {
  override readonly name = 'PageError';

  constructor(
    readonly file: string,
    readonly problems: readonly PageProblem[],
  ) {
    super(problems.map(({ line, reason }) => `${file}:${line}: ${reason}`).join('\n'));
  }
}

/** A value and the line it was read from. */
interface Found<T> {
  readonly line: number;
  readonly value: T;
}

interface FoundLevel {
  readonly essence: Found<PackLevel>;
  /** null where the skill is not defined at this level. */
  readonly statements: readonly Found<PackStatement>[] | null;
}

interface Address {
  readonly page: string;
  readonly framework: { id: string; name: string; version: string; source: string };
  readonly tableLine: number;
  readonly levelsInTable: ReadonlySet<number>;
}

type Report = (line: number, reason: string) => void;

/** The page says whose text it is; who may use it stands elsewhere on the Foundation's site. */
const LICENCE = 'An organisation needs its own licence from the SFIA Foundation to use this text.';

const CODE = new RegExp(`^${SKILL_CODE_PATTERN}$`, 'u');
const ONLY_A_LINK = /^\[([^[\]]*)\]\(([^()\s]*)\)$/u;
const LEVEL_LINK = /\((https:\/\/[^()\s#]+)#skill_level_section_([1-7])\)/gu;
const CODE_LINK = /\/skillcode\/[0-9]+\/([A-Z0-9]+)\)/gu;
const PAGE_ADDRESS = /^(https:\/\/.+\/(([a-z]+)-([0-9]+)))\/skills\/[^/]+$/u;
const LEVEL_HEADING = /^(?:(.+) ?: ?)?Level ([0-9]+)$/iu;
const ESSENCE = /^\*\*\[ ?Level ([0-9]+) ?[-–—] ?([^[\]]*)\]\(([^()\s]*)\)(?: ?: ?\*\*|\*\* ?:) ?Essence of the level ?: ?(.+)$/iu;
const RULE = /^(?:(?:\* ?){3,}|-{3,})$/u;
const BULLET = /^[*•+-] (.+)$/u;

/**
 * Reads the page of one SFIA skill, saved as text (Markdown as such tools write it), and repairs its encoding and spacing. `file` is only for the
 * message; `codes` gives the codes of the related skills by name, since the page has only their names. The result is what `parsePack` accepts.
 * Throws `PageError`, and nothing else, whatever the text is.
 */
export function importSfiaPage(text: string, file: string, codes: Record<string, string>): FrameworkPack {
  const lines = linesOf(text);
  const sections = sectionsOf(lines);
  const problems: PageProblem[] = [];
  const report: Report = (line, reason) => problems.push({ line, reason });

  const top = readHeading(sections, lines, report);
  const address = readAddress(lines, top.line, report);
  const levels = readLevels(sections, top, address, report);
  const related = readRelated(sections, top.line, address, codes, report);
  const guidance = readGuidance(sections, top.line, report);
  const rights = readRights(lines, top.line, report);
  if (problems.length > 0) throw new PageError(file, inOrder(problems));

  const defined = levels.flatMap(({ essence, statements }) => (statements === null ? [] : [{ level: essence.value.level, statements }]));
  const pack: FrameworkPack = {
    framework: {
      id: address.framework.id,
      name: address.framework.name,
      version: address.framework.version,
      rights,
      source: address.framework.source,
    },
    levels: levels.map(({ essence }) => essence.value),
    skill: {
      code: top.code,
      name: top.name,
      description: top.description,
      source: address.page,
      revisionNotes: readRevisionNotes(sections),
      guidance: guidance.value,
      notDefined: { lower: adviceFor('lower', sections), higher: adviceFor('higher', sections) },
      related: related.map(({ value }) => value),
      levels: defined.map(({ level, statements }): PackSkillLevel => ({ level, statements: statements.map(({ value }) => value) })),
    },
  };
  const places = new Map<string, number>([
    ['', top.line],
    ['/skill/guidance', guidance.line],
    ...levels.map(({ essence }, i) => [`/levels/${i}`, essence.line] as const),
    ...related.map(({ line }, i) => [`/skill/related/${i}`, line] as const),
    ...defined.flatMap(({ statements }, i) => statements.map(({ line }, j) => [`/skill/levels/${i}/statements/${j}`, line] as const)),
  ]);
  return checked(pack, file, places);
}

/** The framework that such a page belongs to (`sfia-9`), as its own address tells; null where it tells none. */
export function frameworkOfPage(text: string): string | null {
  const { framework } = readAddress(linesOf(text), 1, () => undefined);
  return framework.id === '' ? null : framework.id;
}

/** Reads a table of skill codes, `{ "source": …, "codes": { name: code } }`. Throws `PageError`, and nothing else. */
export function parseSkillCodes(text: string, file: string): Record<string, string> {
  const fail = (reason: string) => new PageError(file, [{ line: 1, reason }]);
  let table: unknown;
  try {
    table = JSON.parse(text);
  } catch (error) {
    throw fail(`is not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  const codes = typeof table === 'object' && table !== null && 'codes' in table ? table.codes : null;
  if (typeof codes !== 'object' || codes === null) throw fail('has no "codes"');
  const entries: [string, string][] = [];
  for (const [name, code] of Object.entries(codes)) {
    if (typeof code !== 'string' || !CODE.test(code)) throw fail(`${JSON.stringify(name)} has no skill code, but ${JSON.stringify(code)}`);
    entries.push([name, code]);
  }
  return Object.fromEntries(entries);
}

function checked(pack: FrameworkPack, file: string, places: ReadonlyMap<string, number>): FrameworkPack {
  try {
    return parsePack(formatPack(pack), file);
  } catch (error) {
    if (!(error instanceof PackError)) throw error;
    throw new PageError(
      file,
      inOrder(error.problems.map(({ place, reason }) => ({ line: lineAt(place, places), reason: `${place} ${reason}` }))),
    );
  }
}

function lineAt(place: string, places: ReadonlyMap<string, number>): number {
  for (let part = place; part !== ''; part = part.slice(0, part.lastIndexOf('/'))) {
    const line = places.get(part);
    if (line !== undefined) return line;
  }
  return places.get('') ?? 1;
}

function inOrder(problems: readonly PageProblem[]): PageProblem[] {
  return [...problems].sort((a, b) => a.line - b.line);
}

function readHeading(
  sections: readonly Section[],
  lines: readonly Line[],
  report: Report,
): { line: number; name: string; code: string; description: string } {
  const heading = sections.find(({ depth }) => depth === 1);
  if (heading === undefined) {
    report(1, 'the page has no heading of the form "# Name of the skill CODE"');
    return { line: 1, name: '', code: '', description: '' };
  }
  const space = heading.title.lastIndexOf(' ');
  const code = heading.title.slice(space + 1);
  const coded = space > 0 && CODE.test(code);
  if (!coded) report(heading.line, `the heading ends with no skill code: ${quoted(heading.title)}`);
  for (const { number, text } of coded ? lines : []) {
    for (const [, other] of text.matchAll(CODE_LINK)) {
      if (other !== code) report(number, `this link is to the skill ${other}, the heading says ${code}`);
    }
  }
  const description = heading.body.map(({ text }) => plain(text)).join(' ');
  if (description === '') report(heading.line, 'no description follows the heading');
  return { line: heading.line, name: coded ? plain(heading.title.slice(0, space)) : heading.title, code, description };
}

/** The page tells its own address only in the links of the table of levels. */
function readAddress(lines: readonly Line[], top: number, report: Report): Address {
  let page = '';
  let tableLine = top;
  const levelsInTable = new Set<number>();
  for (const { number, text } of lines) {
    for (const [, address = '', level = ''] of text.matchAll(LEVEL_LINK)) {
      if (page === '') {
        page = address;
        tableLine = number;
      }
      if (address === page) levelsInTable.add(Number(level));
      else report(number, `this link is to ${address}, others are to ${page}`);
    }
  }
  const [, source, id, family, version] = PAGE_ADDRESS.exec(page) ?? [];
  if (page === '')
    report(top, 'no link to a level of this skill (…/skills/name#skill_level_section_1): the page does not tell its address');
  else if (source === undefined) report(tableLine, `the address tells no framework version (…/sfia-9/skills/name): ${page}`);
  const framework = { id: id ?? '', name: (family ?? '').toUpperCase(), version: version ?? '', source: source ?? '' };
  return { page, framework, tableLine, levelsInTable };
}

function readLevels(
  sections: readonly Section[],
  top: { readonly line: number; readonly name: string },
  { framework, tableLine, levelsInTable }: Address,
  report: Report,
): FoundLevel[] {
  const levels = new Map<number, FoundLevel>();
  const headed = new Set<number>();
  for (const heading of sections) {
    const [, name, digits] = LEVEL_HEADING.exec(heading.title) ?? [];
    if (digits === undefined) continue;
    const level = Number(digits);
    if (headed.has(level)) report(heading.line, `level ${level} has a heading already`);
    headed.add(level);
    if (name !== undefined && name.trim() !== top.name) report(heading.line, `the heading is of another skill: ${quoted(heading.title)}`);
    const essence = readEssence(heading, level, framework.source, report);
    const statements = readStatements(heading, name !== undefined, report);
    if (essence !== null) levels.set(level, { essence, statements });
    if (levelsInTable.size > 0 && levelsInTable.has(level) !== (name !== undefined)) {
      const [here, there] = name === undefined ? ['not defined', 'defined'] : ['defined', 'not defined'];
      report(heading.line, `level ${level} is ${here} here, but ${there} in the table of levels (line ${tableLine})`);
    }
  }
  for (let level = 1; level <= 7; level += 1) if (!headed.has(level)) report(top.line, `the page has no section "Level ${level}"`);
  return [...levels.values()].sort((a, b) => a.essence.value.level - b.essence.value.level);
}

function readEssence(heading: Section, level: number, source: string, report: Report): Found<PackLevel> | null {
  const line = heading.body[0];
  const [, digits, phrase, url = '', essence] = ESSENCE.exec(line?.text ?? '') ?? [];
  if (line === undefined || phrase === undefined || essence === undefined) {
    report(line?.number ?? heading.line, `level ${level} has no essence ("**[Level ${level} - Phrase](…):** Essence of the level: …")`);
    return null;
  }
  if (Number(digits) !== level) report(line.number, `the essence is of level ${digits}, under the heading of level ${level}`);
  if (source !== '' && !url.startsWith(`${source}/`)) report(line.number, `the essence links to ${quoted(url)}, outside ${source}`);
  return { line: line.number, value: { level, phrase: plain(phrase), essence: plain(essence) } };
}

function readStatements(heading: Section, defined: boolean, report: Report): Found<PackStatement>[] | null {
  const statements: Found<PackStatement>[] = [];
  let paragraph = 0;
  for (const { number, text } of heading.body) {
    if (endsLevels(text)) break;
    if (RULE.test(text) || ESSENCE.test(text)) continue;
    paragraph += 1;
    for (const sentence of sentencesOf(plain(BULLET.exec(text)?.[1] ?? text))) {
      statements.push({ line: number, value: { ordinal: statements.length + 1, paragraph, text: sentence } });
    }
  }
  if (defined && statements.length === 0) report(heading.line, `${quoted(heading.title)} has no statements`);
  if (!defined && statements[0] !== undefined) {
    report(statements[0].line, `a statement under ${quoted(heading.title)}, which does not name the skill as a defined level does`);
  }
  return defined ? statements : null;
}

/** After the last level the page goes on without a heading: keywords, then a link to the framework, then its status. */
function endsLevels(text: string): boolean {
  return ONLY_A_LINK.test(text) || /^Keywords(?: ?\[|$)/u.test(text);
}

function readRelated(
  sections: readonly Section[],
  top: number,
  { framework }: Address,
  codes: Record<string, string>,
  report: Report,
): Found<PackRelatedSkill>[] {
  const section = sections.find(({ title }) => /^Related (?:\S+ )?skills$/iu.test(title));
  if (section === undefined) report(top, 'the page has no section "Related SFIA skills"');
  const related: Found<PackRelatedSkill>[] = [];
  for (const { number, text } of section?.body ?? []) {
    const [, label, url] = ONLY_A_LINK.exec(BULLET.exec(text)?.[1] ?? text) ?? [];
    if (label === undefined || url === undefined) {
      report(number, `not a link to a related skill: ${quoted(text)}`);
      continue;
    }
    const name = plain(label);
    const code = Object.hasOwn(codes, name) ? codes[name] : undefined;
    if (code === undefined) report(number, `the related skill ${quoted(name)} is not in the table of codes`);
    else related.push({ line: number, value: { code, name, url } });
    const skills = `${framework.source}/skills/`;
    if (framework.source !== '' && !url.startsWith(skills))
      report(number, `the related skill ${quoted(name)} links to ${quoted(url)}, outside ${skills}`);
  }
  return related;
}

function readGuidance(sections: readonly Section[], top: number, report: Report): Found<{ text: string; activities: string[] }> {
  const section = sections.find(({ title }) => /^Guidance notes$/iu.test(title));
  if (section === undefined) report(top, 'the page has no section "Guidance notes"');
  const activities: string[] = [];
  const rest: Line[] = [];
  let introduction = '';
  for (const line of section?.body ?? []) {
    const item = BULLET.exec(line.text)?.[1];
    if (item !== undefined && introduction.endsWith(':') && /\bactivities\b/iu.test(introduction)) activities.push(plain(item));
    else rest.push(line);
    if (item === undefined) introduction = plain(line.text);
  }
  return { line: section?.line ?? top, value: { text: readable(rest), activities } };
}

function readRevisionNotes(sections: readonly Section[]): string[] {
  const section = sections.find(({ title }) => /^Revision notes$/iu.test(title));
  return (section?.body ?? []).flatMap(({ text }) => plain(BULLET.exec(text)?.[1] ?? '') || []);
}

/** The page speaks of the levels not defined twice: why they are not, then what to do instead. */
function adviceFor(side: 'lower' | 'higher', sections: readonly Section[]): string {
  const title = `where ${side} levels are not defined`;
  return sections
    .filter((section) => section.title.toLowerCase().startsWith(title))
    .map(({ body }) => readable(body))
    .filter((text) => text !== '')
    .join('\n\n');
}

/** Paragraphs with an empty line between; a list stays a list only under a line that introduces it. */
function readable(body: readonly Line[]): string {
  const paragraphs: string[][] = [];
  for (const { text } of body) {
    if (RULE.test(text) || ONLY_A_LINK.test(text)) continue;
    const item = BULLET.exec(text)?.[1];
    const words = plain(item ?? text);
    const above = paragraphs.at(-1);
    if (words === '') continue;
    if (item !== undefined && above?.[0]?.endsWith(':')) above.push(`- ${words}`);
    else paragraphs.push([words]);
  }
  return paragraphs.map((lines) => lines.join('\n')).join('\n\n');
}

function readRights(lines: readonly Line[], top: number, report: Report): string {
  const notice = lines.find(({ text }) => text.startsWith('©'));
  if (notice === undefined) {
    report(top, 'the page has no copyright notice, a line that begins with ©');
    return '';
  }
  return `${plain(notice.text)} ${LICENCE}`;
}
