declare module 'fontkit' {
  /** A typeface; only what is used here. */
  export interface Typeface {
    hasGlyphForCodePoint(codePoint: number): boolean;
  }
  export function openSync(file: string): Typeface;
}
