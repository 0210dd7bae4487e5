import { isUtf8 } from 'node:buffer';
import { MISREAD_UTF8, WINDOWS_1252 } from '../text-damage';

/** A line of the page that has text, and its number from 1. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

/** A heading and the lines below it. */
export interface Section {
  readonly depth: number;
  readonly title: string;
  readonly line: number;
  readonly body: readonly Line[];
}

const HEADING = /^(#{1,6}) ?(.+)$/u;
const LINK = /\[([^[\]]*)\]\(([^()\s]*)\)/gu;

/** The headings with the lines below each, in order; what stands before the first heading is left out. */
export function sectionsOf(lines: readonly Line[]): Section[] {
  const sections: (Section & { body: Line[] })[] = [];
  for (const line of lines) {
    const [, marks, title] = HEADING.exec(line.text) ?? [];
    if (marks !== undefined && title !== undefined)
      sections.push({ depth: marks.length, title: plain(title), line: line.number, body: [] });
    else sections.at(-1)?.body.push(line);
  }
  return sections;
}

/** The lines that have text, repaired. */
export function linesOf(text: string): Line[] {
  return text
    .split(/\r\n|\r|\n/u)
    .map((line, i) => ({ number: i + 1, text: tidied(repaired(line)) }))
    .filter((line) => line.text !== '');
}

/** A line's words, without links and emphasis. */
export function plain(text: string): string {
  return tidied(text.replace(LINK, '$1').replaceAll('**', ''));
}

function tidied(text: string): string {
  return text
    .replace(/[\u00AD\u200B\u2060]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
}

const MISREAD = new RegExp(`${MISREAD_UTF8}+`, 'gu');

/** Reads misread UTF-8 again, up to three times, as pages are found that went wrong twice. What stays damaged is found by `parsePack`. */
function repaired(text: string): string {
  let result = text;
  for (let round = 0; round < 3; round += 1) {
    const next = result.replace(MISREAD, (run) => {
      const bytes = Buffer.from(Array.from(run, windows1252Byte));
      return isUtf8(bytes) ? bytes.toString('utf8') : run;
    });
    if (next === result) break;
    result = next;
  }
  // A misread no-break space whose second half was taken for spacing.
  return result.replace(/Â(?=\s|$)/gu, '');
}

function windows1252Byte(character: string): number {
  const high = WINDOWS_1252.indexOf(character);
  return high >= 0 ? high + 0x80 : character.charCodeAt(0);
}

/** A text as a message shows it. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
