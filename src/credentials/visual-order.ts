import bidiFactory from 'bidi-js';

const bidi = bidiFactory();

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Whether a text has letters that are written from right to left. */
export const hasRightToLeft = (text: string): boolean => rightToLeft.test(text);

/**
 * Orders the words of one line as the bidirectional algorithm (UAX #9) does, word by word: the letters inside a word are left to whoever shapes it.
 * @param words in the order in which they are read
 * @param direction of the paragraph that the line is part of
 */
export function visualOrder(words: readonly string[], direction: 'ltr' | 'rtl'): string[] {
  const line = words.join(' ');
  const { levels } = bidi.getEmbeddingLevels(line, direction);
  let at = 0;
  const placed = words.map((word) => {
    // a word with both kinds goes where its right-to-left letters go
    const own = [...levels.subarray(at, at + word.length)];
    at += word.length + 1;
    return { word, level: own.find((level) => level % 2 === 1) ?? own[0] ?? 0 };
  });
  // rule L2: from the highest level down, reverse every run at that level or above
  for (let level = Math.max(0, ...placed.map((one) => one.level)); level > 0; level -= 1) {
    for (let start = 0; start < placed.length; start += 1) {
      let end = start;
      while ((placed[end]?.level ?? -1) >= level) end += 1;
      if (end > start) placed.splice(start, end - start, ...placed.slice(start, end).reverse());
      start = Math.max(start, end);
    }
  }
  return placed.map(({ word }) => word);
}

/** The direction of a paragraph: that of its first letter with one. */
export const directionOf = (text: string): 'ltr' | 'rtl' =>
  (bidi.getEmbeddingLevels(text, 'auto').paragraphs[0]?.level ?? 0) % 2 === 1 ? 'rtl' : 'ltr';
