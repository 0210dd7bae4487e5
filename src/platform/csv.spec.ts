import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { csvHeader, csvLines, csvOf, safeFromFormulas } from './csv';

const signs = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\u2212'];
/** Whatever a program may take for the beginning of a cell: it guesses the separator, and may cut quoted text where the guess is wrong. */
const cellsIn = (text: string): string[] => text.split(/[;\t\r\n]/);
const beginning = (cell: string): string => cell.replace(/^[\s\p{Cc}\p{Cf}]+/u, '');

it('no cell begins as a formula does, wherever a spreadsheet sees one begin', () => {
  const hostile = fc.array(
    fc.constantFrom(...signs, ';', '\t', '\r', '\n', ' ', '\u200b', '\u00a0', "'", '"', ',', 'cmd|', 'A1', '1', 'ä'),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(hostile, (parts) => {
      const safe = safeFromFormulas(parts.join(''));
      for (const cell of cellsIn(safe)) expect(signs).not.toContain(beginning(cell)[0]);
      expect(safe).not.toMatch(/^[\t\r\n]/);
    }),
    { numRuns: 5_000 },
  );
});

it('changes nothing else', () => {
  const harmless = ['', 'A text, with "quotes" - and signs = in + it @ places', 'a\nb', "O'Brien", '2026-10-01', 'x;y', '  indented'];
  for (const text of harmless) expect(safeFromFormulas(text)).toBe(text);
  for (const sign of signs) {
    expect(safeFromFormulas(`${sign}SUM(A1)`)).toBe(`'${sign}SUM(A1)`);
    expect(safeFromFormulas(`a;${sign}SUM(A1)`)).toBe(`a;'${sign}SUM(A1)`);
    expect(safeFromFormulas(`a\n ${sign}1`)).toBe(`a\n' ${sign}1`);
  }
});

it('takes no longer for what is made to take long', () => {
  const start = performance.now();
  for (const unit of ['\n', ' ', '\u200b', '; ', '\t\n', '=', ';=']) safeFromFormulas(unit.repeat(100_000 / unit.length));
  expect(performance.now() - start).toBeLessThan(350);
});

it('writes what a reader of CSV reads back', () => {
  const columns = ['text', 'n', 'yes', 'at', 'list', 'nothing'];
  const row = { text: 'a "b",\r\nc', n: -5, yes: true, at: new Date(0), list: ['=1', 'b'], nothing: null };
  const csv = csvOf(columns, [row, { text: '=1+1' }]);
  expect(csv).toBe(csvHeader(columns) + csvLines(columns, [row]) + csvLines(columns, [{ text: '=1+1' }]));
  expect(parse(csv, { columns: true })).toEqual([
    { text: 'a "b",\r\nc', n: '-5', yes: 'true', at: '1970-01-01T00:00:00.000Z', list: '["=1","b"]', nothing: '' },
    { text: "'=1+1", n: '', yes: '', at: '', list: '', nothing: '' },
  ]);
  expect(csvOf(columns, [])).toBe('"text","n","yes","at","list","nothing"\r\n');
});
