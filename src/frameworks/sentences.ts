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
export function depthAfter(text: string, before: number): number {
  let depth = before;
  for (const character of text) {
    if (character === '(') depth += 1;
    else if (character === ')') depth = Math.max(0, depth - 1);
  }
  return depth;
}
