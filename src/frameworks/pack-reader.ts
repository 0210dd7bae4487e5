import Ajv, { type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';
import { parseSkillRef, parseStatementRef, skillRef, statementRef } from '../kernel/reference';
import { type FrameworkPack, PACK_SCHEMA } from './framework-pack';
import { depthAfter, sentencesOf } from './sentences';
import { excerpt, reasonsAgainst } from './text-damage';

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
