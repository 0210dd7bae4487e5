import Ajv, { type ErrorObject, type JSONSchemaType } from 'ajv';
import addFormats from 'ajv-formats';
import { FRAMEWORK_ID_PATTERN, parseSkillRef, parseStatementRef, SKILL_CODE_PATTERN, skillRef, statementRef } from '../kernel/reference';

export interface PackStatement {
  /** 1 to n within the level, without gaps. */
  ordinal: number;
  /** The paragraph of the source the sentence stands in, from 1. */
  paragraph: number;
  /** One sentence. */
  text: string;
}

export interface PackSkillLevel {
  level: number;
  statements: PackStatement[];
}

export interface PackRelatedSkill {
  code: string;
  name: string;
  url: string;
}

export interface PackSkill {
  code: string;
  name: string;
  description: string;
  /** The address of the page the text was taken from. */
  source: string;
  revisionNotes: string[];
  /** `text`: paragraphs, one empty line between them; a list inside is lines that begin with `- `. */
  guidance: { text: string; activities: string[] };
  /** What to tell someone who looks at a level below or above the defined ones; '' only where there is no such level. Laid out as `guidance.text`. */
  notDefined: { lower: string; higher: string };
  related: PackRelatedSkill[];
  /** The defined levels only, ascending. */
  levels: PackSkillLevel[];
}

export interface PackLevel {
  level: number;
  phrase: string;
  essence: string;
}

/** One skill of one framework version as data, quoted from its source, with the framework's seven levels. */
export interface FrameworkPack {
  framework: { id: string; name: string; version: string; rights: string; source: string };
  levels: PackLevel[];
  skill: PackSkill;
}

export interface PackProblem {
  /** JSON pointer (RFC 6901); '' is the whole file. */
  place: string;
  reason: string;
}

/** The pack cannot be used. The message names the file and every problem. */
export class PackError extends Error {
  override readonly name = 'PackError';

  constructor(
    readonly file: string,
    readonly problems: readonly PackProblem[],
  ) {
    super(problems.map(({ place, reason }) => `${file}: ${place === '' ? '(the whole file)' : place}: ${reason}`).join('\n'));
  }
}

const line = { type: 'string', minLength: 1, maxLength: 2_000 } as const;
const url = { type: 'string', maxLength: 2_000, format: 'uri', pattern: '^https://' } as const;
const code = { type: 'string', pattern: `^${SKILL_CODE_PATTERN}$` } as const;
const level = { type: 'integer', minimum: 1, maximum: 7 } as const;

/** The shape of a pack. What a schema cannot say is in `problemsOf`. */
export const PACK_SCHEMA: JSONSchemaType<FrameworkPack> = {
  type: 'object',
  additionalProperties: false,
  required: ['framework', 'levels', 'skill'],
  properties: {
    framework: {
      type: 'object',
      additionalProperties: false,
      required: ['id', 'name', 'version', 'rights', 'source'],
      properties: { id: { type: 'string', pattern: `^${FRAMEWORK_ID_PATTERN}$` }, name: line, version: line, rights: line, source: url },
    },
    levels: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['level', 'phrase', 'essence'],
        properties: { level, phrase: line, essence: line },
      },
    },
    skill: {
      type: 'object',
      additionalProperties: false,
      required: ['code', 'name', 'description', 'source', 'revisionNotes', 'guidance', 'notDefined', 'related', 'levels'],
      properties: {
        code,
        name: line,
        description: line,
        source: url,
        revisionNotes: { type: 'array', maxItems: 100, items: line },
        guidance: {
          type: 'object',
          additionalProperties: false,
          required: ['text', 'activities'],
          properties: {
            text: { type: 'string', minLength: 1, maxLength: 20_000 },
            activities: { type: 'array', maxItems: 100, items: line },
          },
        },
        notDefined: {
          type: 'object',
          additionalProperties: false,
          required: ['lower', 'higher'],
          properties: { lower: { type: 'string', maxLength: 20_000 }, higher: { type: 'string', maxLength: 20_000 } },
        },
        related: {
          type: 'array',
          maxItems: 200,
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['code', 'name', 'url'],
            properties: { code, name: line, url },
          },
        },
        levels: {
          type: 'array',
          minItems: 1,
          maxItems: 7,
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['level', 'statements'],
            properties: {
              level,
              statements: {
                type: 'array',
                minItems: 1,
                maxItems: 99,
                items: {
                  type: 'object',
                  additionalProperties: false,
                  required: ['ordinal', 'paragraph', 'text'],
                  properties: {
                    ordinal: { type: 'integer', minimum: 1, maximum: 99 },
                    paragraph: { type: 'integer', minimum: 1, maximum: 99 },
                    text: line,
                  },
                },
              },
            },
          },
        },
      },
    },
  },
};

const ajv = new Ajv({ strict: true, allErrors: true });
addFormats(ajv);
const hasShape = ajv.compile(PACK_SCHEMA);

/** Reads a pack; `file` is only for the message. Throws `PackError`, and nothing else, whatever the text is. */
export function parsePack(text: string, file: string): FrameworkPack {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PackError(file, [{ place: '', reason: `is not JSON (${error instanceof Error ? error.message : String(error)})` }]);
  }
  if (!hasShape(value)) throw new PackError(file, shapeProblems(hasShape.errors ?? []));
  const problems = problemsOf(value);
  if (problems.length > 0) throw new PackError(file, problems);
  return value;
}

/** A pack as it stands in a file: the same pack gives the same bytes. */
export function formatPack(pack: FrameworkPack): string {
  return `${JSON.stringify(pack, null, 2)}\n`;
}

/** What is wrong with a pack of the right shape: numbering, references, duplicates, text. Empty when it may be used. */
function problemsOf(pack: FrameworkPack): PackProblem[] {
  return [...textProblems(pack), ...levelProblems(pack), ...relatedProblems(pack), ...statementProblems(pack)];
}

/** The first hundred: a file that is something else altogether can have one at every byte. */
function shapeProblems(errors: readonly ErrorObject[]): PackProblem[] {
  const problems = errors.slice(0, 100).map(shapeProblem);
  return errors.length > 100 ? [...problems, { place: '', reason: `has ${errors.length - 100} more problems` }] : problems;
}

function shapeProblem({ instancePath, keyword, params, message }: ErrorObject): PackProblem {
  const named = params as { missingProperty?: string; additionalProperty?: string };
  if (keyword === 'required') return { place: `${instancePath}/${pointerPart(named.missingProperty ?? '')}`, reason: 'is missing' };
  if (keyword === 'additionalProperties') {
    return { place: `${instancePath}/${pointerPart(named.additionalProperty ?? '')}`, reason: 'is not a property of a pack' };
  }
  return { place: instancePath, reason: message ?? keyword };
}

function pointerPart(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function levelProblems({ levels, skill }: FrameworkPack): PackProblem[] {
  const problems: PackProblem[] = [];
  const numbers = levels.map((entry) => entry.level).join(' ');
  if (numbers !== '1 2 3 4 5 6 7')
    problems.push({ place: '/levels', reason: `must be the levels 1 to 7 in order, not ${numbers || 'none'}` });

  const defined = skill.levels.map((entry) => entry.level);
  defined.forEach((number, i) => {
    const before = defined[i - 1];
    if (before === undefined || number > before) return;
    problems.push({ place: `/skill/levels/${i}/level`, reason: `level ${number} stands after level ${before}` });
  });
  const missing = (side: string) => `is empty, but there are ${side} levels that are not defined`;
  if (Math.min(...defined) > 1 && skill.notDefined.lower === '')
    problems.push({ place: '/skill/notDefined/lower', reason: missing('lower') });
  if (Math.max(...defined) < 7 && skill.notDefined.higher === '') {
    problems.push({ place: '/skill/notDefined/higher', reason: missing('higher') });
  }
  return problems;
}

function relatedProblems({ framework, skill }: FrameworkPack): PackProblem[] {
  const problems: PackProblem[] = [];
  if (parseSkillRef(skillRef(framework.id, skill.code)) === null) problems.push({ place: '/skill/code', reason: 'makes no reference' });
  const places = new Map([[skill.code, '/skill/code']]);
  skill.related.forEach((related, i) => {
    const place = `/skill/related/${i}/code`;
    if (parseSkillRef(skillRef(framework.id, related.code)) === null) problems.push({ place, reason: 'makes no reference' });
    const first = places.get(related.code);
    if (first === undefined) places.set(related.code, place);
    else problems.push({ place, reason: `${related.code} stands already at ${first}` });
  });
  return problems;
}

function statementProblems({ framework, skill }: FrameworkPack): PackProblem[] {
  const problems: PackProblem[] = [];
  const places = new Map<string, string>();
  skill.levels.forEach(({ level: number, statements }, i) => {
    let paragraph = 1;
    statements.forEach((statement, j) => {
      const place = `/skill/levels/${i}/statements/${j}`;
      const report = (part: string, reason: string) => problems.push({ place: place + part, reason });
      if (statement.ordinal !== j + 1) report('/ordinal', `is ${statement.ordinal} where ${j + 1} is next`);
      if (j === 0 && statement.paragraph !== 1) report('/paragraph', `is ${statement.paragraph} where paragraphs begin at 1`);
      if (statement.paragraph < paragraph) report('/paragraph', `is ${statement.paragraph}, after ${paragraph}`);
      paragraph = statement.paragraph;
      const ref = statementRef(framework.id, skill.code, number, statement.ordinal);
      if (parseStatementRef(ref) === null) report('/ordinal', `makes no reference: ${ref}`);

      for (const reason of sentenceProblems(statement.text)) report('/text', reason);
      const key = statement.text.toLowerCase();
      const first = places.get(key);
      if (first === undefined) places.set(key, place);
      else report('/text', `is the same statement as ${first}`);
    });
  });
  return problems;
}

function sentenceProblems(text: string): string[] {
  const reasons: string[] = [];
  if (!text.endsWith('.')) reasons.push(`does not end with a full stop: ${excerpt(text, text.length)}`);
  const [first = '', second] = sentencesOf(text);
  if (second !== undefined) reasons.push(`is more than one sentence: ${excerpt(text, first.length)}`);
  // An open bracket hides the sentence breaks after it, so it must not pass.
  if (depthAfter(text, 0) > 0) reasons.push(`a bracket is not closed: ${excerpt(text, text.lastIndexOf('('))}`);
  return reasons;
}

/** These may hold several paragraphs; every other text is one line. */
const PARAGRAPHS = new Set(['/skill/guidance/text', '/skill/notDefined/lower', '/skill/notDefined/higher']);

/** The bytes 0x80 to 0x9F as Windows-1252 shows them; the five it leaves open stay control characters. */
export const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const TAIL = `[\u0080-\u00bf${WINDOWS_1252}]`;

/**
 * Source of a regular expression for UTF-8 that was read as Latin-1 or Windows-1252: `Â©`, `â€™`, `Ã©`.
 * Accented letters before punctuation are good text (`“CAFÉ”`), so apart from the typical first letters two such sequences must follow each other.
 */
export const MISREAD_UTF8 = `(?:[ÂÃ]${TAIL}|[âï]${TAIL}{2}|ð${TAIL}{3}|(?:[Ä-ß]${TAIL}){2,}|(?:[à-ô]${TAIL}{2}){2,})`;

const DAMAGE: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`${MISREAD_UTF8}|Â(?=\\s|$)|â€`, 'u'), 'UTF-8 that was read as another encoding'],
  [/\uFFFD/u, 'a replacement character, where a character was lost'],
  [/\p{Cs}/u, 'half of a surrogate pair'],
  [/(?!\n)\p{Cc}/u, 'a control character'],
  [/[\u00AD\u200B\u2060\uFEFF\u202A-\u202E\u2066-\u2069]/u, 'an invisible character'],
  [/[^\S \n\uFEFF]/u, 'a space that is not the plain one'],
];

function textProblems(pack: FrameworkPack): PackProblem[] {
  const problems: PackProblem[] = [];
  const visit = (value: unknown, place: string): void => {
    if (typeof value === 'string') {
      for (const reason of reasonsAgainst(value, PARAGRAPHS.has(place))) problems.push({ place, reason });
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) visit(inner, `${place}/${pointerPart(key)}`);
    }
  };
  visit(pack, '');
  return problems;
}

function reasonsAgainst(text: string, paragraphs: boolean): string[] {
  const reasons: string[] = [];
  for (const [pattern, what] of DAMAGE) {
    const at = text.search(pattern);
    if (at >= 0) reasons.push(`contains ${what}: ${excerpt(text, at)}`);
  }
  const lines = text.split('\n');
  if (lines.length > 1 && !paragraphs) reasons.push(`is more than one line: ${excerpt(text, text.indexOf('\n'))}`);
  if (text.startsWith('\n') || text.endsWith('\n') || text.includes('\n\n\n')) reasons.push('has empty lines too many');
  if (lines.some((one) => one.startsWith(' ') || one.endsWith(' '))) reasons.push('begins or ends with a space');
  if (text.includes('  ')) reasons.push(`contains two spaces together: ${excerpt(text, text.indexOf('  '))}`);
  return reasons;
}

function excerpt(text: string, at: number): string {
  const from = Math.max(0, at - 20);
  return JSON.stringify(text.slice(from, from + 40));
}

/** After these a full stop ends nothing, whatever follows. Dotted ones (`e.g.`, `i.e.`, `U.S.`) are known by their shape. */
const NEVER_LAST = new Set(['eg', 'ie', 'vs', 'cf', 'viz', 'incl', 'excl', 'approx', 'Dr', 'Mr', 'Mrs', 'Ms', 'Prof', 'St']);
/** After these a full stop ends nothing when a number follows. */
const BEFORE_NUMBER = new Set(['no', 'nos', 'fig', 'figs', 'sec', 'ch', 'vol', 'v', 'ver', 'p', 'pp', 'ca', 'art', 'para']);

/**
 * Splits a paragraph of one line into its sentences. A sentence ends with `.`, `!` or `?` before a capital or a number, not inside brackets, and
 * not after an abbreviation; a missing space after a full stop is forgiven between whole words (`events.Reports`, but not `Node.js` or `Paint.Net`).
 */
export function sentencesOf(paragraph: string): string[] {
  const sentences: string[] = [];
  let start = 0;
  let depth = 0;
  for (const { 0: mark, index } of paragraph.matchAll(/[()]|[.!?]+["'”’)\]]*/gu)) {
    depth = depthAfter(mark, depth);
    const end = index + mark.length;
    if (depth > 0 || mark === '(' || mark === ')' || !endsSentence(paragraph, index, end)) continue;
    sentences.push(paragraph.slice(start, end).trim());
    start = end;
  }
  const rest = paragraph.slice(start).trim();
  return rest === '' ? sentences : [...sentences, rest];
}

function endsSentence(text: string, stop: number, end: number): boolean {
  const [, before = '', closed = ''] = /([\p{L}\p{N}.]*)(["'”’)\]]*)$/u.exec(text.slice(Math.max(0, stop - 24), stop)) ?? [];
  const after = text.slice(end, end + 24);
  if (!/^\s/u.test(after)) return end === stop + 1 && /^\p{Ll}{2,}$/u.test(before) && /^\p{Lu}\p{Ll}{2}/u.test(after);
  const next = /^\s+["'“‘([]*(.)/u.exec(after)?.[1] ?? '';
  if (!/[\p{Lu}\p{Lo}\p{N}]/u.test(next)) return false;
  if (text[stop] !== '.') return true;
  if (closed === '' && NEVER_LAST.has(before)) return false;
  if (closed === '' && /^(?:\p{L}\.)+\p{L}$/u.test(before)) return false;
  return !(/\p{N}/u.test(next) && BEFORE_NUMBER.has(before.toLowerCase()));
}

/** How many brackets are open after the text; one that closes nothing, as in `a) first`, does not count. */
function depthAfter(text: string, before: number): number {
  let depth = before;
  for (const character of text) {
    if (character === '(') depth += 1;
    else if (character === ')') depth = Math.max(0, depth - 1);
  }
  return depth;
}
