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

/**
 * What is wrong with a text whatever it says: traces of another encoding, characters that do not show, spacing. Empty when it may be used.
 * @param paragraphs whether it may hold several lines
 */
export function reasonsAgainst(text: string, paragraphs: boolean): string[] {
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

/** A few characters of a text around a place, quoted, for a message. */
export function excerpt(text: string, at: number): string {
  const from = Math.max(0, at - 20);
  return JSON.stringify(text.slice(from, from + 40));
}
