import PDFDocument from 'pdfkit';
import { openSync } from 'fontkit';
import qrcode from 'qrcode-generator';
import { directionOf, hasRightToLeft, visualOrder } from './visual-order';

const fonts = {
  plain: require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
  bold: require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
  mono: require.resolve('dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf'),
} as const;
type Font = keyof typeof fonts;

const ink = '#1c1f24';
export const grey = '#5b626d';
export const red = '#a31515';
const rule = '#c9ced6';
const margin = 56;
const bottomMargin = 64;

export interface Style {
  readonly font?: Font;
  readonly size?: number;
  readonly color?: string;
  /** How far in from the left margin, in points. */
  readonly indent?: number;
  /** Space after it, in points. */
  readonly after?: number;
  /** How wide it may be, in points: up to the right margin if left out. */
  readonly width?: number;
}

/** Characters that draw nothing, or would change the direction of what follows, have no place in a record on paper. */
const unprintable = /(?!\n)[\p{Cc}\p{Bidi_Control}\ufeff]/gu;
const invisible = /\p{Default_Ignorable_Code_Point}/u;
const beyondAscii = /[^\n\x20-\x7e]/gu;

const typeface = openSync(fonts.plain);

/** The text as the typeface can draw it. What it lacks becomes a square: pdfkit 0.20 spaces a missing glyph wrongly. */
const printable = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .replaceAll('\t', '  ')
    .replaceAll(unprintable, '')
    .replaceAll(beyondAscii, (character) =>
      typeface.hasGlyphForCodePoint(character.codePointAt(0) ?? 0) ? character : invisible.test(character) ? '' : '\u25a1',
    );

/** A4 pages that fill from top to bottom. The same calls make the same bytes. */
export class PdfSheet {
  private readonly doc: PDFKit.PDFDocument;
  private readonly bytes: Promise<Buffer>;

  constructor({ title, author, at }: { title: string; author: string; at: Date }) {
    this.doc = new PDFDocument({
      size: 'A4',
      margins: { top: margin, left: margin, right: margin, bottom: bottomMargin },
      bufferPages: true,
      lang: 'en',
      displayTitle: true,
      info: { Title: printable(title), Author: printable(author), Producer: 'Touchstone', Creator: 'Touchstone', CreationDate: at },
    });
    const chunks: Buffer[] = [];
    this.doc.on('data', (chunk: Buffer) => chunks.push(chunk));
    this.bytes = new Promise((resolve, reject) => {
      this.doc.on('end', () => resolve(Buffer.concat(chunks)));
      this.doc.on('error', reject);
    });
    for (const [name, file] of Object.entries(fonts)) this.doc.registerFont(name, file);
  }

  get y(): number {
    return this.doc.y;
  }

  /** Moves down to at least this height, on the first page beside a picture. */
  downTo(y: number): void {
    this.doc.y = Math.max(this.doc.y, y);
  }

  /** Begins a new page unless there is room for so many points. */
  keepTogether(points: number): void {
    if (this.doc.y + points > this.doc.page.height - bottomMargin) this.doc.addPage();
  }

  /** A paragraph, or several: it goes on over as many pages as it needs. */
  text(text: string, { font = 'plain', size = 9.5, color = ink, indent = 0, after = 4, width }: Style = {}): void {
    const left = margin + indent;
    const wide = width ?? this.doc.page.width - margin - left;
    this.doc.font(font).fontSize(size).fillColor(color);
    for (const paragraph of printable(text).split('\n')) {
      if (hasRightToLeft(paragraph)) this.bidirectional(paragraph, left, wide);
      else this.doc.text(paragraph === '' ? ' ' : paragraph, left, this.doc.y, { width: wide, lineGap: 1.5 });
    }
    this.doc.y += after;
  }

  heading(text: string): void {
    this.keepTogether(90);
    this.doc.y += 8;
    this.text(text, { font: 'bold', size: 12, after: 3 });
    const { y } = this.doc;
    this.doc
      .moveTo(margin, y)
      .lineTo(this.doc.page.width - margin, y)
      .lineWidth(0.7)
      .strokeColor(rule)
      .stroke();
    this.doc.y = y + 7;
  }

  /** A name and what it stands for, in two columns. */
  field(name: string, value: string, style: Style = {}): void {
    this.keepTogether(26);
    const { y } = this.doc;
    const at = 118;
    this.text(name, { size: 8.5, color: grey, width: at - 6, after: 0 });
    const below = this.doc.y;
    this.doc.y = y;
    this.text(value, { ...style, indent: at, after: 3 });
    // a long value has gone on to the next page: its name has not
    if (this.doc.y > y) this.downTo(below + 3);
  }

  /** A QR code in the upper right corner, with a line below it. */
  qr(content: string, caption: string, side: number): void {
    const code = qrcode(0, 'M');
    code.addData(content);
    code.make();
    const count = code.getModuleCount();
    const module = side / count;
    const left = this.doc.page.width - margin - side;
    for (let row = 0; row < count; row += 1) {
      for (let column = 0; column < count; column += 1) {
        if (code.isDark(row, column)) this.doc.rect(left + column * module, margin + row * module, module, module);
      }
    }
    this.doc.fillColor('#000000').fill();
    this.doc.font('plain').fontSize(7).fillColor(grey);
    this.doc.text(caption, left, margin + side + 4, { width: side, align: 'center', link: content });
    this.doc.y = margin;
  }

  /** A box across the page that cannot be overlooked. */
  banner(text: string): void {
    this.keepTogether(40);
    const { y } = this.doc;
    this.doc.y = y + 7;
    this.text(text, { font: 'bold', size: 10, color: red, indent: 10, after: 7, width: this.doc.page.width - 2 * margin - 20 });
    if (this.doc.y > y) {
      this.doc
        .rect(margin, y, this.doc.page.width - 2 * margin, this.doc.y - y)
        .lineWidth(1.2)
        .strokeColor(red)
        .stroke();
    }
    this.doc.y += 8;
  }

  /** Writes the same line below every page, with the page's number, and answers the document. */
  finish(footer: string): Promise<Buffer> {
    const { start, count } = this.doc.bufferedPageRange();
    for (let page = start; page < start + count; page += 1) {
      this.doc.switchToPage(page);
      // below the margin pdfkit would begin another page
      this.doc.page.margins.bottom = 0;
      const y = this.doc.page.height - 40;
      this.doc.font('plain').fontSize(7).fillColor(grey);
      this.doc.text(footer, margin, y, { lineBreak: false });
      this.doc.text(`Page ${page - start + 1} of ${count}`, margin, y, {
        width: this.doc.page.width - 2 * margin,
        align: 'right',
        lineBreak: false,
      });
    }
    this.doc.end();
    return this.bytes;
  }

  /** Text with letters from right to left: broken into lines here, since pdfkit sets every word to the right of the one before. */
  private bidirectional(paragraph: string, left: number, width: number): void {
    const direction = directionOf(paragraph);
    const space = this.doc.widthOfString(' ');
    const height = this.doc.currentLineHeight(true) + 1.5;
    const lines = this.lines(paragraph, width);
    for (const line of lines) {
      this.keepTogether(height);
      const words = visualOrder(line, direction);
      const widths = words.map((word) => this.doc.widthOfString(word));
      const whole = widths.reduce((sum, one) => sum + one + space, -space);
      // what fits on one line, as names do, stays below the things above it
      let x = direction === 'rtl' && lines.length > 1 ? left + width - whole : left;
      const { y } = this.doc;
      for (const [index, word] of words.entries()) {
        this.doc.text(word, x, y, { lineBreak: false });
        x += (widths[index] ?? 0) + space;
      }
      this.doc.x = left;
      this.doc.y = y + height;
    }
  }

  private lines(paragraph: string, width: number): string[][] {
    const lines: string[][] = [[]];
    let used = 0;
    const space = this.doc.widthOfString(' ');
    for (const word of paragraph.split(' ').flatMap((one) => this.fitting(one, width))) {
      const wide = this.doc.widthOfString(word);
      if (used > 0 && used + space + wide > width) {
        lines.push([]);
        used = 0;
      }
      lines.at(-1)?.push(word);
      used += wide + space;
    }
    return lines;
  }

  /** A word in pieces that each fit into a line. */
  private fitting(word: string, width: number): string[] {
    if (this.doc.widthOfString(word) <= width) return [word];
    const pieces: string[] = [''];
    for (const character of word) {
      const longer = `${pieces.at(-1) ?? ''}${character}`;
      if (this.doc.widthOfString(longer) <= width) pieces[pieces.length - 1] = longer;
      else pieces.push(character);
    }
    return pieces;
  }
}
