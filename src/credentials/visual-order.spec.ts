import { directionOf, hasRightToLeft, visualOrder } from './visual-order';

const order = (line: string): string => visualOrder(line.split(' '), directionOf(line)).join(' ');

describe('the words of a line', () => {
  test.each([
    ['left to right', 'one two three', 'one two three'],
    ['right to left', 'אחת שתיים שלוש', 'שלוש שתיים אחת'],
    ['Hebrew inside English', 'the words שלום עולם stand here', 'the words עולם שלום stand here'],
    ['English inside Arabic', 'نص مع two words هنا', 'هنا two words مع نص'],
    ['numbers inside Arabic', 'عام 2026 هنا', 'هنا 2026 عام'],
  ])('%s', (_, line, expected) => {
    expect(order(line)).toBe(expected);
  });

  test('go as their first letter says', () => {
    expect(['English with שלום', 'שלום with English', '123 – שלום', '123'].map(directionOf)).toEqual(['ltr', 'rtl', 'rtl', 'ltr']);
    expect(['Ünlü Ω Ж 😀', 'a שלום', 'محمد'].map(hasRightToLeft)).toEqual([false, true, true]);
  });
});
